// The text of a notebook's file and the sources of its cells: what a cell says is replaced, every other byte stays.
import * as z from 'zod/mini';

const Notebook = z.object({
  cells: z.array(z.object({ source: z.union([z.string(), z.array(z.string())]) })),
});

/** What the cells say, in their order; undefined: it is no notebook. */
export function notebookSources(text: string): string[] | undefined {
  try {
    const parsed = Notebook.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    return parsed.data.cells.map(({ source }) => (typeof source === 'string' ? source : source.join('')));
  } catch {
    return undefined;
  }
}

/** The text with other sources in its cells. @param text of a notebook with as many cells as `sources` */
export function withSources(text: string, sources: readonly string[]): string {
  const old = notebookSources(text) ?? [];
  const places = elementsOf(text, memberOf(text, text.indexOf('{'), 'cells'));
  let result = text;
  // From the last to the first, so that places before stay where they are.
  for (const [index, start] of [...places.entries()].toReversed()) {
    const source = sources[index];
    if (source === undefined || source === old[index]) continue;
    const at = memberOf(result, start, 'source');
    const end = valueEnd(result, at);
    result = result.slice(0, at) + written(result.slice(at, end), source) + result.slice(end);
  }
  return result;
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
  throw new Error(`There is no ${key}.`);
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
