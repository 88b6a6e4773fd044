// Exact replacements in a text: all of them or none, with errors that let a model correct itself.

import { nearMiss } from './near-miss.ts';

/** Either `old_string` is replaced, or `new_string` becomes lines behind line `insert_line` (0: before the first). */
export interface Replacement {
  old_string?: string | undefined;
  insert_line?: number | undefined;
  new_string: string;
  replace_all?: boolean | undefined;
}

/** Why an edit does not apply; nothing was changed. */
export class EditTextError extends Error {
  override name = 'EditTextError';
}

/** At most so many places are named when a string is found several times. */
const MAX_PLACES = 10;

/** What an edit replaced: offsets in the text just before it. */
interface Splice {
  start: number;
  end: number;
  length: number;
}

/**
 * Applies the edits one after the other, each to the result of the one before; lines for insertions count in the text as it
 * was given. Line endings need not match: CRLF and LF are the same when searching, new lines get the ending that prevails in
 * the text, and untouched lines keep theirs.
 * @throws EditTextError when a string is not found, or found several times without `replace_all`, or nothing would change
 */
export function replaceInText(text: string, edits: Replacement[]): string {
  let current = text;
  const ending = prevailingEol(text);
  const done: Splice[] = [];
  for (const [index, edit] of edits.entries()) {
    const label = edits.length === 1 ? '' : `Edit ${index + 1} of ${edits.length}: `;
    const several = edits.length > 1;
    const { splices, inserted } =
      edit.insert_line === undefined
        ? replacement(current, edit, ending, label, several)
        : insertion(text, current, edit, ending, label, done);
    for (const { start, end } of splices.toReversed()) {
      current = current.slice(0, start) + inserted + current.slice(end);
      done.push({ start, end, length: inserted.length });
    }
  }
  if (current === text) throw new EditTextError('The edits together change nothing.');
  return current;
}

interface Change {
  /** Ascending and apart. */
  splices: { start: number; end: number }[];
  /** What comes in place of each. */
  inserted: string;
}

function replacement(text: string, edit: Replacement, ending: string, label: string, several: boolean): Change {
  if (edit.old_string === undefined) throw new EditTextError(`${label}give old_string, or insert_line.`);
  const search = edit.old_string.replace(/\r\n?/g, '\n');
  const replaced = edit.new_string.replace(/\r\n?/g, '\n');
  if (search === '') {
    throw new EditTextError(`${label}old_string is empty. To add lines give insert_line; to make a file use Write.`);
  }
  if (search === replaced) throw new EditTextError(`${label}old_string and new_string are the same.`);
  const { plain, offset } = unifyWithOffsets(text);
  const found = edit.replace_all === true ? occurrences(plain, search, search.length) : occurrences(plain, search, 1);
  if (found.length === 0) {
    const none = several ? ' Nothing was changed.' : '';
    throw new EditTextError(`${label}old_string was not found.${none}${nearMiss(plain, search, replaced)}`);
  }
  if (found.length > 1 && edit.replace_all !== true) {
    const lines = found.slice(0, MAX_PLACES).map((at) => lineAt(plain, at));
    const more = found.length > MAX_PLACES ? ' …' : '';
    throw new EditTextError(
      `${label}old_string was found ${found.length} times, at lines ${lines.join(', ')}${more}. ` +
        'Add surrounding lines until it is unique, or set replace_all.',
    );
  }
  return {
    splices: found.map((at) => ({ start: offset(at), end: offset(at + search.length) })),
    inserted: ending === '\n' ? replaced : replaced.replaceAll('\n', ending),
  };
}

/** Whole lines, behind a line of the text as it was given. */
function insertion(
  given: string,
  current: string,
  edit: Replacement,
  ending: string,
  label: string,
  done: readonly Splice[],
): Change {
  const line = edit.insert_line ?? 0;
  if (edit.old_string) throw new EditTextError(`${label}give either old_string or insert_line, not both.`);
  if (edit.new_string === '') throw new EditTextError(`${label}new_string is empty: nothing would be inserted.`);
  const starts = lineStarts(given);
  const at = starts[line];
  if (at === undefined) {
    throw new EditTextError(`${label}the file has ${starts.length - 1} lines; insert_line ${line} is behind its end.`);
  }
  const place = done.reduce<number | undefined>((offset, splice) => moved(offset, splice), at);
  if (place === undefined) throw new EditTextError(`${label}line ${line} is within what an edit before it replaced.`);
  const lines = edit.new_string.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const unended = place === current.length && current !== '' && !/[\r\n]$/.test(current);
  const whole = unended ? `\n${lines}` : `${lines}\n`;
  return { splices: [{ start: place, end: place }], inserted: whole.replaceAll('\n', ending) };
}

/** Where an offset is after a splice; undefined where what was there is gone. */
function moved(offset: number | undefined, { start, end, length }: Splice): number | undefined {
  if (offset === undefined || offset <= start - (start === end ? 1 : 0)) return offset;
  return offset >= end ? offset + length - (end - start) : undefined;
}

/** The offset behind each line, and 0 before the first: `starts[n]` is where something behind line n comes. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  if (starts.at(-1) !== text.length) starts.push(text.length);
  return starts;
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
