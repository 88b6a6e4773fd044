// Records the state of the workspace's folders: what looks as it did is known, the rest is read, at once or in the background.
import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { blobId, readStable } from './disk.ts';
import { inGit, inStore, MAX_BYTES, type Sight, sameSight, signOf, unkept } from './entry.ts';
import type { KeptContents } from './kept-contents.ts';
import { KnownFiles, readKnown, writeKnown } from './known.ts';
import type { Points } from './points.ts';
import { type RootState, Scanner, type Unread } from './scan.ts';

/** Files that are read before others may have their turn. */
const BATCH = 16;

interface Root {
  scanner: Scanner;
  known: KnownFiles;
  /** What the background has still to read. */
  unread: Map<string, Unread>;
  /** Checkpoints that wait for a content, and how the file looked then. */
  waiting: Map<string, { sight: Sight; points: Set<string> }>;
}

export class Recorder {
  private readonly kept: KeptContents;
  private readonly points: Points;
  private readonly knownPath: string;
  private readonly log: (line: string) => void;
  private readonly roots = new Map<string, Root>();
  private known: Promise<Map<string, KnownFiles>> | undefined;

  constructor(kept: KeptContents, points: Points, knownPath: string, log: (line: string) => void) {
    this.kept = kept;
    this.points = points;
    this.knownPath = knownPath;
    this.log = log;
  }

  /** `folders`: absolute. Those that are not there or lie in another are left out. `also`: see `Scanner.scan`. */
  async scan(
    folders: readonly string[],
    also: ReadonlyMap<string, readonly string[]> = new Map(),
  ): Promise<RootState[]> {
    const found = await Promise.all(
      separate(folders).map(async (path) => {
        const root = await this.root(path);
        const state = await root.scanner.scan(also.get(path));
        root.unread = state.unread;
        return state;
      }),
    );
    return found;
  }

  /**
   * Reads what is not known yet into the states: `first` (absolute paths) and what could change unseen in any case, the rest
   * until the deadline, in milliseconds of `performance.now()`.
   */
  async read(states: readonly RootState[], first: ReadonlySet<string>, deadline: number): Promise<void> {
    for (const urgent of [true, false])
      for (const state of states) {
        const named = new Set(inside(state.root, [...first]));
        const files = [...state.unread].filter(([path, unread]) => (unread.urgent || named.has(path)) === urgent);
        for (const some of batches(files)) {
          if (!urgent && performance.now() > deadline) return;
          await this.readInto(state, some);
        }
      }
  }

  /** Side by side: what takes its time is the disk that makes them durable. */
  private async readInto(state: RootState, files: readonly [string, Unread][]): Promise<void> {
    const read = await Promise.all(
      files.map(async ([path, unread]) => ({ path, entry: (await this.readOne(state.root, path, unread)).entry })),
    );
    for (const { path, entry } of read) {
      state.unread.delete(path);
      if (entry === null) state.entries.delete(path);
      else state.entries.set(path, entry);
    }
  }

  /** A checkpoint was written with files that were not read: it gets their contents later, if they still stand so then. */
  wait(id: string, states: readonly RootState[]): void {
    for (const { root: path, unread } of states) {
      const root = this.roots.get(path);
      for (const [file, { seen }] of root ? unread : []) {
        const before = root?.waiting.get(file);
        if (before && sameSight(before.sight, seen.sight)) before.points.add(id);
        else root?.waiting.set(file, { sight: seen.sight, points: new Set([id]) });
      }
    }
  }

  /** Reads those of the files (absolute) that a checkpoint waits for. */
  async hurry(files: readonly string[]): Promise<void> {
    for (const [path, root] of this.roots) {
      if (root.unread.size === 0) continue;
      const wanted = inside(path, files).flatMap((file): [string, Unread][] => {
        const unread = root.unread.get(file);
        return unread ? [[file, unread]] : [];
      });
      for (const some of batches(wanted)) await this.readLater(path, root, some);
    }
  }

