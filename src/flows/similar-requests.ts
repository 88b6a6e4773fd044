// Whether the person asks for much the same again: told from the words of requests alone, without a model.
import { wordsOf } from './trace.ts';

export interface PastRequest {
  threadId: string;
  text: string;
}

/** From here two requests count as the same kind of work. Set by labelled cases: a false offer costs more than a missed one. */
export const ALIKE = 0.5;
/** Fewer words that say something are too few to tell. */
const FEWEST_WORDS = 3;
/** Longer ones hold pasted text. */
const MOST_CHARACTERS = 600;
/** In so many requests, words that stand in a third of them tell nothing. */
const MANY = 20;
const SLOT = '\u0000';

/** Said of any work. */
const GENERIC = new Set(
  'add change check code create do error explain file find fix function get give help implement issue it let look make method need new now please problem project put remove rename run say see set show something test thing update use want work write bug broken class fail line tell try again next first current good better all one two'
    .split(' ')
    .flatMap((word) => wordsOf(word)),
);
const GENERIC_WEIGHT = 0.35;

/** Names, paths, numbers and quotes: what differs between two requests of one kind. */
const NAMED =
  /`[^`]*`|"[^"]*"|“[^”]*”|\b[\w.-]*[/\\][\w./\\-]+|\b\w+\.[a-z]\w*\b|\b\w*[a-z]\w*[A-Z]\w*\b|\b\w+_\w+\b|#?\b\d[\w.:-]*\b/g;

/** A product or a language rather than a name in the code: TypeScript, GraphQL. Counts where both speak of it. */
const TERM = /^[A-Z]\w+$/;
/** Before the word that says what is to be done. */
const FILLER = new Set(['please', 'bitte', 'pls', 'hey', 'hi', 'ok', 'okay', 'also', 'now', 'kindly']);

interface Profile {
  words: Map<string, number>;
  terms: Set<string>;
  pairs: Set<string>;
  /** The word that says what is to be done. */
  opener: string | undefined;
}

function profileOf(text: string, common: ReadonlySet<string>): Profile {
  const terms = new Set<string>();
  const plain = text
    .slice(0, MOST_CHARACTERS)
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(NAMED, (name) => {
      if (TERM.test(name)) terms.add(name.toLowerCase());
      return ` ${SLOT} `;
    });
  const order = plain
    .split(new RegExp(`(${SLOT})|[^\\p{L}\\p{N}'’]+`, 'u'))
    .flatMap((part) => (part === SLOT ? [SLOT] : part ? wordsOf(part) : []));
  const weight = (word: string): number => (GENERIC.has(word) || common.has(word) ? GENERIC_WEIGHT : 1);
  const said = order.filter((word) => word !== SLOT);
  const words = new Map(said.map((word) => [word, weight(word)]));
  const pairs = new Set(order.slice(1).map((word, i) => `${order[i]} ${word}`));
  pairs.delete(`${SLOT} ${SLOT}`);
  return { words, terms, pairs, opener: said.find((word) => !FILLER.has(word)) };
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);

function alike(a: Profile, b: Profile): number {
  const [first, second] = [withTerms(a, b), withTerms(b, a)];
  // What is to be done is another thing: the same things are spoken of, that is all.
  if (!a.opener || !b.opener || !second.has(a.opener) || !first.has(b.opener)) return 0;
  const shared = [...first].filter(([word]) => second.has(word));
  // Two requests that share nothing but what is said of any work are about different work.
  if (shared.length < 2 || !shared.some(([, weight]) => weight === 1)) return 0;
  const words = (2 * sum(shared.map(([, weight]) => weight))) / (sum(first.values()) + sum(second.values()));
  const pairs = [...a.pairs].filter((pair) => b.pairs.has(pair)).length;
  const order = (2 * pairs) / (a.pairs.size + b.pairs.size || 1);
  return 0.7 * words + 0.3 * order;
}

/** The words of one, with the terms that the other speaks of as well. */
function withTerms({ words, terms }: Profile, other: Profile): Map<string, number> {
  const both = [...terms].filter((term) => other.terms.has(term) || other.words.has(term));
  return new Map([...words, ...both.map((term): [string, number] => [term, 1])]);
}

/** From 0 to 1. */
export function similarity(a: string, b: string): number {
  return alike(profileOf(a, new Set()), profileOf(b, new Set()));
}

/** What is long enough, and no command or bare word of agreement. */
export function isRequest(text: string): boolean {
  return !/^\s*\//.test(text) && wordsOf(text.slice(0, MOST_CHARACTERS)).length >= FEWEST_WORDS;
}

/** The requests of other threads that are of one kind with this one, one of each thread, the most alike first. */
export function similarTo(request: PastRequest, past: readonly PastRequest[]): PastRequest[] {
  if (!isRequest(request.text)) return [];
  const common = commonWords(past);
  const profile = profileOf(request.text, common);
  const found = new Map<string, { request: PastRequest; score: number }>();
  for (const each of past) {
    if (each.threadId === request.threadId || !isRequest(each.text)) continue;
    const score = alike(profile, profileOf(each.text, common));
    if (score >= ALIKE && score > (found.get(each.threadId)?.score ?? 0))
      found.set(each.threadId, { request: each, score });
  }
  return [...found.values()].sort((a, b) => b.score - a.score).map(({ request: each }) => each);
}

function commonWords(past: readonly PastRequest[]): Set<string> {
  if (past.length < MANY) return new Set();
  const seen = new Map<string, number>();
  for (const { text } of past)
    for (const word of wordsOf(text.slice(0, MOST_CHARACTERS))) seen.set(word, (seen.get(word) ?? 0) + 1);
  return new Set([...seen].filter(([, count]) => count > past.length / 3).map(([word]) => word));
}
