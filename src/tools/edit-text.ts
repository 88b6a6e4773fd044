// Exact replacements in a text: all of them or none, with errors that let a model correct itself.

export interface Replacement {
  old_string: string;
  new_string: string;
  replace_all?: boolean | undefined;
}

/** Why an edit does not apply; nothing was changed. */
export class EditTextError extends Error {
  override name = 'EditTextError';
}

/** At most so many places are named when a string is found several times. */
const MAX_PLACES = 10;
/** In longer files, in lines, nothing similar is looked for: that would block the extension host. */
const MAX_SEARCHED = 20_000;
/** Longest excerpt of the file in an error, in lines. */
const MAX_EXCERPT = 12;

/**
 * Applies the edits one after the other, each to the result of the one before. Line endings need not match: CRLF and LF are
 * the same when searching, new lines get the ending that prevails in the text, and untouched lines keep theirs.
 * @throws EditTextError when a string is not found, or found several times without `replace_all`, or nothing would change
 */
export function replaceInText(text: string, edits: Replacement[]): string {
  let current = text;
  const ending = prevailingEol(text);
  for (const [index, edit] of edits.entries()) {
    const label = edits.length === 1 ? '' : `Edit ${index + 1} of ${edits.length}: `;
    current = replaceOne(current, edit, ending, label, edits.length > 1);
  }
  if (current === text) throw new EditTextError('The edits together change nothing.');
  return current;
}

function replaceOne(text: string, edit: Replacement, ending: '\n' | '\r\n', label: string, several: boolean): string {
  const search = edit.old_string.replace(/\r\n?/g, '\n');
  const replacement = edit.new_string.replace(/\r\n?/g, '\n');
  if (search === '') throw new EditTextError(`${label}old_string is empty. To make or replace a whole file use Write.`);
  if (search === replacement) throw new EditTextError(`${label}old_string and new_string are the same.`);
  const { plain, offset } = unifyWithOffsets(text);
  const found = edit.replace_all === true ? occurrences(plain, search, search.length) : occurrences(plain, search, 1);
  if (found.length === 0) {
    const none = several ? ' Nothing was changed.' : '';
    throw new EditTextError(`${label}old_string was not found.${none}${hint(plain, search, replacement)}`);
  }
  if (found.length > 1 && edit.replace_all !== true) {
    const lines = found.slice(0, MAX_PLACES).map((at) => lineAt(plain, at));
    const more = found.length > MAX_PLACES ? ' …' : '';
    throw new EditTextError(
      `${label}old_string was found ${found.length} times, at lines ${lines.join(', ')}${more}. ` +
        'Add surrounding lines until it is unique, or set replace_all.',
    );
  }
  const inserted = ending === '\n' ? replacement : replacement.replaceAll('\n', ending);
  let result = '';
  let from = 0;
  for (const at of found) {
    result += text.slice(from, offset(at)) + inserted;
    from = offset(at + search.length);
  }
  return result + text.slice(from);
}

/** The line ending of most lines; LF where there is none. */
export function prevailingEol(text: string): '\n' | '\r\n' {
  let crlf = 0;
  let lf = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') crlf += 1;
    else lf += 1;
  }
  return crlf > lf ? '\r\n' : '\n';
}

/** The text with LF only, and for an offset in it the offset in the original. */
function unifyWithOffsets(text: string): { plain: string; offset(at: number): number } {
  if (!text.includes('\r\n')) return { plain: text, offset: (at) => at };
  const dropped: number[] = [];
  for (let at = text.indexOf('\r\n'); at !== -1; at = text.indexOf('\r\n', at + 2)) dropped.push(at - dropped.length);
  return {
    plain: text.replaceAll('\r\n', '\n'),
    // The offset of a LF is that of its CR: a match that ends before a line break leaves the whole break alone.
    offset: (at) => at + countBelow(dropped, at),
  };
}

/** How many of the ascending numbers are below `limit`. */
function countBelow(ascending: number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function occurrences(text: string, search: string, step: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + step)) found.push(at);
  return found;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** What is there instead: the model's next try should need no guess. */
function hint(text: string, search: string, replacement: string): string {
  if (replacement.trim().length > 3 && text.includes(replacement)) {
    return ` new_string is already there, at line ${lineAt(text, text.indexOf(replacement))}: was it applied before?`;
  }
  const lines = text.split('\n');
  if (lines.length > MAX_SEARCHED) return ' Read the part again that is to be changed.';
  const wanted = search.split('\n');
  const numbered = wanted.every((line) => /^\s*\d+\t/.test(line) || line === '');
  if (numbered) return ' Leave out the line numbers and tabs that Read puts before each line.';
  const best = nearest(lines, wanted);
  if (best === undefined) return ' Nothing like it is in the file. Read the file again.';
  const end = Math.min(best.start + wanted.length, lines.length);
  const shown = lines.slice(best.start, Math.min(end, best.start + MAX_EXCERPT));
  const excerpt = shown.map((line, index) => `${best.start + index + 1}\t${line}`).join('\n');
  const why = best.spacing ? ' Only white space differs.' : '';
  return `${why} The nearest text is at lines ${best.start + 1}-${end}:\n${excerpt}`;
}

/** Where the most lines agree, white space aside; undefined where less than a third does. */
function nearest(lines: string[], wanted: string[]): { start: number; spacing: boolean } | undefined {
  const keys = lines.map(squeeze);
  const sought = wanted.map(squeeze);
  const anchors = new Set(sought.filter((key) => key.length > 2));
  const tried = new Set<number>();
  let best = { start: -1, score: 0 };
  for (const [at, key] of keys.entries()) {
    if (!anchors.has(key)) continue;
    for (const [index, other] of sought.entries()) {
      const start = at - index;
      if (other !== key || start < 0 || tried.has(start) || tried.size > 2_000) continue;
      tried.add(start);
      const score = sought.filter((one, step) => keys[start + step] === one).length / sought.length;
      if (score > best.score) best = { start, score };
    }
  }
  if (best.score >= 1 / 3) return { start: best.start, spacing: best.score === 1 };
  return nearestLine(keys, sought);
}

/** For a search of few lines: the line that shares the most words with the longest one. */
function nearestLine(keys: string[], sought: string[]): { start: number; spacing: boolean } | undefined {
  const longest = sought.reduce((a, b) => (b.length > a.length ? b : a), '');
  const words = new Set(longest.match(/\w+/g) ?? []);
  if (words.size === 0) return undefined;
  let best = { at: -1, score: 0 };
  for (const [at, key] of keys.entries()) {
    const found = new Set(key.match(/\w+/g) ?? []);
    let shared = 0;
    for (const word of words) if (found.has(word)) shared += 1;
    const score = (2 * shared) / (words.size + found.size);
    if (score > best.score) best = { at, score };
  }
  if (best.score < 0.5) return undefined;
  const spacing = sought.length === 1 && keys[best.at]?.replaceAll(' ', '') === longest.replaceAll(' ', '');
  return { start: Math.max(0, best.at - sought.indexOf(longest)), spacing };
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}
