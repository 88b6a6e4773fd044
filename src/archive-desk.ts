// The archive as the Memory panel shows and changes it: with what nobody has reviewed, and Undo for what is deleted.
import type { ChatMemory } from './chat/home.ts';
import { DeletedEntries } from './flows/deleted-entries.ts';
import type { Connection } from './letta/connection.ts';
import { Archive } from './memory/archive.ts';
import type { MemoryStoreProxy } from './memory/store-client.ts';
import type { WriteCall } from './memory/undo-write.ts';
import { UnreviewedEntries } from './memory/unreviewed-entries.ts';
import { originView } from './origin-view.ts';
import { t } from './protocol/l10n.ts';
import type { PassageView } from './protocol/memory-views.ts';

interface ArchiveDeskDeps {
  connection: Connection;
  agentId: string;
  store: MemoryStoreProxy;
  /** Where deleted entries are kept for a while. */
  deletedPath: string;
  /** Of threads, by id. */
  titles(): Promise<Map<string, string>>;
  refresh(): Promise<void>;
  /** Tells what was done, and takes it back where the person wants that. */
  offerUndo(message: string, undo: () => Promise<void>): void;
  /** What a call put there was taken out: its card is to say so. */
  undone(call: WriteCall): Promise<void>;
  log(line: string): void;
}

export class ArchiveDesk {
  private readonly deps: ArchiveDeskDeps;
  readonly entries: Archive;
  /** Entries that were deleted here. */
  readonly deleted: DeletedEntries;
  private readonly unreviewed: UnreviewedEntries;

  constructor(deps: ArchiveDeskDeps) {
    const { connection, agentId, store, deletedPath } = deps;
    this.deps = deps;
    this.entries = new Archive(connection, agentId);
    this.deleted = new DeletedEntries(deletedPath, this.entries);
    this.unreviewed = new UnreviewedEntries(store, connection.homeKey, agentId);
  }

  /** What the panel asks of the archive. */
  readonly asked: ChatMemory['archive'] = {
    list: async (query) => {
      const page = await this.entries.list(query);
      return { ...page, passages: await this.marked(page.passages), ...(await this.entries.tags()) };
    },
    add: (text, tags) => this.entries.add(text, tags),
    replace: async (id, text, tags) => {
      const before = await this.entries.get(id);
      const made = await this.entries.replace(id, text, tags);
      await this.seen(before);
      return made;
    },
    confirm: async (id) => {
      const passage = await this.entries.get(id);
      await this.unreviewed.confirm(passage);
      return passage;
    },
    remove: (id) => this.remove(id),
  };

  private async remove(id: string): Promise<WriteCall | undefined> {
    const { deps } = this;
    const passage = await this.entries.get(id);
    const call = await this.callOf(passage);
    await this.deleted.remove(passage);
    if (call) await deps.undone(call);
    await deps.refresh();
    deps.offerUndo(t('Deleted an entry of the archive.'), async () => {
      await this.deleted.putBack(passage);
      await deps.refresh();
    });
    return call;
  }

  /** Adds who made what nobody has reviewed. Where that cannot be told, the entries stay as they are. */
  private async marked(passages: PassageView[]): Promise<PassageView[]> {
    try {
      const calls = await this.unreviewed.among(passages);
      if (calls.size === 0) return passages;
      const titles = await this.deps.titles();
      return passages.map((passage) => {
        const call = calls.get(passage.id);
        return call ? { ...passage, origin: originView(call, titles) } : passage;
      });
    } catch (error) {
      this.deps.log(`What nobody has reviewed in the archive cannot be told: ${messageOf(error)}`);
      return passages;
    }
  }

  private async callOf(passage: PassageView): Promise<WriteCall | undefined> {
    const calls = await this.unreviewed.among([passage]).catch(() => undefined);
    const { threadId, callId } = calls?.get(passage.id) ?? {};
    return threadId && callId ? { threadId, id: callId } : undefined;
  }

  /** Who has written an entry anew has seen it. */
  private async seen(passage: PassageView): Promise<void> {
    await this.unreviewed.confirm(passage).catch((error: unknown) => this.deps.log(messageOf(error)));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
