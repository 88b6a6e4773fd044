// Expiry: a line that holds until a day, or as long as a branch is there.
import * as z from 'zod/mini';

export const ExpirySchema = z.union([
  /** `until`: the last day it holds, YYYY-MM-DD. */
  z.object({ until: z.string() }),
  /** Until it is merged or gone. `at`: its newest commit when this was said, where that had no work of its own yet. */
  z.object({ branch: z.string(), at: z.optional(z.string()) }),
]);
export type Expiry = z.infer<typeof ExpirySchema>;

const DAY = String.raw`(\d{4})-(\d{2})-(\d{2})`;
const UNTIL = new RegExp(
  String.raw`\b(?:until|till|expires?(?: on| at)?:?|valid (?:until|to|through)|through|best before)\s+\(?${DAY}\b`,
  'i',
);
const ON_BRANCH =
  /\(\s*(?:(?:only\s+)?on\s+|for\s+)?branch:?\s+[`'"]?([\w./-]*\w)[`'"]?\s*\)|\b(?:only on|until|as long as|while on)\s+(?:the\s+)?branch\s+[`'"]?([\w./-]*\w)[`'"]?|\b(?:expires with|until)\s+[`'"]?([\w./-]+\/[\w.-]*\w)[`'"]?\s+(?:is\s+)?(?:merged|merges|lands|branch)/i;

/** null: the line holds for good, or names a day that does not exist. */
export function parseExpiry(line: string): Expiry | null {
  const day = UNTIL.exec(line);
  if (day) {
    const until = `${day[1]}-${day[2]}-${day[3]}`;
    const time = new Date(`${until}T00:00:00Z`);
    return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(until) ? { until } : null;
  }
  const branch = ON_BRANCH.exec(line);
  const name = branch?.slice(1).find((each) => each !== undefined);
  return name === undefined ? null : { branch: name };
}

/** `until` counts to the end of that day where the person is. A branch expires when it is merged or gone; `branches` null: not known. */
export function isExpired(
  expiry: Expiry,
  { now, branches, merged = [] }: { now: Date; branches: readonly string[] | null; merged?: readonly string[] },
): boolean {
  if ('branch' in expiry)
    return (
      branches !== null && branches.length > 0 && (!branches.includes(expiry.branch) || merged.includes(expiry.branch))
    );
  const [year = 0, month = 1, day = 1] = expiry.until.split('-').map(Number);
  return now.getTime() >= new Date(year, month - 1, day + 1).getTime();
}

/** `2026-12-01`, or `branch feature/x`. */
export const expiryInWords = (expiry: Expiry): string => ('until' in expiry ? expiry.until : `branch ${expiry.branch}`);

/** One sentence for the person and the agent. */
export const whyExpired = (expiry: Expiry, { branches }: { branches: readonly string[] | null }): string =>
  'until' in expiry
    ? `It held until ${expiry.until}.`
    : `Its branch ${expiry.branch} is ${branches?.includes(expiry.branch) ? 'merged' : 'gone'}.`;
