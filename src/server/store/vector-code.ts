// Vectors made small: 8 bits a number for those that are compared one by one, a sign each for those that all are gone through.

/** Signs beyond this many add nothing to which passages are worth comparing, and cost time. */
export const CODE_BITS = 1_024;

/** 8 bits a number; the length is lost, which a cosine does not need. */
export function toSmall(vector: Float32Array): Uint8Array {
  let most = 0;
  for (const x of vector) most = Math.max(most, Math.abs(x));
  const small = new Int8Array(vector.length);
  if (most > 0) for (let i = 0; i < vector.length; i++) small[i] = Math.round(((vector[i] ?? 0) / most) * 127);
  return new Uint8Array(small.buffer);
}

export const fromBytes = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** The cosine of a vector of length 1 with a small one. */
export function dot(query: Float32Array, small: Int8Array): number {
  let sum = 0;
  let square = 0;
  for (let i = 0; i < small.length; i++) {
    const x = small[i] ?? 0;
    sum += (query[i] ?? 0) * x;
    square += x * x;
  }
  return square === 0 ? 0 : sum / Math.sqrt(square);
}

export const codeBytes = (dim: number): number => Math.ceil(Math.min(dim, CODE_BITS) / 8);

/** One bit a number: whether it is above zero. */
export function toCode(vector: Float32Array): Uint8Array {
  const code = new Uint8Array(codeBytes(vector.length));
  for (let i = 0; i < code.length * 8; i++)
    if ((vector[i] ?? 0) > 0) code[i >> 3] = (code[i >> 3] ?? 0) | (1 << (i & 7));
  return code;
}

/** Codes of one archive in memory, and the search through them. */
export class CodeIndex {
  readonly width: number;
  private codes: Uint8Array;
  private numbers: Float64Array;
  size = 0;
  /** The last row of the table that is in here. */
  last = 0;

  constructor(dim: number) {
    this.width = codeBytes(dim);
    this.codes = new Uint8Array(this.width * 1_024);
    this.numbers = new Float64Array(1_024);
  }

  get bytes(): number {
    return this.codes.byteLength + this.numbers.byteLength;
  }

  add(row: number, passage: number, code: Uint8Array): void {
    this.last = row;
    if (code.length !== this.width) return;
    if (this.size === this.numbers.length) this.grow();
    this.codes.set(code, this.size * this.width);
    this.numbers[this.size] = passage;
    this.size += 1;
  }

  private grow(): void {
    const room = Math.ceil(this.numbers.length * 1.5);
    const [codes, numbers] = [new Uint8Array(room * this.width), new Float64Array(room)];
    codes.set(this.codes);
    numbers.set(this.numbers);
    this.codes = codes;
    this.numbers = numbers;
  }

  /** Numbers of the passages that look nearest, the nearest first; only those that stand out from all the others. */
  nearest(query: Float32Array, limit: number): number[] {
    const { size } = this;
    if (size === 0) return [];
    const scores = this.scores(query);
    let sum = 0;
    let squares = 0;
    for (const score of scores) {
      sum += score;
      squares += score * score;
    }
    const mean = sum / size;
    const spread = Math.sqrt(Math.max(0, squares / size - mean * mean));
    // Of a few passages none can stand out.
    const floor = size < FEW ? -Infinity : mean + STANDS_OUT * spread;
    return best(scores, limit, floor).map((at) => this.numbers[at] ?? 0);
  }

  /** For each code the sum of the query's numbers, added where the sign is plus and subtracted where it is minus. */
  private scores(query: Float32Array): Float32Array {
    const { width, codes, size } = this;
    const table = new Float32Array(width << 8);
    for (let byte = 0; byte < width; byte++) {
      const from = byte << 8;
      let none = 0;
      for (let bit = 0; bit < 8; bit++) none -= query[byte * 8 + bit] ?? 0;
      table[from] = none;
      for (let value = 1; value < 256; value++) {
        const bit = 31 - Math.clz32(value & -value);
        table[from + value] = (table[from + (value & (value - 1))] ?? 0) + 2 * (query[byte * 8 + bit] ?? 0);
      }
    }
    const scores = new Float32Array(size);
    let at = 0;
    for (let i = 0; i < size; i++) {
      let score = 0;
      for (let byte = 0; byte < width; byte++) score += table[(byte << 8) + (codes[at + byte] as number)] as number;
      at += width;
      scores[i] = score;
    }
    return scores;
  }
}

const FEW = 50;
/** Standard deviations above the mean. */
const STANDS_OUT = 2;

/** Places of the highest scores above a floor, the highest first. */
function best(scores: Float32Array, limit: number, floor: number): number[] {
  const heap: number[] = [];
  const value = (at: number): number => scores[heap[at] ?? 0] ?? 0;
  const swap = (a: number, b: number) => {
    const kept = heap[a] ?? 0;
    heap[a] = heap[b] ?? 0;
    heap[b] = kept;
  };
  const sink = () => {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && value(child) < value(least)) least = child;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    if (score < floor) continue;
    if (heap.length < limit) {
      heap.push(i);
      for (let at = heap.length - 1; at > 0 && value(at) < value((at - 1) >> 1); at = (at - 1) >> 1)
        swap(at, (at - 1) >> 1);
    } else if (score > value(0)) {
      heap[0] = i;
      sink();
    }
  }
  return heap.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
}
