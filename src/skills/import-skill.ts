// Copies a skill that was read elsewhere into a folder of skills: whole or not at all, never over another, nothing of it is run.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, makeInside, SkillSaveError, writeDurably } from './save-skill.ts';
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
  const escape = paths.find(leaves);
  return [
    ...problems,
    ...(escape === undefined ? [] : [`The path ${JSON.stringify(escape)} would leave its folder.`]),
    ...(paths.some((path) => path.toLowerCase() === 'skill.md') ? ['It has more than one SKILL.md.'] : []),
    ...(paths.length >= MAX_FILES ? [`It has ${MAX_FILES} files or more.`] : []),
    ...(bytes > MAX_BYTES ? [`It is larger than ${MAX_BYTES / 1024 / 1024} MB.`] : []),
  ];
}

/** What no file of a skill may be called, on any system. */
const leaves = (path: string): boolean =>
  /[\\:\0]/.test(path) || path.split('/').some((part) => part === '' || /^\.+$/.test(part) || part.toLowerCase() === '.git');

/**
 * Copies the skill to `NAME/` in the folder of skills, which is made below `base`. Its files are not executable.
 * @returns the new folder
 * @throws SkillSaveError `invalid`, `exists`, `outside`, `unwritable`: nothing is there then
 */
export async function importSkill(base: string, parts: readonly string[], skill: SkillCopy): Promise<string> {
  const problems = problemsOfCopy(skill);
  if (problems.length > 0) throw new SkillSaveError('invalid', problems.join(' '));
  const { name, text, files } = skill;
  let temporary: string | undefined;
  try {
    await mkdir(base, { recursive: true });
    const folder = await makeInside(base, parts);
    const target = join(folder, name);
    if (await isThere(target)) throw exists(name);
    temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
    await mkdir(temporary);
    for (const [path, content] of [...Object.entries(files), ['SKILL.md', text] as const]) {
      await mkdir(dirname(join(temporary, path)), { recursive: true });
      await writeDurably(join(temporary, path), content);
    }
    await rename(temporary, target);
    return target;
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true }).catch(() => {});
    if (error instanceof SkillSaveError) throw error;
    if (['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(codeOf(error) ?? '') && temporary && (await isThere(join(dirname(temporary), name))))
      throw exists(name);
    const why = error instanceof Error ? error.message : String(error);
    throw new SkillSaveError('unwritable', `The skill “${name}” could not be copied: ${why}`);
  }
}

const exists = (name: string) => new SkillSaveError('exists', `There is a skill “${name}” already.`);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
