// Merges two edits of one text, line by line. Pure.

/** Texts with more differing lines are for a diff editor, not for a proposal in a side bar. */
const MAX_CELLS = 4_000_000;

/** Lines `start` to `end` (exclusive) of the base, replaced by `lines`. */
interface Hunk {
  start: number;
  end: number;
  lines: readonly string[];
}

/**
 * @returns `base` with both edits; lines that both only added at one place stand below each other, theirs first.
 * `undefined` where both changed the same lines: then a person must choose.
 */
export function merge(base: string, mine: string, theirs: string): string | undefined {
  const lines = linesOf(base);
  const ours = hunksOf(lines, linesOf(mine));
  const others = hunksOf(lines, linesOf(theirs));
  if (!ours || !others) return undefined;
  const out: string[] = [];
  let at = 0;
  const copyTo = (end: number) => {
    out.push(...lines.slice(at, end));
    at = end;
  };
  let i = 0;
  let j = 0;
  while (i < ours.length || j < others.length) {
    const a = ours[i];
    const b = others[j];
    if (a && b && touch(a, b)) {
      if (!same(a, b) && !(isInsertion(a) && isInsertion(b))) return undefined;
      copyTo(a.start);
      out.push(...b.lines, ...(same(a, b) ? [] : a.lines));
      at = Math.max(a.end, b.end);
      i++;
      j++;
      continue;
    }
    const next = !b || (a && a.start < b.start) ? a : b;
    if (!next) break;
    copyTo(next.start);
    out.push(...next.lines);
    at = next.end;
    if (next === a) i++;
    else j++;
  }
  copyTo(lines.length);
  return out.join('\n');
}

const linesOf = (text: string) => (text === '' ? [] : text.split('\n'));
const isInsertion = (hunk: Hunk) => hunk.start === hunk.end;
const touch = (a: Hunk, b: Hunk) => a.start <= b.end && b.start <= a.end;
const same = (a: Hunk, b: Hunk) =>
  a.start === b.start &&
  a.end === b.end &&
  a.lines.length === b.lines.length &&
  a.lines.every((line, n) => line === b.lines[n]);

/** What turns `from` into `to`, in order; `undefined` when the two are too large to compare. */
function hunksOf(from: readonly string[], to: readonly string[]): Hunk[] | undefined {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head++;
  let tail = 0;
  const most = Math.min(from.length, to.length) - head;
  while (tail < most && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  const rows = from.length - head - tail;
  const columns = to.length - head - tail;
  if (rows * columns > MAX_CELLS) return undefined;
  if (rows === 0 && columns === 0) return [];
  const width = columns + 1;
  // Longest common run of lines from each pair on, from the end.
  const longest = new Uint32Array((rows + 1) * width);
  const cell = (r: number, c: number) => longest[r * width + c] ?? 0;
  for (let r = rows - 1; r >= 0; r--)
    for (let c = columns - 1; c >= 0; c--)
      longest[r * width + c] =
        from[head + r] === to[head + c] ? cell(r + 1, c + 1) + 1 : Math.max(cell(r + 1, c), cell(r, c + 1));
  const hunks: { start: number; end: number; lines: string[] }[] = [];
  let r = 0;
  let c = 0;
  let closed = true;
  const open = () => {
    const last = hunks.at(-1);
    if (last && last.end === head + r && !closed) return last;
    closed = false;
    const hunk = { start: head + r, end: head + r, lines: [] as string[] };
    hunks.push(hunk);
    return hunk;
  };
  while (r < rows || c < columns) {
    if (r < rows && c < columns && from[head + r] === to[head + c]) {
      closed = true;
      r++;
      c++;
    } else if (c < columns && (r === rows || cell(r, c + 1) >= cell(r + 1, c))) {
      open().lines.push(to[head + c] ?? '');
      c++;
    } else {
      open().end++;
      r++;
    }
  }
  return hunks;
}
