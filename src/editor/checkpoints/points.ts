// Checkpoints on disk: each a file of its own with what differs from a listing that many share. Written before the change that it is for.
import { randomUUID } from 'node:crypto';
import { access, appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { TEMPORARY, writeDurably } from './durable.ts';
import { Entries } from './entries.ts';
import { parseEntry } from './entry.ts';
import type { Cover, RootState } from './scan.ts';

const CoverSchema = z.object({
  parts: z.array(
    z.object({
      at: z.string(),
      by: z.enum(['git', 'walk']),
      outer: z.array(z.object({ prefix: z.string(), text: z.string() })),
    }),
  ),
  left: z.array(z.string()),
});

const HeadSchema = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** `turn`: before the first change of a turn; `restore`: before one, so that it can be undone. */
  kind: z.enum(['turn', 'restore']),
  threadId: z.optional(z.string()),
  /** The person's message that the turn answers, by the id of its item. */
  messageId: z.optional(z.string()),
  /** Its beginning; of a restore, what it went back to. */
  text: z.string(),
});
export type PointHead = z.infer<typeof HeadSchema>;

/** Unsaved text of a document at that time. `path` absolute; `hash`: of its UTF-8. */
const BufferSchema = z.object({ path: z.string(), hash: z.string() });
export type Buffered = z.infer<typeof BufferSchema>;

const PointSchema = z.object({
  version: z.literal(1),
  head: HeadSchema,
  roots: z.array(
    z.object({
      root: z.string(),
      cover: CoverSchema,
      /** Id of the listing. */
      base: z.string(),
      /** What stands otherwise than there, path and entry by turns; '': is not there. */
      other: z.array(z.string()),
    }),
  ),
  buffers: z.array(BufferSchema),
});
type StoredPoint = z.infer<typeof PointSchema>;

const LateSchema = z.tuple([z.string(), z.string(), z.string()]);

/** A checkpoint, read. */
export interface Point {
  head: PointHead;
  roots: { root: string; cover: Cover; entries: Entries }[];
  buffers: Buffered[];
}

/** More changes than that, and a share of the listing, make a listing of their own. */
const MOST_OTHER = 2_000;
const SHARE = 0.1;

interface Base {
  id: string;
  entries: Entries;
}

export class Points {
  private readonly folder: string;
  /** The listing that the last checkpoint of a root was written against. */
  private readonly bases = new Map<string, Base>();
  /** Read before, by id. */
  private readonly heads = new Map<string, PointHead>();

  /** `folder`: absolute; made when the first checkpoint is written. */
  private cleaned = false;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Newest first. What an interrupted write left is removed. */
  async list(): Promise<PointHead[]> {
    if (!this.cleaned) await this.clean();
    // Another window on the same folder may have written or removed some.
    const names = await readdir(join(this.folder, 'points')).catch(() => []);
    const heads: PointHead[] = [];
    for (const name of names) {
      if (!name.endsWith('.json')) continue;
      const id = name.slice(0, -'.json'.length);
      const head = this.heads.get(id) ?? (await this.stored(id))?.head;
      if (!head) continue;
      this.heads.set(id, head);
      heads.push(head);
    }
    return heads.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  }

  private async clean(): Promise<void> {
    this.cleaned = true;
    for (const folder of ['points', 'bases'])
      for (const name of await readdir(join(this.folder, folder)).catch(() => []))
        if (name.endsWith(TEMPORARY)) await rm(join(this.folder, folder, name), { force: true });
  }

  /** Durable when it resolves. @throws Error of the file system */
  async write(head: Omit<PointHead, 'id'>, states: readonly RootState[], buffers: Buffered[]): Promise<PointHead> {
    const full: PointHead = { id: randomUUID(), ...head };
    const roots: StoredPoint['roots'] = [];
    for (const { root, entries, cover } of states) {
      const { base, other } = await this.against(root, entries);
      roots.push({ root, cover, base, other });
    }
    await writeDurably(this.pathOf(full.id), JSON.stringify({ version: 1, head: full, roots, buffers }));
    return full;
  }

  /** Gets the listing ready that the next checkpoint is written against. */
  async prepare(states: readonly RootState[]): Promise<void> {
    for (const { root, entries } of states) await this.against(root, entries);
  }

  private async against(root: string, entries: Entries): Promise<{ base: string; other: string[] }> {
    const base = this.bases.get(root);
    const there =
      base &&
      (await access(this.basePath(base.id)).then(
        () => true,
        () => false,
      ));
    const other = there ? difference(base.entries, entries) : undefined;
    if (base && other) return { base: base.id, other };
    const id = randomUUID();
    await writeDurably(this.basePath(id), JSON.stringify([...entries].flat()));
    this.bases.set(root, { id, entries: entries.copy() });
    return { base: id, other: [] };
  }

