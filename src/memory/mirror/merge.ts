// Merges two versions of a text line by line, with the version both came from.
import { diffArrays } from 'diff';

export type Merged = { outcome: 'clean'; text: string } | { outcome: 'conflict' };

/**
 * Lines that may differ: comparing takes time with the square of it, and may run on the thread that all extensions
 * share. A limit of time would merge on a quiet computer what it does not merge on a busy one.
 */
const MOST_DIFFERENCES = 1_000;

/** For each line of `base` its place in `other`, or -1. Undefined: too different. */
function matches(base: string[], other: string[]): number[] | undefined {
  const parts = diffArrays(base, other, { maxEditLength: MOST_DIFFERENCES });
  if (parts === undefined) return undefined;
  const found: number[] = [];
  let at = 0;
  for (const part of parts) {
    if (part.added) at += part.value.length;
    else if (part.removed) for (const _ of part.value) found.push(-1);
    else for (const _ of part.value) found.push(at++);
  }
  return found;
}

const same = (a: string[], b: string[]): boolean => a.length === b.length && a.every((line, i) => line === b[i]);

/** Whether all lines of `few` stand in `many`, in this order. */
function holds(many: string[], few: string[]): boolean {
  let next = 0;
  for (const line of many) if (next < few.length && line === few[next]) next++;
  return next === few.length;
}

function region(base: string[], ours: string[], theirs: string[]): string[] | undefined {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (base.length > 0) return undefined;
  // Both only added something here: memory keeps both, and what one has of the other already is not doubled.
  if (holds(ours, theirs)) return ours;
  if (holds(theirs, ours)) return theirs;
  return [...ours, ...theirs];
}

/**
 * Changes on both sides; lines both added at one place are all kept, ours first. Lines that one side changed and the
 * other changed differently or removed are a conflict, and then nothing is merged.
 */
export function merge3(base: string, ours: string, theirs: string): Merged {
  if (ours === theirs || base === theirs) return { outcome: 'clean', text: ours };
  if (base === ours) return { outcome: 'clean', text: theirs };
  const [b, o, t] = [linesOf(base), linesOf(ours), linesOf(theirs)];
  const inOurs = matches(b, o);
  const inTheirs = matches(b, t);
  if (inOurs === undefined || inTheirs === undefined) return { outcome: 'conflict' };
  const merged: string[] = [];
  let [fromB, fromO, fromT] = [0, 0, 0];
  const take = (toB: number, toO: number, toT: number): boolean => {
    const part = region(b.slice(fromB, toB), o.slice(fromO, toO), t.slice(fromT, toT));
    if (part) merged.push(...part);
    return part !== undefined;
  };
  for (const [i, line] of b.entries()) {
    const [atO, atT] = [inOurs[i] ?? -1, inTheirs[i] ?? -1];
    if (atO < 0 || atT < 0) continue;
    if (!take(i, atO, atT)) return { outcome: 'conflict' };
    merged.push(line);
    [fromB, fromO, fromT] = [i + 1, atO + 1, atT + 1];
  }
  if (!take(b.length, o.length, t.length)) return { outcome: 'conflict' };
  return { outcome: 'clean', text: merged.join('\n') };
}

/** An empty text has no line, so that anything added to it on both sides is an addition. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));
