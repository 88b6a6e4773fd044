// Takes one change back out of a text that went on since: line by line, keeping every later edit.
import { align, inOrder, linesOf } from './align.ts';

export interface LineConflict {
  /** What the change wrote. */
  wrote: string[];
  /** What stands there now, and stays. */
  now: string[];
  /** What stood there before, and does not come back. */
  before: string[];
}

export interface TakenBack {
  value: string;
  conflicts: LineConflict[];
}

interface Hunk {
  /** Lines of the text after the change, `from` to before `to`. */
  from: number;
  to: number;
  before: string[];
}

/** What a change wrote, and what it replaced. */
function hunks(after: readonly string[], before: readonly string[]): Hunk[] {
  const same = inOrder(after, before);
  const found: Hunk[] = [];
  let i = 0;
  for (let j = 0; j <= before.length; ) {
    const start = j;
    while (j < before.length && (same[j] ?? -1) < 0) j++;
    const next = j < before.length ? (same[j] ?? after.length) : after.length;
    if (next > i || j > start) found.push({ from: i, to: next, before: before.slice(start, j) });
    i = next + 1;
    j++;
  }
  return found;
}

/**
 * `current` with the change from `before` to `after` taken back. Where what the change wrote was itself changed since,
 * the text stays as it is and a conflict says so. With `current` equal to `after` the result is `before`.
 */
export function takeBack(current: string, { before, after }: { before: string; after: string }): TakenBack {
  if (current === after) return { value: before, conflicts: [] };
  const now = linesOf(current);
  const wrote = linesOf(after);
  const places = new Array<number>(wrote.length).fill(-1);
  const later = new Set<number>();
  align(wrote, now).forEach((at, c) => {
    if (at >= 0) places[at] = c;
    else later.add(c);
  });
  const removed = new Set<number>();
  const inserted = new Map<number, string[]>();
  const conflicts: LineConflict[] = [];
  /** The place in the current text where the lines from `from` to before `to` are, or were. */
  const gap = (from: number, to: number): { start: number; end: number } => {
    const left = places.slice(0, from).findLast((c) => c >= 0);
    const right = places.slice(to).find((c) => c >= 0);
    const start = left === undefined ? 0 : left + 1;
    return {
      start,
      end: right === undefined || right < start ? (left === undefined ? now.length : nextKept(start)) : right,
    };
  };
  const nextKept = (start: number): number => {
    let end = start;
    while (end < now.length && later.has(end)) end++;
    return end;
  };
  const insert = (at: number, lines: string[]): void => {
    inserted.set(at, [...(inserted.get(at) ?? []), ...lines]);
  };

  for (const hunk of hunks(wrote, linesOf(before))) {
    const kept = places.slice(hunk.from, hunk.to).filter((c) => c >= 0);
    const { start, end } = gap(hunk.from, hunk.to);
    if (hunk.from === hunk.to) {
      // It had removed lines: they come back, save those that somebody has put there again.
      const again = new Set([...later].map((c) => now[c]));
      insert(
        start,
        hunk.before.filter((line) => line.trim() === '' || !again.has(line)),
      );
      continue;
    }
    const all = kept.length === hunk.to - hunk.from;
    const changed = all ? [] : now.slice(start, end).filter((_, i) => later.has(start + i));
    if (all) {
      for (const c of kept) removed.add(c);
      if (hunk.before.length > 0) insert(Math.min(...kept), hunk.before);
    } else if (hunk.before.length === 0) {
      for (const c of kept) removed.add(c);
      const lost = wrote.slice(hunk.from, hunk.to).filter((_, i) => (places[hunk.from + i] ?? -1) < 0);
      if (changed.length > 0) conflicts.push({ wrote: lost, now: changed, before: [] });
    } else {
      const stands = now.slice(start, end);
      conflicts.push({ wrote: wrote.slice(hunk.from, hunk.to), now: stands, before: hunk.before });
    }
  }
  // A line that the change had moved stays where it is when it cannot come back to where it was.
  const missed = new Set(conflicts.flatMap((conflict) => conflict.before));
  for (const c of removed) if (missed.has(now[c] ?? '')) removed.delete(c);
  const result: string[] = [];
  for (let c = 0; c <= now.length; c++) {
    result.push(...(inserted.get(c) ?? []));
    const line = now[c];
    if (line !== undefined && !removed.has(c)) result.push(line);
  }
  return { value: result.join('\n'), conflicts };
}
