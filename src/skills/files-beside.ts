// The files beside a SKILL.md: which names they may have, and how they are written into the skill's folder.
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { makeInside, writeDurably } from './save-skill.ts';

export interface SkillFile {
  /** Relative to the skill's folder, with `/`: below `templates/`, `scripts/` or `examples/`. */
  path: string;
  text: string;
}

const FOLDERS = ['templates', 'scripts', 'examples'];
const MOST_DEPTH = 4;
/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Why a path may not be written; undefined: it may. Nothing that passes leads out of the skill's folder by its name. */
export function pathProblem(path: string): string | undefined {
  const parts = path.split('/');
  const [top = ''] = parts;
  if (!FOLDERS.includes(top) || parts.length < 2) return t('files lie below templates/, scripts/ or examples/');
  if (parts.length > MOST_DEPTH) return t('it lies too deep');
  const isPlain = (part: string): boolean =>
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(part) && !part.endsWith('.') && !DEVICE.test(part);
  return parts.every(isPlain) ? undefined : t('names hold only letters, digits, dots, hyphens and underscores');
}

/**
 * Writes them into the folder of a skill, each whole or not at all; a link of that name is replaced, never followed.
 * @throws SkillSaveError `outside` where a folder on the way is a link out of it; Error saying which file was not written and why
 */
export async function writeFilesBeside(folder: string, files: readonly SkillFile[]): Promise<void> {
  for (const { path, text } of files) {
    const problem = pathProblem(path);
    if (problem) throw new Error(t('{0} was not written: {1}.', path, problem));
    const file = join(await makeInside(folder, dirname(path).split('/')), path.split('/').at(-1) ?? '');
    const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
    try {
      await writeDurably(temporary, text);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
