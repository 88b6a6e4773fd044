// The review list of one home: what waits for a person's word, how it is put up, and what their word does.
import type { MemoryCall, MemoryDecision } from './agent/memory-calls.ts';
import { reasonInWords } from './flows/reasons-in-words.ts';
import type { Connection } from './letta/connection.ts';
import { listBlocks } from './memory/blocks.ts';
import { isForLocalModels } from './memory/by-local-model.ts';
import type { BlockManager } from './memory/manage-blocks.ts';
import { reflected } from './memory/reflected.ts';
import { type Acceptance, accepted, ReviewConflict, type ReviewList } from './memory/review-list.ts';
import type { NewReview, Review, ReviewState } from './memory/store/types.ts';
import type { MemoryDiff } from './native/memory-diff.ts';
import { named } from './origin-view.ts';
import { plural, t } from './protocol/l10n.ts';
import type { ReviewView } from './protocol/memory-views.ts';

/** What a decision on a proposal that came from files needs and leads to. */
export interface Filed {
  before(review: Review): Promise<void>;
  /** What is proposed for a file and no block is written there. @returns false: it is the block's @throws Error saying why not */
  carryOut(review: Review, text: string): Promise<boolean>;
  after(review: Review, accepted: boolean): Promise<void>;
}

interface ReviewDeskDeps {
  connection: Connection;
  agentId: string;
  reviews: ReviewList;
  blocks: BlockManager;
  diff: MemoryDiff;
  filed: Filed;
  /** Titles of threads by id. */
  titles(): Promise<Map<string, string>>;
  /** Blocks were written. */
  changed(): Promise<void>;
  /** The list is another now. */
  refresh(): Promise<void>;
  /** Tells what was done, and takes it back where the person wants that. */
  offerUndo(message: string, undo: () => Promise<void>): void;
  log(line: string): void;
}

const OTHERS: ReadonlySet<string> = new Set(['tool', 'mcp']);
const FROM_FILES = new Set<ReviewView['kind']>(['mirror', 'import', 'project']);

function viewOf(review: Review, titles: ReadonlyMap<string, string>): ReviewView {
  const { id, kind, label, before, base, after, reason, sources, at, threadId, messageId, args, localOnly } = review;
  return {
    id,
    kind,
    label,
    // What came from files replaces the whole block: the person sees both.
    before: before ?? (FROM_FILES.has(kind) ? (base ?? null) : null),
    after,
    reason: reasonInWords(reason),
    // What is from another agent says so already.
    sources: sources.filter((source) => kind !== 'other-agent' || !OTHERS.has(source)).map((source) => named(source)),
    at,
    ...(threadId ? { threadId, threadTitle: titles.get(threadId) ?? t('Thread') } : {}),
    ...(messageId ? { messageId } : {}),
    ...(localOnly ? { localOnly } : {}),
    ...(kind === 'reflection' ? reflected(args) : {}),
  };
}

export class ReviewDesk {
  private readonly deps: ReviewDeskDeps;

  constructor(deps: ReviewDeskDeps) {
    this.deps = deps;
    deps.reviews
      .recover()
      .catch((error: unknown) =>
        deps.log(`Reviews that were broken off: ${error instanceof Error ? error.message : String(error)}`),
      );
  }

  /** Keeps a write that was held back. On disk when it resolves. */
  async hold(call: MemoryCall, { reason }: MemoryDecision): Promise<void> {
    const { callId, label, before, after, args, seen, judged, threadId } = call;
    const localOnly = await isForLocalModels(this.deps.connection, this.deps.agentId, call);
    await this.deps.reviews.add({
      callId,
      kind: 'write',
      label,
      before,
      after,
      ...(judged.before === null ? {} : { base: judged.before }),
      ...(args === undefined ? {} : { args }),
      ...(localOnly ? { localOnly } : {}),
      sources: seen.filter((source) => source !== 'person'),
      reason,
      threadId,
    });
    await this.deps.refresh();
  }

  async views(): Promise<ReviewView[]> {
    const [waiting, titles] = await Promise.all([this.deps.reviews.list(), this.deps.titles()]);
    return waiting.map((review) => viewOf(review, titles));
  }

  proposals(state: ReviewState): Promise<Review[]> {
    return this.deps.reviews.list(state);
  }

  async accept(id: string, text?: string): Promise<void> {
    const acceptance: Acceptance = text === undefined ? {} : { text };
    const review = (await this.deps.reviews.list()).find((waiting) => waiting.id === id);
    if (review) await this.deps.filed.before(review);
    try {
      if (!review) await this.deps.reviews.accept(id, acceptance);
      else await this.carry(review, acceptance);
    } catch (error) {
      if (!(error instanceof ReviewConflict)) throw error;
      const { acceptInstead } = await import('./commands/accept-review.ts');
      const instead = await acceptInstead(error, text, {
        proposal: async () => (await this.deps.reviews.list()).find((review) => review.id === id),
        create: (block) => this.deps.blocks.create(block),
        blocks: async () => (await import('./memory/blocks.ts')).listBlocks(this.deps.connection, this.deps.agentId),
      });
      if (!instead) return;
      await this.deps.reviews.accept(id, { ...acceptance, ...instead });
    }
    if (review) await this.deps.filed.after(review, true);
    await this.deps.changed();
    await this.deps.refresh();
  }

