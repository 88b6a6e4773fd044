// What the model sees of skills: the list that goes with each message, and the text when it loads one.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { type Skill, usableSkills } from './find-skills.ts';
import { readSkillFolder } from './read-folder.ts';
import { MAX_SKILL_BYTES } from './validate.ts';

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

/** As it is sent; what a server makes of it is shorter. */
function costOf(list: readonly ClientSkill[]): number {
  return estimateTokenCount(JSON.stringify(list));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/** When skills were used last, by their ids (`SkillView.id`): ISO 8601. */
export type LastUsed = ReadonlyMap<string, { readonly lastUsed: string | null }>;

/** Those used last come first, the rest by precedence. */
function byWorth(skills: readonly Skill[], usage: LastUsed): Skill[] {
  const last = ({ view }: Skill) => usage.get(view.id)?.lastUsed ?? '';
  return skills.toSorted((a, b) => (last(a) < last(b) ? 1 : last(a) > last(b) ? -1 : 0));
}

/** Tells of those that are not listed. No skill can have such a name. */
function moreEntry(first: ClientSkill | undefined, count: number): ClientSkill {
  const folder = first ? dirname(dirname(first.location)) : '';
  const description = `${count} more ${count === 1 ? 'is' : 'are'} not listed: Skill with "query" finds them by what they do.`;
  return { name: '…', description, location: join(folder, '…') };
}

/**
 * The list for `client_skills`, at most `MAX_LIST_TOKENS`: first descriptions are cut, then skills are left out, whose
 * names come back in `omitted`; the last entry says so. Those that were used last stay, then those of most precedence. The
 * order is that of precedence, so that the prompt stays the same while the same skills are in it.
 */
export function clientSkills(
  skills: readonly Skill[],
  usage: LastUsed = new Map(),
): { list: ClientSkill[]; omitted: string[] } {
  const offered = usableSkills(skills).filter((skill) => skill.forModel);
  const listOf = (some: readonly Skill[], length: number): ClientSkill[] =>
    some.map(({ name, description, file, view }) => ({
      ...{ name, description: cut(description, length), location: file },
      ...(view.scope === 'bundled' ? { shipped: true as const } : {}),
    }));
  for (const length of DESCRIPTION_STEPS) {
    const list = listOf(offered, length);
    if (costOf(list) <= MAX_LIST_TOKENS) return { list, omitted: [] };
  }
  const worth = byWorth(offered, usage);
  const withMore = (count: number): ClientSkill[] => {
    const kept = new Set(worth.slice(0, count));
    const list = listOf(
      offered.filter((skill) => kept.has(skill)),
      DESCRIPTION_STEPS.at(-1) ?? 60,
    );
    return [...list, moreEntry(list[0], offered.length - count)];
  };
  // Each entry costs something: the largest count that fits lies where halving leads.
  let fits = 0;
  for (let low = 1, high = offered.length - 1; low <= high; ) {
    const middle = (low + high) >> 1;
    if (costOf(withMore(middle)) <= MAX_LIST_TOKENS) {
      fits = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  const listed = new Set(worth.slice(0, fits));
  return {
    list: withMore(fits),
    omitted: offered.filter((skill) => !listed.has(skill)).map((skill) => skill.name),
  };
}

/** What the model may find by a search: also those that its list has no room for. */
export function searchableSkills(skills: readonly Skill[]): Skill[] {
  return usableSkills(skills).filter((skill) => skill.forModel);
}

export type SkillLoadReason = 'unknown' | 'switched_off' | 'invalid' | 'not_for_model' | 'not_for_person' | 'no_file';

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
  const { list, omitted } = clientSkills(skills);
  const names = list.slice(0, omitted.length > 0 ? -1 : undefined).map((skill) => skill.name);
  const more = omitted.length > 0 ? ` and ${omitted.length} more, which "query" finds` : '';
  const others = names.length > 0 ? `There are: ${names.join(', ')}${more}.` : 'There are no skills here.';
  if (known === undefined) return new SkillLoadError('unknown', `There is no skill "${name}". ${others}`);
  if (!known.view.enabled) return new SkillLoadError('switched_off', `The person switched the skill "${name}" off.`);
  return new SkillLoadError('invalid', `The skill "${name}" can't be used: ${known.problems.join(' ')}`);
}

/** What the model reads when it loads a skill with that body and those files. */
export function textForModel(skill: Skill, body: string, files: readonly string[]): string {
  const others = files.filter((file) => file !== basename(skill.file));
  const text = body.replace(/<SKILL_DIR>|\$\{CLAUDE_SKILL_DIR\}/g, () => skill.folder).trim();
  const header = [
    `Skill: ${skill.name}`,
    `Skill directory: ${skill.folder}`,
    ...(others.length > 0
      ? [
          `Other files in it (when one is asked for, call Skill with the name ${skill.name}/FILE):`,
          ...others.map((f) => `- ${f}`),
        ]
      : []),
  ];
  return `${header.join('\n')}\n\n${text}\n`;
}

/** @throws SkillLoadError */
function usable(skills: readonly Skill[], name: string, caller: 'model' | 'person'): Skill {
  const wanted = name.trim().replace(/^\//, '');
  const skill = usableSkills(skills).find((candidate) => candidate.name === wanted);
  if (skill === undefined) throw refuse(skills, wanted);
  if (caller === 'model' && !skill.forModel) {
    throw new SkillLoadError('not_for_model', `The skill "${wanted}" is run by the person only: ask them to run it.`);
  }
  if (caller === 'person' && !skill.forUser) {
    throw new SkillLoadError(
      'not_for_person',
      `The skill "${wanted}" is for the agent only: ask it for what you want.`,
    );
  }
  return skill;
}

async function readNow({ name, folder }: Skill) {
  const now = await readSkillFolder(folder);
  if (now.problems.length === 0) return now;
  throw new SkillLoadError('invalid', `The skill "${name}" can't be used: ${now.problems.join(' ')}`);
}

/**
 * The text of a skill as it is on disk now, with its folder put in for `<SKILL_DIR>` and `${CLAUDE_SKILL_DIR}` and the
 * names of its other files.
 * @param caller who asks: some skills are for the person alone
 * @throws SkillLoadError
 */
export async function loadSkill(skills: readonly Skill[], name: string, caller: 'model' | 'person'): Promise<string> {
  const skill = usable(skills, name, caller);
  const now = await readNow(skill);
  return textForModel(skill, now.body, now.files);
}

/**
 * One of a skill's other files, for the model. Only what its folder lists is read: no link leads out of it.
 * @returns the text, and the file's absolute path
 * @throws SkillLoadError
 */
export async function readSkillFile(
  skills: readonly Skill[],
  name: string,
  file: string,
): Promise<{ path: string; text: string }> {
  const skill = usable(skills, name, 'model');
  const { files } = await readNow(skill);
  const wanted = file.replaceAll('\\', '/').replace(/^\.\//, '');
  if (!files.includes(wanted)) {
    const names = files.slice(0, 50).join(', ');
    throw new SkillLoadError(
      'no_file',
      `The skill "${skill.name}" has no file ${JSON.stringify(file)}. It has: ${names}.`,
    );
  }
  const path = join(skill.folder, wanted);
  const bytes = await readFile(path);
  const unreadable = (why: string) =>
    new SkillLoadError('no_file', `${wanted} of the skill "${skill.name}" ${why}: use Read or Bash with ${path}.`);
  if (bytes.byteLength > MAX_SKILL_BYTES) throw unreadable('is too large to be read whole');
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw unreadable('is no UTF-8 text');
  }
}
