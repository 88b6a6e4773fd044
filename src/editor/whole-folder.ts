// A folder with too much in it to name each entry: one line stands for all of it, so that it is shown, compared and settled as one.
import { createHash, type Hash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EditorError } from './editor.ts';

export interface WholeFolder {
  /** The same as long as nothing in it changes, also where it was moved or copied with its dates. */
  text: string;
  /** Absolute paths of everything below, parents before what they hold. Links are not followed. */
  paths: string[];
  /** Of its files. */
  bytes: number;
}

/** So many can still be judged one by one while a person waits. */
const MOST_ENTRIES = 50_000;
/** The disk is asked of so many at once. */
const AT_ONCE = 64;

/**
 * @param name how the folder is called in errors
 * @throws EditorError `too-large`, `io`
 */
export async function wholeFolder(folder: string, name: string): Promise<WholeFolder> {
  const hash = createHash('sha256');
  const paths: string[] = [];
  let bytes = 0;
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const names = (await listed(join(folder, at), name)).map((entry) => (at === '' ? entry : join(at, entry)));
    if (paths.length + names.length > MOST_ENTRIES) {
      const most = MOST_ENTRIES.toLocaleString('en');
      throw new EditorError('too-large', `${name} holds more than ${most} files. Take its parts one by one.`);
    }
    for (let first = 0; first < names.length; first += AT_ONCE) {
      const some = names.slice(first, first + AT_ONCE);
      const seen = await Promise.all(some.map((path) => look(join(folder, path), name)));
      for (const [index, { kind, size, told }] of seen.entries()) {
        const path = some[index] ?? '';
        paths.push(join(folder, path));
        bytes += size;
        note(hash, path, told);
        if (kind === 'folder') waiting.push(path);
      }
    }
  }
  return { text: lineOf(paths.length, bytes, hash), paths, bytes };
}

async function listed(folder: string, name: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new EditorError('io', `${name} can't be listed: ${error.message}`);
  });
  return names.sort();
}

/** `told`: what must stay the same about it. A folder's own dates change with what is in it. */
async function look(path: string, name: string): Promise<{ kind: 'folder' | 'other'; size: number; told: string }> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return { kind: 'folder', size: 0, told: 'folder' };
    if (stats.isSymbolicLink()) return { kind: 'other', size: 0, told: `link ${await readlink(path)}` };
    // Whole milliseconds: a copy keeps no more of a date.
    const told = `${stats.isFile() ? 'file' : 'special'} ${stats.size} ${Math.round(stats.mtimeMs)}`;
    return { kind: 'other', size: stats.size, told };
  } catch (error) {
    throw new EditorError('io', `${name} changed or can't be read: ${String(error)}`);
  }
}

function note(hash: Hash, path: string, told: string): void {
  hash.update(`${path}\0${told}\0`);
}

function lineOf(entries: number, bytes: number, hash: Hash): string {
  const megabytes = (bytes / 1024 / 1024).toLocaleString('en', { maximumFractionDigits: 1 });
  const count = entries.toLocaleString('en');
  return `Folder with ${count} files and folders, ${megabytes} MB (${hash.digest('hex').slice(0, 32)})`;
}
