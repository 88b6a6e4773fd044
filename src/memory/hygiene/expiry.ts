// Expiry: a line that holds until a day, or as long as a branch is there.
import * as z from 'zod/mini';

export const ExpirySchema = z.union([
  /** `until`: the last day it holds, YYYY-MM-DD. */
  z.object({ until: z.string() }),
  z.object({ branch: z.string() }),
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

/** `until` counts to the end of that day where the person is. A branch expires when it is gone; `branches` null: not known. */
export function isExpired(
  expiry: Expiry,
  { now, branches }: { now: Date; branches: readonly string[] | null },
): boolean {
  if ('branch' in expiry) return branches !== null && branches.length > 0 && !branches.includes(expiry.branch);
  const [year = 0, month = 1, day = 1] = expiry.until.split('-').map(Number);
  return now.getTime() >= new Date(year, month - 1, day + 1).getTime();
}
