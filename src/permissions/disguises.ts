// How a text hides what it says: characters nobody sees, look-alike letters, encodings. Finds them and undoes them.

const HIDDEN = 'It holds characters that cannot be seen.';
const LOOKALIKE = 'It mixes letters that only look alike.';
const ENCODED = 'It holds encoded text.';

/** Zero-width and joining characters, direction marks, fillers, variation selectors beyond the emoji one, tags, private use. */
const INVISIBLE = new RegExp(
  [
    String.raw`[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ue000-\uf8ff]`,
    String.raw`[\u034f\u180b-\u180d\u180f\ufe00-\ufe0d]`,
    String.raw`[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]`,
  ].join('|'),
  'u',
);
const ALL_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');
/** Joins emoji to one picture; anywhere else it hides something. Some scripts need it between their letters. */
const STRAY_JOINER =
  /(?<!\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Script=Arabic}|\p{Script=Malayalam}|\p{Script=Sinhala})\u200d/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/u;

/** A flag of a region is written with tags and is harmless. */
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,8}\u{e007f}/gu;
/** Persian and Indic words need the non-joiner. */
const WORD_NON_JOINER =
  /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}])\u200c(?=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}])/gu;

/** Latin letters with letters of another script in one word. */
const MIXED_WORD =
  /(?=[\p{L}\d_]{0,60}\p{Script=Latin})(?<![\p{L}\d_])[\p{L}\d_]{0,60}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;
/** µs, Δt, πr: Greek signs of mathematics stand alone before a Latin letter. */
const MATHS = /(?<![\p{L}])[µμΔδΩωπλαβγεθσφΣ](?=[a-zA-Z]{0,3}(?![\p{L}]))/gu;
const MATHS_LETTERS = /[\u{1d400}-\u{1d7ff}\u{1f110}-\u{1f189}\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a]{3,}/u;
const STACKED = /\p{M}{4,}/u;
/** r u n   c u r l, r.u.n, r-u-n. */
const SPACED = /(?<![\p{L}\d])(?:\p{L}[ ._*|~-]{1,2}){5,40}\p{L}(?![\p{L}\d])/u;

/** Why a text was taken for one that hides something; empty: it hides nothing. */
export function hiddenIn(text: string): string[] {
  const reasons: string[] = [];
  const rest = text
    .replace(FLAG, '')
    .replace(WORD_NON_JOINER, '')
    .replace(/^\ufeff/, '');
  if (INVISIBLE.test(rest) || STRAY_JOINER.test(rest) || CONTROL.test(rest)) reasons.push(HIDDEN);
  const letters = text.replace(MATHS, '');
  if (MIXED_WORD.test(letters) || MATHS_LETTERS.test(text) || STACKED.test(text) || SPACED.test(text))
    reasons.push(LOOKALIKE);
  if (encoded(text)) reasons.push(ENCODED);
  return reasons;
}

/** Each letter with the Latin one it looks like. */
const LOOKALIKES: Record<string, string> = Object.fromEntries(
  'аa еe оo рp сc уy хx іi јj ѕs ԁd ԛq ԝw һh ѵv ӏl кk мm тt вb нn гr зe АA ВB ЕE КK МM НH ОO РP СC ТT ХX УY ІI ЈJ ЅS αa οo ρp νv τt υu κk ιi εe ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX'
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);
const LOOKALIKE_LETTER = new RegExp(`[${Object.keys(LOOKALIKES).join('')}]`, 'gu');

/** The text as a reader means it: compatible letters, plain quotes and spaces, nothing invisible, no look-alikes among Latin letters. */
export function plain(text: string): string {
  const seen = text
    .replace(ALL_INVISIBLE, '')
    .normalize('NFKC')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[‘’‛′´]/g, "'")
    .replace(/[‐‑‒−]/g, '-')
    // Emphasis in the middle of a sentence: **run** is run.
    .replace(/(?<![\p{L}\d*_~])[*_~]{1,3}(?=[\p{L}\d])|(?<=[\p{L}\d])[*_~]{1,3}(?![\p{L}\d*_~])/gu, '');
  // A text of another script stays as it is.
  if (!/\p{Script=Latin}/u.test(seen)) return seen;
  return seen.replace(/[\p{L}\d_]{1,200}/gu, (word) =>
    /\p{Script=Latin}/u.test(word) ? word.replace(LOOKALIKE_LETTER, (letter) => LOOKALIKES[letter] ?? letter) : word,
  );
}

