// Skills as a person has them in a project, for cases that need one.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from './workbench.ts';

/** A SKILL.md. */
export const skillText = (name: string, description: string, body = '# Do it\n\n1. Do the thing.\n'): string =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}`;

/** Puts a skill into the window's project. @returns its folder */
export async function putSkill({ folder }: Workbench, name: string, content: string): Promise<string> {
  const at = join(folder, '.agents', 'skills', name);
  await mkdir(at, { recursive: true });
  await writeFile(join(at, 'SKILL.md'), content);
  return at;
}
