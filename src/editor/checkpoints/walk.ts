// The files of a folder that no git looks after: all but what `.gitignore` files keep out and what no version control would take.
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readStable } from './disk.ts';
import { Ignores } from './ignores.ts';

/** Never walked, whatever ignore files say: stores of version control, and packages that can be fetched again. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules']);

/** More is no project that a person works in. */
const MAX_FILES = 250_000;

export interface Walked {
  /** Files and links, relative to the root, with `/`. */
  files: string[];
  /** Folders that could not be read, or were left out since there are too many files. */
  left: string[];
  /** Folders that are git repositories. */
  repositories: string[];
}

/** What was decided in a folder, and by which rules. */
interface Decided {
  rules: string;
  verdicts: Map<string, boolean>;
}

/** Keeps the verdicts of the last walk, folder by folder, as long as no rule above changes: matching takes longer than walking. */
export class Walker {
  private decided = new Map<string, Decided>();

  /** `isRepository`: such a folder is listed and not entered. */
  walk(root: string, isRepository: (folder: string) => boolean): Walked {
    const walk = new Walk(root, isRepository, this.decided);
    walk.enter('', '');
    this.decided = walk.decided;
    return walk.found;
  }
}

class Walk {
  readonly found: Walked = { files: [], left: [], repositories: [] };
  readonly decided = new Map<string, Decided>();
  private readonly ignores = new Ignores([]);
  private readonly root: string;
  private readonly isRepository: (folder: string) => boolean;
  private readonly before: ReadonlyMap<string, Decided>;

  constructor(root: string, isRepository: (folder: string) => boolean, before: ReadonlyMap<string, Decided>) {
    this.root = root;
    this.isRepository = isRepository;
    this.before = before;
  }

  /** `above`: the texts of all ignore files above the folder. */
  enter(folder: string, above: string): void {
    const entries = list(join(this.root, folder));
    if (entries === null || this.found.files.length >= MAX_FILES) {
      this.found.left.push(folder);
      return;
    }
    const rules = entries.some(({ name }) => name === '.gitignore') ? above + this.readRules(folder) : above;
    const before = this.before.get(folder);
    const verdicts = before?.rules === rules ? before.verdicts : new Map<string, boolean>();
    this.decided.set(folder, { rules, verdicts });
    for (const entry of entries) this.take(folder, entry, rules, verdicts);
  }

  private readRules(folder: string): string {
    const read = readStable(join(this.root, folder, '.gitignore'));
    const text = read && read.kind !== 'l' ? read.bytes.toString('utf8') : '';
    this.ignores.add(folder, text);
    return `${folder}\0${text}\0`;
  }

  private take(folder: string, entry: Dirent, rules: string, verdicts: Map<string, boolean>): void {
    // A name that is no UTF-8 would come back as another one.
    if (entry.name.includes('\uFFFD')) return;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const isFolder = entry.isDirectory();
    if (isFolder ? SKIPPED_FOLDERS.has(entry.name) : !entry.isFile() && !entry.isSymbolicLink()) return;
    if (rules !== '' && this.ignored(path, isFolder, verdicts)) return;
    if (!isFolder) this.found.files.push(path);
    else if (this.isRepository(path)) this.found.repositories.push(path);
    else this.enter(path, rules);
  }

  private ignored(path: string, isFolder: boolean, verdicts: Map<string, boolean>): boolean {
    const key = isFolder ? `${path}/` : path;
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.ignores.names(path, isFolder);
      verdicts.set(key, verdict);
    }
    return verdict;
  }
}

function list(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}
