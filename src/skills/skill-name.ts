// What a skill and its files may be called, and how a name is made of other words.

import { t } from '../protocol/l10n.ts';
import { SLASH_COMMANDS } from '../protocol/slash-commands.ts';

/** Characters. */
export const MAX_NAME = 64;

/** Lower case, digits and hyphens, none at an end nor two in a row. */
export const isSkillName = (name: string): boolean =>
  name.length <= MAX_NAME && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);

/** What is lost by a name that one of our commands has; undefined: it is free. */
export const commandProblem = (name: string): string | undefined =>
  SLASH_COMMANDS.some((command) => command.name === name)
    ? t(
        '“/{0}” runs the command of that name, so only the agent can use the skill: another name lets you call it too.',
        name,
      )
    : undefined;

/** E.g. `Deploy_To Prod` → `deploy-to-prod`; '' when nothing is left. */
export function toSkillName(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
  return words
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_NAME)
    .replace(/-+$/, '');
}

/** What no file of a skill may be called, on any system: it would lie elsewhere, or mean something to a program. */
export const leavesFolder = (path: string): boolean =>
  /[\\:\0]/.test(path) ||
  path.split('/').some((part) => part === '' || /^\.+$/.test(part) || part.toLowerCase() === '.git');
