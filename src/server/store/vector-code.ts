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

/** Bytes of a code that all passages are gone through by; the rest is only looked at for those that come first by these. */
const FIRST_BYTES = 48;
const FIRST_KEPT = 4_000;
/** Of more passages than this, those that are kept all lie a standard deviation above the mean. */
const MANY = 25_000;

/** Codes of one archive in memory, and the search through them. */
export class CodeIndex {
  readonly width: number;
  private readonly first: number;
  private readonly second: number;
  /** The beginnings of all codes, one after the other, and their ends: what is gone through lies close together. */
  private heads: Uint8Array;
  private tails: Uint8Array;
  private numbers: Float64Array;
  size = 0;
  /** The last row of the table that is in here. */
  last = 0;

  constructor(dim: number) {
    this.width = codeBytes(dim);
    this.first = Math.min(this.width, FIRST_BYTES);
    this.second = this.width - this.first;
    this.heads = new Uint8Array(this.first * ROOM);
    this.tails = new Uint8Array(this.second * ROOM);
    this.numbers = new Float64Array(ROOM);
  }

  get bytes(): number {
    return this.heads.byteLength + this.tails.byteLength + this.numbers.byteLength;
  }

  add(row: number, passage: number, code: Uint8Array): void {
    this.last = row;
    if (code.length !== this.width) return;
    if (this.size === this.numbers.length) this.grow();
    this.heads.set(code.subarray(0, this.first), this.size * this.first);
    this.tails.set(code.subarray(this.first), this.size * this.second);
    this.numbers[this.size] = passage;
    this.size += 1;
  }

  private grow(): void {
    const room = Math.ceil(this.numbers.length * 1.5);
    const numbers = new Float64Array(room);
    numbers.set(this.numbers);
    this.numbers = numbers;
    this.heads = enlarged(this.heads, room * this.first);
    this.tails = enlarged(this.tails, room * this.second);
  }

  /** Numbers of the passages that look nearest, the nearest first; only those that stand out from all the others. */
  nearest(query: Float32Array, limit: number): number[] {
    const { size, first, second } = this;
    if (size === 0) return [];
    const scores = sumsOf(this.heads, first, size, tableOf(query, 0, first));
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const score = scores[i] as number;
      sum += score;
      squares += score * score;
    }
    const mean = sum / size;
    const spread = Math.sqrt(Math.max(0, squares / size - mean * mean));
    // Of a few passages none can stand out.
    const isFew = size < FEW;
    const kept = best(
      scores,
      Math.max(FIRST_KEPT, limit),
      isFew ? Number.NEGATIVE_INFINITY : mean + (size > MANY ? spread : 0),
    );
    if (second > 0) {
      const table = tableOf(query, first, second);
      for (const at of kept) {
        let more = 0;
        for (let byte = 0; byte < second; byte++)
          more += table[(byte << 8) + (this.tails[at * second + byte] as number)] as number;
        scores[at] = (scores[at] as number) + more;
      }
    }
    kept.sort((a, b) => (scores[b] as number) - (scores[a] as number));
    // What all of the code spreads is told from what its first part does.
    const floor = isFew ? Number.NEGATIVE_INFINITY : mean + STANDS_OUT * spread * Math.sqrt(this.width / first);
    return kept
      .slice(0, limit)
      .filter((at) => (scores[at] as number) >= floor)
      .map((at) => this.numbers[at] as number);
  }
}

const ROOM = 1_024;

function enlarged(bytes: Uint8Array, size: number): Uint8Array {
  const more = new Uint8Array(size);
  more.set(bytes);
  return more;
}

/** For each byte of a code and each of its values: the query's numbers, added where the bit is set, else subtracted. */
function tableOf(query: Float32Array, from: number, bytes: number): Float32Array {
  const table = new Float32Array(bytes << 8);
  for (let byte = 0; byte < bytes; byte++) {
    const at = byte << 8;
    const bits = (from + byte) * 8;
    let none = 0;
    for (let bit = 0; bit < 8; bit++) none -= query[bits + bit] ?? 0;
    table[at] = none;
    for (let value = 1; value < 256; value++) {
      const bit = 31 - Math.clz32(value & -value);
      table[at + value] = (table[at + (value & (value - 1))] as number) + 2 * (query[bits + bit] ?? 0);
    }
  }
  return table;
}

/** What the table says of each code. The one loop that goes through everything: kept plain, so that it is compiled well. */
function sumsOf(codes: Uint8Array, width: number, size: number, table: Float32Array): Float32Array {
  const sums = new Float32Array(size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let from = 0; from < width << 8; from += 256) sum += table[from + (codes[at++] as number)] as number;
    sums[i] = sum;
  }
  return sums;
}

const FEW = 50;
/** Standard deviations above the mean. */
const STANDS_OUT = 2;

/** Places of the highest scores above a floor, in no order. */
function best(scores: Float32Array, limit: number, floor: number): number[] {
  const heap: number[] = [];
  const value = (at: number): number => scores[heap[at] as number] as number;
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
    const score = scores[i] as number;
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
  return heap;
}
