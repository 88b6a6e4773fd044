// A deleted skill lies beside the others for as long as it can be brought back. What a reload leaves behind is found here.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_DEPTH, MAX_VISITS } from './find-skills.ts';
import { skillFileIn } from './read-folder.ts';

const NAME = /^\.(.+)\.deleted-(\d{13})$/;

/** Where a skill lies once it is deleted. @param at milliseconds since the epoch */
export const deletedFolder = (folder: string, at: number): string =>
  join(dirname(folder), `.${basename(folder)}.deleted-${at}`);

/**
 * Skills below some folders that were deleted before a time, and are still there. Never rejects.
 * @param before milliseconds since the epoch
 */
export async function findDeleted(roots: readonly string[], before: number): Promise<{ name: string; path: string }[]> {
  const found: { name: string; path: string }[] = [];
  let visits = 0;
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (visits++ >= MAX_VISITS) return;
    for (const entry of await entriesOf(folder)) {
      if (!entry.isDirectory()) continue;
      const path = join(folder, entry.name);
      const [, name, at = ''] = NAME.exec(entry.name) ?? [];
      if (name !== undefined && Number(at) < before && skillFileIn(await entriesOf(path))) found.push({ name, path });
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules' && depth + 1 < MAX_DEPTH)
        await visit(path, depth + 1);
    }
  };
  for (const root of roots) {
    visits = 0;
    await visit(root, 0);
  }
  return found;
}

const entriesOf = (folder: string) => readdir(folder, { withFileTypes: true }).catch(() => []);
