// The mirror's files on disk: whole or not at all, and never through a link.
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../../protocol/l10n.ts';

/** Larger files are no memory, in bytes. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** Of a write that is under way, or that a kill broke off. */
export const isTemporary = (name: string): boolean => /^\.letta-[0-9a-f]{8}\.tmp$/.test(name);

export type FileState = { kind: 'none' } | { kind: 'file'; bytes: Uint8Array } | { kind: 'refused'; why: string };

/** What lies at a path inside the folder. */
export async function look(root: string, path: string): Promise<FileState> {
  const full = join(root, path);
  try {
    for (const folder of foldersOf(path)) {
      const isOwn = (await lstat(join(root, folder))).isDirectory();
      if (!isOwn) return { kind: 'refused', why: t('{0} is a link or no folder; links are not followed', folder) };
    }
    const found = await lstat(full);
    if (found.isSymbolicLink()) return { kind: 'refused', why: t('it is a link; links are not followed') };
    if (!found.isFile()) return { kind: 'refused', why: t('it is no file') };
    if (found.size > MOST_BYTES) return { kind: 'refused', why: t('it is larger than 4 MB') };
    return { kind: 'file', bytes: await readFile(full) };
  } catch (error) {
    if (isMissing(error)) return { kind: 'none' };
    return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The Markdown files directly in the folder, whatever they are. */
export async function markdownIn(root: string): Promise<string[]> {
  const names = await readdir(root);
  return names.filter((name) => name.endsWith('.md') && !name.startsWith('.')).sort();
}

/**
 * Replaces a file in one step. `expected`: what was read; when something else lies there by now, nothing is written.
 * @returns whether it was written.
 */
export async function replace(
  root: string,
  path: string,
  text: string | Uint8Array,
  expected?: FileState,
): Promise<boolean> {
  const full = join(root, path);
  await folderFor(root, path);
  const temporary = join(dirname(full), `.letta-${randomUUID().slice(0, 8)}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (expected && !isSame(await look(root, path), expected)) return false;
    await rename(temporary, full);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes a file that still holds what was read, and the folders that are empty then. @returns whether it is gone. */
export async function removeFile(root: string, path: string, expected: FileState): Promise<boolean> {
  if (!isSame(await look(root, path), expected)) return false;
  await rm(join(root, path), { force: true });
  for (const folder of foldersOf(path).reverse()) await rmdir(join(root, folder)).catch(() => {});
  return true;
}

/** Removes what a kill left of writes that never came to be. Only while no other mirror works in the folder. */
export async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (isTemporary(name)) await rm(join(folder, name), { force: true });
  }
}

export function isSame(a: FileState, b: FileState): boolean {
  if (a.kind === 'file' && b.kind === 'file') return Buffer.compare(a.bytes, b.bytes) === 0;
  return a.kind === b.kind;
}

/** E.g. `a/b/c` → `a`, `a/b`. */
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join('/'));

/** Makes the folders of a path inside `root`. @throws Error when one of them is a link. */
async function folderFor(root: string, path: string): Promise<void> {
  for (const part of foldersOf(path)) {
    const folder = join(root, part);
    await mkdir(folder).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
    if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is no folder of its own`);
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
export const isMissing = (error: unknown): boolean => isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');
