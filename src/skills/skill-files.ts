// The files beside a SKILL.md: which names they may have, and how they are written into the skill's folder.
import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isInside } from './read-folder.ts';

/** A file beside SKILL.md. */
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
  if (!FOLDERS.includes(top) || parts.length < 2) return 'files lie below templates/, scripts/ or examples/';
  if (parts.length > MOST_DEPTH) return 'it lies too deep';
  const isPlain = (part: string): boolean =>
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(part) && !part.endsWith('.') && !DEVICE.test(part);
  return parts.every(isPlain) ? undefined : 'names hold only letters, digits, dots, hyphens and underscores';
}

/**
 * Writes them into the folder of a skill, each whole or not at all; a link of that name is replaced, never followed.
 * @throws Error saying which file was not written and why
 */
export async function writeSkillFiles(folder: string, files: readonly SkillFile[]): Promise<void> {
  const root = await realpath(folder);
  for (const { path, text } of files) {
    const problem = pathProblem(path);
    if (problem) throw new Error(`${path} was not written: ${problem}.`);
    // Step by step: a link half way must be seen before anything is made behind it.
    let parent = root;
    for (const part of dirname(path).split('/')) {
      await mkdir(join(parent, part)).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
      parent = await realpath(join(parent, part));
      if (!isInside(parent, root))
        throw new Error(`${path} was not written: ${part} is a link that leaves the skill's folder. Remove it.`);
    }
    const file = join(parent, path.split('/').at(-1) ?? '');
    const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
    try {
      await writeFile(temporary, text, { flag: 'wx' });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
