// What stands in a file instead of a text that was not found: where it nearly is, and what differs. The next try should need no guess.

/** In longer files, in lines, nothing similar is looked for: that would block the extension host. */
const MAX_SEARCHED = 5_000;
/** Longest excerpt of the file, in lines. */
const MAX_EXCERPT = 12;
/** Longest line that is quoted, in characters. */
const MAX_QUOTED = 160;
/** Places that are tried at most. */
const MAX_TRIED = 300;
/** Lines of the search that are compared: the first ones tell the place. */
const MAX_COMPARED = 60;
const MAX_PLACES = 5;

/** A sentence that begins with a space. `text` and `search` with LF only. */
export function nearMiss(text: string, search: string, replacement: string): string {
  if (replacement.trim().length > 3 && text.includes(replacement)) {
    return ` new_string is already there, at line ${lineOf(text, text.indexOf(replacement))}: was it applied before?`;
  }
  const lines = text.split('\n');
  if (lines.length > MAX_SEARCHED) return ' Read the part again that is to be changed.';
  const wanted = search.split('\n');
  if (wanted.every((line) => /^\s*\d+\t/.test(line) || line === '')) {
    return ' Leave out the line numbers and tabs that Read puts before each line.';
  }
  const escaped = unescaped(text, search);
  if (escaped !== undefined) return escaped;
  const best = nearest(lines, wanted);
  if (best === undefined) return ' Nothing like it is in the file. Read the file again.';
  const [start = 0] = best.starts;
  const end = Math.min(start + wanted.length, lines.length);
  const shown = lines.slice(start, Math.min(end, start + MAX_EXCERPT));
  const excerpt = shown.map((line, index) => `${start + index + 1}\t${line}`).join('\n');
  const others = best.starts.slice(1, MAX_PLACES).map((one) => one + 1);
  const also = others.length > 0 ? ` The same is at line ${others.join(', ')}: add lines that tell them apart.` : '';
  return `${differences(lines, wanted, start)} The nearest text is at lines ${start + 1}-${end}:\n${excerpt}${also}`;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** A search that was escaped once too often, as JSON or as HTML. */
function unescaped(text: string, search: string): string | undefined {
  const json = search.replace(/\\(["'\\/nt])/g, (_, one: string) => ({ n: '\n', t: '\t' })[one] ?? one);
  const html = search
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  for (const [plain, how] of [
    [json, 'with backslashes'],
    [html, 'as HTML'],
  ] as const) {
    if (plain === search || !text.includes(plain)) continue;
    return ` It is there, at line ${lineOf(text, text.indexOf(plain))}, when it is not escaped ${how}: send the text as it is in the file.`;
  }
  return undefined;
}

/** Says for the first line that differs, and for all of them, in what. */
function differences(lines: readonly string[], wanted: readonly string[], start: number): string {
  const pairs = wanted.flatMap((text, index) => {
    const there = lines[start + index];
    return there !== undefined && there !== text && !partOf(there, text, index, wanted.length)
      ? [{ text, there, line: start + index + 1 }]
      : [];
  });
  const [first] = pairs;
  if (first === undefined) return '';
  const kinds = [...new Set(pairs.map(({ text, there }) => difference(text, there)))];
  const verb = kinds.length > 1 || PLURAL.has(kinds[0] ?? '') ? 'differ' : 'differs';
  const only = kinds.includes('the text') ? '' : ` Only ${listed(kinds)} ${verb}.`;
  const quoted = ` Line ${first.line} is ${quote(first.there)}, old_string has ${quote(first.text)}.`;
  return only + quoted;
}

/** The first line of a search may begin in the middle of a line, the last may end there. */
function partOf(there: string, text: string, index: number, count: number): boolean {
  if (count === 1) return there.includes(text);
  return (index === 0 && there.endsWith(text)) || (index === count - 1 && there.startsWith(text));
}

function listed(kinds: readonly string[]): string {
  return kinds.length < 2 ? kinds.join('') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;
}

const PLURAL = new Set(['quotes', 'invisible characters']);

/** In what two lines differ, by what makes them the same. */
function difference(wanted: string, there: string): string {
  if (wanted.trimEnd() === there.trimEnd()) return 'white space at the end of lines';
  if (withoutOdd(wanted) === withoutOdd(there)) return 'invisible characters';
  if (wanted.trim() === there.trim()) return 'indentation';
  if (squeeze(wanted) === squeeze(there)) return 'white space';
  if (plainQuotes(wanted) === plainQuotes(there)) return 'quotes';
  if (squeeze(plainSigns(wanted)) === squeeze(plainSigns(there))) return 'quotes, dashes or white space';
  if (plainSigns(wanted).toLowerCase() === plainSigns(there).toLowerCase()) return 'upper and lower case';
  return 'the text';
}

function quote(line: string): string {
  const shown = line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
  // What cannot be seen is written as its number.
  return JSON.stringify(shown).replace(
    /[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}

function withoutOdd(line: string): string {
  return line
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' ');
}

function plainQuotes(line: string): string {
  return line.replace(/["'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb]/g, '"');
}

function plainSigns(line: string): string {
  return withoutOdd(plainQuotes(line))
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll('\u2026', '...');
}

/** By which lines are compared: what people and models confuse does not count. */
function keyOf(line: string): string {
  const plain = ODD.test(line) ? plainSigns(line) : line;
  return squeeze(plain).replace(/['`]/g, '"').toLowerCase();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: whatever is no plain letter or sign
const ODD = /[^\x00-\x7f]/;

/** Where the most lines agree; undefined where less than a third does. Several places where they agree equally well. */
function nearest(lines: readonly string[], wanted: readonly string[]): { starts: number[] } | undefined {
  const keys = lines.map(keyOf);
  const sought = wanted.slice(0, MAX_COMPARED).map(keyOf);
  const places = new Map<string, number[]>();
  for (const [index, key] of sought.entries()) {
    if (key.length > 2) places.set(key, [...(places.get(key) ?? []), index]);
  }
  const tried = new Set<number>();
  let best: { starts: number[]; score: number } = { starts: [], score: 0 };
  for (const [at, key] of keys.entries()) {
    for (const index of places.get(key) ?? []) {
      const start = at - index;
      if (start < 0 || tried.has(start) || tried.size > MAX_TRIED) continue;
      tried.add(start);
      const score = sought.filter((one, step) => keys[start + step] === one).length / sought.length;
      if (score > best.score) best = { starts: [start], score };
      else if (score === best.score) best.starts.push(start);
    }
  }
  if (best.score >= 1 / 3) return { starts: best.starts.sort((a, b) => a - b) };
  return nearestLine(keys, sought);
}

/** For a search of few lines: the line that shares the most words with the longest one. */
function nearestLine(keys: readonly string[], sought: readonly string[]): { starts: number[] } | undefined {
  const longest = sought.reduce((a, b) => (b.length > a.length ? b : a), '');
  const words = new Set(longest.match(/\w+/g) ?? []);
  if (words.size === 0) return undefined;
  let best = { at: -1, score: 0 };
  for (const [at, key] of keys.entries()) {
    // What is so much longer or shorter cannot be half the same.
    if (key.length > 3 * longest.length || 3 * key.length < longest.length) continue;
    const found = new Set(key.match(/\w+/g) ?? []);
    let shared = 0;
    for (const word of words) if (found.has(word)) shared += 1;
    const score = (2 * shared) / (words.size + found.size);
    if (score > best.score) best = { at, score };
  }
  return best.score < 0.5 ? undefined : { starts: [Math.max(0, best.at - sought.indexOf(longest))] };
}