  private async carry(review: Review, acceptance: Acceptance): Promise<void> {
    const text = acceptance.text ?? review.after;
    if (await this.deps.filed.carryOut(review, text)) await this.deps.reviews.carriedOut(review.id, text);
    else await this.deps.reviews.accept(review.id, acceptance);
  }

  /** What a proposal would make of its block, in the diff editor. */
  async compare(id: string): Promise<void> {
    const { connection, agentId } = this.deps;
    const review = (await this.deps.reviews.list()).find((waiting) => waiting.id === id);
    if (!review) throw new Error(t('This was decided already.'));
    const { label, before, base, after } = review;
    const block = (await listBlocks(connection, agentId)).find((each) => each.label === label);
    const now = block?.value ?? before ?? base ?? '';
    const then = accepted(review, now, { text: after }) ?? after;
    const side = (title: string, text: string) => ({ id: `review-${title}-${id}`, title, text });
    await this.deps.diff.show(label, side('now', now), side('proposed', then));
  }

  /** A proposal is written without a person's word. @throws ReviewConflict, LettaError */
  async apply(id: string, unreviewed: boolean): Promise<void> {
    await this.deps.reviews.accept(id, { unreviewed });
  }

  /** Puts proposals up for review; on disk when it resolves. That of the same call is added once, and given back as it is. */
  async propose(proposals: readonly Omit<NewReview, 'agentId'>[]): Promise<Review[]> {
    const added: Review[] = [];
    for (const proposal of proposals) added.push(await this.deps.reviews.add(proposal));
    await this.deps.refresh();
    return added;
  }

  /** What waits, and what a person turned down. */
  async waitingOrRejected(): Promise<Review[]> {
    return [...(await this.deps.reviews.list()), ...(await this.deps.reviews.list('rejected'))];
  }

  refresh(): Promise<void> {
    return this.deps.refresh();
  }

  /** Takes proposals off the list. @returns those that still waited */
  async withdraw(ids: readonly string[]): Promise<string[]> {
    const waiting = new Set((await this.deps.reviews.list()).map(({ id }) => id));
    const off = ids.filter((id) => waiting.has(id));
    for (const id of off) await this.deps.reviews.reject(id);
    await this.deps.refresh();
    return off;
  }

  /** Asks whether the person means all of them, decides, and tells what was left waiting. */
  async decideAll(ids: readonly string[], accept: boolean): Promise<void> {
    const { decideAllCommand } = await import('./commands/decide-all.ts');
    await decideAllCommand(ids, accept, () => this.decideEach(ids, accept));
  }

  /** Decides on many as they were proposed. @returns what was left waiting and why, a sentence each */
  async decideEach(ids: readonly string[], accept: boolean): Promise<{ decided: number; problems: string[] }> {
    const wanted = new Set(ids);
    const decided: Review[] = [];
    const problems: string[] = [];
    for (const review of (await this.deps.reviews.list()).filter(({ id }) => wanted.has(id))) {
      try {
        if (accept) await this.deps.filed.before(review);
        await (accept ? this.carry(review, {}) : this.deps.reviews.reject(review.id));
        await this.deps.filed.after(review, accept);
        decided.push(review);
      } catch (error) {
        problems.push(`${review.label}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (accept) await this.deps.changed();
    await this.deps.refresh();
    const back = accept ? [] : decided.filter(({ kind }) => !FROM_FILES.has(kind));
    if (back.length > 0)
      this.deps.offerUndo(plural(back.length, 'Rejected one proposal.', 'Rejected {0} proposals.'), async () => {
        for (const { id } of back) await this.deps.reviews.reopen(id);
        await this.deps.refresh();
      });
    return { decided: decided.length, problems };
  }

  async reject(id: string): Promise<void> {
    const review = (await this.deps.reviews.list()).find((waiting) => waiting.id === id);
    await this.deps.reviews.reject(id);
    if (review) await this.deps.filed.after(review, false);
    await this.deps.refresh();
    // A file that was turned down has been answered: what is in it is proposed anew when it changes.
    if (!review || FROM_FILES.has(review.kind)) return;
    const said =
      review.label === 'archive'
        ? t('Rejected what was proposed for the archive.')
        : t('Rejected what was proposed for {0}.', review.label);
    this.deps.offerUndo(said, async () => {
      await this.deps.reviews.reopen(id);
      await this.deps.refresh();
    });
  }
}
