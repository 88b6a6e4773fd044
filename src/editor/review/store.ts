// Pending changes on disk: a small index beside the contents it names, so that a reload or a crash loses none of them. Windows
// may share it (two browser tabs on one workspace): each takes up what the others noted before it notes something itself.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { Contents } from '../contents.ts';
import { errorCode } from '../paths.ts';
import { type Listed, ListedSchema } from './listed.ts';
import type { Pending } from './pending.ts';

/** Its presence says that something is pending. */
export const INDEX_FILE = 'index.json';

const HashSchema = z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/)));
const IndexSchema = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      path: z.string(),
      base: HashSchema,
      now: HashSchema,
      typed: z.array(z.object({ start: z.number(), end: z.number() })),
      bytes: HashSchema,
      missing: z.optional(z.number()),
      /** Which window holds it unsaved. */
      unsaved: z.optional(z.object({ owner: z.string(), host: z.string(), pid: z.number() })),
    }),
  ),
  listed: z.optional(z.array(ListedSchema)),
  /** Edits of the agent that had begun: the text before each. */
  begun: z.array(
    z.object({
      path: z.string(),
      before: HashSchema,
      /** Which window makes it, and since when; absent: one of an earlier version. */
      owner: z.optional(z.string()),
      at: z.optional(z.number()),
    }),
  ),
});
type Index = z.infer<typeof IndexSchema>;
const EMPTY: Index = { version: 1, files: [], begun: [] };

/** Longer than an edit takes with all that is looked at behind it: a window that still has one then was killed. */
const LONGEST_EDIT_MS = 60_000;

/** What waits in one file. `bytes`: of a file that the agent has deleted. */
export interface Noted {
  file: Pending | undefined;
  bytes: Uint8Array | undefined;
}

/** All there is to remember. */
export interface Remembered {
  files: readonly Pending[];
  /** Bytes of files that the agent has deleted, by path. */
  bytes: ReadonlyMap<string, Uint8Array>;
  begun: readonly { path: string; before: string | null }[];
  /** Files that this window holds unsaved. */
  unsaved: ReadonlySet<string>;
}

/** Whether a process of this computer is there. */
export type IsAlive = (pid: number) => boolean;

