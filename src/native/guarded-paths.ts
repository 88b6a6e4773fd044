// Finds what is protected in a folder and the folders in it, the nearest first. Bounded: a workspace may hold anything.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders that are looked into, and places that are found: each of them is one more mount for every command. */
const MOST_FOLDERS = 10_000;
const MOST_FOUND = 1_000;
const AT_ONCE = 16;
/** Packages bring such files along and are made anew at any time: whoever runs them runs worse. */
const PASSED_BY = 'node_modules';

/**
 * @param isGuarded whether a path is protected by one of its names; gets a name and the one of the folder it lies in
 * @returns absolute paths of files and folders; what lies in such a folder is not named. Folders that cannot be read are left out
 */
export async function guardedPaths(folder: string, isGuarded: (path: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let at = 0; at < Math.min(folders.length, MOST_FOLDERS) && found.length < MOST_FOUND; at += AT_ONCE) {
    const read = folders
      .slice(at, at + AT_ONCE)
      .map(async (inside) => ({ inside, entries: await list(folder, inside) }));
    for (const { inside, entries } of await Promise.all(read)) {
      for (const entry of entries) {
        const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
        if (isGuarded(path.split('/').slice(-2).join('/'))) found.push(join(folder, path));
        else if (entry.isDirectory() && entry.name !== PASSED_BY) folders.push(path);
      }
    }
  }
  return found.slice(0, MOST_FOUND);
}

const list = (folder: string, inside: string) => readdir(join(folder, inside), { withFileTypes: true }).catch(() => []);
