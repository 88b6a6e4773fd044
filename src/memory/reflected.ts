// What a proposal of a reflection carries beside its text, and whether its block is still as the model saw it.
import * as z from 'zod/mini';
import { type Cite, CiteSchema } from '../protocol/memory-views.ts';
import { accepted } from './review-list.ts';
import type { Review } from './store/types.ts';

const ArgsSchema = z.object({ run: z.string(), tokens: z.number(), cites: z.array(CiteSchema) });
export type ReflectedArgs = z.infer<typeof ArgsSchema>;

/** The citations and the cost of a proposal, for the person. */
export function reflected(args: unknown): { cites?: Cite[]; tokens?: number } {
  const parsed = ArgsSchema.safeParse(args);
  return parsed.success ? { cites: parsed.data.cites, tokens: parsed.data.tokens } : {};
}

/**
 * Whether somebody has changed the block since: it is neither as the model saw it, nor that with what was accepted of
 * reflections since. `decided`: accepted reviews, in any order. `value`: undefined where the block is gone.
 */
export function isOutdated(review: Review, decided: readonly Review[], value: string | undefined): boolean {
  const { base, label } = review;
  if (value === undefined || base === undefined) return value === undefined;
  if (value === base) return false;
  const order = ({ decidedAt = '', callId = '' }: Review): string => `${decidedAt} ${callId}`;
  const since = decided
    .filter((other) => other.kind === 'reflection' && other.label === label && (other.decidedAt ?? '') >= review.at)
    .sort((a, b) => order(a).localeCompare(order(b)));
  let expected = base;
  for (const other of since)
    expected = accepted(other, expected, { text: other.editedText ?? other.after }) ?? expected;
  return expected !== value;
}
