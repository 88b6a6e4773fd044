// The timeline of one agent's memory: gathers the evidence, answers who wrote what, and takes things back.
import type { Connection } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import { listBlocks, readBlock, writeBlock } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';
import { MemoryConflict } from './changes.ts';
import type { BlockEdit, WrittenEdits } from './edit-blocks.ts';
import { readNewCalls } from './memory-calls.ts';
import type {
  CallNote,
  LineView,
  Observed,
  ReviewMark,
  Revision,
  RevisionPage,
  RevisionValue,
  Taught,
} from './store/types.ts';
import type { MemoryStoreProxy } from './store-client.ts';

export interface MemoryTimelineDeps {
  connection: Connection;
  agentId: string;
  store: MemoryStoreProxy;
  changes: ChangeLog;
  log(line: string): void;
}

export interface UndoneThread extends WrittenEdits {
  /** What was changed again since the thread wrote it, and stays. */
  conflicts: { label: string; wrote: string[]; now: string[]; before: string[] }[];
}

export interface ResetBlocks extends WrittenEdits {
  written: (BlockEdit & { backup: string | null })[];
}

export class MemoryTimeline {
  private readonly deps: MemoryTimelineDeps;
  private readonly home: string;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(deps: MemoryTimelineDeps) {
    this.deps = deps;
    this.home = deps.connection.homeKey;
  }

  /** A memory call of a turn ended well: with this no history has to be read for it. */
  noteCall(call: Omit<CallNote, 'agentId'>): Promise<void> {
    return this.deps.store.noteCalls(this.home, [{ ...call, agentId: this.deps.agentId }]);
  }

  /**
   * Looks at the blocks: after turns, when the panel opens, when the bus tells of a change. What no evidence at hand
   * explains is looked for in the history of the threads. `blocks`: as they were read just now.
   * @throws LettaError, MemoryStoreError
   */
  observe(blocks?: readonly BlockView[]): Promise<Observed> {
    return this.alone(() => this.look(blocks));
  }

  /**
   * What became of blocks since it was asked last, oldest first; at first the newest of each. Of a block whose newest
   * revision is not what was read, nothing yet: a write is on its way, or was noted after the reading.
   * @param known the newest known revision of each block; brought up to date
   */
  async since(blocks: readonly BlockView[], known: Map<string, string>): Promise<RevisionValue[]> {
    const ids = blocks.map((block) => block.id);
    const found: RevisionValue[] = [];
    for (const newest of await this.deps.store.newest(this.home, ids)) {
      const last = known.get(newest.blockId);
      if (last === newest.id) continue;
      const state = await this.revision(newest.id);
      if (state?.value !== blocks.find((block) => block.id === newest.blockId)?.value) continue;
      known.set(newest.blockId, newest.id);
      const page = last === undefined ? [] : (await this.history(newest.blockId, { limit: 100 })).revisions;
      const at = page.findIndex((revision) => revision.id === last);
      for (const revision of at < 0 ? [newest] : page.slice(0, at).reverse()) {
        const value = await this.revision(revision.id);
        if (value) found.push(value);
      }
    }
    return found;
  }

  private async look(given?: readonly BlockView[]): Promise<Observed> {
    const { store, connection, agentId, changes, log } = this.deps;
    const at = Date.now();
    const blocks = given ?? (await listBlocks(connection, agentId));
    await store.readJournal(this.home, changes.path);
    const values = blocks.map(({ id, label, value }) => ({ id, label, value }));
    const observed = await store.observe(this.home, agentId, values, at);
    // An agent that is new here may have a long past on its server.
    const met = `met:${agentId}`;
    const first = (await store.readTo(this.home, met)) === null;
    if (observed.unexplained.length === 0 && !first) return observed;
    try {
      await this.readHistory(first);
      if (first) await store.setReadTo(this.home, met, new Date(at).toISOString());
    } catch (error) {
      log(`The threads could not be read to explain a change of memory: ${toLettaError(error).message}`);
      return observed;
    }
    return { ...observed, unexplained: await store.searched(this.home, observed.unexplained) };
  }

  private async readHistory(all = false): Promise<void> {
    const { store, connection, agentId, log } = this.deps;
    const source = (threadId: string) => `thread:${agentId}:${threadId}`;
    const { failed } = await readNewCalls(
      connection,
      agentId,
      {
        get: async (threadId) => (all ? 0 : Number((await store.readTo(this.home, source(threadId))) ?? 0)),
        set: (threadId, time) => store.setReadTo(this.home, source(threadId), String(time)),
      },
      (calls) => store.noteCalls(this.home, calls),
    );
    for (const threadId of failed) log(`The history of ${threadId} could not be read for the memory timeline.`);
  }

