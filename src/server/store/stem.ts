// Porter's stemmer for English: "retrying", "retries" and "retried" are one word to search.

const known = new Map<string, string>();
/** Words of a running server; past this the memory is better used otherwise. */
const KNOWN_WORDS = 20_000;

/** @param word in lower case, without diacritics */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const found = known.get(word);
  if (found !== undefined) return found;
  if (known.size >= KNOWN_WORDS) known.clear();
  const result = porter(word);
  known.set(word, result);
  return result;
}

const C = '[^aeiou][^aeiouy]*';
const V = '[aeiouy][aeiou]*';
const MEASURE_0 = new RegExp(`^(?:${C})?${V}${C}`);
const MEASURE_1 = new RegExp(`^(?:${C})?${V}${C}(?:${V})?$`);
const MEASURE_2 = new RegExp(`^(?:${C})?${V}${C}${V}${C}`);
const HAS_VOWEL = new RegExp(`^(?:${C})?[aeiouy]`);
const SHORT = new RegExp(`^${C}[aeiouy][^aeiouwxy]$`);

const STEP_2: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log'],
];
const STEP_3: readonly (readonly [string, string])[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];
const STEP_4 = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize|(?<=[st])ion)$/;

function porter(given: string): string {
  let word = given;
  if (/(?:ss|i)es$/.test(word)) word = word.slice(0, -2);
  else if (/[^s]s$/.test(word)) word = word.slice(0, -1);

  const ending = /^(.+?)(ed|ing)$/.exec(word);
  if (word.endsWith('eed')) {
    if (MEASURE_0.test(word.slice(0, -3))) word = word.slice(0, -1);
  } else if (ending?.[1] && HAS_VOWEL.test(ending[1])) {
    word = ending[1];
    if (/(?:at|bl|iz)$/.test(word)) word += 'e';
    else if (/([^aeiouylsz])\1$/.test(word)) word = word.slice(0, -1);
    else if (SHORT.test(word)) word += 'e';
  }
  // Behind a vowel it stays: "deploy" and "deployment" are one word.
  if (/[^aeiouy]y$/.test(word) && HAS_VOWEL.test(word.slice(0, -1))) word = `${word.slice(0, -1)}i`;

  word = replaceEnding(word, STEP_2);
  word = replaceEnding(word, STEP_3);
  const fourth = longestEnding(word);
  if (fourth && MEASURE_2.test(fourth)) word = fourth;
  if (word.endsWith('e')) {
    const rest = word.slice(0, -1);
    if (MEASURE_2.test(rest) || (MEASURE_1.test(rest) && !SHORT.test(rest))) word = rest;
  }
  if (word.endsWith('ll') && MEASURE_2.test(word)) word = word.slice(0, -1);
  return word;
}

function replaceEnding(word: string, endings: readonly (readonly [string, string])[]): string {
  for (const [ending, by] of endings) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, -ending.length);
    return MEASURE_0.test(rest) ? rest + by : word;
  }
  return word;
}

/** What stands before the ending of step 4, if there is one. */
function longestEnding(word: string): string | undefined {
  return STEP_4.exec(word)?.[1];
}
