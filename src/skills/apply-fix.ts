// Writes a mended SKILL.md in one step, and gives its folder the name it should have.
import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import type { SkillFix } from './fix-skill.ts';
import { SkillSaveError, writeDurably } from './save-skill.ts';

/**
 * @param before the text that the fix was made of
 * @returns the file
 * @throws SkillSaveError `changed` when it holds something else by now, `exists` when the folder's new name is taken: nothing is written then
 */
export async function applyFix(file: string, before: string, fix: SkillFix): Promise<string> {
  const folder = dirname(file);
  const target = join(dirname(folder), fix.folder);
  const taken = target !== folder && (await sameFolder(target, folder)) === false;
  if (taken)
    throw new SkillSaveError('exists', t('There is a folder {0} already. Rename one of them first.', fix.folder));
  if ((await readFile(file, 'utf8')) !== before)
    throw new SkillSaveError('changed', t('The skill changed since the fix was shown. Choose “Fix…” again.'));
  if (fix.text !== before) {
    const temporary = join(folder, `.SKILL.md.${randomUUID()}.tmp`);
    try {
      await writeDurably(temporary, fix.text);
      await rename(temporary, file);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }
  if (target !== folder) await rename(folder, target);
  return join(target, basename(file));
}

/** Undefined: there is none. Names that differ in case only are one folder on some systems. */
async function sameFolder(a: string, b: string): Promise<boolean | undefined> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one && one.ino === other?.ino && one.dev === other.dev;
}
