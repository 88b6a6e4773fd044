// `/<skill>` in the composer: the skill that a message calls, and the part that goes along with the message.
import type { Skill } from './find-skills.ts';
import { loadSkill, SkillLoadError } from './offer-skills.ts';

export interface CalledSkill {
  name: string;
  /** For the model, before the person's own words. */
  part: string;
}

const CALL = /^\/([a-z0-9][a-z0-9-]*)(?:\s+([\s\S]*))?$/;
/** Tags that mean something else in a message. */
const TAKEN = /^(?:system|available|memory|skill$)/;

/** Letta API: an own text part of the user message, in tags of the skill's name. Nothing in it can end it. */
export function skillPart(name: string, text: string): string {
  const plain = /^[a-z]/.test(name) && !TAKEN.test(name);
  const [open, close] = plain ? [`<${name}>`, `</${name}>`] : [`<skill name="${name}">`, '</skill>'];
  return `${open}\n${text.replaceAll(close, close.replace('/', '\\/')).trim()}\n${close}`;
}

/**
 * The skill that a message calls; undefined where there is none of that name: then the message is sent as it is.
 * @throws SkillLoadError for one that cannot be called now
 */
export async function callSkill(skills: readonly Skill[], message: string): Promise<CalledSkill | undefined> {
  const [, name = '', given = ''] = CALL.exec(message.trim()) ?? [];
  if (name === '' || !skills.some((skill) => skill.name === name)) return undefined;
  const text = await loadSkill(skills, name, 'person').catch((error: unknown) => {
    throw error instanceof SkillLoadError
      ? new SkillLoadError(error.reason, `${error.message} Nothing was sent.`)
      : error;
  });
  const said = `The person calls this skill with /${name}: follow it now.`;
  return { name, part: skillPart(name, `${said}\n${text.replaceAll('$ARGUMENTS', () => given.trim())}`) };
}
