// What was tried in a thread: which call came to the same result how often, and what failed. Keeps a model from running in circles.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';

export const AttemptSchema = z.object({
  /** The call: tool and input, hashed. */
  print: z.string(),
  /** For a reader: tool and target. */
  what: z.string(),
  /** Its last result, hashed. */
  result: z.string(),
  /** How often in a row it came to that since the person spoke last. */
  times: z.number(),
  /** What went wrong, where it did: one line. */
  failed: z.optional(z.string()),
});
export type Attempt = z.infer<typeof AttemptSchema>;

/** A call that has ended. */
export interface Ended {
  print: string;
  what: string;
  ok: boolean;
  /** What the model reads. */
  text: string;
}

/** Calls that are remembered; the ones made longest ago are forgotten first. */
const MAX_ATTEMPTS = 100;
/** Failures that are told again, the newest. */
const MAX_TOLD = 12;
const MAX_LINE = 160;
/** A same result this often is answered with a hint, and from then on. */
export const HINT_AT = 3;
/** The call that would be this many of the same is asked about. */
export const ASK_AT = 5;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** How long something took says nothing about what came of it. */
const DURATIONS = /\b\d+(?:\.\d+)?\s?(?:ms|s|sec|seconds)\b/g;

/** The same for every spelling of the same input. `input`: as the tool's schema has parsed it. */
export const attemptPrint = (tool: string, input: unknown): string => hash(`${tool}\0${JSON.stringify(input)}`);

export class Attempts {
  private readonly byPrint = new Map<string, Attempt>();

  constructor(list: readonly Attempt[] = []) {
    for (const attempt of list.slice(-MAX_ATTEMPTS)) this.byPrint.set(attempt.print, attempt);
  }

  /** Oldest first. */
  get list(): Attempt[] {
    return [...this.byPrint.values()];
  }

  /** How often in a row the call came to what it came to last. */
  times(print: string): number {
    return this.byPrint.get(print)?.times ?? 0;
  }

  /** @returns how often in a row the call has come to this result now */
  note({ print, what, ok, text }: Ended): number {
    const result = hash(text.replace(DURATIONS, ''));
    const known = this.byPrint.get(print);
    const times = known?.result === result ? known.times + 1 : 1;
    this.byPrint.delete(print);
    const failed = ok ? {} : { failed: firstLine(text) };
    this.byPrint.set(print, { print, what: cut(what), result, times, ...failed });
    for (const oldest of [...this.byPrint.keys()].slice(0, -MAX_ATTEMPTS)) this.byPrint.delete(oldest);
    return times;
  }

  /** The person wants it again: they are asked after as many more. */
  goOn(print: string): void {
    const known = this.byPrint.get(print);
    if (known) this.byPrint.set(print, { ...known, times: 0 });
  }

  /** The person has said something: what is called now may be what they ask for. */
  spoken(): void {
    for (const [print, attempt] of this.byPrint) this.byPrint.set(print, { ...attempt, times: 0 });
  }

  /** What failed and was not done since, for a model that no longer has it before it; null: nothing. */
  describe(): string | null {
    const failed = this.list.filter((attempt) => attempt.failed !== undefined).slice(-MAX_TOLD);
    if (failed.length === 0) return null;
    const lines = failed.map(({ what, failed: why }) => `- ${what}: ${why}`);
    return ['Tried in this conversation, and failed:', ...lines].join('\n');
  }
}

function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return cut(line.trim());
}

const cut = (text: string): string => {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length <= MAX_LINE ? flat : `${flat.slice(0, MAX_LINE - 1)}…`;
};

/** What stands under the result of a call that has come to it so often. */
export const repeatHint = (times: number): string =>
  `[This very call has now come to this result ${times} times in a row. Repeating it will not change that: look at the cause, try something else, or ask the person.]`;

/** Why the person is asked before it is made once more. */
export const repeatQuestion = (times: number): string =>
  t('The agent has made this very call {0} times with the same result. Shall it go on?', times);
