// The door of the evidence gathering to a workspace's files, and the one that opens on the disk.
import { lstat, opendir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

export interface FoundFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  bytes: number;
}

export interface WorkspaceFiles {
  /** All files that may be read, sorted by path; of links those that are asked for, to files. */
  list(): Promise<FoundFile[]>;
  /** Null: not there, hidden, not text, or larger than `MAX_FILE_BYTES`. */
  read(path: string): Promise<string | null>;
}

export const MAX_FILE_BYTES = 256 * 1024;
/** A larger tree is known by its first files, breadth first: what describes a project lies near its root. */
const MAX_FILES = 20_000;
const MAX_DEPTH = 12;
/** Looks at so many files at a time; more would crowd out other work on Node's four threads. */
const TOGETHER = 16;
/** What people did not write: dependencies, output, caches. */
const IGNORED = new Set(
  (
    'node_modules .git .hg .svn dist build out target coverage vendor .venv venv __pycache__ .mypy_cache .ruff_cache ' +
    '.pytest_cache .tox .nox .next .nuxt .svelte-kit .turbo .cache .parcel-cache .gradle .idea bower_components .yarn ' +
    '.eggs site-packages DerivedData Pods .terraform .dart_tool .pnpm-store .DS_Store'
  ).split(' '),
);
/** Files whose values are secrets; their examples (`.env.example`) are documentation. */
const SECRET =
  /^\.env(?!\.(?:example|sample|template|dist)$)(?:\..*)?$|\.(?:pem|key|p12|pfx|keystore)$|^id_(?:rsa|ed25519)/;

export interface DiskOptions {
  /** What `.lettaignore` hides; paths relative to the root, with `/`. */
  hidden?: (path: string) => boolean;
  /** Which links to files are listed; one that leads elsewhere cannot be read. */
  links?: (path: string) => boolean;
  maxFiles?: number;
}

/** Whether a file of this name may be looked at at all. */
export const isSecretFile = (name: string): boolean => SECRET.test(name);

export function diskWorkspace(
  root: string,
  { hidden = () => false, links = () => false, maxFiles = MAX_FILES }: DiskOptions = {},
): WorkspaceFiles {
  const closed = (path: string): boolean =>
    path.split('/').some((part) => IGNORED.has(part)) || isSecretFile(path.split('/').at(-1) ?? '') || hidden(path);
  let base: Promise<string> | undefined;
  return {
    async list() {
      const found: FoundFile[] = [];
      let level = [''];
      for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
        const next: string[] = [];
        for (const folder of level) {
          const open = (await entriesOf(root, folder)).filter(([path]) => !closed(path));
          next.push(...open.flatMap(([path, kind]) => (kind === 'folder' ? [path] : [])));
          const files = open
            .flatMap(([path, kind]) => (kind === 'file' || (kind === 'link' && links(path)) ? [path] : []))
            .slice(0, maxFiles - found.length);
          for (let at = 0; at < files.length; at += TOGETHER) {
            const batch = files.slice(at, at + TOGETHER);
            found.push(
              ...(await Promise.all(batch.map(async (path) => ({ path, bytes: await sizeOf(join(root, path)) })))),
            );
          }
        }
        level = found.length < maxFiles ? next : [];
      }
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(path) {
      if (closed(path) || path.split('/').includes('..')) return null;
      try {
        const real = await realpath(join(root, path));
        base ??= realpath(root);
        const inside = await base;
        const within = inside.endsWith(sep) ? inside : inside + sep;
        // A link has a name of its own: what it leads to must be open as well.
        if (!real.startsWith(within) || closed(real.slice(within.length).replaceAll(sep, '/'))) return null;
        const info = await lstat(real);
        if (!info.isFile() || info.size > MAX_FILE_BYTES) return null;
        const text = await readFile(real, 'utf8');
        return text.includes('\0') ? null : text;
      } catch {
        return null;
      }
    },
  };
}

/** What stands at a place now; null when there is no such line, or it may not be read. @param place its line is 1-based */
export async function lineAt(files: WorkspaceFiles, place: { path: string; line: number }): Promise<string | null> {
  const text = await files.read(place.path);
  return text?.split(/\r?\n/)[place.line - 1] ?? null;
}

async function entriesOf(root: string, folder: string): Promise<[string, 'folder' | 'file' | 'link'][]> {
  const entries: [string, 'folder' | 'file' | 'link'][] = [];
  try {
    for await (const entry of await opendir(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) entries.push([path, 'folder']);
      else if (entry.isFile()) entries.push([path, 'file']);
      else if (entry.isSymbolicLink()) entries.push([path, 'link']);
    }
  } catch {
    // A folder that may not be opened tells nothing.
  }
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}
