// What a person corrects teaches: what they said no to and why, and what they wrote otherwise in what the agent had just written.
import type { TurnEvent } from '../agent/events.ts';
import { inOrder } from '../memory/lines/align.ts';
import { t } from '../protocol/l10n.ts';

/** A line that could be learned from a correction, and what shows it. */
export interface Correction {
  /** The block it belongs to. */
  label: string;
  line: string;
  /** Tells whether memory, or the list, says it already. */
  gist: string;
  /** For the person: what happened. */
  reason: string;
}

/** Fewer words say no, not why. */
const FEWEST_WORDS = 3;
/** "Not now" is about this moment, and so is nothing to remember. */
const PASSING = /\b(?:now|later|yet|wait|moment|tomorrow|today|this time|for the moment|first let|stop)\b/i;
const PASSING_WORDS = 7;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
export const folded = (text: string): string =>
  oneLine(text)
    .replace(/[.!;]+$/, '')
    .toLowerCase();
const sentence = (text: string): string => {
  const line = oneLine(text);
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}`.replace(/[.!;]*$/, '.');
};

/** Whether words of a refusal say something that will hold tomorrow. Languages without spaces are told by their length. */
export function isLasting(words: string): boolean {
  const text = oneLine(words);
  const count = text.split(' ').length;
  if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(text)) return text.length >= 6;
  return count >= FEWEST_WORDS && !(count < PASSING_WORDS && PASSING.test(text));
}

/** @param undone what the person took back of the agent's changes, and where; `why` in their words */
export function undid(undone: { name: string; was: string; is: string }, why: string): Correction {
  const stays = new Set(linesIn(undone.is));
  const gone = linesIn(undone.was).filter((line) => line.trim() !== '' && !stays.has(line));
  const quote = oneLine(gone.join(' ')).slice(0, 200);
  return {
    label: 'lessons',
    line: `${sentence(why)} (the person, undoing changes in ${undone.name})`,
    gist: folded(why),
    reason: quote
      ? t('You undid “{0}” in {1} and said: “{2}”', quote, undone.name, oneLine(why))
      : t('You undid a change in {0} and said: “{1}”', undone.name, oneLine(why)),
  };
}

/** The corrections of one turn. At most one becomes a proposal: the last, which the person gave knowing the others. */
export class TurnCorrections {
  private last: Correction | undefined;

  /** @param what was refused, as the card says it, e.g. `Edit src/a.ts` */
  refused(what: string, words: string): void {
    if (!isLasting(words)) return;
    const said = oneLine(words);
    this.last = {
      label: 'lessons',
      line: `${sentence(said)} (the person, declining: ${oneLine(what).slice(0, 120)})`,
      gist: folded(said),
      reason: t('You declined “{0}” and said: “{1}”', oneLine(what), said),
    };
  }

  /** The person changed proposals before they allowed them; `after`: as proposed, `now`: as allowed. */
  edited(files: readonly Rewritten[]): void {
    const found = rewritten(files);
    if (found) this.last = found;
  }

  event(event: TurnEvent): void {
    // The agent has drawn its own conclusion: it was written, or waits already.
    const { memory, state } = event.type === 'tool' ? event.part : {};
    if (memory && (state === 'done' || memory.review === 'held')) this.last = undefined;
  }

  get proposal(): Correction | undefined {
    return this.last;
  }
}

/** @param change what the person took back; `why` in their words */
export function tookBack(change: { label: string; after: string }, why: string): Correction {
  const was = oneLine(change.after).slice(0, 200);
  return {
    label: change.label,
    line: sentence(why),
    gist: folded(why),
    reason: t('You took back “{0}” in {1} and said: “{2}”', was, change.label, oneLine(why)),
  };
}

// ── what the person wrote otherwise ────────────────────────────────────────────────────────────────────────────────────

/** A file that the agent wrote in a turn, and what stands there when the person speaks again. `name`: as a tool takes it. */
export interface Rewritten {
  name: string;
  before: string;
  after: string;
  now: string;
  /** The person took the agent's changes back by hand: that nothing of them stands any more says something. */
  undone?: boolean;
}

interface Substitution {
  from: string;
  to: string;
  places: string[];
}

/** Lines of a file that are compared; larger ones are data. */
const MOST_LINES = 3_000;
/** The same word, so often, is no slip. */
const FEWEST_TIMES = 2;
/** Of evidence. */
const MOST_PLACES = 4;

const linesIn = (text: string): string[] => text.replaceAll('\r\n', '\n').split('\n');
const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? [];
const isName = (word: string): boolean => /^[\p{L}_$][\p{L}\p{N}_$]+$/u.test(word);
const isQuote = (word: string): boolean => /^["'`]$/.test(word);

