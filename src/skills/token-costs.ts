// What skills cost in tokens, counted a little at a time: five hundred at once would hold up the window.
import { createHash } from 'node:crypto';
import { estimateTokenCount } from 'tokenx';
import type { Skill } from './find-skills.ts';
import { textForModel } from './offer-skills.ts';
import { listEntry } from './preview-skill.ts';

export interface TokenCost {
  entry: number;
  body: number;
}

/** The description of a skill as it is sent in the list; undefined: it is offered, and the list has no room for it. */
export type SentDescription = (skill: Skill) => string | undefined;

const whole: SentDescription = ({ description }) => description;

/** The longest that counting takes at once, in milliseconds; one skill is counted whole. */
const SLICE_MS = 8;

export class TokenCosts {
  private readonly keys = new WeakMap<Skill, string>();
  private known = new Map<string, TokenCost>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** By id, as far as they are counted; `done`: of all. Called again, it goes on. */
  count(skills: readonly Skill[], sent = whole): { costs: Map<string, TokenCost>; done: boolean } {
    const costs = new Map<string, TokenCost>();
    const kept = new Map<string, TokenCost>();
    const end = this.now() + SLICE_MS;
    let done = true;
    for (const skill of skills) {
      if (skill.problems.length > 0) continue;
      const description = sent(skill);
      const key = `${this.keyOf(skill)} ${description?.length ?? ''}`;
      const cost = this.known.get(key) ?? (this.now() < end ? costOf(skill, description) : undefined);
      if (cost) {
        kept.set(key, cost);
        costs.set(skill.view.id, cost);
      } else done = false;
    }
    // What is not asked for any more is forgotten.
    this.known = kept;
    return { costs, done };
  }

  /** The same for a skill that was read again and is the same. */
  private keyOf(skill: Skill): string {
    const known = this.keys.get(skill);
    if (known !== undefined) return known;
    const { file, description, body } = skill;
    const key = createHash('sha1').update(`${file}\0${description}\0${body}`).digest('base64');
    this.keys.set(skill, key);
    return key;
  }
}

const costOf = (skill: Skill, description: string | undefined): TokenCost => ({
  entry: description === undefined ? 0 : estimateTokenCount(listEntry({ ...skill, description, location: skill.file })),
  body: estimateTokenCount(textForModel(skill, skill.body, skill.files)),
});
