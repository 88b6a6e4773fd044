// Files of a repository that are neither tracked nor ignored, found again by looking at its folders alone: names change with a
// folder's own times. What is ignored is asked of git, once for each name. Gives the same as `git ls-files -o --exclude-standard`.
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderSight, look } from './disk.ts';
import { mayHideChange, type Sight, sameSight, signOf } from './entry.ts';

/** How deep folders that nobody has judged yet may lie in each other: each level is a question. */
const MOST_QUESTIONS = 16;
/** More names than that are git's to look through. */
const MOST_NAMES = 400_000;

export interface OthersDeps {
  /** Absolute, symlinks resolved. */
  root: string;
  /** Which of these paths (relative to the root) are ignored. @throws GitError */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What git says of the repository. */
export interface Tracked {
  /** By path. Never changed: another object when the index is another. */
  entries: ReadonlyMap<string, string>;
  /** Submodules. */
  links: readonly string[];
}

/** A folder as it was read. */
interface Folder {
  sight: Sight;
  /** Milliseconds since the epoch. */
  readAt: number;
  files: readonly string[];
  folders: readonly string[];
  /** It has a `.gitignore`. */
  hasRules: boolean;
  /** It has a `.git`. */
  repository: boolean;
  /** Files of it that are not in this index. */
  loose?: { entries: Tracked['entries']; files: readonly string[] };
}

export class Others {
  private readonly deps: OthersDeps;
  private folders = new Map<string, Folder>();
  /** Whether what is not tracked is ignored; folders with a `/` behind them. */
  private readonly verdicts = new Map<string, boolean>();
  /** What the verdicts rest on: the sign of each folder's own rules, '' where it had none when it was entered. */
  private readonly signs = new Map<string, string>();
  private outer = '';
  private tracked: { entries: Tracked['entries']; folders: ReadonlySet<string> } | undefined;

  constructor(deps: OthersDeps) {
    this.deps = deps;
  }

  /**
   * @param outer signs of the rules that lie outside the root
   * @returns paths relative to the root; null where git has to look itself: repositories inside this one, rules that have
   * just been written, too many names
   * @throws GitError
   */
  async read({ entries, links }: Tracked, outer: string): Promise<string[] | null> {
    for (let questions = 0; questions < MOST_QUESTIONS; questions++) {
      const walk = new Walk(
        this.deps.root,
        this.folders,
        this.verdicts,
        entries,
        this.foldersOf(entries),
        new Set(links),
      );
      if (!walk.enter('') || walk.names > MOST_NAMES) return null;
      // A folder that is gone is forgotten.
      this.folders = walk.seen;
      const now = this.signsOf(walk);
      if (now === undefined) return null;
      if (this.rulesChanged(now, outer)) {
        this.verdicts.clear();
        continue;
      }
      if (walk.unknown.length === 0) {
        this.forget(walk);
        return walk.found;
      }
      const ignored = await this.deps.ignored(walk.unknown.map((key) => key.replace(/\/$/, '')));
      for (const key of walk.unknown) this.verdicts.set(key, ignored.has(key.replace(/\/$/, '')));
    }
    return null;
  }

  private foldersOf(entries: Tracked['entries']): ReadonlySet<string> {
    if (this.tracked?.entries !== entries) this.tracked = { entries, folders: foldersIn(entries.keys()) };
    return this.tracked.folders;
  }

  /** Of all folders that were entered; undefined: a file of rules could change without looking otherwise. */
  private signsOf(walk: Walk): ReadonlyMap<string, string> | undefined {
    const signs = new Map<string, string>();
    for (const [at, { hasRules }] of walk.seen) {
      const sign = hasRules ? signOfRules([join(this.deps.root, at, '.gitignore')]) : '';
      if (sign === undefined) return undefined;
      signs.set(at, sign);
    }
    return signs;
  }

  /** Notes them. Nothing in a folder that was never entered has a verdict yet. */
  private rulesChanged(now: ReadonlyMap<string, string>, outer: string): boolean {
    let changed = this.outer !== outer;
    this.outer = outer;
    for (const [at, sign] of now) {
      changed ||= (this.signs.get(at) ?? sign) !== sign;
      this.signs.set(at, sign);
    }
    return changed && this.verdicts.size > 0;
  }

