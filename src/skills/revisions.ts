// Revisions of skills that were proposed and not kept: they can be looked at for as long as the skill is as it was then.
import { readFile } from 'node:fs/promises';
import type { SkillView } from '../protocol/skill-views.ts';
import type { Skill } from './find-skills.ts';

export interface Revision {
  /** The skill's id. */
  skill: string;
  /** Its SKILL.md when the revision was proposed. */
  base: string;
  /** The person did not want it; else it waits for them. */
  discarded: boolean;
  /** When it was proposed; milliseconds since 1970. */
  at: number;
}

export type RevisionState = NonNullable<SkillView['revision']>;

/** How files and editors spell the same text. */
const plain = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');

/** Those of a skill that reads `text` now. */
export function revisionsOf<R extends Revision>(revisions: readonly R[], skill: string, text: string): R[] {
  return revisions.filter((each) => each.skill === skill && plain(each.base) === plain(text));
}

/** What is to be said of skills, by id: those that still read as they did when a revision was proposed. */
export async function revisionStates(
  revisions: readonly Revision[],
  skills: readonly Skill[],
): Promise<Map<string, RevisionState>> {
  const found = new Map<string, RevisionState>();
  for (const { view, file } of skills) {
    if (!revisions.some(({ skill }) => skill === view.id)) continue;
    const standing = revisionsOf(revisions, view.id, await readFile(file, 'utf8').catch(() => ''));
    if (standing.length > 0) found.set(view.id, standing.some(({ discarded }) => !discarded) ? 'waiting' : 'discarded');
  }
  return found;
}
