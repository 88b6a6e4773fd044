// The facts of a folder on disk.
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, resolve } from 'node:path';
import ignore from 'ignore';
import { INSTALLED, type WorkspaceFacts } from './facts.ts';

/** Larger files are data or built. */
const MAX_BYTES = 1_000_000;
/** More are not searched. */
const MAX_FILES = 50_000;
/** Of a tree with more nobody knows all names. */
const MAX_NAMES = 2_000_000;
/** Folders that are read at a time: more would crowd out other work on Node's four threads. */
const TOGETHER = 16;

/** Asks the disk anew each time: the answers are as old as the call. */
export class DiskFacts implements WorkspaceFacts {
  private readonly root: string;
  private readonly isHidden: (path: string) => boolean;
  private readonly maxFiles: number;
  /** The last list of files left some out. */
  private cut: boolean | undefined;

  constructor(root: string, isHidden: (path: string) => boolean = () => false, maxFiles = MAX_FILES) {
    this.root = root;
    this.isHidden = isHidden;
    this.maxFiles = maxFiles;
  }

  hidden(path: string): boolean {
    const plain = posix.normalize(path);
    return plain.startsWith('..') || plain.startsWith('/') || this.isHidden(plain);
  }

  async exists(path: string): Promise<boolean> {
    if (this.hidden(path)) return false;
    return this.inside(path).then(
      () => true,
      () => false,
    );
  }

  /** The real path. @throws Error when it is not there, or a link leads out of the workspace. */
  private async inside(path: string): Promise<string> {
    const real = await realpath(join(this.root, path));
    const from = relative(await realpath(this.root), real);
    if (from.startsWith('..') || isAbsolute(from)) throw new Error(`${path} is outside of the workspace.`);
    return real;
  }

  async readText(path: string): Promise<string | null> {
    if (this.hidden(path)) return null;
    try {
      const full = await this.inside(path);
      const found = await stat(full);
      if (!found.isFile() || found.size > MAX_BYTES) return null;
      const text = await readFile(full, 'utf8');
      return text.includes('\0') ? null : text;
    } catch {
      return null;
    }
  }

  async files(): Promise<readonly string[]> {
    const found = await this.walk(this.maxFiles);
    this.cut = found.length > this.maxFiles;
    return found.slice(0, this.maxFiles).sort();
  }

  async unsearched(): Promise<readonly string[] | null> {
    if (this.cut === undefined) await this.files();
    return this.cut ? (await this.walk(MAX_NAMES)).sort() : null;
  }

  /** Those nearest to the root first, until there are more than that. */
  private async walk(most: number): Promise<string[]> {
    const found: string[] = [];
    for (let level = ['']; level.length > 0 && found.length <= most; ) {
      const next: string[] = [];
      for (let at = 0; at < level.length && found.length <= most; at += TOGETHER) {
        const folders = level.slice(at, at + TOGETHER);
        const lists = await Promise.all(folders.map((folder) => entries(join(this.root, folder))));
        for (const [index, list] of lists.entries()) {
          for (const entry of list) {
            const path = folders[index] === '' ? entry.name : `${folders[index]}/${entry.name}`;
            if (this.hidden(path)) continue;
            if (entry.isDirectory() && !INSTALLED.has(entry.name)) next.push(path);
            if (entry.isFile()) found.push(path);
          }
        }
      }
      level = next.sort();
    }
    return found;
  }

  async gitBranches(): Promise<readonly string[] | null> {
    const git = await gitFolder(this.root);
    if (git === null) return null;
    const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
    const common = (await read(join(git, 'commondir'))).trim();
    const home = common === '' ? git : resolve(git, common);
    const names = new Set<string>();
    const head = /^ref: refs\/heads\/(.+)$/m.exec(await read(join(git, 'HEAD')))?.[1];
    if (head) names.add(head.trim());
    for (const [, name = ''] of (await read(join(home, 'packed-refs'))).matchAll(
      /^\S+ refs\/(?:heads|remotes\/[^/\n]+)\/(.+)$/gm,
    )) {
      names.add(name);
    }
    for (const name of await refs(join(home, 'refs', 'heads'))) names.add(name);
    for (const name of await refs(join(home, 'refs', 'remotes'))) names.add(name.replace(/^[^/]+\//, ''));
    names.delete('HEAD');
    return [...names].sort();
  }
}

const entries = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch(() => []);

/** `.git` is a folder, or in a linked work tree a file that names one. */
async function gitFolder(root: string): Promise<string | null> {
  const path = join(root, '.git');
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (found.isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  return named ? resolve(root, named.trim()) : null;
}

async function refs(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entries(folder)) {
    if (entry.isDirectory()) found.push(...(await refs(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else found.push(prefix + entry.name);
  }
  return found;
}

/** The paths that a workspace's `.lettaignore` keeps from the agent: all of them, `.` too, where it is there and cannot be read. */
export async function lettaIgnore(root: string): Promise<(path: string) => boolean> {
  const text = await readFile(join(root, '.lettaignore'), 'utf8').catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing ? '' : null;
  });
  return text === null ? () => true : hiddenBy(text);
}

/** What lines in the syntax of `.gitignore` keep from the agent; paths relative to the folder. */
export function hiddenBy(text: string): (path: string) => boolean {
  if (text.trim() === '') return () => false;
  const rules = ignore().add(text);
  return (path) => {
    const plain = path.replace(/\/$/, '');
    if (plain === '' || plain === '.' || plain.startsWith('..')) return false;
    // A folder's line ends in a slash, and whether this is a folder cannot be seen from its name.
    return rules.ignores(plain) || rules.ignores(`${plain}/`);
  };
}
