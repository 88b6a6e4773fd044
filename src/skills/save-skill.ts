// Writes a skill's SKILL.md into a folder of skills, whole or not at all, and never over another without being told.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { isInside, skillFileIn } from './read-folder.ts';
import { readSkillText } from './validate.ts';

export type SkillSaveReason = 'invalid' | 'secret' | 'exists' | 'outside' | 'unwritable' | 'changed';

export class SkillSaveError extends Error {
  override name = 'SkillSaveError';
  readonly reason: SkillSaveReason;

  constructor(reason: SkillSaveReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface SavedSkill {
  name: string;
  folder: string;
  file: string;
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** File systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

export async function writeDurably(path: string, text: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Says where it is, and not what. */
export function secretMessage(text: string, masked: string, file?: string): string {
  const there = masked.split('\n');
  const line = text.split('\n').findIndex((each, index) => each !== there[index]) + 1;
  const shared = t('Models read skills, and they are shared with the project.');
  return file === undefined
    ? t('Line {0} of the skill holds what looks like a secret. {1}', String(line), shared)
    : t('Line {0} of {1} holds what looks like a secret. {2}', String(line), file, shared);
}

/** Puts a finished file in its place; fails with EEXIST when one is there. */
async function placeNew(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
    await unlink(temporary);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
    const isThere = await stat(file).then(
      () => true,
      () => false,
    );
    if (isThere) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    await rename(temporary, file);
  }
}

/**
 * Makes the folders below `base`, which is there. @returns the real path of the last one
 * @throws SkillSaveError `outside`; Error of the file system
 */
export async function makeInside(base: string, parts: readonly string[]): Promise<string> {
  const realBase = await realpath(base);
  let folder = realBase;
  // Step by step: a link half way must be seen before anything is made behind it.
  for (const part of parts) {
    await mkdir(join(folder, part)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    folder = await realpath(join(folder, part));
    if (isInside(folder, realBase)) continue;
    const link = join(base, ...parts);
    throw new SkillSaveError(
      'outside',
      t('{0} is a link that leads out of {1}. Remove the link, then save again.', link, base),
    );
  }
  return folder;
}

export interface SkillSaveOptions {
  /** The text with its secrets replaced. */
  maskSecrets(text: string): string;
  overwrite?: boolean;
  /** The folder of skills, below `base`. */
  parts?: readonly string[];
}

/** Where skills are written, below the workspace's folder or the home folder. */
export const SKILLS_FOLDER = ['.agents', 'skills'] as const;

/**
 * Saves the text under its own name.
 * @param base the workspace's folder, or the home folder for a skill of the computer
 * @throws SkillSaveError `invalid` (the text has problems), `secret` (it holds one: nothing is written), `exists` (pass `overwrite` after asking), `outside` (the
 * skills folder is a link that leaves `base`), `unwritable`
 */
export async function saveSkill(
  base: string,
  text: string,
  { maskSecrets, overwrite = false, parts = SKILLS_FOLDER }: SkillSaveOptions,
): Promise<SavedSkill> {
  if (maskSecrets(text) !== text) throw new SkillSaveError('secret', secretMessage(text, maskSecrets(text)));
  const skill = readSkillText(text);
  if (skill.problems.length > 0) throw new SkillSaveError('invalid', skill.problems.join(' '));
  const { name } = skill;
  const folder = join(base, ...parts, name);
  const exists = () =>
    new SkillSaveError(
      'exists',
      t('There is a skill "{0}" already. Change the name in the first lines, or replace it.', name),
    );
  let temporary: string | undefined;
  try {
    const realFolder = await makeInside(base, [...parts, name]);
    const present = skillFileIn(await readdir(realFolder, { withFileTypes: true }));
    if (present !== undefined && !overwrite) throw exists();
    temporary = join(realFolder, `.SKILL.md.${randomUUID()}.tmp`);
    await writeDurably(temporary, text.endsWith('\n') ? text : `${text}\n`);
    const fileName = present ?? 'SKILL.md';
    if (overwrite) await rename(temporary, join(realFolder, fileName));
    else await placeNew(temporary, join(realFolder, fileName));
    return { name, folder, file: join(folder, fileName) };
  } catch (error) {
    if (temporary !== undefined) await unlink(temporary).catch(() => {});
    if (error instanceof SkillSaveError) throw error;
    if (codeOf(error) === 'EEXIST') throw exists();
    const why = error instanceof Error ? error.message : String(error);
    throw new SkillSaveError('unwritable', t('The skill could not be written to {0}: {1}', folder, why));
  }
}
