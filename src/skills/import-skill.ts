// Copies a skill that was read elsewhere into a folder of skills: whole or not at all, never over another, nothing of it is run.
import { join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { SkillSaveError } from './save-skill.ts';
import { writeSkillFolder } from './skill-files.ts';
import { leavesFolder } from './skill-name.ts';
import { readSkillText } from './validate.ts';

/** `files`: its other files as text, by their path in the skill's folder, with `/`. */
export interface SkillCopy {
  name: string;
  /** Of its SKILL.md. */
  text: string;
  files: Readonly<Record<string, string>>;
}

const MAX_FILES = 500;
const MAX_BYTES = 5 * 1024 * 1024;

/** An agent's own skills, where Letta Code looks for them as well. `agentId` is one segment of a path. */
export function agentSkillsFolder(home: string, agentId: string): { base: string; parts: string[] } {
  if (!/^[\w-]+$/.test(agentId)) throw new Error(`${JSON.stringify(agentId)} is no id of an agent.`);
  return { base: join(home, '.letta'), parts: ['agents', agentId, 'memory', 'skills'] };
}

/** Why the skill cannot be copied; none: it can. */
export function problemsOfCopy({ name, text, files }: SkillCopy): string[] {
  const { problems } = readSkillText(text, name);
  const paths = Object.keys(files);
  const bytes = [text, ...Object.values(files)].reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  const outside = paths.find(leavesFolder);
  return [
    ...problems,
    ...(outside === undefined ? [] : [t('The path {0} would leave its folder.', JSON.stringify(outside))]),
    ...(paths.some((path) => path.toLowerCase() === 'skill.md') ? [t('It has more than one SKILL.md.')] : []),
    ...(paths.length >= MAX_FILES ? [t('It has {0} files or more.', MAX_FILES)] : []),
    ...(bytes > MAX_BYTES ? [t('It is larger than {0} MB.', MAX_BYTES / 1024 / 1024)] : []),
  ];
}

/**
 * Copies the skill to `NAME/` in the folder of skills, which is made below `base`. Its files are not executable.
 * @returns the new folder
 * @throws SkillSaveError `invalid`, `exists`, `outside`, `unwritable`: nothing is there then
 */
export async function importSkill(base: string, parts: readonly string[], skill: SkillCopy): Promise<string> {
  const problems = problemsOfCopy(skill);
  if (problems.length > 0) throw new SkillSaveError('invalid', problems.join(' '));
  return writeSkillFolder(base, parts, skill.name, filesOf(skill));
}

/** Copies them one by one, as `importSkill` does. @returns folders of those that were, and why the others were not */
export async function importSkills(
  base: string,
  skills: readonly SkillCopy[],
): Promise<{ folders: string[]; problems: string[] }> {
  const folders: string[] = [];
  const problems: string[] = [];
  for (const skill of skills) {
    try {
      folders.push(await importSkill(base, [], skill));
    } catch (error) {
      if (!(error instanceof SkillSaveError)) throw error;
      problems.push(error.message);
    }
  }
  return { folders, problems };
}

/** All its files. */
export const filesOf = ({ text, files }: SkillCopy): Map<string, Uint8Array> =>
  new Map(Object.entries({ ...files, 'SKILL.md': text }).map(([path, content]) => [path, Buffer.from(content)]));
