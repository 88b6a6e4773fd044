// The files of a folder that is not trusted: plain ones, in bounds, and why each other was left out.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHIVE_PATH } from './export.ts';
import { MOST_BYTES } from './files.ts';

export type SkipReason =
  | 'link'
  | 'too_large'
  | 'too_deep'
  | 'too_many'
  | 'frontmatter'
  | 'masked'
  | 'not_memory'
  | 'damaged'
  | 'changed_since';

export interface Skipped {
  path: string;
  reason: SkipReason;
  message: string;
}

const MOST_FILES = 5_000;
const MOST_DEPTH = 8;
const MOST_ARCHIVE = 1024 * 1024 * 1024;

/** Paths of plain files below the folder, with forward slashes; nothing outside it, nothing through a link. */
export async function walk(root: string, skipped: Skipped[]): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const refuse = (reason: SkipReason, why: string): void => {
        skipped.push({ path, reason, message: `${path} was skipped: ${why}.` });
      };
      if (entry.name === '.git' || entry.name === '.letta') continue;
      if (entry.isSymbolicLink()) refuse('link', 'it is a link, which may lead anywhere');
      else if (entry.isDirectory()) {
        if (path.split('/').length > MOST_DEPTH) refuse('too_deep', `it lies deeper than ${MOST_DEPTH} folders`);
        else folders.push(path);
      } else if (!entry.isFile()) refuse('not_memory', 'it is no file');
      else if (found.length >= MOST_FILES) {
        refuse('too_many', `there are more than ${MOST_FILES} files`);
        return found;
      } else {
        const { size } = await lstat(join(root, path));
        const most = path === ARCHIVE_PATH ? MOST_ARCHIVE : MOST_BYTES;
        if (size > most) refuse('too_large', `it has ${size} bytes, and at most ${most} are read`);
        else found.push(path);
      }
    }
  }
  return found;
}
