// Finds skills for a task described in words: BM25 over name, description and headings. Pure.
import { taskWords } from './task-words.ts';

/** How texts become terms. Injected: the archive's search has the same needs. */
export interface SearchWords {
  /** Stems of its words, each as often as it occurs. */
  terms(text: string): string[];
  /** Stems that may stand for this one. */
  related(term: string): readonly string[];
  /** Says nothing about what is looked for. */
  isCommon(term: string): boolean;
}

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

/** Made once for a list of skills; asked as often as needed. */
export class SkillSearch<S extends SearchedSkill> {
  private readonly skills: readonly S[];
  private readonly words: SearchWords;
  private readonly entries: readonly Entry[];
  /** In how many skills a term stands. */
  private readonly spread = new Map<string, number>();
  private readonly average: number;
  private readonly alike: ReadonlyMap<string, readonly string[]>;

  constructor(skills: readonly S[], words: SearchWords) {
    this.skills = skills;
    this.words = words;
    this.alike = taskWords((text) => this.termsOf(text));
    this.entries = skills.map((skill) => this.entryOf(skill));
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

  private entryOf({ name, description, body }: S): Entry {
    const counts = new Map<string, number>();
    let length = 0;
    const add = (text: string, weight: number): void => {
      for (const term of this.termsOf(text)) {
        if (this.words.isCommon(term)) continue;
        counts.set(term, (counts.get(term) ?? 0) + weight);
        length += weight;
      }
    };
    add(name, FIELDS.name);
    add(description, FIELDS.description);
    add(headingsOf(body).join('\n'), FIELDS.headings);
    return { counts, length };
  }

  /** British and American spellings are one. */
  private termsOf(text: string): string[] {
    return this.words.terms(text).map((term) => term.replace(/(?<=[a-z]{3})is$/, 'iz'));
  }

  /** For each word of the query what counts for it: itself, and what may stand for it. */
  private weights(query: string): Map<string, number>[] {
    const all = [...new Set(this.termsOf(query))];
    const telling = all.filter((term) => !this.words.isCommon(term));
    return (telling.length > 0 ? telling : all).slice(0, MAX_QUERY_TERMS).map((term) => {
      const weights = new Map<string, number>([[term, 1]]);
      for (const other of [...this.words.related(term), ...(this.alike.get(term) ?? [])]) weights.set(other, RELATED);
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
