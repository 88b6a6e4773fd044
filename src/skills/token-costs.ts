// What skills cost in tokens, counted a little at a time: five hundred at once would hold up the window.
import { createHash } from 'node:crypto';
import { estimateTokenCount } from 'tokenx';
import type { Skill } from './find-skills.ts';
import { listEntry } from './preview-skill.ts';

export interface TokenCost {
  entry: number;
  body: number;
}

/** The longest that counting takes at once, in milliseconds. */
const SLICE_MS = 8;

export class TokenCosts {
  private known = new Map<string, TokenCost>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** By id, as far as they are counted; `done`: of all. Called again, it goes on. */
  count(skills: readonly Skill[]): { costs: Map<string, TokenCost>; done: boolean } {
    const costs = new Map<string, TokenCost>();
    const kept = new Map<string, TokenCost>();
    const end = this.now() + SLICE_MS;
    let done = true;
    for (const { view, body, description, file } of skills) {
      if (view.problems.length > 0) continue;
      const key = createHash('sha1').update(`${file}\0${description}\0${body}`).digest('base64');
      let cost = this.known.get(key);
      if (!cost && this.now() < end) {
        const entry = estimateTokenCount(listEntry({ name: view.name, description, location: file }));
        cost = { entry, body: estimateTokenCount(body) };
      }
      if (!cost) done = false;
      else {
        kept.set(key, cost);
        costs.set(view.id, cost);
      }
    }
    // What is not asked for any more is forgotten.
    this.known = kept;
    return { costs, done };
  }
}
