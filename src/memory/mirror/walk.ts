// The files of a folder that is not trusted: plain ones, in bounds, and why each other was left out.
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { ARCHIVE_PATH } from './export.ts';
import { isTemporary, MOST_BYTES } from './files.ts';
import { isMainFile, SKILLS_PATH, skillPartsOf } from './paths.ts';

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

/**
 * Paths of the files of skills in a mirror, sorted, SKILL.md first.
 * @param tidy removes what a kill left of writes: only while no other mirror works in the folder
 */
export async function skillPathsIn(root: string, skipped: Skipped[], tidy = false): Promise<string[]> {
  const folder = join(root, SKILLS_PATH);
  const found = await lstat(join(root, 'skills')).catch(() => null);
  if (!found?.isDirectory()) return [];
  const paths: string[] = [];
  for (const path of await walk(folder, skipped)) {
    const name = basename(path);
    if (tidy && isTemporary(name)) await rm(join(folder, path), { force: true });
    // Of editors and systems, and what lies beside the skills' folders.
    if (!name.startsWith('.') && !name.endsWith('~') && path.includes('/')) paths.push(SKILLS_PATH + path);
  }
  return paths.toSorted(mainFirst);
}

/** Sorts paths of files of skills: a skill is made of its SKILL.md. */
export function mainFirst(a: string, b: string): number {
  const rank = (path: string): string => {
    const { name = '', file = '' } = skillPartsOf(path) ?? {};
    return `${name}\0${isMainFile(file) ? '' : file}`;
  };
  return rank(a) < rank(b) ? -1 : 1;
}

/** Paths of plain files below the folder, with forward slashes; nothing outside it, nothing through a link. */
export async function walk(root: string, skipped: Skipped[]): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const refuse = (reason: SkipReason, why: string): void => {
        skipped.push({ path, reason, message: t('{0} was skipped: {1}.', path, why) });
      };
      if (entry.name === '.git' || entry.name === '.letta') continue;
      if (entry.isSymbolicLink()) refuse('link', t('it is a link, which may lead anywhere'));
      else if (entry.isDirectory()) {
        if (path.split('/').length > MOST_DEPTH) refuse('too_deep', t('it lies deeper than {0} folders', MOST_DEPTH));
        else folders.push(path);
      } else if (!entry.isFile()) refuse('not_memory', t('it is no file'));
      else if (found.length >= MOST_FILES) {
        refuse('too_many', t('there are more than {0} files', MOST_FILES));
        return found;
      } else {
        const { size } = await lstat(join(root, path));
        const most = path === ARCHIVE_PATH ? MOST_ARCHIVE : MOST_BYTES;
        if (size > most) refuse('too_large', t('it has {0} bytes, and at most {1} are read', size, most));
        else found.push(path);
      }
    }
  }
  return found;
}
