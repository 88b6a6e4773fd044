// The demo program's notion of language: words, stems, polarity, and when one note contradicts another.

const STOP = new Set(
  `a an the this that these those of to in on at by as is are was were be been do does did we i you it they our my your
  their its and or but so please always only just also from now with for use uses used using prefer prefers write writes
  put have has should must will would can us me here there all any every each new what which who how when where why about
  know remember recall tell say said one`.split(/\s+/),
);
const NEGATIVE = /\b(never|not|don['’]t|do not|doesn't|no|avoid|without|stop|no longer)\b/;
/** What comes after these is what the note speaks against. */
const REJECTED = /(?:,\s*(?:not|never|no longer)|\s(?:instead of|rather than))\s+[\w-]+/g;
const NUMBERS: Record<string, string> = { two: '2', three: '3', four: '4', five: '5', six: '6', eight: '8', ten: '10' };

/** Things of which a project has one at a time. */
const ALTERNATIVES = [
  'tab space',
  'single double',
  'npm yarn pnpm bun',
  'jest vitest mocha ava jasmine',
  'camelcase snake_case kebab-case pascalcase',
  'react vue svelte angular solid',
  'postgres postgresql mysql sqlite mongodb mariadb',
  'webpack vite esbuild rollup parcel',
  'eslint biome oxlint',
  'prettier biome',
  'rebase merge squash',
  'esm commonjs',
  'light dark',
  'english german french spanish italian portuguese',
].map((line) => line.split(' '));

/** Head nouns that have one value. */
const SINGLE_VALUED =
  /^(name|port|version|limit|language|timezone|database|framework|runner|branch|width|length|size|url|address|owner|editor|email|role|colou?r|style|default|manager|timeout|host|path|folder|prefix|indentation|deadline)$/;

/** A line without its bullet, emphasis, case, spaces and final stop: equal means the same line. */
export function fold(line: string): string {
  return line
    .toLowerCase()
    .replace(/^[\s*•#>-]+/, '')
    .replace(/[*`"“”]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[\s.;!]+$/, '')
    .trim();
}

function stem(word: string): string {
  if (NUMBERS[word] !== undefined) return NUMBERS[word];
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}

/** The words that carry meaning, in order. */
export function words(text: string): string[] {
  return (fold(text).match(/[\p{L}\p{N}_][\p{L}\p{N}_.#+/'’-]*/gu) ?? [])
    .map((word) => word.replace(/[.]+$/, ''))
    .filter((word) => !STOP.has(word) && !NEGATIVE.test(word))
    .map(stem);
}

/** `indent` and `indentation` speak of the same thing. */
export function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  return Math.min(a.length, b.length) >= 5 && (a.startsWith(b) || b.startsWith(a));
}

function isWithin(part: string[], whole: string[]): boolean {
  return part.every((a) => whole.some((b) => isSameWord(a, b)));
}

const sameSet = (a: string[], b: string[]): boolean => a.length > 0 && isWithin(a, b) && isWithin(b, a);
const sameSequence = (a: string[], b: string[]): boolean =>
  a.length === b.length && a.every((word, i) => isSameWord(word, b[i] ?? ''));

interface Claim {
  words: string[];
  numbers: string[];
  rest: string[];
  isNegative: boolean;
  /** What the claim is about, where its form tells: "the port is 80" is about the port. */
  subject: string[];
  value: string[];
}

function claimOf(line: string): Claim {
  const text = fold(line).replace(REJECTED, '');
  const all = words(text);
  const isNumber = (word: string) => /^\d/.test(word);
  const { subject, value } = subjectOf(text);
  return {
    words: all,
    numbers: all.filter(isNumber),
    rest: all.filter((word) => !isNumber(word)),
    isNegative: NEGATIVE.test(text),
    subject,
    value,
  };
}

function subjectOf(text: string): { subject: string[]; value: string[] } {
  const purpose = /^(?:(?:we|i|you|always|please)\s+)*(?:use|prefer|choose)\s+(.+?)\s+(?:for|as)\s+(.+)$/.exec(text);
  if (purpose) return { subject: words(purpose[2] ?? ''), value: words(purpose[1] ?? '') };
  const means = /^(?:(?:we|i|you|always|please)\s+)*(\w+(?:\s+.+?)?)\s+(?:with|using)\s+(.+)$/.exec(text);
  if (means) return { subject: words(means[1] ?? ''), value: words(means[2] ?? '') };
  const copula = /^(.+?)(?:\s*[:=]\s+|\s+(?:is|are|must be|should be)\s+)(.+)$/.exec(text);
  if (copula) {
    const subject = words(copula[1] ?? '');
    // "The API is slow" and "the API is in Go" are two facts; "the port is 80" and "the port is 90" are not.
    const isSingle = SINGLE_VALUED.test(subject.at(-1) ?? '');
    if (isSingle) return { subject, value: words(copula[2] ?? '') };
  }
  return { subject: [], value: [] };
}

/** Both choose, from the same group, something else: and nothing says that they choose for different things. */
function choosesOther(a: Claim, b: Claim): boolean {
  if (a.isNegative || b.isNegative) return false;
  return ALTERNATIVES.some((group) => {
    const chosenA = a.words.filter((word) => group.includes(word));
    const chosenB = b.words.filter((word) => group.includes(word));
    if (chosenA.length !== 1 || chosenB.length !== 1 || chosenA[0] === chosenB[0]) return false;
    const restA = a.rest.filter((word) => !group.includes(word));
    const restB = b.rest.filter((word) => !group.includes(word));
    return isWithin(restA, restB) || isWithin(restB, restA);
  });
}

export type Relation = 'same' | 'contradicts' | 'unrelated';

/** How a note stands to a line of memory. Cautious: a line that might just be another fact is `unrelated`. */
export function relate(note: string, line: string): Relation {
  if (fold(note) === fold(line)) return 'same';
  const a = claimOf(note);
  const b = claimOf(line);
  if (a.words.length === 0 || b.words.length === 0) return 'unrelated';
  const isNested = isWithin(a.rest, b.rest) || isWithin(b.rest, a.rest);
  if (a.isNegative !== b.isNegative) {
    const agreeOnNumbers = a.numbers.join() === b.numbers.join();
    return isNested && agreeOnNumbers && a.rest.length > 0 && b.rest.length > 0 ? 'contradicts' : 'unrelated';
  }
  if (sameSequence(a.words, b.words)) return 'same';
  // The same words in another order may mean the opposite: the newer wording stands.
  if (sameSet(a.words, b.words)) return 'contradicts';
  if (choosesOther(a, b)) return 'contradicts';
  const differInNumber = a.numbers.length === 1 && b.numbers.length === 1 && a.numbers[0] !== b.numbers[0];
  if (differInNumber && isNested && a.rest.length > 0 && b.rest.length > 0) return 'contradicts';
  if (!a.isNegative && sameSet(a.subject, b.subject) && !sameSet(a.value, b.value)) return 'contradicts';
  return 'unrelated';
}
