// Which lines differ between two texts, counted as an editor counts them: a text that ends with a line break has an empty last line.
import { textEdits } from '../changes.ts';

/** Lines from 0; `end` is not included. Empty where start and end are the same: before that line. */
export interface LineSpan {
  start: number;
  end: number;
}

/** Lines of one text that stand for lines of the other. */
export interface Hunk {
  base: LineSpan;
  now: LineSpan;
}

export const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** The line ending of a text whose line endings are all the same; undefined for a single line. */
export function eolOf(text: string): '\n' | '\r\n' | undefined {
  const at = text.indexOf('\n');
  return at === -1 ? undefined : text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** The text with these lines in the place of those. `eol`: what parts them where the text itself has a single line. */
export function withLines(text: string, span: LineSpan, lines: readonly string[], eol: '\n' | '\r\n'): string {
  return linesOf(text)
    .toSpliced(span.start, span.end - span.start, ...lines)
    .join(eolOf(text) ?? eol);
}

/** From an offset to the line it is in. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  };
}

/** The hunks between two texts, in order; between two of them at least one line is the same. */
export function lineHunks(base: string, now: string): Hunk[] {
  const [inBase, inNow] = [lineFinder(base), lineFinder(now)];
  const [old, fresh] = [linesOf(base), linesOf(now)];
  const whole: Hunk[] = [];
  let shift = 0;
  for (const { start, end, text } of textEdits(base, now)) {
    const [from, to] = [start + shift, start + shift + text.length];
    shift += text.length - (end - start);
    join(
      whole,
      {
        base: { start: inBase(start), end: inBase(end) + 1 },
        now: { start: inNow(from), end: inNow(to) + 1 },
      },
      (last, next) => next.base.start < last.base.end || next.now.start < last.now.end,
    );
  }
  const hunks: Hunk[] = [];
  for (const hunk of whole) {
    const own = trimmed(hunk, old, fresh);
    if (own.base.start === own.base.end && own.now.start === own.now.end) continue;
    join(hunks, own, (last, next) => next.base.start === last.base.end && next.now.start === last.now.end);
  }
  return hunks;
}

/** Adds a hunk, or makes the last one reach as far. */
function join(hunks: Hunk[], next: Hunk, one: (last: Hunk, next: Hunk) => boolean): void {
  const last = hunks.at(-1);
  if (last === undefined || !one(last, next)) {
    hunks.push(next);
    return;
  }
  last.base.end = Math.max(last.base.end, next.base.end);
  last.now.end = Math.max(last.now.end, next.now.end);
}

/** Without the whole lines that are the same at both ends. */
function trimmed({ base, now }: Hunk, old: readonly string[], fresh: readonly string[]): Hunk {
  const most = Math.min(base.end - base.start, now.end - now.start);
  let head = 0;
  while (head < most && old[base.start + head] === fresh[now.start + head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[base.end - 1 - tail] === fresh[now.end - 1 - tail]) tail += 1;
  return {
    base: { start: base.start + head, end: base.end - tail },
    now: { start: now.start + head, end: now.end - tail },
  };
}

/**
 * Whether hunks that somebody else worked out lead from one text to the other: what lies between them is the same, white space
 * at the ends of lines aside. Hunks of texts that have changed since do not.
 */
export function fits(base: string, now: string, hunks: readonly Hunk[]): boolean {
  const [old, fresh] = [linesOf(base), linesOf(now)];
  let [b, n] = [0, 0];
  const end: Hunk = { base: { start: old.length, end: old.length }, now: { start: fresh.length, end: fresh.length } };
  for (const hunk of [...hunks, end]) {
    if (hunk.base.start - b !== hunk.now.start - n || hunk.base.start < b) return false;
    for (; b < hunk.base.start; b += 1, n += 1) if (old[b]?.trim() !== fresh[n]?.trim()) return false;
    if (hunk.base.end < b || hunk.now.end < n) return false;
    [b, n] = [hunk.base.end, hunk.now.end];
  }
  return true;
}
