// What is noted of a line of memory, and how one that may be out of date is told to the person and to the agent.
import * as z from 'zod/mini';
import { ExpirySchema } from './expiry.ts';

export const AnchorSchema = z.object({
  /** Relative to the workspace. */
  path: z.string(),
  /** Without it the whole file is meant. */
  symbol: z.optional(z.string()),
  /** Of the symbol's text, or of the file's; layout and comments do not count. */
  hash: z.string(),
});
export type Anchor = z.infer<typeof AnchorSchema>;

export type AnchorState = 'same' | 'changed' | 'gone';

export const LineNoteSchema = z.object({
  anchor: z.optional(AnchorSchema),
  expiry: z.optional(ExpirySchema),
});
export type LineNote = z.infer<typeof LineNoteSchema>;

/** A line whose anchor no longer holds, and that nobody has confirmed since. */
export interface UnverifiedMark {
  line: string;
  anchor: Anchor;
  state: Exclude<AnchorState, 'same'>;
}

const target = ({ path, symbol }: Anchor): string => (symbol === undefined ? path : `${symbol} in ${path}`);

/** One sentence for the person. */
export function renderMark({ anchor, state }: UnverifiedMark): string {
  return state === 'gone'
    ? `Unverified: ${target(anchor)} is gone.`
    : `Unverified: ${target(anchor)} has changed since this was written.`;
}

/** Most characters of the agent's notice: it stands in a prompt. */
const MAX_NOTICE = 1_200;
const MAX_QUOTE = 160;

/** What the agent reads beside its memory; '' when every line is verified. */
export function noticeForAgent(marks: readonly UnverifiedMark[]): string {
  if (marks.length === 0) return '';
  const rows = marks.map(({ line, anchor, state }) => {
    const one = line.trim().replace(/\s+/g, ' ');
    const quote = one.length > MAX_QUOTE ? `${one.slice(0, MAX_QUOTE - 1)}…` : one;
    return `- unverified since ${target(anchor)} ${state === 'gone' ? 'is gone' : 'changed'}: ${quote}`;
  });
  const head =
    'These lines of memory may be out of date. Look at the file before you rely on one; correct or confirm it.';
  const shown: string[] = [];
  let size = head.length;
  for (const row of rows) {
    if (size + row.length + 40 > MAX_NOTICE) break;
    shown.push(row);
    size += row.length + 1;
  }
  const more = rows.length - shown.length;
  return [head, ...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n');
}
