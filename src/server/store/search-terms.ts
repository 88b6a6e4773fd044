// What search sees of a text: stems of its words, the parts of its identifiers, and the identifiers as a whole.
import { createHash } from 'node:crypto';
import { stem } from './stem.ts';

export interface Token {
  /** As it stands in the text. */
  raw: string;
  /** Stems of its parts: `parseInvoiceNumber` and `order-placed` have several. */
  parts: string[];
  /** All parts in one, where there are several: `orderplaced` is `orderPlaced`, `order-placed` and `order_placed`. */
  whole: string | undefined;
}

/** Words, and words joined by `-`, `_` or `.` as in identifiers and file names. */
const CHUNK = /[\p{L}\p{N}]+(?:[-_.]+[\p{L}\p{N}]+)*/gu;
const NO_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2,}/u;
const MAX_TERM = 48;
const CAMEL_CASE = /[\p{L}\p{N}]*\p{Ll}\p{N}*\p{Lu}[\p{L}\p{N}]*/gu;
const CASE_CHANGE = /(\p{Ll}\p{N}*)(\p{Lu})/gu;
const MAX_IDENTIFIERS = 500;
/** Most words: nothing to take apart. */
const PLAIN = /^[A-Za-z]?[a-z0-9]*$/;
const ASCII = /^[\0-\x7f]*$/;
/** Of one text; what comes later is rarely what it is about. */
const MAX_CHARS = 60_000;

export function tokenize(text: string): Token[] {
  const cut = text.slice(0, MAX_CHARS);
  const plain = ASCII.test(cut) ? cut : cut.normalize('NFKD').replace(/\p{M}+/gu, '');
  return (plain.match(CHUNK) ?? []).map(tokenOf);
}

function tokenOf(raw: string): Token {
  const lower = raw.toLowerCase();
  if (PLAIN.test(raw)) return { raw, parts: [stem(lower).slice(0, MAX_TERM)], whole: undefined };
  if (NO_SPACES.test(raw)) {
    // Languages without spaces: every pair of signs is a word.
    const signs = [...lower];
    return { raw, parts: signs.slice(0, -1).map((sign, i) => `${sign}${signs[i + 1]}`), whole: undefined };
  }
  const words = raw
    .replace(CASE_CHANGE, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[ _.-]+/)
    .map((word) => word.toLowerCase());
  const parts = words.map((word) => stem(word).slice(0, MAX_TERM));
  return { raw, parts, whole: words.length > 1 ? words.join('').slice(0, MAX_TERM) : undefined };
}

/** A text with the words of its camelCase identifiers at its end, for an index that takes identifiers as one word. */
export function withIdentifierWords(text: string): string {
  const found = new Set(text.slice(0, MAX_CHARS).match(CAMEL_CASE) ?? []);
  const words = [...found].slice(0, MAX_IDENTIFIERS).map((identifier) => identifier.replace(CASE_CHANGE, '$1 $2'));
  return words.length === 0 ? text : `${text}\n${words.join(' ')}`;
}

/** All terms of a passage, each as often as it occurs. */
export function termsOf(text: string): string[] {
  return tokenize(text).flatMap(({ parts, whole }) => (whole === undefined ? parts : [...parts, whole]));
}

/** Marks a document with one tag; no term of a text looks like it. */
export const tagTerm = (tag: string): string => `_t${createHash('sha256').update(tag).digest('hex').slice(0, 16)}`;

/** The terms by which a passage is found: of its text and of its tags. */
export function documentTerms(text: string, tags: readonly string[]): string[] {
  return [...termsOf(text), ...tags.flatMap(termsOf)];
}

/** What the index holds of a passage. */
export function documentOf(terms: readonly string[], tags: readonly string[]): string {
  return [...tags.map(tagTerm), ...terms].join(' ');
}

/** For the migration: what `passages_words` holds of a passage. */
export function indexedText(text: string, tags: string): string {
  const list = JSON.parse(tags) as string[];
  return documentOf(documentTerms(text, list), list);
}

/** For the migration: the different terms of a passage as a JSON list. */
export function indexedTerms(text: string, tags: string): string {
  return JSON.stringify([...new Set(documentTerms(text, JSON.parse(tags) as string[]))]);
}

/** Words that say nothing about what is looked for. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after all also am an and any are as at be been before being both but by can could did do does doing done for from
  get gets got had has have having he her here his how i if in into is it its just let like may me might must my need needs no
  nor not of off on once only or other our out over own per please shall she should so some such tell than that the their
  them then there these they this those through to too under until up us very was we were what when where which while who
  whom whose why will with within without would you your use used using happen happens`
    .split(/\s+/)
    .flatMap((word) => [word, stem(word)]),
);
