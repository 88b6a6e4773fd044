// Finds skills for a task described in words: BM25 over name, description and headings. Pure.
import { COMMON_WORDS, wordsOf } from './search-words.ts';
import { taskWords } from './task-words.ts';

export interface SearchedSkill {
  name: string;
  description: string;
  body: string;
}

/** What a term counts for in each part of a skill. */
const FIELDS = { name: 3, description: 2, headings: 1 };
const RELATED = 0.45;
/** A beginning of a longer word, or a longer word that begins with it: `postgres` and `postgresql`. */
const BEGINNING = 0.6;
const MIN_BEGINNING = 4;
/** BM25's saturation and length normalisation. */
const K1 = 1.2;
const B = 0.5;
const MAX_HEADINGS = 40;
const MAX_QUERY_TERMS = 40;
/** Skills that are read in one go: a few milliseconds. */
const SLICE = 50;

const ALIKE = taskWords();

interface Entry {
  /** Weighted counts. */
  counts: ReadonlyMap<string, number>;
  length: number;
}

/** Text of the body's headings, fenced code left out. */
export function headingsOf(body: string): string[] {
  const headings: string[] = [];
  let fence: string | undefined;
  for (const line of body.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark && (fence === undefined || mark.startsWith(fence))) fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? /^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$/.exec(line)?.[1] : undefined;
    if (heading) headings.push(heading);
    if (headings.length >= MAX_HEADINGS) break;
  }
  return headings;
}

function entryOf({ name, description, body }: SearchedSkill): Entry {
  const counts = new Map<string, number>();
  let length = 0;
  const add = (text: string, weight: number): void => {
    for (const term of wordsOf(text)) {
      if (COMMON_WORDS.has(term)) continue;
      counts.set(term, (counts.get(term) ?? 0) + weight);
      length += weight;
    }
  };
  add(name, FIELDS.name);
  add(description, FIELDS.description);
  add(headingsOf(body).join('\n'), FIELDS.headings);
  return { counts, length };
}

/** Made once for a list of skills; asked as often as needed. */
export class SkillSearch<S extends SearchedSkill> {
  private readonly skills: readonly S[];
  private readonly entries: readonly Entry[];
  /** In how many skills a term stands. */
  private readonly spread = new Map<string, number>();
  private readonly average: number;

  /** Reads the skills in slices, so that hundreds of them hold nobody up. */
  static async over<S extends SearchedSkill>(skills: readonly S[]): Promise<SkillSearch<S>> {
    const entries: Entry[] = [];
    for (let at = 0; at < skills.length; at += SLICE) {
      entries.push(...skills.slice(at, at + SLICE).map(entryOf));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return new SkillSearch(skills, entries);
  }

  private constructor(skills: readonly S[], entries: readonly Entry[]) {
    this.skills = skills;
    this.entries = entries;
    for (const { counts } of this.entries)
      for (const term of counts.keys()) this.spread.set(term, (this.spread.get(term) ?? 0) + 1);
    const total = this.entries.reduce((sum, { length }) => sum + length, 0);
    this.average = Math.max(1, total / Math.max(1, this.entries.length));
  }

  /** Best first; those that share no word with the query are left out. */
  find(query: string, limit: number): S[] {
    const wanted = this.weights(query);
    const scored = this.entries.flatMap((entry, at) => {
      const score = this.score(entry, wanted);
      const skill = this.skills[at];
      return score > 0 && skill ? [{ skill, score, at }] : [];
    });
    return scored
      .toSorted((a, b) => b.score - a.score || a.at - b.at)
      .slice(0, limit)
      .map(({ skill }) => skill);
  }

  /** For each word of the query what counts for it: itself, and what may stand for it. */
  private weights(query: string): Map<string, number>[] {
    const all = [...new Set(wordsOf(query))];
    const telling = all.filter((term) => !COMMON_WORDS.has(term));
    return (telling.length > 0 ? telling : all).slice(0, MAX_QUERY_TERMS).map((term) => {
      const weights = new Map<string, number>([[term, 1]]);
      for (const other of ALIKE.get(term) ?? []) weights.set(other, RELATED);
      if (!this.spread.has(term) && term.length >= MIN_BEGINNING)
        for (const known of this.spread.keys())
          if (known.length >= MIN_BEGINNING && (known.startsWith(term) || term.startsWith(known)))
            weights.set(known, Math.max(BEGINNING, weights.get(known) ?? 0));
      return weights;
    });
  }

  private score({ counts, length }: Entry, wanted: readonly ReadonlyMap<string, number>[]): number {
    const norm = K1 * (1 - B + (B * length) / this.average);
    let score = 0;
    for (const weights of wanted) {
      let best = 0;
      for (const [term, weight] of weights) {
        const count = counts.get(term);
        if (count === undefined) continue;
        const spread = this.spread.get(term) ?? 0;
        const rarity = Math.log(1 + (this.entries.length - spread + 0.5) / (spread + 0.5));
        best = Math.max(best, (weight * rarity * count * (K1 + 1)) / (count + norm));
      }
      score += best;
    }
    return score;
  }
}
