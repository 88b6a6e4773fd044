// Copies a skill that was read elsewhere into a folder of skills: whole or not at all, never over another, nothing of it is run.
import { join } from 'node:path';
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
    ...(outside === undefined ? [] : [`The path ${JSON.stringify(outside)} would leave its folder.`]),
    ...(paths.some((path) => path.toLowerCase() === 'skill.md') ? ['It has more than one SKILL.md.'] : []),
    ...(paths.length >= MAX_FILES ? [`It has ${MAX_FILES} files or more.`] : []),
    ...(bytes > MAX_BYTES ? [`It is larger than ${MAX_BYTES / 1024 / 1024} MB.`] : []),
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

/** Copies skills one by one. @returns folders of those that were copied, and why the others were not. @throws Error of the file system */
export async function importSkills(
  base: string,
  copies: readonly SkillCopy[],
): Promise<{ folders: string[]; problems: string[] }> {
  const folders: string[] = [];
  const problems: string[] = [];
  for (const copy of copies) {
    try {
      folders.push(await importSkill(base, [], copy));
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
