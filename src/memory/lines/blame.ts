// Which revision wrote each line of a block, told by going through its revisions from the first to the last.
import { align, linesOf } from './align.ts';

/** A line and the revision that wrote it. */
export interface Origin {
  text: string;
  revision: string;
}

export interface Blame {
  lines: readonly Origin[];
  /** Lines that were taken out, the latest last: a restore brings them back with the origin they had. */
  gone: readonly Origin[];
}

export const NOTHING: Blame = { lines: [], gone: [] };

const MOST_GONE = 400;

/**
 * One revision further. A line that stayed or moved keeps its origin. `revives`: the revision brought back what stood
 * there earlier (restore, undo), so that lines it brings back keep the origin they had.
 */
export function blame(before: Blame, revision: string, value: string, revives: boolean): Blame {
  const texts = linesOf(value);
  const found = align(
    before.lines.map((line) => line.text),
    texts,
  );
  const gone = [...before.gone];
  const lines = texts.map((text, i): Origin => {
    const kept = before.lines[found[i] ?? -1];
    if (kept) return kept;
    const earlier = revives ? gone.findLastIndex((line) => line.text === text) : -1;
    const [back] = earlier >= 0 ? gone.splice(earlier, 1) : [];
    return back ?? { text, revision };
  });
  const still = new Set(found);
  const taken = before.lines.filter((line, i) => !still.has(i) && line.text.trim() !== '');
  return { lines, gone: [...gone, ...taken].slice(-MOST_GONE) };
}
