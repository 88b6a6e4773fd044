// Counts how a choice was made across a code base, and says when it is a convention.
import type { Citation } from './evidence.ts';

const MIN_CASES = 8;
const MIN_SHARE = 0.9;
/** Without any exception fewer cases will do. */
export const MIN_UNANIMOUS = 5;
/** One file's habit is not the project's. */
const MIN_FILES = 3;

/** Whether so many of so many make a convention. */
export const isConvention = (votes: number, total: number, minUnanimous = MIN_UNANIMOUS): boolean =>
  votes === total ? votes >= minUnanimous : votes >= MIN_CASES && votes / total >= MIN_SHARE;

interface Option {
  votes: number;
  files: Set<string>;
  examples: Citation[];
}

export interface Winner {
  option: string;
  votes: number;
  total: number;
  examples: Citation[];
}

export class Tally {
  private readonly options = new Map<string, Option>();
  private total = 0;

  /** `citation` is asked for only where an example is still wanted. */
  vote(option: string, path: string, citation: () => Citation): void {
    const known = this.options.get(option) ?? { votes: 0, files: new Set(), examples: [] };
    this.options.set(option, known);
    this.total++;
    known.votes++;
    // Examples come from different files.
    if (known.examples.length < 3 && !known.files.has(path)) known.examples.push(citation());
    known.files.add(path);
  }

  /** The option nearly everyone chose; undefined when there are too few cases or no clear majority. */
  winner(minUnanimous = MIN_UNANIMOUS): Winner | undefined {
    const top = this.ranked()[0];
    if (!top || !isConvention(top.votes, this.total, minUnanimous) || top.files < MIN_FILES) return undefined;
    return { option: top.option, votes: top.votes, total: this.total, examples: top.examples };
  }

  /** The two options between which a code base is split: each has a fifth of many cases. */
  split(minCases = 20): [string, string] | undefined {
    const [first, second] = this.ranked();
    if (!first || !second || this.total < minCases || this.winner()) return undefined;
    return second.votes / this.total >= 0.2 && second.files >= MIN_FILES ? [first.option, second.option] : undefined;
  }

  has(option: string): boolean {
    return this.options.has(option);
  }

  private ranked(): { option: string; votes: number; files: number; examples: Citation[] }[] {
    return [...this.options]
      .map(([option, o]) => ({ option, votes: o.votes, files: o.files.size, examples: o.examples }))
      .sort((a, b) => b.votes - a.votes);
  }
}

/** One tally a key. */
export class Tallies {
  private readonly all = new Map<string, Tally>();

  of(key: string): Tally {
    const known = this.all.get(key);
    if (known) return known;
    const made = new Tally();
    this.all.set(key, made);
    return made;
  }

  *winners(minUnanimous?: number): Iterable<[string, Winner]> {
    for (const [key, tally] of this.all) {
      const winner = tally.winner(minUnanimous);
      if (winner) yield [key, winner];
    }
  }
}
