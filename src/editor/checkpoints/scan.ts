// The state of a workspace folder: an entry for every file that is not ignored, and which folders that speaks of.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isFolder, isThere, look, type Seen } from './disk.ts';
import { Entries } from './entries.ts';
import { MAX_BYTES, mayHideChange, signOf, unkept } from './entry.ts';
import { GitError, GitFolder, type GitState } from './git.ts';
import type { OuterRules } from './ignores.ts';
import type { KnownFiles } from './known.ts';
import { Walker } from './walk.ts';

/** A part of a root that was listed in one way: the root itself, or a repository inside it. */
export interface Part {
  /** Relative to the root; '' is the root. */
  at: string;
  by: 'git' | 'walk';
  /** Ignore rules that lie outside the part. */
  outer: OuterRules[];
}

/** What a state speaks of. A file that it does not name was not there, where these say that it would have been named. */
export interface Cover {
  parts: Part[];
  /** Folders that were not looked into. */
  left: string[];
}

/** A file whose content is to be read. `oid`: of the index, where the file is tracked. */
export interface Unread {
  seen: Seen;
  oid: string | undefined;
  /** Read later it could be another without looking otherwise. */
  urgent: boolean;
}

export interface RootState {
  root: string;
  entries: Entries;
  unread: Map<string, Unread>;
  cover: Cover;
}

/** More repositories than that inside one folder are left out. */
const MAX_PARTS = 40;
/** A tracked file is compared with its object up to this size, in bytes; it is kept there, not here. */
const COMPARE_BYTES = 32 * 1024 * 1024;

export class Scanner {
  private readonly root: string;
  private readonly known: KnownFiles;
  private readonly folders = new Map<string, GitFolder>();
  private readonly walker = new Walker();
  /** Of one scan: whether a folder is one, and no link to one. */
  private readonly realFolders = new Map<string, boolean>();
  private readonly log: (line: string) => void;
  /** Of the last scan without git: states that share one are compared by what they differ in. */
  private listing: ReadonlyMap<string, string> = new Map();

  /** `root`: absolute, symlinks resolved. */
  constructor(root: string, known: KnownFiles, log: (line: string) => void) {
    this.root = root;
    this.known = known;
    this.log = log;
  }

  /** `also`: files to look at even if they are ignored by now. */
  async scan(also: readonly string[] = []): Promise<RootState> {
    const state: RootState = {
      root: this.root,
      entries: new Entries(),
      unread: new Map(),
      cover: { parts: [], left: [] },
    };
    this.realFolders.clear();
    await this.part(state, '');
    for (const path of also) if (!state.entries.has(path)) this.look(state, path, undefined);
    // Git's listing is shared as it is.
    if (state.cover.parts[0]?.by === 'walk') {
      state.entries = state.entries.against(this.listing);
      this.listing = state.entries.listing;
    }
    this.known.forgetOthers();
    return state;
  }

  private async part(state: RootState, at: string): Promise<void> {
    if (state.cover.parts.length >= MAX_PARTS) {
      state.cover.left.push(at);
      return;
    }
    const folder = join(this.root, at);
    const read = inRepository(folder, at === '') ? await this.readGit(at, folder) : null;
    if (read === null) {
      await this.walk(state, at);
      return;
    }
    state.cover.parts.push({ at, by: 'git', outer: [...read.outer] });
    this.takeGit(state, at, read);
    for (const nested of read.nested) {
      const path = within(at, nested);
      if (isRepository(join(this.root, path))) await this.part(state, path);
      else state.cover.left.push(path);
    }
  }

  private async readGit(at: string, folder: string): Promise<GitState | null> {
    const git = this.folders.get(at) ?? new GitFolder(folder);
    this.folders.set(at, git);
    try {
      return await git.read();
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      this.log(`Checkpoints go on without git in ${folder}: ${error.message}`);
      return null;
    }
  }

  private takeGit(state: RootState, at: string, git: GitState): void {
    const { entries, doubtful, sparse, untracked, plain, modes } = git;
    const own = new Set(doubtful);
    if (plain && at === '') state.entries = new Entries(entries);
    else
      for (const [path, entry] of entries) {
        if (plain) state.entries.set(within(at, path), entry);
        else own.add(path);
      }
    for (const path of own) {
      const full = within(at, path);
      state.entries.delete(full);
      const entry = entries.get(path);
      const oid = entry?.slice(2);
      if (sparse.has(path) && !isThere(join(this.root, full)))
        state.entries.set(full, unkept('f', 'sparse', oid ?? ''));
      else this.look(state, full, oid, modes ? undefined : entry?.[0] === 'x' ? 'x' : 'f');
    }
    for (const path of untracked) this.look(state, within(at, path), undefined, modes ? undefined : 'f');
  }

  private async walk(state: RootState, at: string): Promise<void> {
    state.cover.parts.push({ at, by: 'walk', outer: [] });
    const folder = join(this.root, at);
    const { files, left, repositories } = this.walker.walk(folder, (path) => isRepository(join(folder, path)));
    for (const path of files) this.look(state, within(at, path), undefined);
    state.cover.left.push(...left.map((path) => within(at, path)));
    for (const path of repositories) await this.part(state, within(at, path));
  }

  /** `file`: what a plain file is, where the disk does not tell. */
  private look(state: RootState, path: string, oid: string | undefined, file?: 'f' | 'x'): void {
    // Put together by hand: there are tens of thousands.
    const seen = this.inRealFolder(path) ? look(`${this.root}/${path}`) : null;
    if (seen === null) return;
    if (file !== undefined && seen.kind !== 'l') seen.kind = file;
    const { kind, sight } = seen;
    const known = this.known.find(path, kind, sight);
    if (known !== undefined) {
      state.entries.set(path, known);
      return;
    }
    const limit = oid === undefined ? MAX_BYTES : COMPARE_BYTES;
    const why = sight.size > limit ? 'large' : 'later';
    state.entries.set(path, unkept(kind, why, signOf(sight)));
    if (why === 'later') state.unread.set(path, { seen, oid, urgent: mayHideChange(sight, Date.now()) });
  }

  /** A file that is tracked below what is a link by now is not there: behind the link lies another one. */
  private inRealFolder(path: string): boolean {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return true;
    const folder = path.slice(0, slash);
    let real = this.realFolders.get(folder);
    if (real === undefined) {
      real = this.inRealFolder(folder) && isFolder(join(this.root, folder));
      this.realFolders.set(folder, real);
    }
    return real;
  }
}

export const within = (at: string, path: string): string => (at === '' ? path : `${at}/${path}`);

const isRepository = (folder: string): boolean => existsSync(join(folder, '.git'));

function inRepository(folder: string, above: boolean): boolean {
  if (isRepository(folder) || !above) return isRepository(folder);
  const parent = dirname(folder);
  return parent !== folder && inRepository(parent, true);
}
