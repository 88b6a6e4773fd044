// Texts by their hash: each is stored once, whole or as its difference to another, so that long histories stay small.
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { clean } from '../timeline/replay.ts';
import type { MemoryDatabase } from './database.ts';

interface Row {
  base: string | null;
  head: number;
  tail: number;
  /** As it is, or compressed against the base. */
  mid: string | Uint8Array;
  depth: number;
}

/** A text is read through at most so many others. */
const MOST_DEPTH = 40;
/** Texts kept in memory, by number: a block's recent values are asked for again and again. */
const CACHED = 200;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32);

/** Shorter texts gain nothing, in characters. */
const WORTH_PACKING = 200;
/** As far back as the compression looks, in bytes. */
const WINDOW = 32_000;

const dictionary = (like: string): { dictionary?: Buffer } =>
  like === '' ? {} : { dictionary: Buffer.from(like, 'utf8').subarray(-WINDOW) };

/** Compresses a text; `like`: one that has much in common with it, and is needed to unpack it. */
export const pack = (text: string, like: string): Uint8Array => deflateRawSync(text, dictionary(like));
export const unpack = (bytes: Uint8Array, like: string): string =>
  inflateRawSync(bytes, dictionary(like)).toString('utf8');

export class Texts {
  private readonly db: MemoryDatabase;
  private readonly cache = new Map<string, string>();

  constructor(db: MemoryDatabase) {
    this.db = db;
  }

  /** Stores a text; `near`: the hash of one that is like it. Only inside a transaction. @returns its hash. */
  put(raw: string, near?: string | null): string {
    const text = clean(raw);
    const hash = hashOf(text);
    if (this.db.get('SELECT 1 FROM texts WHERE hash = ?', hash)) return hash;
    const base =
      near && near !== hash
        ? this.db.get<{ depth: number }>('SELECT depth FROM texts WHERE hash = ?', near)
        : undefined;
    if (near && base && base.depth < MOST_DEPTH) {
      const like = this.get(near);
      const { head, tail, mid } = difference(like, text);
      const small = mid.length > WORTH_PACKING ? pack(mid, like) : mid;
      if (small.length < text.length / 2) {
        this.insert(hash, { base: near, head, tail, mid: small, depth: base.depth + 1 });
        return hash;
      }
    }
    this.insert(hash, {
      base: null,
      head: 0,
      tail: 0,
      mid: text.length > WORTH_PACKING ? pack(text, '') : text,
      depth: 0,
    });
    return hash;
  }

  /** @throws Error when there is no such text. */
  get(hash: string): string {
    const known = this.cache.get(hash);
    if (known !== undefined) return known;
    const chain: Row[] = [];
    let text: string | undefined;
    for (let at: string | null = hash; at !== null && text === undefined; ) {
      text = this.cache.get(at);
      if (text !== undefined) break;
      const row: Row | undefined = this.db.get<Row>(
        'SELECT base, head, tail, mid, depth FROM texts WHERE hash = ?',
        at,
      );
      if (!row) throw new Error(`A text of the memory history is missing: ${at}`);
      chain.push(row);
      at = row.base;
    }
    for (const row of chain.reverse()) {
      const base: string = text ?? '';
      const mid = typeof row.mid === 'string' ? row.mid : unpack(row.mid, base);
      text = base.slice(0, row.head) + mid + (row.tail === 0 ? '' : base.slice(-row.tail));
    }
    const found = text ?? '';
    this.cache.set(hash, found);
    if (this.cache.size > CACHED)
      for (const oldest of this.cache.keys()) {
        this.cache.delete(oldest);
        break;
      }
    return found;
  }

  private insert(hash: string, row: Row): void {
    this.db.run(
      'INSERT INTO texts (hash, base, head, tail, mid, depth) VALUES (?, ?, ?, ?, ?, ?)',
      hash,
      row.base,
      row.head,
      row.tail,
      row.mid,
      row.depth,
    );
  }
}

const splitsPair = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

function difference(base: string, text: string): { head: number; tail: number; mid: string } {
  const most = Math.min(base.length, text.length);
  let head = 0;
  while (head < most && base.charCodeAt(head) === text.charCodeAt(head)) head++;
  // Half of a surrogate pair is no text that a database keeps.
  while (head > 0 && (splitsPair(text, head) || splitsPair(base, head))) head--;
  let tail = 0;
  while (tail < most - head && base.charCodeAt(base.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail))
    tail++;
  while (tail > 0 && (splitsPair(text, text.length - tail) || splitsPair(base, base.length - tail))) tail--;
  return { head, tail, mid: text.slice(head, text.length - tail) };
}