  /**
   * Makes all revisions anew: from the whole history of the agent's threads, the log of our own writes, and what was
   * seen. @throws LettaError, MemoryStoreError
   */
  rebuild(): Promise<Observed> {
    return this.alone(async () => {
      const { store, agentId } = this.deps;
      // The labels must be known before calls that name them.
      await this.look();
      await this.readHistory(true);
      await store.rebuild(this.home, agentId);
      return this.look();
    });
  }

  /** Newest first; `before`: the id of a revision, those older than it. */
  history(blockId: string, query?: { limit?: number; before?: string }): Promise<RevisionPage> {
    return this.deps.store.history(this.home, blockId, query);
  }

  /** A revision with its value and the one before it; null when there is none. */
  revision(id: string): Promise<RevisionValue | null> {
    return this.deps.store.revision(this.home, id);
  }

  /** For each line of a block: who wrote it, in which thread, and the person's message that led to it. */
  lines(blockId: string): Promise<LineView[]> {
    return this.deps.store.lines(this.home, blockId);
  }

  /** Applied, and marked for a person's eye: newest first. */
  unreviewed(): Promise<Revision[]> {
    return this.deps.store.unreviewed(this.home, this.deps.agentId);
  }

  setReview(revisionId: string, review: ReviewMark): Promise<void> {
    return this.deps.store.setReview(this.home, revisionId, review);
  }

  /** A preview of `undoThread`. */
  async taughtBy(threadId: string): Promise<Taught[]> {
    await this.observe();
    return this.deps.store.taughtBy(this.home, threadId);
  }

  /**
   * Puts a block back to a revision. What stands there now stays in the history.
   * @throws MemoryConflict `gone`; LettaError `bad_request` when the value is longer than the block may be now.
   */
  async restore(revisionId: string): Promise<BlockView> {
    const revision = await this.revision(revisionId);
    if (!revision) throw new MemoryConflict('gone', revisionId);
    return (await this.write(revision.blockId, () => revision.value, 'restore')).block;
  }

  /**
   * Empties blocks, or puts them to the values given by label. Never rejects for one block: its problem is named and the others
   * are written. @returns for each what was replaced, and the revision that holds what stood there, to be restored.
   * @throws LettaError, MemoryStoreError before anything is written
   */
  async reset(blockIds: readonly string[], to: Readonly<Record<string, string>> = {}): Promise<ResetBlocks> {
    const reset: ResetBlocks = { written: [], problems: [] };
    await this.observe();
    const newest = new Map((await this.deps.store.newest(this.home, blockIds)).map((each) => [each.blockId, each]));
    for (const blockId of blockIds) {
      const last = newest.get(blockId);
      try {
        const { edit } = await this.write(blockId, ({ label }) => to[label] ?? '', 'reset');
        reset.written.push({ ...edit, backup: last?.id ?? null });
      } catch (error) {
        reset.problems.push(problemOf(last?.label ?? 'A block', error));
      }
    }
    return reset;
  }

  /**
   * Takes back what a thread taught, in all blocks or those given, and keeps every later edit. Never rejects for one block:
   * its problem is named and the others are written. @throws LettaError, MemoryStoreError before anything is written
   */
  async undoThread(threadId: string, only?: readonly string[]): Promise<UndoneThread> {
    const undone: UndoneThread = { written: [], conflicts: [], problems: [] };
    const taught = (await this.taughtBy(threadId)).filter((each) => only?.includes(each.blockId) ?? true);
    for (const { blockId, label, before, after, conflicts } of taught) {
      undone.conflicts.push(...conflicts.map((conflict) => ({ label, ...conflict })));
      if (after === before) continue;
      try {
        const check = (block: BlockView): string => {
          if (block.value !== before) throw new MemoryConflict('changed_since', label);
          return after;
        };
        undone.written.push((await this.write(blockId, check, 'undo')).edit);
      } catch (error) {
        undone.problems.push(problemOf(label, error));
      }
    }
    return undone;
  }

  private async write(
    blockId: string,
    value: (block: BlockView) => string,
    by: string,
  ): Promise<{ block: BlockView; edit: BlockEdit }> {
    const { connection, changes, log } = this.deps;
    const block = await readBlock(connection, blockId);
    const next = value(block);
    const written = next === block.value ? block : await writeBlock(connection, changes, block, next, by);
    // It is written, whatever the history says of it.
    await this.observe().catch((error: Error) =>
      log(`The history of ${block.label} is not up to date: ${error.message}`),
    );
    return { block: written, edit: { blockId, label: block.label, before: block.value, after: written.value } };
  }

  /** One after the other: a look reads and then records, and an older value must not be recorded after a newer one. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => {});
    return result;
  }
}

function problemOf(label: string, error: unknown): string {
  if (error instanceof MemoryConflict) return t('{0} was changed meanwhile and stays as it is: try again.', label);
  const known = toLettaError(error);
  if (known.reason === 'not_found') return t('{0} is no longer there.', label);
  return t('{0} could not be written: {1}', label, known.message);
}