  /** A content was read after the checkpoint, from a file that still stood as it did then. */
  async addLate(id: string, late: readonly [root: string, path: string, entry: string][]): Promise<void> {
    await mkdir(join(this.folder, 'points'), { recursive: true });
    await appendFile(this.latePath(id), late.map((each) => `${JSON.stringify(each)}\n`).join(''), { mode: 0o600 });
  }

  /** Null: it is no longer there, or cannot be read. */
  async read(id: string): Promise<Point | null> {
    const stored = await this.stored(id);
    if (!stored) return null;
    const roots: Point['roots'] = [];
    for (const { root, cover, base, other } of stored.roots) {
      const listed = await this.readBase(root, base);
      if (!listed) return null;
      const entries = listed.copy();
      for (const [path, entry] of pairs(other)) {
        if (entry === '') entries.delete(path);
        else entries.set(path, entry);
      }
      roots.push({ root, cover, entries });
    }
    for (const [root, path, entry] of await this.lateOf(id)) {
      const entries = roots.find((each) => each.root === root)?.entries;
      if (entries?.get(path)?.[1] === '?') entries.set(path, entry);
    }
    return { head: stored.head, roots, buffers: stored.buffers };
  }

  /** SHA-256 of the contents of our own that a checkpoint needs. */
  async hashes(id: string): Promise<Set<string>> {
    const found = new Set<string>();
    const point = await this.read(id);
    for (const { hash } of point?.buffers ?? []) found.add(hash);
    for (const { entries } of point?.roots ?? [])
      for (const [, entry] of entries) if (entry[1] === 's') found.add(parseStored(entry));
    return found;
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
    await rm(this.latePath(id), { force: true });
    this.heads.delete(id);
  }

  /** Removes the listings that no checkpoint is written against. */
  async removeUnusedBases(): Promise<void> {
    const used = new Set([...this.bases.values()].map(({ id }) => id));
    for (const { id } of await this.list()) for (const { base } of (await this.stored(id))?.roots ?? []) used.add(base);
    for (const name of await readdir(join(this.folder, 'bases')).catch(() => []))
      if (!used.has(name.replace('.json', ''))) await rm(join(this.folder, 'bases', name), { force: true });
  }

  private async readBase(root: string, id: string): Promise<Entries | null> {
    const known = this.bases.get(root);
    if (known?.id === id) return known.entries;
    try {
      const value: unknown = JSON.parse(await readFile(this.basePath(id), 'utf8'));
      return new Entries(new Map(pairs(z.array(z.string()).parse(value))));
    } catch {
      return null;
    }
  }

  private async stored(id: string): Promise<StoredPoint | null> {
    try {
      return PointSchema.parse(JSON.parse(await readFile(this.pathOf(id), 'utf8')));
    } catch {
      return null;
    }
  }

  private async lateOf(id: string): Promise<[string, string, string][]> {
    const text = await readFile(this.latePath(id), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [LateSchema.parse(JSON.parse(line))];
      } catch {
        // Torn by a crash: as if it had not been read.
        return [];
      }
    });
  }

  private pathOf = (id: string): string => join(this.folder, 'points', `${plainName(id)}.json`);
  private latePath = (id: string): string => join(this.folder, 'points', `${plainName(id)}.late`);
  private basePath = (id: string): string => join(this.folder, 'bases', `${plainName(id)}.json`);
}

/** @throws Error for what could lead out of the folder */
export function plainName(id: string): string {
  if (!/^[\w-]+$/.test(id)) throw new Error(`${JSON.stringify(id)} is no name of a checkpoint.`);
  return id;
}

const parseStored = (entry: string): string => {
  const parsed = parseEntry(entry);
  return parsed.from === 'store' ? parsed.hash : '';
};

function* pairs(flat: readonly string[]): Iterable<[string, string]> {
  for (let at = 0; at + 1 < flat.length; at += 2) yield [flat[at] ?? '', flat[at + 1] ?? ''];
}

/** Path and entry by turns; '': is not there. Undefined: more than the share of it. */
function difference(base: Entries, now: Entries): string[] | undefined {
  const other: string[] = [];
  for (const path of now.unlike(base)) {
    const entry = now.get(path);
    if (entry === base.get(path)) continue;
    other.push(path, entry ?? '');
  }
  return other.length / 2 > Math.max(MOST_OTHER, base.listing.size * SHARE) ? undefined : other;
}
