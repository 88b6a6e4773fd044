// Revisions of skills that were proposed and not kept: they can be looked at for as long as the skill is as it was then.

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

/** How files and editors spell the same text. */
const plain = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');

/** Those of a skill that reads `text` now. */
export function revisionsOf<R extends Revision>(revisions: readonly R[], skill: string, text: string): R[] {
  return revisions.filter((each) => each.skill === skill && plain(each.base) === plain(text));
}
