// Which change is meant: by the editor's own list of line changes, or by the line the cursor is on.
import * as z from 'zod/mini';
import type { Hunk, LineSpan } from './lines.ts';

/** Hunks between base and text, and which of them is meant. */
export interface Chosen {
  hunks: readonly Hunk[];
  index: number;
}

/** VS Code's line changes: lines from 1, both ends included; an end of 0 says that there is none, behind the start. */
const LineChangesSchema = z.array(
  z.object({
    originalStartLineNumber: z.number(),
    originalEndLineNumber: z.number(),
    modifiedStartLineNumber: z.number(),
    modifiedEndLineNumber: z.number(),
  }),
);

const spanOf = (start: number, end: number): LineSpan =>
  end === 0 ? { start, end: start } : { start: start - 1, end };

/** What `scm/change/title` hands over; undefined where it is something else. */
export function chosenOf(changes: unknown, index: unknown): Chosen | undefined {
  const parsed = LineChangesSchema.safeParse(changes);
  if (!parsed.success || typeof index !== 'number') return undefined;
  const hunks = parsed.data.map(
    (change): Hunk => ({
      base: spanOf(change.originalStartLineNumber, change.originalEndLineNumber),
      now: spanOf(change.modifiedStartLineNumber, change.modifiedEndLineNumber),
    }),
  );
  return { hunks, index };
}

/** The change at a line, from 0, of one of the two texts; where lines were taken out, the lines around the gap count. */
export function chosenAt(hunks: readonly Hunk[], line: number, side: keyof Hunk): Chosen | undefined {
  const index = hunks.findIndex(({ [side]: { start, end } }) =>
    start === end ? line === start || line === start - 1 : start <= line && line < end,
  );
  return index === -1 ? undefined : { hunks, index };
}
