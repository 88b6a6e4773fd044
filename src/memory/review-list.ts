// The review list: what was held back from memory, and how a person's yes is carried out exactly once.
import { randomUUID } from 'node:crypto';
import type { Connection } from '../letta/connection.ts';
import { LOCAL_ONLY, ONCE } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { ARCHIVE } from '../letta/memory-tools.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import { checkLimit, listBlocks, readBlock, writeBlock } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';
import { linesOf } from './lines/align.ts';
import { takeBack } from './lines/take-back.ts';
import { type Applying, type NewReview, type Review, type ReviewState, UNREVIEWED } from './store/types.ts';
import type { MemoryStoreProxy } from './store-client.ts';
import { outcomes } from './timeline/replay.ts';

/**
 * `changed_since`: the text it replaces is no longer there, or more than once; it can be added instead. `gone`: the
 * block is no longer there. `decided`: somebody has decided already. `busy`: another window is accepting it.
 */
export type ReviewConflictReason = 'changed_since' | 'gone' | 'decided' | 'busy';

export class ReviewConflict extends Error {
  override name = 'ReviewConflict';
  readonly reason: ReviewConflictReason;
  readonly label: string;
  /** Whether `accept(id, { insert: true })` is possible. */
  readonly canInsert: boolean;

  constructor(reason: ReviewConflictReason, label: string) {
    super(MESSAGES[reason](label));
    this.reason = reason;
    this.label = label;
    this.canInsert = reason === 'changed_since';
  }
}

const MESSAGES: Record<ReviewConflictReason, (label: string) => string> = {
  changed_since: (label) =>
    t(
      '{0} was changed since this was proposed: the text it replaces is no longer there. Add it as new text, edit it, or reject it.',
      label,
    ),
  gone: (label) => t('The block {0} is no longer there. Nothing was changed.', label),
  decided: () => t('This was decided already.'),
  busy: () => t('Another window is accepting this. Look at the list again in a moment.'),
};

export interface ReviewListDeps {
  connection: Connection;
  agentId: string;
  store: MemoryStoreProxy;
  changes: ChangeLog;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** An acceptance of another window is left alone for so long: a write takes its time. */
const UNDER_WAY_MS = 15_000;

export interface Acceptance {
  /** What is stored in place of the proposed text. */
  text?: string;
  /** Adds the text at the end, whatever it was to replace. */
  insert?: boolean;
  /** Of another block that it goes to. */
  label?: string;
  /** Nobody has looked at it: it is written by itself, and marked so. */
  unreviewed?: boolean;
}

/** A broken connection says nothing about the write: only an answer does, or that it was never sent. */
const wasRefused = (error: unknown): boolean => {
  const { status, reason } = toLettaError(error);
  return status !== undefined || reason === 'memory_full';
};

export class ReviewList {
  private readonly deps: ReviewListDeps;
  private readonly home: string;
  private readonly owner = randomUUID();
  private readonly now: () => number;
  /** Acceptances of this window. */
  private readonly under = new Set<string>();

  constructor(deps: ReviewListDeps) {
    this.deps = deps;
    this.home = deps.connection.homeKey;
    this.now = deps.now ?? Date.now;
  }

  /** On disk when it resolves. The same id is added once. */
  add(review: Omit<NewReview, 'agentId'>): Promise<Review> {
    return this.deps.store.addReview(this.home, { ...review, agentId: this.deps.agentId });
  }

  /** Those that wait, oldest first; or those decided, newest first. */
  list(state: ReviewState = 'waiting'): Promise<Review[]> {
    return this.deps.store.reviews(this.home, this.deps.agentId, state);
  }

  count(): Promise<number> {
    return this.deps.store.reviewCount(this.home, this.deps.agentId);
  }

  /** @throws ReviewConflict `decided` */
  async reject(id: string): Promise<void> {
    const review = await this.waiting(id);
    if (!(await this.deps.store.decideReview(id, 'rejected'))) throw new ReviewConflict('decided', review.label);
  }