/** Runs work while no other process runs any under the same lock. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

export class ReviewStore {
  private readonly folder: string;
  private readonly contents: Contents;
  private readonly lock: Lock;
  /** Tells the edits of this window from those of others. */
  private readonly owner = randomUUID();
  private readonly pid: number;
  private readonly isAlive: IsAlive;
  /** Hashes of states that were written: they never change, and most are written again and again. */
  private readonly hashes = new WeakMap<Pending, { base: string | null; now: string | null }>();
  /** The index as this window last read or wrote it. */
  private index: Index = EMPTY;
  /** The contents that it names. */
  private there: ReadonlySet<string> = new Set();
  /** One after the other: an older index must not replace a newer one. */
  private tail: Promise<unknown> = Promise.resolve();

  /** What has no lines to decide on; `news` reads it and `write` writes it. */
  listed: readonly Listed[] = [];

  /** `folder`: absolute; made with the first change. `lock`: between the windows that share it. `pid`: of this window */
  constructor(folder: string, lock: Lock, isAlive: IsAlive, pid = process.pid) {
    this.folder = folder;
    this.isAlive = isAlive;
    this.pid = pid;
    this.contents = new Contents(join(folder, 'contents'));
    this.lock = lock;
  }

  /** Runs work that begins with `news` and may end with `write`, while no window does. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const running = this.tail.then(() => this.lock(work));
    this.tail = running.catch(() => {});
    return running;
  }

  /** What other windows have noted since this one last read or wrote, by path; what cannot be read any more is left out. */
  async news(): Promise<Map<string, Noted>> {
    const index = await this.read();
    const former = new Map(this.index.files.map((entry) => [entry.path, entry]));
    this.index = index;
    this.listed = index.listed ?? [];
    this.there = new Set(
      index.files.flatMap(({ base, now, bytes }) => [base, now, bytes]).filter((hash) => hash !== null),
    );
    const news = new Map<string, Noted>();
    for (const entry of index.files) {
      if (!isSame(former.get(entry.path), entry)) news.set(entry.path, await this.noted(entry));
      former.delete(entry.path);
    }
    for (const path of former.keys()) news.set(path, { file: undefined, bytes: undefined });
    return news;
  }

  /** Edits of other windows that have begun, as `news` found them; `at` in milliseconds. */
  async begun(): Promise<{ path: string; before: string | null; at: number }[]> {
    const found = await Promise.all(
      this.others().map(async ({ path, before, at = 0 }) => ({ path, before: await this.text(before), at })),
    );
    return found.flatMap((each) => (each.before === undefined ? [] : [{ ...each, before: each.before }]));
  }

  /** Whether another window that is still there holds a file unsaved, as far as `news` knows. */
  isUnsavedElsewhere(path: string): boolean {
    const held = this.held(path);
    return held !== undefined && held.owner !== this.owner && held.host === hostname() && this.isAlive(held.pid);
  }

  /** Whether it was noted that this window does. */
  isUnsavedHere(path: string): boolean {
    return this.held(path)?.owner === this.owner;
  }

  private held(path: string): Index['files'][number]['unsaved'] {
    return this.index.files.find((entry) => entry.path === path)?.unsaved;
  }

  /** Whether another window is changing a file, as far as `news` knows. */
  isChanging(path: string): boolean {
    return this.others().some((each) => each.path === path && Date.now() - (each.at ?? 0) < LONGEST_EDIT_MS);
  }

  /**
   * Resolves once it is on disk. `settled`: edits that other windows had begun are remembered no more.
   * @throws Error of the file system
   */
  async write({ files, bytes, begun, unsaved }: Remembered, settled = false): Promise<void> {
    const path = join(this.folder, INDEX_FILE);
    const { listed } = this;
    const index: Index = { version: 1, files: [], listed: [...listed], begun: settled ? [] : [...this.others()] };
    if (files.length + begun.length + listed.length + index.begun.length === 0) {
      await rm(path, { force: true });
      await this.keepOnly(new Set(), index);
      return;
    }
    const [owner, at] = [this.owner, Date.now()];
    const used = new Set(index.begun.flatMap(({ before }) => before ?? []));
    const put = async (content: Uint8Array | undefined | null): Promise<string | null> => {
      if (!content) return null;
      const hash = await this.contents.put(content);
      used.add(hash);
      return hash;
    };
    const putText = (text: string | null) => put(text === null ? null : Buffer.from(text, 'utf16le'));
    for (const file of files) {
      const { path: name, base, now, typed, missing } = file;
      const known = this.hashes.get(file);
      const kept = known && [known.base, known.now].every((hash) => hash === null || this.there.has(hash));
      const hashes = kept ? known : { base: await putText(base), now: await putText(now) };
      this.hashes.set(file, hashes);
      for (const hash of [hashes.base, hashes.now]) if (hash !== null) used.add(hash);
      const since = missing === undefined ? {} : { missing };
      const held = unsaved.has(name) ? { owner, host: hostname(), pid: this.pid } : this.heldElsewhere(name);
      const more = { ...since, ...(held ? { unsaved: held } : {}) };
      index.files.push({ path: name, ...hashes, bytes: await put(bytes.get(name)), typed: [...typed], ...more });
    }
    for (const { path: file, before } of begun) {
      index.begun.push({ path: file, before: await putText(before), owner, at });
    }
    await mkdir(this.folder, { recursive: true });
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
    await writeFile(temporary, JSON.stringify(index), { mode: 0o600, flush: true });
    await rename(temporary, path);
    await this.keepOnly(used, index);
  }

  private heldElsewhere(path: string): Index['files'][number]['unsaved'] {
    return this.isUnsavedElsewhere(path) ? this.held(path) : undefined;
  }

  private others(): Index['begun'] {
    return this.index.begun.filter(({ owner }) => owner !== this.owner);
  }

  /** An index that makes no sense says nothing: what this window knows stays. */
  private async read(): Promise<Index> {
    let text: string;
    try {
      text = await readFile(join(this.folder, INDEX_FILE), 'utf8');
    } catch (error) {
      return errorCode(error) === 'ENOENT' ? EMPTY : this.index;
    }
    const index = IndexSchema.safeParse(parsed(text));
    return index.success ? index.data : this.index;
  }

  private async noted({ path, base, now, typed, bytes, missing }: Index['files'][number]): Promise<Noted> {
    const [old, fresh] = await Promise.all([this.text(base), this.text(now)]);
    const kept = bytes === null ? null : await this.contents.get(bytes);
    if (old === undefined || fresh === undefined) return { file: undefined, bytes: undefined };
    const file: Pending = { path, base: old, now: fresh, typed, ...(missing === undefined ? {} : { missing }) };
    this.hashes.set(file, { base, now });
    return { file, bytes: kept ?? undefined };
  }

  private async keepOnly(used: ReadonlySet<string>, index: Index): Promise<void> {
    this.index = index;
    this.there = used;
    await this.contents.keepOnly(used);
  }

  /** Texts are kept as UTF-16, which holds any of them. Undefined: it is not there any more. */
  private async text(hash: string | null): Promise<string | null | undefined> {
    if (hash === null) return null;
    const bytes = await this.contents.get(hash);
    return bytes === null ? undefined : Buffer.from(bytes).toString('utf16le');
  }
}

/** But for who holds it unsaved. */
function isSame(a: Index['files'][number] | undefined, b: Index['files'][number]): boolean {
  return a !== undefined && isDeepStrictEqual({ ...a, unsaved: null }, { ...b, unsaved: null });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