  /** Reads some of what is left. @returns whether there is more */
  async fill(): Promise<boolean> {
    for (const [path, root] of this.roots) {
      if (root.unread.size === 0) continue;
      // Not a copy of all of it: that would be one for each batch.
      const batch: [string, Unread][] = [];
      for (const each of root.unread) if (batch.push(each) === BATCH) break;
      await this.readLater(path, root, batch);
      return true;
    }
    return false;
  }

  async save(): Promise<void> {
    const known = new Map([...this.roots].map(([path, root]) => [path, root.known]));
    if (![...known.values()].some(({ changed }) => changed)) return;
    const all = await this.allKnown();
    for (const [path, files] of known) all.set(path, files);
    await writeKnown(this.knownPath, all);
  }

  /** SHA-256 of the contents that stand for files as they are now. */
  async hashes(): Promise<string[]> {
    return [...(await this.allKnown()).values()].flatMap((known) => [...known.hashes()]);
  }

  /** The store has less now: files are read anew. */
  async forget(): Promise<void> {
    this.known = Promise.resolve(new Map());
    this.roots.clear();
  }

  private async readLater(path: string, root: Root, files: readonly [string, Unread][]): Promise<void> {
    const late = new Map<string, [string, string, string][]>();
    for (const [file] of files) root.unread.delete(file);
    const read = await Promise.all(
      files.map(async ([file, unread]) => ({ file, ...(await this.readOne(path, file, unread)) })),
    );
    for (const { file, entry, sight } of read) {
      const waiting = root.waiting.get(file);
      root.waiting.delete(file);
      if (!waiting || entry === null || !sight || !sameSight(waiting.sight, sight)) continue;
      for (const id of waiting.points) late.set(id, [...(late.get(id) ?? []), [path, file, entry]]);
    }
    for (const [id, entries] of late) await this.points.addLate(id, entries);
  }

  /** Null: it is gone. */
  private async readOne(
    root: string,
    path: string,
    { seen, oid }: Unread,
  ): Promise<{ entry: string | null; sight?: Sight }> {
    const readAt = Date.now();
    const read = readStable(join(root, path));
    if (read === null) return { entry: unkept(seen.kind, 'unreadable', signOf(seen.sight)) };
    const { sight, bytes } = read;
    const kind = read.kind === 'l' || seen.kind === 'l' ? read.kind : seen.kind;
    const keep = (entry: string) => {
      this.roots.get(root)?.known.set(path, sight, readAt, entry);
      return { entry, sight };
    };
    if (oid && blobId(bytes, oid) === oid) return keep(inGit(kind, oid));
    if (bytes.length > MAX_BYTES) return { entry: unkept(kind, 'large', signOf(sight)), sight };
    const hash = await this.kept.put(bytes);
    return hash === null ? { entry: unkept(kind, 'full', signOf(sight)), sight } : keep(inStore(kind, hash));
  }

  private async root(path: string): Promise<Root> {
    const there = this.roots.get(path);
    if (there) return there;
    const known = (await this.allKnown()).get(path) ?? new KnownFiles();
    const root: Root = { scanner: new Scanner(path, known, this.log), known, unread: new Map(), waiting: new Map() };
    this.roots.set(path, root);
    return root;
  }

  private allKnown(): Promise<Map<string, KnownFiles>> {
    this.known ??= readKnown(this.knownPath);
    return this.known;
  }
}

/** Those of the files (absolute) that lie in the root, relative to it. */
function inside(root: string, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    file.startsWith(root + sep)
      ? [
          file
            .slice(root.length + 1)
            .split(sep)
            .join('/'),
        ]
      : [],
  );
}

function* batches<T>(all: readonly T[]): Iterable<T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

/** Real paths of those that are there, without what lies in another. */
export function separate(folders: readonly string[]): string[] {
  const real = folders.flatMap((folder) => {
    try {
      return [realpathSync.native(folder)];
    } catch {
      return [];
    }
  });
  const unique = [...new Set(real)];
  return unique.filter((folder) => !unique.some((other) => other !== folder && folder.startsWith(other + sep)));
}