  /** What was accepted is written, and it was no block's. @throws ReviewConflict `decided` */
  async carriedOut(id: string, text: string): Promise<void> {
    const { label, after } = await this.waiting(id);
    const edited = text === after ? undefined : text;
    if (!(await this.deps.store.decideReview(id, 'accepted', edited))) throw new ReviewConflict('decided', label);
  }

  /** Takes a rejection back. @throws ReviewConflict `decided` when it was not rejected, or is already waiting again */
  async reopen(id: string): Promise<void> {
    const review = await this.deps.store.review(id);
    if (!(await this.deps.store.reopenReview(id))) throw new ReviewConflict('decided', review?.label ?? '');
  }

  /**
   * Writes what was proposed, or an edited text, into memory. @returns the block as it is now; null for the archive.
   * @throws ReviewConflict; LettaError: the review still waits then, and accepting it again finds out whether the write
   * had its effect.
   */
  async accept(id: string, acceptance: Acceptance = {}): Promise<BlockView | null> {
    const review = await this.waiting(id);
    if (this.under.has(id)) throw new ReviewConflict('busy', review.label);
    this.under.add(id);
    try {
      const settled = await this.settle(review);
      if (settled === 'accepted') return await this.block(review);
      if (settled === 'under way') throw new ReviewConflict('busy', review.label);
      const text = acceptance.text ?? review.after;
      const edited = text === review.after ? undefined : text;
      const meant = { ...review, label: acceptance.label ?? review.label };
      return meant.label === ARCHIVE
        ? await this.archive(meant, text, edited)
        : await this.write(meant, { ...acceptance, text }, edited);
    } finally {
      this.under.delete(id);
    }
  }

  /**
   * On start: acceptances that were broken off are finished if their write was made, else they wait again.
   * @returns how many may still be under way in another window; ask again after 15 seconds.
   */
  async recover(): Promise<number> {
    let left = 0;
    for (const id of await this.deps.store.unfinishedReviews(this.home, this.deps.agentId)) {
      const review = await this.deps.store.review(id);
      if (review && !this.under.has(id) && (await this.settle(review)) === 'under way') left++;
    }
    return left;
  }

  private async waiting(id: string): Promise<Review> {
    const review = await this.deps.store.review(id);
    if (review?.state !== 'waiting') throw new ReviewConflict('decided', review?.label ?? '');
    return review;
  }

  private async write(
    review: Review,
    acceptance: Acceptance & { text: string },
    edited: string | undefined,
  ): Promise<BlockView> {
    const { connection, changes, store } = this.deps;
    const block = await this.block(review);
    if (!block) throw new ReviewConflict('gone', review.label);
    const to = accepted(review, block.value, acceptance);
    if (to === null) throw new ReviewConflict('changed_since', review.label);
    checkLimit(block, to);
    const applying = {
      ...this.announcement(review, acceptance.text, acceptance.unreviewed),
      blockId: block.id,
      from: block.value,
      to,
    };
    await this.begin(review, applying);
    const written =
      to === block.value
        ? block
        : await this.released(review, () => writeBlock(connection, changes, block, to, applying.by));
    await store.decideReview(review.id, 'accepted', edited);
    return written;
  }

  private async archive(review: Review, text: string, edited: string | undefined): Promise<null> {
    const { connection, agentId, store } = this.deps;
    await this.begin(review, this.announcement(review, text));
    const tags = tagsOf(review.args);
    // Not in the client's type: of the embedded server, which alone keeps anything to local models.
    const mark = review.localOnly ? { metadata: { [LOCAL_ONLY]: true } } : {};
    const passage = { text, ...(tags.length > 0 ? { tags } : {}), ...mark };
    await this.released(review, async () => {
      try {
        await connection.client.agents.passages.create(agentId, passage, ONCE);
      } catch (error) {
        throw toLettaError(error);
      }
    });
    await store.decideReview(review.id, 'accepted', edited);
    return null;
  }

  private announcement(review: Review, text: string, unreviewed = false): Applying {
    const { owner } = this;
    return {
      owner,
      at: this.now(),
      by: `${review.kind === 'write' ? 'review' : review.kind}:${review.id}:${randomUUID()}${unreviewed ? UNREVIEWED : ''}`,
      text,
    };
  }

