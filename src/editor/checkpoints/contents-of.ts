// Contents of entries, wherever they lie: in our store, or among the objects of the repository that the file lies in.
import { join } from 'node:path';
import { hashOfBytes } from '../contents.ts';
import { partOf } from './covered.ts';
import { parseEntry } from './entry.ts';
import { GitError } from './git.ts';
import { objectContents, objectSizes } from './git-objects.ts';
import type { KeptContents } from './kept-contents.ts';
import type { Cover } from './scan.ts';

/** A file at the time of a checkpoint, or now. */
export interface Wanted {
  path: string;
  entry: string;
}

/** Objects are read so many bytes at a time. */
const SLICE = 32 * 1024 * 1024;

export class ContentsOf {
  private readonly root: string;
  private readonly cover: Cover;
  private readonly kept: KeptContents;

  constructor(root: string, cover: Cover, kept: KeptContents) {
    this.root = root;
    this.cover = cover;
    this.kept = kept;
  }

  /** Sizes of the objects in bytes by the file's path, for those of git; 0 for those of the store. Missing: is gone. */
  async available(wanted: readonly Wanted[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const { path, entry } of wanted) {
      const parsed = parseEntry(entry);
      if (parsed.from === 'store' && (await this.kept.has(parsed.hash))) found.set(path, 0);
    }
    for (const [folder, files] of this.byRepository(wanted)) {
      const sizes = await orNone(objectSizes(folder, [...new Set(files.map(({ oid }) => oid))]));
      for (const { path, oid } of files) {
        const size = sizes.get(oid);
        if (size !== undefined) found.set(path, size);
      }
    }
    return found;
  }

  /** One after the other; one that is gone is left out. */
  async *each(wanted: readonly Wanted[]): AsyncIterable<{ path: string; bytes: Uint8Array }> {
    for (const { path, entry } of wanted) {
      const parsed = parseEntry(entry);
      if (parsed.from !== 'store') continue;
      const bytes = await this.kept.get(parsed.hash);
      if (bytes) yield { path, bytes };
    }
    const sizes = await this.available(wanted.filter(({ entry }) => entry[1] === 'g'));
    for (const [folder, files] of this.byRepository(wanted)) {
      const there = files.filter(({ path }) => sizes.has(path));
      for (const slice of slices(there, ({ path }) => sizes.get(path) ?? 0)) {
        const contents = await orNone(objectContents(folder, [...new Set(slice.map(({ oid }) => oid))]));
        for (const { path, oid } of slice) {
          const bytes = contents.get(oid);
          if (bytes) yield { path, bytes };
        }
      }
    }
  }

  async one(path: string, entry: string): Promise<Uint8Array | null> {
    for await (const { bytes } of this.each([{ path, entry }])) return bytes;
    return null;
  }

  /** SHA-256 of the contents by path. */
  async digests(wanted: readonly Wanted[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const objects: Wanted[] = [];
    for (const each of wanted) {
      const parsed = parseEntry(each.entry);
      if (parsed.from === 'store') found.set(each.path, parsed.hash);
      else if (parsed.from === 'git') objects.push(each);
    }
    for await (const { path, bytes } of this.each(objects)) found.set(path, hashOfBytes(bytes));
    return found;
  }

  private byRepository(wanted: readonly Wanted[]): Map<string, { path: string; oid: string }[]> {
    const found = new Map<string, { path: string; oid: string }[]>();
    for (const { path, entry } of wanted) {
      const parsed = parseEntry(entry);
      if (parsed.from !== 'git') continue;
      const folder = join(this.root, partOf(this.cover, path));
      const files = found.get(folder) ?? [];
      files.push({ path, oid: parsed.hash });
      found.set(folder, files);
    }
    return found;
  }
}

function* slices<T>(all: readonly T[], sizeOf: (each: T) => number): Iterable<T[]> {
  let slice: T[] = [];
  let size = 0;
  for (const each of all) {
    if (slice.length > 0 && size + sizeOf(each) > SLICE) {
      yield slice;
      slice = [];
      size = 0;
    }
    slice.push(each);
    size += sizeOf(each);
  }
  if (slice.length > 0) yield slice;
}

/** A repository that is gone has no objects. */
async function orNone<T>(reading: Promise<Map<string, T>>): Promise<Map<string, T>> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GitError) return new Map();
    throw error;
  }
}
