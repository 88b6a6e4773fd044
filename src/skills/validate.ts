// What makes a SKILL.md a skill; every problem says how to mend it.

import { t } from '../protocol/l10n.ts';
import { parseFrontmatter } from './frontmatter.ts';
import { isSkillName, MAX_NAME } from './skill-name.ts';

/** Characters. */
export const MAX_DESCRIPTION = 1024;
const MAX_COMPATIBILITY = 500;
/** All of it goes into the model's context when the skill is used: 64 KB are about 16,000 tokens. */
export const MAX_SKILL_BYTES = 64 * 1024;

export interface SkillText {
  /** As the frontmatter has it, valid or not; '' when it has none. */
  name: string;
  /** On one line, with what other tools put into `when_to_use`. */
  description: string;
  body: string;
  /** The model is offered it (`disable-model-invocation` is not set). */
  forModel: boolean;
  /** The person may call it as a slash command (`user-invocable` is not false). */
  forUser: boolean;
  problems: string[];
  /** Those of the problems that do not matter where the folder gives the name; other tools drop the skill. */
  hints: string[];
}

/** `true` and `"True"`. */
const says = (value: unknown, wanted: boolean): boolean =>
  value === wanted || (typeof value === 'string' && value.trim().toLowerCase() === String(wanted));

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function nameProblems(value: unknown, folder: string | undefined): string[] {
  const name = asText(value);
  if (name === undefined || name === '') {
    return [t('The frontmatter has no name: add a line "name: {0}".', folder ?? 'the-name-of-its-folder')];
  }
  const problems: string[] = [];
  if (name.length > MAX_NAME)
    problems.push(t('The name has {0} characters; at most {1} are allowed.', name.length, MAX_NAME));
  if (!/^[a-z0-9-]+$/.test(name)) {
    problems.push(t('The name "{0}" may hold only a-z, 0-9 and hyphens.', name.slice(0, 80)));
  } else if (/^-|-$|--/.test(name)) {
    problems.push(t('The name "{0}" may not begin or end with a hyphen, nor have two in a row.', name));
  }
  if (folder !== undefined && name !== folder) {
    problems.push(
      t(
        'The name "{0}" is not that of its folder, "{1}": rename one of them, or other tools drop the skill silently.',
        name.slice(0, 80),
        folder,
      ),
    );
  }
  return problems;
}

function descriptionProblems(value: unknown): string[] {
  const description = asText(value)?.trim();
  if (description === undefined || description === '') {
    return [t('The frontmatter has no description: say in a sentence what the skill does and when to use it.')];
  }
  if (description.length <= MAX_DESCRIPTION) return [];
  return [t('The description has {0} characters; at most {1} are allowed.', description.length, MAX_DESCRIPTION)];
}

function compatibilityProblems(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const text = asText(value);
  if (text === undefined) return [t('The compatibility is no text: write it on one line.')];
  if (text.length <= MAX_COMPATIBILITY) return [];
  return [t('The compatibility has {0} characters; at most {1} are allowed.', text.length, MAX_COMPATIBILITY)];
}

/**
 * Reads and judges the text of a SKILL.md. Never throws.
 * @param folder the name of its folder, where it has one already
 */
export function readSkillText(text: string, folder?: string): SkillText {
  const { data, body, problems } = parseFrontmatter(text);
  const all = [...problems];
  const hints: string[] = [];
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SKILL_BYTES) all.push(tooLarge(bytes));
  // Without a frontmatter these would only repeat that there is none.
  if (problems.length === 0) {
    const ofName = nameProblems(data.name, folder);
    if (folder !== undefined && isSkillName(folder)) hints.push(...ofName);
    all.push(...ofName, ...descriptionProblems(data.description));
    all.push(...compatibilityProblems(data.compatibility));
    if (body.trim() === '') all.push(t('There is nothing below the frontmatter: write what to do, step by step.'));
  }
  return {
    name: asText(data.name) ?? '',
    description: [data.description, data.when_to_use]
      .map((part) => (asText(part) ?? '').replace(/\s+/g, ' ').trim())
      .filter(Boolean)
      .join(' '),
    body,
    forModel: !says(data['disable-model-invocation'], true),
    forUser: !says(data['user-invocable'], false),
    problems: all,
    hints,
  };
}

export function tooLarge(bytes: number): string {
  const kb = Math.ceil(bytes / 1024);
  return t(
    'SKILL.md has {0} KB; at most {1} are allowed. Move parts of it into other files of the folder and name them.',
    kb,
    MAX_SKILL_BYTES / 1024,
  );
}

/** Judges a draft that has no folder yet. `name` is there only when it is valid. */
export function validateDraft(text: string): { name?: string; problems: string[] } {
  const skill = readSkillText(text);
  const isNameValid = nameProblems(skill.name, undefined).length === 0;
  return { ...(isNameValid ? { name: skill.name } : {}), problems: skill.problems };
}
