// Searches without ripgrep: slow, but right.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import { Matcher } from './plain-matcher.ts';
import {
  type Found,
  type FoundLine,
  MAX_LINE_BYTES,
  type Scope,
  SEARCH_MS,
  type Search,
  type SearchEnd,
  type TextQuery,
} from './search.ts';

/** Larger files are data or built. */
const MAX_BYTES = 10 * 1024 * 1024;

interface Rules {
  /** The folder they count from. */
  folder: string;
  rules: Ignore;
}

export class PlainSearch implements Search {
  async files(scope: Scope, each: (path: string) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const until = Date.now() + SEARCH_MS;
    for await (const path of filesOf(scope)) {
      if (signal.aborted) return 'stopped';
      if (Date.now() > until) return 'late';
      if (!each(path)) return 'stopped';
    }
    return 'done';
  }

  async text(scope: Scope, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const matcher = new Matcher(query);
    const named = query.name === undefined ? () => true : picomatch(query.name, { dot: true });
    const until = Date.now() + SEARCH_MS;
    for await (const path of filesOf(scope)) {
      if (signal.aborted) return 'stopped';
      if (Date.now() > until) return 'late';
      const text = named(basename(path)) ? await readable(path) : undefined;
      if (text === undefined) continue;
      const ended = await inText(text, query, matcher, (found) => each({ ...found, path }));
      if (ended === 'stopped') return 'stopped';
    }
    return 'done';
  }

  async textIn(text: string, query: TextQuery, each: (found: Found) => boolean): Promise<SearchEnd> {
    return inText(text, query, new Matcher(query), (found) => each({ ...found, path: '' }));
  }
}

async function* filesOf(scope: Scope): AsyncGenerator<string> {
  const found = await stat(scope.start).catch(() => undefined);
  if (found?.isFile()) yield scope.start;
  else if (found) yield* walk(scope.start, scope.dotted, await rulesAbove(scope));
}

async function* walk(folder: string, dotted: boolean, above: readonly Rules[]): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const rules = [...above, ...(await rulesIn(folder))];
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name === '.git' || (!dotted && entry.name.startsWith('.'))) continue;
    const path = join(folder, entry.name);
    if (ignores(rules, path, entry.isDirectory())) continue;
    if (entry.isDirectory()) yield* walk(path, dotted, rules);
    else if (entry.isFile()) yield path;
  }
}

async function rulesAbove({ root, start }: Scope): Promise<Rules[]> {
  const found: Rules[] = [];
  let folder = root;
  for (const part of relative(root, start).split(sep)) {
    if (folder === start) break;
    found.push(...(await rulesIn(folder)));
    folder = join(folder, part);
  }
  // Who names a place has a reason: what leaves out all of it does not count.
  return found.filter((rules) => !ignores([rules], start, true));
}

async function rulesIn(folder: string): Promise<Rules[]> {
  const texts = await Promise.all(
    ['.gitignore', '.ignore'].map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  return texts.flatMap((text) => (text === undefined ? [] : [{ folder, rules: ignore().add(text) }]));
}

/** The innermost rules that say anything decide. */
function ignores(rules: readonly Rules[], path: string, folder: boolean): boolean {
  for (const one of rules.toReversed()) {
    const inside = relative(one.folder, path).split(sep).join('/');
    const { ignored, unignored } = one.rules.test(folder ? `${inside}/` : inside);
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** Undefined: it is binary, too large or cannot be read. */
async function readable(path: string): Promise<string | undefined> {
  const size = (await stat(path).catch(() => undefined))?.size ?? Number.POSITIVE_INFINITY;
  if (size > MAX_BYTES) return undefined;
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff')
    return new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be').decode(bytes);
  return bytes.includes(0) ? undefined : new TextDecoder().decode(bytes);
}

async function inText(
  text: string,
  { mode, context, multiline }: TextQuery,
  matcher: Matcher,
  each: (found: Omit<Found, 'path'>) => boolean,
): Promise<SearchEnd> {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const { columns, count } = multiline ? matcher.matchAcross(text) : await matcher.match(lines);
  if (columns.size === 0) return 'done';
  if (mode !== 'content') return each(mode === 'files' ? {} : { count }) ? 'done' : 'stopped';
  let next = 0;
  for (const at of columns.keys()) {
    for (let n = Math.max(next, at - context); n <= Math.min(lines.length - 1, at + context); n++) {
      // A match below is given as such by its own turn.
      if (n > at && columns.has(n)) break;
      next = n + 1;
      if (!each({ line: foundLine(n, lines[n] ?? '', columns.get(n)) })) return 'stopped';
    }
  }
  return 'done';
}

function foundLine(index: number, whole: string, column: number | undefined): FoundLine {
  const cut = whole.length > MAX_LINE_BYTES;
  const text = cut ? whole.slice(0, MAX_LINE_BYTES) : whole;
  return { line: index + 1, ...(column === undefined ? {} : { column: column + 1 }), text, cut };
}
