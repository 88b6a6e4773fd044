// Edits the cells of a Jupyter notebook: in its file only what a cell's source says is replaced, every other byte stays.
import * as z from 'zod/mini';
import { EditTextError, type Replacement, replaceInText } from './edit-text.ts';
import { nearMiss } from './near-miss.ts';

const Notebook = z.object({
  cells: z.array(z.object({ source: z.union([z.string(), z.array(z.string())]) })),
});

/** Whether a text is that of a notebook. */
export function isNotebook(path: string, text: string): boolean {
  return /\.ipynb$/i.test(path) && parse(text) !== undefined;
}

/**
 * Applies the edits one after the other, each within one cell's source (or, with `replace_all`, within all that hold it).
 * @param text a notebook's file
 * @throws EditTextError as `replaceInText`
 */
export function editNotebook(text: string, edits: Replacement[]): string {
  const sources = parse(text) ?? [];
  const now = [...sources];
  for (const [index, edit] of edits.entries()) {
    const label = edits.length === 1 ? '' : `Edit ${index + 1} of ${edits.length}: `;
    for (const cell of cellsOf(now, edit, label)) now[cell] = replaceInText(now[cell] ?? '', [edit]);
  }
  if (now.every((source, index) => source === sources[index])) {
    throw new EditTextError('The edits together change nothing.');
  }
  const places = elementsOf(text, memberOf(text, text.indexOf('{'), 'cells'));
  let result = text;
  // From the last to the first, so that places before stay where they are.
  for (const [index, start] of [...places.entries()].toReversed()) {
    const source = now[index];
    if (source === undefined || source === sources[index]) continue;
    const at = memberOf(result, start, 'source');
    const end = valueEnd(result, at);
    result = result.slice(0, at) + written(result.slice(at, end), source) + result.slice(end);
  }
  return result;
}

function parse(text: string): string[] | undefined {
  try {
    const parsed = Notebook.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    return parsed.data.cells.map(({ source }) => (typeof source === 'string' ? source : source.join('')));
  } catch {
    return undefined;
  }
}

/** Which cells an edit speaks of. */
function cellsOf(sources: readonly string[], edit: Replacement, label: string): number[] {
  const search = (edit.old_string ?? '').replace(/\r\n?/g, '\n');
  if (search === '') {
    throw new EditTextError(`${label}in a notebook give old_string: lines have no numbers there.`);
  }
  const found = sources.flatMap((source, index) => (source.includes(search) ? [index] : []));
  if (found.length === 0) {
    const hint = nearMiss(sources.join('\n'), search, edit.new_string).replace(/\n\d+\t/g, '\n');
    throw new EditTextError(`${label}old_string was not found in any cell; lines count through all cells.${hint}`);
  }
  if (found.length > 1 && edit.replace_all !== true) {
    const cells = found.map((index) => index + 1).join(', ');
    throw new EditTextError(
      `${label}old_string was found in cells ${cells}. Add surrounding lines until it is unique, or set replace_all.`,
    );
  }
  return found;
}

/** A source in the form that the old one has: a string, or lines laid out as they were. */
function written(old: string, source: string): string {
  if (old.startsWith('"')) return JSON.stringify(source);
  const lines = source.split(/(?<=\n)/).filter((line) => line !== '');
  if (lines.length === 0) return '[]';
  const [, before = '', after = ''] = /^\[(\s*)[\s\S]*?(\s*)\]$/.exec(old) ?? [];
  return `[${before}${lines.map((line) => JSON.stringify(line)).join(`,${before}`)}${after}]`;
}

/** Where the value of a member begins, in an object that begins at `start`. The text is known to be JSON. */
function memberOf(text: string, start: number, key: string): number {
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const end = valueEnd(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (JSON.parse(text.slice(at, end)) === key) return value;
    at = skipSpace(text, skipSpace(text, valueEnd(text, value)) + 1);
  }
  throw new EditTextError(`The notebook has a cell without ${key}.`);
}

/** Where the elements of an array begin. */
function elementsOf(text: string, start: number): number[] {
  const found: number[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']') {
    found.push(at);
    at = skipSpace(text, valueEnd(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (/\s/.test(text[end] ?? '')) end += 1;
  return end;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s,:[\]{}"]+/y;

/** The offset behind the value that begins at `start`. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) at += 1;
    else {
      if (token === '[' || token === '{') depth += 1;
      else if (token === ']' || token === '}') depth -= 1;
      at += token.length;
    }
  } while (depth > 0 && at < text.length);
  return at;
}
