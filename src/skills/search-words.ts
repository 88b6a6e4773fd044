// Words as the search of skills counts them: light stems, so that other forms of a word are the same word.

/** Words, and words joined as in identifiers. */
const CHUNK = /[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)*/gu;
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2,}/u;
/** Of one text; what comes later is rarely what it is about. */
const MAX_CHARS = 20_000;
const MAX_WORD = 40;

/** A suffix, and what stands for it; the first that fits is taken, where enough of the word is left. */
const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/(?:ization|isation)s?$/, 'iz'],
  [/(?:ational|ation|ations|ator|ators)$/, ''],
  [/(?:ness|ment|ments|ful|less|able|ible|ously|ous|ively|ive|ally|al|ly)$/, ''],
  [/(?:tion|sion)s?$/, 't'],
  [/(?:ing|ings|ed|er|ers|or|ors|es)$/, ''],
  [/(?<![su])s$/, ''],
];

/** @param word in lower case, without marks */
export function lightStem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let stem = word.replace(/ies$/, 'y').replace(/sses$/, 'ss');
  for (const [suffix, by] of SUFFIXES) {
    const cut = stem.replace(suffix, by);
    if (cut === stem || cut.length < 3 || !/[aeiouy]/.test(cut)) continue;
    stem = cut;
    break;
  }
  // One word however it is written: `optimise`, `stopping`, `caching`, `policy`.
  return stem
    .replace(/(?<=[a-z]{2})is(?:e)?$/, 'iz')
    .replace(/([bdfgklmnprt])\1$/, '$1')
    .replace(/(?<=[a-z]{2})e$/, '')
    .replace(/(?<=[a-z]{2})y$/, 'i');
}

/** Stems of a text's words, each as often as it occurs. */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, MAX_CHARS)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  return (plain.match(CHUNK) ?? []).flatMap((chunk) => {
    if (SPACELESS.test(chunk)) {
      // Languages without spaces: every pair of signs is a word.
      const signs = [...chunk];
      return signs.slice(0, -1).map((sign, i) => `${sign}${signs[i + 1]}`);
    }
    const parts = chunk.replace(/(\p{Ll}\p{N}*)(\p{Lu})/gu, '$1 $2').split(/[ _.-]+/);
    return parts.map((part) => lightStem(part.toLowerCase().slice(0, MAX_WORD)));
  });
}

/** Stems that say nothing about what is looked for. */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  wordsOf(`a about after all also am an and any are as at be because been before being both but by can could did do does doing
  for from get gets got had has have having he her here his how i if in into is it its just let like made make may me might must my
  need needs no nor not now of off on once only or other our out over own per please put shall she should so some somebody
  something such take tell than that the their them then there these they thing this those through to too under until up us
  very want was we were what when where which while who whom whose why will with without would you your use used using
  always again anymore every new way one`),
);
