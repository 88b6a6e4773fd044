// What reflection has taken of the day's tokens: of the person, whichever agents and windows spend them. A run sets its tokens aside
// before it asks a model, so that a kill cannot spend them twice; what it did not need goes back.
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';

const SpendingSchema = z.object({
  /** Local date. */
  day: z.string(),
  /** Tokens of that day, those that runs have set aside included. */
  spent: z.number(),
});
export type Spending = z.infer<typeof SpendingSchema>;

export const NOTHING_SPENT: Spending = { day: '', spent: 0 };

/** The local date of a time in milliseconds, e.g. `2026-11-21`. */
export function dayOf(now: number): string {
  const date = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Tokens that the day has left. */
export const left = ({ day, spent }: Spending, budget: number, now: number): number =>
  Math.max(0, budget - (day === dayOf(now) ? spent : 0));

/** Sets tokens aside. Null: the day has fewer left. */
export function setAside(state: Spending, tokens: number, budget: number, now: number): Spending | null {
  if (left(state, budget, now) < tokens) return null;
  const day = dayOf(now);
  return { day, spent: (state.day === day ? state.spent : 0) + tokens };
}

/** Puts what was really taken in place of what was set aside, on the day that pays. Null: that day is over. */
export const settled = (state: Spending, day: string, aside: number, tokens: number): Spending | null =>
  state.day === day ? { day, spent: Math.max(0, state.spent - aside + tokens) } : null;

/** In a file that all windows of this computer share. */
export class SpendingLedger extends StateFile<Spending> {
  constructor(path: string) {
    super(
      path,
      (text) => SpendingSchema.safeParse(JSON.parse(text)).data,
      () => NOTHING_SPENT,
    );
  }
}