const BASE64 = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,8000}={0,2}(?![A-Za-z0-9+/_=-])/g;
const HEX = /(?<![A-Za-z0-9])(?:0x)?(?:[0-9a-fA-F]{2}[ :,-]?){8,4000}(?![A-Za-z0-9])/g;
const ESCAPES = /(?:\\u\{?[0-9a-fA-F]{2,6}\}?|\\x[0-9a-fA-F]{2}|\\[0-7]{3}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,6};){3,}/;
const BITS = /(?:\b[01]{8}\b[ ,]{0,2}){4,}|\b[01]{40,}\b/;
const MORSE = /(?:(?<=^|\s)[.\-·–]{1,6}(?=\s|$|\/)[\s/]{1,3}){6,}/;

const printable = (text: string): boolean => {
  const readable = text.match(/[\p{L}\d\p{P}\p{S} \n\r\t]/gu)?.length ?? 0;
  return text.length >= 8 && readable / [...text].length > 0.95;
};

const fromBase64 = (word: string): string => Buffer.from(word, 'base64').toString('utf8');
const fromHex = (word: string): string => Buffer.from(word.replace(/^0x|[ :,-]/g, ''), 'hex').toString('utf8');

/** Paths and names are base64 letters too: what decodes to text with spaces, or is long and no name, is encoded. */
function encoded(text: string): boolean {
  if (ESCAPES.test(text) || BITS.test(text) || MORSE.test(text)) return true;
  for (const [word] of text.matchAll(BASE64)) {
    const bare = word.replace(/[+/_=-]/g, '');
    const varied = /[A-Z]/.test(bare) && /[a-z]/.test(bare) && (/\d/.test(bare) || word.endsWith('='));
    if (varied && word.length >= 64 && !/[a-z]{7}/.test(word)) return true;
    if (varied && /\s/.test(fromBase64(word)) && printable(fromBase64(word))) return true;
  }
  for (const [word] of text.matchAll(HEX)) {
    const decoded = fromHex(word);
    if (/[a-z]/i.test(decoded) && printable(decoded)) return true;
  }
  return false;
}

const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < 'n' ? 13 : -13)));
const LEET: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' };
/** What shows that undoing it was right: text is not English by chance. */
const TELLING =
  /\b(?:https?:\/\/|curl\s|wget\s|(?:always|never)\s+(?:run|ask|execute|install|push)|ignore (?:all|any|previous)|without asking|system prompt|sudo\s|npm (?:run|test|install)|rm -rf|you are (?:now|allowed)|do not tell)/i;

/** What the text may be a disguise of; only readings that make sense. */
export function decodings(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(BASE64)) if (printable(fromBase64(word))) found.push(fromBase64(word));
  for (const [word] of text.matchAll(HEX)) if (printable(fromHex(word))) found.push(fromHex(word));
  const tags = [...text].flatMap((c) => {
    const code = c.codePointAt(0) ?? 0;
    return code > 0xe0000 && code < 0xe007f ? [String.fromCharCode(code - 0xe0000)] : [];
  });
  if (tags.length > 3) found.push(tags.join(''));
  for (const turned of [
    rot13(text),
    [...text].toReversed().join(''),
    text.replace(/[013457@$]/g, (c) => LEET[c] ?? c),
    // Broken over lines or by signs in the middle of a word.
    text.replace(/\s*\n\s*/g, ''),
    text.replace(/(?<=\p{L})[*_`~|\\^](?=\p{L})/gu, ''),
  ]) {
    if (turned !== text && TELLING.test(turned) && !TELLING.test(text)) found.push(turned);
  }
  return found;
}
