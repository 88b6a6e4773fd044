// Everything in a folder, up to a bound: what moves or goes with it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EditorError } from './editor.ts';

/** So many entries a plan can name and a person can look through; what holds more is taken as one (`whole-folder.ts`). */
const MOST_ENTRIES = 500;
/** All of it together, in bytes: a plan holds the texts. */
const MOST_BYTES = 50 * 1024 * 1024;
const AGAIN = 'Nothing was changed; call it again, and it is taken as one.';

/**
 * Absolute paths of all files, links and folders below, parents before what they hold. Links are not followed.
 * @param name how the folder is called in errors
 * @throws EditorError `too-large`, `io`
 */
export async function listTree(folder: string, name: string): Promise<string[]> {
  const paths: string[] = [];
  const waiting = [folder];
  let bytes = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch((error: Error) => {
      throw new EditorError('io', `${name} can't be listed: ${error.message}`);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, entry.name);
      paths.push(path);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) bytes += await stat(path).then(({ size }) => size);
    }
    if (paths.length > MOST_ENTRIES) {
      throw new EditorError('too-large', `${name} holds more than ${MOST_ENTRIES} files by now. ${AGAIN}`);
    }
    if (bytes > MOST_BYTES) {
      throw new EditorError('too-large', `${name} holds more than ${MOST_BYTES / 1024 / 1024} MB by now. ${AGAIN}`);
    }
  }
  return paths;
}