  private async begin(review: Review, applying: Applying): Promise<void> {
    if (!(await this.deps.store.beginReview(review.id, applying, null))) throw new ReviewConflict('busy', review.label);
  }

  private async released<T>(review: Review, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (wasRefused(error)) await this.deps.store.releaseReview(review.id);
      throw error;
    }
  }

  /** Finds out what became of an acceptance that was broken off. */
  private async settle(review: Review): Promise<'accepted' | 'waiting' | 'under way'> {
    const { store } = this.deps;
    const applying = await store.reviewApplying(review.id);
    if (!applying) return 'waiting';
    const made = applying.blockId === undefined ? await this.inArchive(applying) : await this.inBlock(applying);
    if (made) {
      await store.decideReview(review.id, 'accepted', applying.text === review.after ? undefined : applying.text);
      return 'accepted';
    }
    if (applying.owner !== this.owner && this.now() - applying.at < UNDER_WAY_MS) return 'under way';
    await store.releaseReview(review.id);
    return 'waiting';
  }

  private async inBlock(applying: Applying): Promise<boolean> {
    const { connection, agentId, changes, store } = this.deps;
    if (applying.from === applying.to) return true;
    const blocks = await listBlocks(connection, agentId);
    await store.readJournal(this.home, changes.path);
    const seen = blocks.map(({ id, label, value }) => ({ id, label, value }));
    await store.observe(this.home, agentId, seen);
    const write = await store.writeBy(this.home, applying.by);
    if (write !== 'likely') return write === 'certain';
    const value = blocks.find((block) => block.id === applying.blockId)?.value;
    // Nobody confirmed it: what stands there must, or the person is asked again.
    return value === applying.to || (applying.text !== '' && (value ?? '').includes(applying.text));
  }

  private async inArchive(applying: Applying): Promise<boolean> {
    try {
      const passages = await this.deps.connection.client.agents.passages.list(this.deps.agentId, {
        search: applying.text.slice(0, 200),
        limit: 100,
      });
      return passages.some((passage) => passage.text === applying.text);
    } catch (error) {
      throw toLettaError(error);
    }
  }

  private async block(review: Review): Promise<BlockView | null> {
    if (review.label === ARCHIVE) return null;
    const { connection, agentId } = this.deps;
    const found = (await listBlocks(connection, agentId)).find((block) => block.label === review.label);
    return found ? readBlock(connection, found.id) : null;
  }
}

function tagsOf(args: unknown): string[] {
  const tags = typeof args === 'object' && args !== null && 'tags' in args ? args.tags : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

const appended = (value: string, text: string): string =>
  value.trimEnd() === '' ? text : `${value.trimEnd()}\n${text}`;

/** The block's value with the proposal in it; null when what it replaces is not there, or not in one place. */
export function accepted(
  review: Pick<Review, 'before' | 'after' | 'base' | 'tool' | 'args'>,
  value: string,
  { text, insert = false }: { text: string; insert?: boolean },
): string | null {
  if (insert) return appended(value, text);
  const asProposed = text === review.after;
  if (review.before === '') {
    const exact = asProposed && review.tool ? outcomes(review.tool, review.args, value)?.[0] : undefined;
    return exact ?? appended(value, text);
  }
  if (review.before === null) {
    // Of one that replaces nobody knows what, the person decides with what stands there in view.
    if (review.base === undefined) return value.trim() === '' ? text : null;
    if (review.base === value) return text;
    // The proposal's own change, on what stands there by now.
    const merged = takeBack(value, { before: text, after: review.base });
    return merged.conflicts.length === 0 ? merged.value : null;
  }
  const { before } = review;
  if (value.split(before).length !== 2) return null;
  if (text !== '') return value.replace(before, () => text);
  const lines = linesOf(value);
  const gone = linesOf(before);
  const at = lines.findIndex((_, i) => lines.slice(i, i + gone.length).join('\n') === before);
  if (at < 0) return value.replace(before, '');
  return [...lines.slice(0, at), ...lines.slice(at + gone.length)].join('\n');
}
