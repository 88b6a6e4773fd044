// An agent's memory as a git repository (Letta API: MemFS over git smart HTTP): what changed in the blocks becomes a commit before
// anybody fetches, and what is pushed becomes changes of blocks. The blocks are the truth; files that are none live in the repository.

import type { Audience } from '../engine/audience.ts';
import { countCharacters } from '../engine/characters.ts';
import { recompile, recompileHolders } from '../engine/recompile.ts';
import { mergeBlock, newBlock } from '../routes/agent-input.ts';
import type { Agent } from '../store/agents.ts';
import type { Block } from '../store/blocks.ts';
import { newId } from '../store/ids.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import type { Store } from '../store/store.ts';
import { type FileText, fromFile, INDEX_PATH, indexOf, LayoutError, labelOf, pathOf, toFile } from './layout.ts';
import { blobId, GitError, type Repository, type TreeEntry } from './repository.ts';

/** Larger files, and more of them, are no memory. */
const MOST_FILES = 5_000;
const MOST_FILE_BYTES = 4 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;

/** Why a push is refused, in one line for the person who pushes. */
export class PushRefused extends Error {
  override name = 'PushRefused';
  readonly reason: 'behind' | 'content';

  constructor(reason: PushRefused['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What git's own clients call a branch that has moved on: they fetch, and try again. */
const BEHIND = 'fetch first: the memory has changed here since you fetched it';

/** Noted while what led to a withheld past is being removed. */
const PRUNING = 'pruning';

interface Shown {
  block: Block;
  path: string;
  /** The value as it may leave; something is taken out of it where it differs from the block's. */
  value: string;
}

export class MemoryRepository {
  private readonly store: Store;
  private readonly repository: Repository;
  private readonly agent: Agent;
  /** As for a model elsewhere: nobody can say who reads the repository. */
  private readonly audience: Audience;

  constructor(store: Store, repository: Repository, agent: Agent, audience: Audience) {
    this.store = store;
    this.repository = repository;
    this.agent = agent;
    this.audience = audience;
  }

  /** Brings the branch to where the blocks are. @returns its commit @throws GitError */
  async sync(): Promise<string> {
    await this.repository.make();
    const head = await this.repository.head();
    const entries = head === undefined ? [] : await this.repository.list(head);
    const changes = await this.changesFor(entries);
    if (changes.size > 0) {
      const names = [...changes.keys()].join(', ');
      const message = head === undefined ? 'The memory as it is' : `Changed on the server: ${names}`;
      await this.repository.commit(head, message, changes);
    }
    const now = await this.repository.head();
    if (now === undefined) throw new PushRefused('content', 'There is no memory to share.');
    return await this.withoutWithheldPast(now);
  }

  /**
   * Begins the history anew where it holds what is kept to local models by now, since every clone gets all of it. Looked at whenever
   * something else is withheld than before; a kill in between is made up for, as the new state is noted last.
   */
  private async withoutWithheldPast(head: string): Promise<string> {
    const { repository, audience } = this;
    const cleared = await repository.cleared();
    if (cleared === audience.key) return head;
    const isToBeginAnew = await this.hasWithheldPast(head);
    let now = head;
    if (isToBeginAnew) {
      await repository.noteCleared(PRUNING);
      now = await repository.beginAnew(head, 'The memory as it is');
    }
    if (isToBeginAnew || cleared === PRUNING) await repository.prune();
    await repository.noteCleared(audience.key);
    return now;
  }

  private async hasWithheldPast(head: string): Promise<boolean> {
    const closed = new Set(
      this.store.blocks
        .ofAgent(this.agent.id)
        .filter(isLocalOnly)
        .map(({ label }) => label),
    );
    const past = (await this.repository.history(head)).map(({ path, id }) => ({ label: labelOf(path), id }));
    if (past.some(({ label }) => label !== undefined && closed.has(label))) return true;
    // What is shown now has been gone through.
    const shown = new Set((await this.repository.list(head)).map(({ id }) => id));
    const ids = past.flatMap(({ label, id }) => (label === undefined || shown.has(id) ? [] : [id]));
    try {
      const texts = await this.repository.texts([...new Set(ids)]);
      return this.audience.text(texts) !== texts;
    } catch (error) {
      // What is too much to be gone through may hold anything.
      if (error instanceof GitError && error.reason === 'failed') return true;
      throw error;
    }
  }

  private shown(entries: readonly TreeEntry[]): Shown[] {
    const known = new Map(entries.flatMap(({ path }) => [[labelOf(path), path] as const]));
    return this.store.blocks
      .ofAgent(this.agent.id)
      .filter((block) => !isLocalOnly(block))
      .flatMap((block) => {
        const path = known.get(block.label) ?? pathOf(block.label);
        return path === undefined ? [] : [{ block, path, value: this.audience.text(block.value) }];
      });
  }

  private async changesFor(entries: readonly TreeEntry[]): Promise<Map<string, string | null>> {
    const at = new Map(entries.map((entry) => [entry.path, entry]));
    const shown = this.shown(entries);
    const changes = new Map<string, string | null>();
    for (const { block, path, value } of shown) {
      const entry = at.get(path);
      const plain = toFile({ ...block, value });
      if (entry?.id === blobId(Buffer.from(plain))) continue;
      // Its name, and how it is written, are those of whoever wrote it last.
      const there = entry && (await this.parsed(entry));
      const isSame = there && there.value === value && (path === INDEX_PATH || isDescribed(block, there));
      if (!isSame) changes.set(path, toFile({ ...block, value }, there?.name));
    }
    const paths = new Set(shown.map(({ path }) => path));
    if (!paths.has(INDEX_PATH) && !at.has(INDEX_PATH))
      changes.set(
        INDEX_PATH,
        indexOf(shown.map(({ path, block }) => ({ path, description: block.description ?? '' }))),
      );
    for (const { path } of entries)
      if (path !== INDEX_PATH && labelOf(path) !== undefined && !paths.has(path)) changes.set(path, null);
    return changes;
  }

  private async parsed({ path, id }: TreeEntry): Promise<FileText | undefined> {
    try {
      return fromFile(path, await this.repository.read(id));
    } catch (error) {
      if (error instanceof LayoutError) return undefined;
      throw error;
    }
  }

  /**
   * Takes over what was pushed: first into the blocks, all of it or nothing, then into the branch. A kill between the two leaves a
   * branch that the next `sync` brings there. Of a push that is refused nothing stays.
   * @param pack the objects that were sent along
   * @throws PushRefused, GitError
   */
  async accept(from: string, to: string, pack: Uint8Array = new Uint8Array()): Promise<void> {
    if ((await this.sync()) !== from) throw new PushRefused('behind', BEHIND);
    await this.repository.withPack(pack, () => this.takeOver(from, to));
  }

  private async takeOver(from: string, to: string): Promise<void> {
    const { repository } = this;
    if (!(await repository.isAncestor(from, to))) throw new PushRefused('behind', BEHIND);
    const [before, after] = [await repository.list(from), await repository.list(to)];
    checkSizes(after);
    const was = new Map(before.map(({ path, id }) => [path, id]));
    const is = new Map(after.map(({ path, id }) => [path, id]));
    const files = new Map<string, FileText | null>();
    for (const { path, id, mode } of after) {
      if (labelOf(path) === undefined || was.get(path) === id) continue;
      if (mode !== '100644' && mode !== '100755') throw new PushRefused('content', `${path}: it is no plain file`);
      files.set(path, fromFile(path, await repository.read(id)));
    }
    for (const path of was.keys()) if (labelOf(path) !== undefined && !is.has(path)) files.set(path, null);
    const labels = [...is.keys()].flatMap((path) => labelOf(path) ?? []);
    const doubled = labels.find((label, n) => labels.indexOf(label) !== n);
    if (doubled !== undefined)
      throw new PushRefused('content', `two files are the block "${doubled}": keep one of them`);
    // What the blocks are by now; another process may have changed one while git was asked.
    const unchanged = await this.changesFor(before);
    if (unchanged.size > 0) throw new PushRefused('behind', BEHIND);
    const seen = this.fingerprint();
    this.store.write('durable', () => {
      if (this.fingerprint() !== seen) throw new PushRefused('behind', BEHIND);
      for (const [path, file] of files) this.apply(path, file);
      if (files.size > 0) recompile(this.store, this.agent, this.agent.id, true);
      repository.admit();
    });
    await repository.advance(from, to);
  }

  private fingerprint(): string {
    return JSON.stringify(this.store.blocks.ofAgent(this.agent.id));
  }

  /** Inside a transaction. */
  private apply(path: string, file: FileText | null): void {
    const { store, agent } = this;
    const label = labelOf(path) ?? '';
    const block = store.blocks.byLabel(agent.id, label);
    if (file === null) {
      if (!block) return;
      this.checkWritable(path, block);
      // Taken from this agent; others may have it, and it can be attached again.
      store.blocks.detach(agent.id, block.id);
      return;
    }
    if (!block) {
      const fields = newBlock({ label, value: file.value, description: file.description });
      this.checkRoom(path, fields);
      const id = newId('block');
      store.blocks.create(id, fields);
      store.blocks.attach(agent.id, { id, label });
      return;
    }
    const described =
      file.description === undefined || isDescribed(block, file) ? {} : { description: file.description };
    const fields = mergeBlock(block, { value: file.value, ...described });
    if (fields.value === block.value && fields.description === block.description) return;
    this.checkWritable(path, block);
    this.checkRoom(path, fields);
    store.blocks.update(block.id, fields);
    recompileHolders(store, block.id);
  }

  private checkWritable(path: string, block: Block): void {
    if (block.readOnly) throw new PushRefused('content', `${path}: the block "${block.label}" is read-only`);
    if (isLocalOnly(block) || this.audience.text(block.value) !== block.value)
      throw new PushRefused('content', `${path}: the block "${block.label}" holds what is kept to local models`);
  }

  private checkRoom(path: string, { value, limit }: Pick<Block, 'value' | 'limit'>): void {
    const over = countCharacters(value) - limit;
    if (over > 0) throw new PushRefused('content', `${path}: ${over} characters over the block's limit of ${limit}`);
  }
}

/** Whether a file says of a block what the block says of itself. */
function isDescribed(block: Block, file: FileText): boolean {
  return fromFile('x.md', Buffer.from(toFile({ ...block, label: 'x' }))).description === file.description;
}

function checkSizes(entries: readonly TreeEntry[]): void {
  if (entries.length > MOST_FILES) throw new PushRefused('content', `more than ${MOST_FILES} files`);
  const large = entries.find(({ size }) => size > MOST_FILE_BYTES);
  if (large) throw new PushRefused('content', `${large.path}: larger than ${MOST_FILE_BYTES / 1024 / 1024} MB`);
  const all = entries.reduce((sum, { size }) => sum + size, 0);
  if (all > MOST_BYTES) throw new PushRefused('content', `more than ${MOST_BYTES / 1024 / 1024} MB in all`);
  const odd = entries.find(({ mode }) => mode === '120000' || mode === '160000');
  if (odd) throw new PushRefused('content', `${odd.path}: links and submodules are no memory`);
}
