// What the model sees of skills: the list that goes with each message, and the text when it loads one.
import { basename } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { type Skill, usableSkills } from './find-skills.ts';
import { readSkillFolder } from './read-folder.ts';

/** An entry of `client_skills`. Letta API: valid for one request only. */
export interface ClientSkill {
  name: string;
  description: string;
  /** Absolute path of SKILL.md. */
  location: string;
  /** It comes with the product: its words are ours. Not sent. */
  shipped?: true;
}

/** What the list may cost in every request. */
export const MAX_LIST_TOKENS = 2_000;
/** How far descriptions are cut, step by step, before a skill is left out. */
const DESCRIPTION_STEPS = [1024, 240, 120, 60];

function costOf(list: readonly ClientSkill[]): number {
  return estimateTokenCount(list.map((s) => `- ${s.name} (${s.location}): ${s.description}`).join('\n'));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/**
 * The list for `client_skills`, at most `MAX_LIST_TOKENS`: first descriptions are cut, then the skills of least
 * precedence are left out, whose names come back in `omitted` so that the person can be told.
 */
export function clientSkills(skills: readonly Skill[]): { list: ClientSkill[]; omitted: string[] } {
  const offered = usableSkills(skills).filter((skill) => skill.forModel);
  const listWith = (length: number, count: number): ClientSkill[] =>
    offered.slice(0, count).map(({ name, description, file, view }) => ({
      ...{ name, description: cut(description, length), location: file },
      ...(view.scope === 'bundled' ? { shipped: true as const } : {}),
    }));
  for (const length of DESCRIPTION_STEPS) {
    const list = listWith(length, offered.length);
    if (costOf(list) <= MAX_LIST_TOKENS) return { list, omitted: [] };
  }
  const shortest = DESCRIPTION_STEPS.at(-1) ?? 60;
  let count = offered.length;
  while (count > 0 && costOf(listWith(shortest, count)) > MAX_LIST_TOKENS) count--;
  return { list: listWith(shortest, count), omitted: offered.slice(count).map((skill) => skill.name) };
}

export type SkillLoadReason = 'unknown' | 'switched_off' | 'invalid' | 'not_for_model';

/** Its message is for the model: it says what it can do instead. */
export class SkillLoadError extends Error {
  override name = 'SkillLoadError';
  readonly reason: SkillLoadReason;

  constructor(reason: SkillLoadReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

function refuse(skills: readonly Skill[], name: string): SkillLoadError {
  const known = skills.find((skill) => skill.name === name);
  const names = clientSkills(skills).list.map((skill) => skill.name);
  const others = names.length > 0 ? `There are: ${names.join(', ')}.` : 'There are no skills here.';
  if (known === undefined) return new SkillLoadError('unknown', `There is no skill "${name}". ${others}`);
  if (!known.view.enabled) return new SkillLoadError('switched_off', `The person switched the skill "${name}" off.`);
  return new SkillLoadError('invalid', `The skill "${name}" can't be used: ${known.problems.join(' ')}`);
}

function forModel(skill: Skill, body: string, files: readonly string[]): string {
  const others = files.filter((file) => file !== basename(skill.file));
  const text = body.replace(/<SKILL_DIR>|\$\{CLAUDE_SKILL_DIR\}/g, () => skill.folder).trim();
  const header = [
    `Skill: ${skill.name}`,
    `Skill directory: ${skill.folder}`,
    ...(others.length > 0
      ? ['Other files in it (read them when the skill asks for them):', ...others.map((f) => `- ${f}`)]
      : []),
  ];
  return `${header.join('\n')}\n\n${text}\n`;
}

/**
 * The text of a skill as it is on disk now, with its folder put in for `<SKILL_DIR>` and `${CLAUDE_SKILL_DIR}` and the
 * names of its other files.
 * @param caller who asks: some skills are for the person alone
 * @throws SkillLoadError
 */
export async function loadSkill(skills: readonly Skill[], name: string, caller: 'model' | 'person'): Promise<string> {
  const wanted = name.trim().replace(/^\//, '');
  const skill = usableSkills(skills).find((candidate) => candidate.name === wanted);
  if (skill === undefined) throw refuse(skills, wanted);
  if (caller === 'model' && !skill.forModel) {
    throw new SkillLoadError('not_for_model', `The skill "${wanted}" is run by the person only: ask them to run it.`);
  }
  const now = await readSkillFolder(skill.folder);
  if (now.problems.length > 0) {
    throw new SkillLoadError('invalid', `The skill "${wanted}" can't be used: ${now.problems.join(' ')}`);
  }
  return forModel(skill, now.body, now.files);
}
