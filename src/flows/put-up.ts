// What other agents want remembered: put up for the person's review once, and answered in words.
import type { NewReview, Review } from '../memory/store/types.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import type { MemorySource } from '../protocol/sources.ts';
import { holding } from './remember.ts';

/** Of the review list what this needs. */
export interface Proposals {
  waitingOrRejected(): Promise<readonly Pick<Review, 'after' | 'state'>[]>;
  /** On disk when it resolves; that of the same call is added once, and given back as it is. */
  propose(proposals: readonly Omit<NewReview, 'agentId'>[]): Promise<readonly Pick<Review, 'state'>[]>;
}

export interface PutUp {
  /** The same one is put up once. */
  id: string;
  /** Without secrets. */
  text: string;
  sources: readonly MemorySource[];
  /** Who asked, a sentence for the person. */
  reason: string;
}

/** It waits for the person; it stands in memory, or they have been asked already; they have turned it down before. */
export type HeldOutcome = { kind: 'held' | 'known' | 'rejected'; label: string; text: string };

/** The block that holds notes which nobody has filed. */
const INBOX = 'inbox';

/** @param blocks all of the agent's. @throws Error when it cannot be put up */
export async function putUp(
  { blocks, reviews }: { blocks: readonly BlockView[]; reviews: Proposals },
  { id: callId, text, sources, reason }: PutUp,
): Promise<HeldOutcome> {
  const outcome = (kind: HeldOutcome['kind'], label = INBOX): HeldOutcome => ({ kind, label, text });
  // Of what is kept to local models nobody else is told, not even that it is there.
  const open = blocks.filter(({ localOnly }) => !localOnly);
  const there = holding(open, text);
  if (there) return outcome('known', there.label);
  const asked = (await reviews.waitingOrRejected()).find(({ after }) => after === text);
  if (asked) return outcome(asked.state === 'rejected' ? 'rejected' : 'known');
  const proposal = { callId, label: INBOX, before: '', after: text, sources: [...sources], reason };
  const [added] = await reviews.propose([{ ...proposal, kind: 'other-agent' }]);
  return outcome(added?.state === 'waiting' ? 'held' : 'known');
}

/** What the agent that asked is told. */
export const heldInWords: Record<HeldOutcome['kind'], string> = {
  held: "It waits for the person's review, in the Memory panel of Letta. It enters no prompt before they have accepted it.",
  known: 'Memory says so already, or the person has been asked to review it. It was not put up a second time.',
  rejected: 'The person has turned this down before. It was not put up again.',
};
