// What becomes of a reflection's answer: each proposal stands in the review list first, and is written from there at most once,
// however often this is told after a kill.
import { isOutdated, type ReflectedArgs } from '../memory/reflected.ts';
import { ReviewConflict } from '../memory/review-list.ts';
import type { NewReview, Review } from '../memory/store/types.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import type { Carried } from './reflect.ts';
import type { Answer, Proposal } from './reflect-state.ts';

export interface CarryDeps {
  /** Puts proposals up for review, each once; gives them back as they stand there. */
  propose(proposals: readonly Omit<NewReview, 'agentId'>[]): Promise<Review[]>;
  /** Accepted reviews, in any order. */
  accepted(): Promise<Review[]>;
  /** Writes what waits; `unreviewed`: marked so. @throws ReviewConflict, LettaError */
  apply(id: string, unreviewed: boolean): Promise<void>;
  /** Takes proposals off the list whose block was changed. @returns a sentence for each block */
  drop(reviews: readonly Review[]): Promise<string[]>;
  block(label: string): Promise<Pick<BlockView, 'id' | 'value'> | undefined>;
  log(line: string): void;
}

/** @throws Error when the list cannot be written: then it is told again */
export async function carryOut(deps: CarryDeps, run: string, { tokens, proposals }: Answer): Promise<Carried> {
  const added = await deps.propose(proposals.map((proposal, i) => reviewOf(run, tokens, proposal, i)));
  const carried: Carried = { waiting: 0, applied: [], dropped: [] };
  for (const [i, review] of added.entries()) {
    if (review.state !== 'waiting') continue;
    const act = proposals[i]?.act ?? 'wait';
    if (act === 'wait') carried.waiting++;
    else await apply(deps, review, act === 'mark', carried);
  }
  return carried;
}

async function apply(deps: CarryDeps, review: Review, unreviewed: boolean, carried: Carried): Promise<void> {
  const { label } = review;
  try {
    const before = await deps.block(label);
    if (isOutdated(review, await deps.accepted(), before?.value)) {
      carried.dropped.push(...(await deps.drop([review])));
      return;
    }
    await deps.apply(review.id, unreviewed);
    const after = await deps.block(label);
    if (before && after && before.value !== after.value)
      carried.applied.push({ blockId: after.id, label, before: before.value, after: after.value });
  } catch (error) {
    if (error instanceof ReviewConflict && error.reason === 'decided') return;
    // It waits for the person, who sees why.
    carried.waiting++;
    const why = error instanceof Error ? error.message : String(error);
    deps.log(`A proposal of a reflection could not be applied: ${why}`);
  }
}

function reviewOf(run: string, tokens: number, proposal: Proposal, i: number): Omit<NewReview, 'agentId'> {
  const { label, before, after, base, why, cites, sources, act } = proposal;
  const [first] = cites;
  return {
    callId: `reflect:${run}:${i}`,
    kind: 'reflection',
    label,
    before,
    after,
    base,
    args: { run, tokens, cites } satisfies ReflectedArgs,
    sources: act === 'apply' ? [] : sources,
    reason: why || t('It was said in your threads.'),
    ...(first ? { threadId: first.threadId, ...(first.messageId ? { messageId: first.messageId } : {}) } : {}),
  };
}
