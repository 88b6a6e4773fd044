// Which line of one text is which line of another: in order as far as possible, then moved ones.

/** The lines of a block; an empty block has none. */
export const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));

/** Above this many pairs the middle is only searched for lines that stand there once. */
const MOST_PAIRS = 1_000_000;

/** For each line of `b` the index of the same line in `a`, or -1; indices only grow. A longest common subsequence. */
export function inOrder(a: readonly string[], b: readonly string[]): number[] {
  const found = new Array<number>(b.length).fill(-1);
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) found[head] = head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) {
    tail++;
    found[b.length - tail] = a.length - tail;
  }
  const mine = a.slice(head, a.length - tail);
  const theirs = b.slice(head, b.length - tail);
  const pairs = mine.length * theirs.length;
  if (pairs === 0) return found;
  const middle = pairs <= MOST_PAIRS ? longest(mine, theirs) : unique(mine, theirs);
  middle.forEach((at, i) => {
    if (at >= 0) found[head + i] = head + at;
  });
  return found;
}

function longest(a: readonly string[], b: readonly string[]): number[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found = new Array<number>(b.length).fill(-1);
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) found[j++] = i++;
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return found;
}

/** In very long texts: lines that stand once in each, as far as they are in order. */
function unique(a: readonly string[], b: readonly string[]): number[] {
  const places = new Map<string, number>();
  a.forEach((line, i) => {
    places.set(line, places.has(line) ? -1 : i);
  });
  let last = -1;
  return b.map((line) => {
    const at = places.get(line) ?? -1;
    if (at <= last) return -1;
    last = at;
    return at;
  });
}

/** As `inOrder`, and lines that moved within the text are found again as well. */
export function align(a: readonly string[], b: readonly string[]): number[] {
  const found = inOrder(a, b);
  const taken = new Set(found);
  const left = new Map<string, number[]>();
  a.forEach((line, i) => {
    if (taken.has(i) || line.trim() === '') return;
    const places = left.get(line);
    if (places) places.push(i);
    else left.set(line, [i]);
  });
  return found.map((at, j) => (at >= 0 ? at : (left.get(b[j] ?? '')?.shift() ?? -1)));
}
