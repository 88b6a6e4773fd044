// Names and lines as lists of words: `maxRetries`, `MAX_RETRIES` and "max retries" are the same.

/** Names come again and again, line by line. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 200_000;

/** The words of a name, lower case. */
export function wordsOf(name: string): readonly string[] {
  const found = known.get(name) ?? split(name);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, found);
  return found;
}

const split = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

export interface Word {
  word: string;
  start: number;
  end: number;
}

export function lineWords(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g))
    found.push({ word: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length });
  return found;
}

/** Where the words of a key stand one behind the other. */
export function keyIn(words: readonly Word[], key: readonly string[]): { start: number; end: number } | undefined {
  for (let from = 0; from + key.length <= words.length; from += 1) {
    if (key.every((word, index) => same(words[from + index]?.word ?? '', word))) {
      return { start: words[from]?.start ?? 0, end: words[from + key.length - 1]?.end ?? 0 };
    }
  }
  return undefined;
}

/** Equal, but for the `s` of a plural. */
export const same = (a: string, b: string): boolean => a === b || a === `${b}s` || b === `${a}s`;