/**
 * What was meant where a person changed several places that the agent had written in one and the same way: one word, or one
 * quote, by another, at least twice. Undefined: they did something else, or it cannot be said what.
 */
export function rewritten(files: readonly Rewritten[]): Correction | undefined {
  let all: Substitution | undefined;
  for (const file of files) {
    if (file.now === file.after || (file.now === file.before && !file.undone)) continue;
    const found = substitutionIn(file);
    if (found === null) return undefined;
    if (!found) continue;
    if (all && (all.from !== found.from || all.to !== found.to)) return undefined;
    all = { ...found, places: [...(all?.places ?? []), ...found.places] };
  }
  if (!all || all.places.length < FEWEST_TIMES) return undefined;
  const { from, to, places } = all;
  const [write, not] = isQuote(from) ? [`${QUOTES[to]} quotes`, `${QUOTES[from]} ones`] : [`\`${to}\``, `\`${from}\``];
  const shown = places.slice(0, MOST_PLACES).join(', ');
  const where = places.length > MOST_PLACES ? `${shown}, …` : shown;
  return {
    label: 'conventions',
    line: `Write ${write}, not ${not} (the person corrected it in ${places[0]}).`,
    gist: folded(`write ${write}, not ${not}`),
    reason: t(
      'You changed {0} to {1} {2} times in what the agent had just written: {3}',
      not,
      write,
      places.length,
      where,
    ),
  };
}

const QUOTES: Record<string, string> = { '"': 'double', "'": 'single', '`': 'backtick' };

/** Undefined: none of the agent's lines was replaced. Null: they were, and not by one word for another. */
function substitutionIn({ name, before, after, now }: Rewritten): Substitution | undefined | null {
  const [first, wrote, stands] = [linesIn(before), linesIn(after), linesIn(now)];
  if (Math.max(first.length, wrote.length, stands.length) > MOST_LINES) return undefined;
  const old = inOrder(first, wrote);
  const kept = inOrder(wrote, stands);
  const stayed = new Set(kept);
  let found: Substitution | undefined;
  // From one line that stayed to the next: what lies between was replaced, line for line, or is something else.
  let from = 0;
  let to = 0;
  for (let end = 0; end <= stands.length; end++) {
    const anchor = end === stands.length ? wrote.length : (kept[end] ?? -1);
    if (anchor < 0) continue;
    const was = range(from, anchor).filter((line) => !stayed.has(line));
    const is = range(to, end);
    from = anchor + 1;
    to = end + 1;
    if (!was.some((line) => old[line] === -1)) continue;
    if (was.length !== is.length) return null;
    for (const [i, line] of was.entries()) {
      const pair = substituted(wrote[line] ?? '', stands[is[i] ?? 0] ?? '');
      if (pair === null || (found && (found.from !== pair.from || found.to !== pair.to))) return null;
      const place = `${name}:${(is[i] ?? 0) + 1}`;
      found = { ...pair, places: [...(found?.places ?? []), place] };
    }
  }
  return found;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function substituted(was: string, is: string): { from: string; to: string } | null {
  const [a, b] = [wordsOf(was), wordsOf(is)];
  if (a.length !== b.length) return null;
  const pairs = a.flatMap((word, i) => (word === b[i] ? [] : [{ from: word, to: b[i] ?? '' }]));
  const [first] = pairs;
  if (!first || pairs.some((pair) => pair.from !== first.from || pair.to !== first.to)) return null;
  const alike = (isName(first.from) && isName(first.to)) || (isQuote(first.from) && isQuote(first.to));
  return alike ? first : null;
}

/** Whether the person changed or took back lines that the agent had written; what they added beside them changes nothing. */
export function changedAgents({ before, after, now, undone }: Omit<Rewritten, 'name'>): boolean {
  if (now === after) return false;
  if (undone || now === before) return true;
  const [first, wrote, stands] = [linesIn(before), linesIn(after), linesIn(now)];
  if (Math.max(first.length, wrote.length, stands.length) > MOST_LINES) return false;
  const old = inOrder(first, wrote);
  const stayed = new Set(inOrder(wrote, stands));
  return wrote.some((line, i) => old[i] === -1 && line.trim() !== '' && !stayed.has(i));
}
