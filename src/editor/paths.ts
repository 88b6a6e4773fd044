// From a path as the model writes it to a place on the disk, and whether that lies in the workspace.
import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EditorError, type Folder } from './editor.ts';

export interface Place {
  /** Absolute, symlinks resolved. */
  path: string;
  /** As it was spelled, under the folder's real path: differs from `path` where a symlink inside the folder was followed. */
  spelled: string;
  /** How to call it in answers: relative to the folder, with `/`; begins with the folder's name when several are open. */
  display: string;
  exists: boolean;
  /** It lies in no folder of the workspace. */
  outside: boolean;
}

/** True when `path` is `folder` or lies under it. Both absolute and with symlinks resolved. */
export function contains(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest === '' || (rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
}

/** With symlinks resolved; of what is not there (any more), those of the folders that are. `path`: absolute. */
export function realOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOf(parent), basename(path));
  }
}

/** How to call an absolute path in answers; the path itself where it is outside of all folders. */
export function displayPath(path: string, folders: Folder[]): string {
  for (const folder of folders) {
    for (const root of [folder.real, folder.path]) {
      if (!contains(root, path)) continue;
      const rest = relative(root, path).split(sep).join('/') || '.';
      if (folders.length === 1) return rest;
      const name = folderName(folder, folders);
      return rest === '.' ? name : `${name}/${rest}`;
    }
  }
  return path;
}

/** How a folder is called where several are open: by its path where its name says too little. */
export function folderName({ name, path }: Folder, folders: readonly Folder[]): string {
  const unique = folders.filter((other) => other.name === name).length === 1;
  return unique ? name : path.split(sep).join('/');
}

/** The same for tools that work inside the workspace only. @throws EditorError `outside` too */
export function resolveInside(input: string, folders: Folder[]): Place {
  const place = resolvePath(input, folders);
  if (!place.outside) return place;
  const names = folders.map((folder) => folder.path).join(', ');
  throw new EditorError(
    'outside',
    `${input} leads outside the workspace (${names}), where only Read, Edit, Write, Files and Show reach.`,
  );
}

/**
 * Finds what `input` means. Follows symlinks of the deepest existing part, so a new file under a linked folder is judged
 * where it would really be. Whether it may be touched there is not for this to say.
 * @param input relative to the workspace (with several folders open: `folder/…`), absolute, below `~`, or a `file:` URI
 * @throws EditorError `no-folder` or `bad-path`
 */
export function resolvePath(input: string, folders: Folder[]): Place {
  if (folders.length === 0) {
    throw new EditorError(
      'no-folder',
      'No folder on disk is open, so there are no files to reach. Ask to open a folder.',
    );
  }
  const absolute = toAbsolute(input, folders);
  const { real, exists } = realDeepest(absolute, input);
  const folder = folders.find((candidate) => contains(candidate.real, real));
  const named =
    folders.find(({ path }) => contains(path, absolute)) ?? folders.find((each) => contains(each.real, absolute));
  const spelled =
    named === undefined
      ? folder === undefined
        ? absolute
        : real
      : join(named.real, relative(contains(named.path, absolute) ? named.path : named.real, absolute));
  return { path: real, spelled, display: displayPath(real, folders), exists, outside: folder === undefined };
}

function toAbsolute(input: string, folders: Folder[]): string {
  if (input === '') throw new EditorError('bad-path', 'The path is empty. Give a path relative to the workspace.');
  if (input.includes('\0')) throw new EditorError('bad-path', 'The path holds a NUL character.');
  let path = input;
  if (/^file:/i.test(path)) {
    try {
      path = fileURLToPath(path);
    } catch {
      throw new EditorError('bad-path', `${input} is no file on this computer. Give a path relative to the workspace.`);
    }
  } else if (/^untitled:/i.test(path)) {
    throw new EditorError(
      'bad-path',
      `${input} was never saved: Read shows it, nothing else reaches it. Ask to save it to a file first, or make a new file with Write.`,
    );
  } else if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new EditorError('bad-path', `${input} is not a file in the workspace. Give a path relative to it.`);
  }
  if (path === '~' || /^~[\\/]/.test(path)) path = join(homedir(), path.slice(1));
  if (process.platform === 'win32') {
    // A colon behind the drive names a data stream of the file: another name for what rules and ignore lists judge.
    if (path.replace(/^[a-z]:/i, '').includes(':'))
      throw new EditorError('bad-path', `${input} is no plain file path.`);
  } else if (/^\\\\/.test(path) || /^[a-z]:[\\/]/i.test(path)) {
    throw new EditorError('bad-path', `${input} is a path of Windows, and this computer runs another system.`);
  } else if (path.includes('\\') && !existsAnywhere(path, folders)) {
    throw new EditorError('bad-path', `${input}: use / between folders.`);
  }
  return isAbsolute(path) ? resolve(path) : fromFolders(path, input, folders);
}

function fromFolders(path: string, input: string, folders: Folder[]): string {
  const [only] = folders;
  if (folders.length === 1 && only !== undefined) return resolve(only.path, path);
  const slashed = path.replaceAll('\\', '/');
  const named = folders.filter(({ name }) => slashed === name || slashed.startsWith(`${name}/`));
  // Folders may have the same name: then what is there tells which is meant.
  const meant =
    named.length > 0 ? named.map((each) => resolve(each.path, `.${slashed.slice(each.name.length)}`)) : undefined;
  if (meant?.length === 1 && meant[0] !== undefined) return meant[0];
  const holding = (meant ?? folders.map((folder) => resolve(folder.path, path))).filter(lexists);
  const [sole] = holding;
  if (holding.length === 1 && sole !== undefined) return sole;
  const names = folders.map((folder) => folderName(folder, folders)).join(', ');
  throw new EditorError('bad-path', `Several folders are open. Begin ${input} with one of their names: ${names}.`);
}

/** Follows symlinks of the deepest part that exists. A link to nothing is refused: writing to it would create its target. */
function realDeepest(absolute: string, input: string): { real: string; exists: boolean } {
  const missing: string[] = [];
  let current = absolute;
  for (;;) {
    try {
      const real = realpathSync.native(current);
      return { real: missing.length === 0 ? real : join(real, ...missing), exists: missing.length === 0 };
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ELOOP') throw new EditorError('bad-path', `${input} is a symlink that leads to itself.`);
      if (code === 'EACCES' || code === 'EPERM')
        throw new EditorError('io', `${input} can't be reached: no permission.`);
      if (code === 'ENAMETOOLONG') throw new EditorError('bad-path', 'The path is too long.');
      if (lexists(current)) throw new EditorError('bad-path', `${input} is a symlink to something that is not there.`);
    }
    const parent = dirname(current);
    if (parent === current) throw new EditorError('missing', `${input} is not there.`);
    missing.unshift(basename(current));
    current = parent;
  }
}

function existsAnywhere(path: string, folders: Folder[]): boolean {
  return folders.some((folder) => lexists(resolve(folder.path, path)));
}

function lexists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A part of the path that is a file, or may not be entered: nothing is there for us.
    return false;
  }
}

/** The `code` of a Node error, e.g. `ENOENT`; '' where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