  /** Verdicts on what is no longer there, once there are many. */
  private forget({ asked, seen }: Walk): void {
    if (this.verdicts.size < 1_000 + 2 * asked.size) return;
    for (const key of this.verdicts.keys()) if (!asked.has(key)) this.verdicts.delete(key);
    for (const at of this.signs.keys()) if (!seen.has(at)) this.signs.delete(at);
  }
}

/** How files with ignore rules look (absolute); undefined: one could change without looking otherwise. */
export function signOfRules(paths: readonly string[]): string | undefined {
  const signs: string[] = [];
  for (const path of paths) {
    const sight = look(path)?.sight;
    if (sight && mayHideChange(sight, Date.now())) return undefined;
    signs.push(`${path}=${sight ? signOf(sight) : ''}`);
  }
  return signs.join('\n');
}

class Walk {
  readonly found: string[] = [];
  /** Names without a verdict. */
  readonly unknown: string[] = [];
  readonly asked = new Set<string>();
  readonly seen = new Map<string, Folder>();
  names = 0;
  private device: number | undefined;
  private readonly root: string;
  private readonly before: ReadonlyMap<string, Folder>;
  private readonly verdicts: ReadonlyMap<string, boolean>;
  private readonly entries: Tracked['entries'];
  private readonly trackedFolders: ReadonlySet<string>;
  private readonly links: ReadonlySet<string>;

  constructor(
    root: string,
    before: ReadonlyMap<string, Folder>,
    verdicts: ReadonlyMap<string, boolean>,
    entries: Tracked['entries'],
    trackedFolders: ReadonlySet<string>,
    links: ReadonlySet<string>,
  ) {
    this.root = root;
    this.before = before;
    this.verdicts = verdicts;
    this.entries = entries;
    this.trackedFolders = trackedFolders;
    this.links = links;
  }

  /** False: a repository lies in it that this one knows nothing of, or another file system. */
  enter(at: string): boolean {
    const path = at === '' ? this.root : `${this.root}/${at}`;
    const sight = folderSight(path);
    if (sight === null) return true;
    this.device ??= sight.device;
    if (sight.device !== this.device) return false;
    const folder = this.folder(at, path, sight);
    if (folder === undefined) return true;
    if (folder.repository && at !== '') return false;
    this.names += folder.files.length;
    const prefix = at === '' ? '' : `${at}/`;
    for (const path of this.loose(folder, prefix)) if (this.isFree(path)) this.found.push(path);
    for (const name of folder.folders) {
      const path = prefix + name;
      if (this.links.has(path)) continue;
      if (!this.trackedFolders.has(path) && !this.isFree(`${path}/`)) continue;
      if (!this.enter(path)) return false;
    }
    return true;
  }

  private isFree(key: string): boolean {
    this.asked.add(key);
    const ignored = this.verdicts.get(key);
    if (ignored === undefined) this.unknown.push(key);
    return ignored === false;
  }

  private loose(folder: Folder, prefix: string): readonly string[] {
    const { entries } = this;
    if (folder.loose?.entries !== entries) {
      const files = folder.files
        .map((name) => prefix + name)
        .filter((path) => !entries.has(path) && !this.links.has(path));
      folder.loose = { entries, files };
    }
    return folder.loose.files;
  }

  private folder(at: string, path: string, sight: Sight): Folder | undefined {
    const before = this.before.get(at);
    const isSame = before && sameSight(before.sight, sight) && !mayHideChange(sight, before.readAt);
    const folder = isSame ? before : readFolder(path, sight);
    if (folder) this.seen.set(at, folder);
    return folder;
  }
}

function readFolder(path: string, sight: Sight): Folder | undefined {
  const readAt = Date.now();
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return undefined;
  }
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    // A name that is no UTF-8 would come back as another one.
    if (entry.name === '.git' || entry.name.includes('\uFFFD')) continue;
    if (entry.isDirectory()) folders.push(entry.name);
    else if (entry.isFile() || entry.isSymbolicLink()) files.push(entry.name);
  }
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  return { sight, readAt, files, folders, hasRules: has('.gitignore'), repository: has('.git') };
}

/** All folders above the paths. */
function foldersIn(paths: Iterable<string>): Set<string> {
  const found = new Set<string>();
  let last = '';
  for (const path of paths) {
    let folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folder === last) continue;
    last = folder;
    while (folder !== '' && !found.has(folder)) {
      found.add(folder);
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    }
  }
  return found;
}
