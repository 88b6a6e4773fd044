// Recognises text of blocks that are kept to local models wherever it turns up again: by marks, which do not hold the text.

/** Words in a row that are told apart from chance. A shorter line is known by all of it. */
const RUN = 5;
const SHORTEST_WORD = 4;
const SHORTEST_CODE = 5;

interface Word {
  hash: number;
  from: number;
  to: number;
}

const WORD = /[\p{L}\p{N}]+(?:[._@+-][\p{L}\p{N}]+)*/gu;

/** A number that two texts share by chance only; 52 bits. */
function hashOf(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) + 0x27d4eb2f;
  }
  return (a >>> 0) * 2 ** 20 + ((b >>> 0) & 0xfffff);
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const lower = match[0].toLowerCase();
    words.push({ hash: hashOf(lower), from: match.index, to: match.index + match[0].length });
  }
  return words;
}

/** What a person would not write by chance: keys, numbers of accounts, addresses, names in capitals. */
function isCode(word: string): boolean {
  if (word.length < SHORTEST_CODE) return false;
  return /\d/.test(word) || word.includes('@') || /^[\p{Lu}_-]+$/u.test(word);
}

/** A run of words as `length:hash`. */
function markOf(words: readonly Word[], from: number, length: number): string {
  let hash = length;
  for (let i = from; i < from + length; i++) hash = (Math.imul(hash, 31) + ((words[i]?.hash ?? 0) % 0x7fffffff)) | 0;
  let second = 7;
  for (let i = from; i < from + length; i++)
    second = (Math.imul(second, 131) + Math.floor((words[i]?.hash ?? 0) / 0x7fffff)) | 0;
  return `${length}:${(hash >>> 0).toString(36)}${(second >>> 0).toString(36)}`;
}

/** The marks of a block's value. */
export function marksOf(value: string): Set<string> {
  const marks = new Set<string>();
  for (const line of value.split('\n')) {
    const words = wordsOf(line);
    for (const [i, { from, to }] of words.entries()) if (isCode(line.slice(from, to))) marks.add(markOf(words, i, 1));
    const [only] = words;
    if (words.length === 1 && only && only.to - only.from < SHORTEST_WORD) continue;
    const length = Math.min(words.length, RUN);
    for (let i = 0; length > 0 && i + length <= words.length; i++) marks.add(markOf(words, i, length));
  }
  return marks;
}

export const KEPT = '[kept to local models]';

/** The text with all that has a mark taken out. */
export function withoutMarked(text: string, marks: ReadonlySet<string>): string {
  if (marks.size === 0 || text === '') return text;
  const lengths = [...new Set([...marks].map((mark) => Number(mark.slice(0, mark.indexOf(':')))))];
  const words = wordsOf(text);
  let out = '';
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const length = Math.max(0, ...lengths.filter((n) => i + n <= words.length && marks.has(markOf(words, i, n))));
    const [first, last] = [words[i], words[i + length - 1]];
    if (length === 0 || !first || !last || last.to <= at) continue;
    if (first.from >= at) out += `${text.slice(at, first.from)}${KEPT}`;
    at = last.to;
  }
  return at === 0 ? text : out + text.slice(at);
}
