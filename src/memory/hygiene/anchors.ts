// Anchors: what a memory line about code was written against. When that changes, the line is unverified until someone confirms it.
import { createHash } from 'node:crypto';
import { findPaths } from './claim-paths.ts';
import type { WorkspaceFacts } from './facts.ts';
import { findSymbols } from './find-symbols.ts';
import { LineText } from './line-text.ts';
import { CODE_FILE, maskCode } from './mask.ts';
import { findDefinitions } from './symbols.ts';
import type { Anchor, AnchorState } from './unverified.ts';
import { Workspace } from './workspace.ts';

/**
 * Hashes code by its tokens: spaces, line breaks, comments, trailing commas and kinds of quotes may change. The indentation
 * of Python and YAML means something, so there its depth counts.
 */
export function codeHash(text: string, path: string): string {
  // A comment is blanked before strings are read, or an apostrophe in it would open one.
  const kept = CODE_FILE.test(path) ? maskCode(text, path, true) : text;
  const lines = kept.split(/\r?\n/).filter((line) => line.trim() !== '');
  const steps = /\.(?:pyi?|ya?ml)$/i.test(path) ? depths(lines) : undefined;
  const tokens = lines.flatMap((line, index) => [...(steps ? [steps[index] ?? ''] : []), ...tokensOf(line)]);
  // A comma before a closing bracket is layout.
  const solid = tokens.filter((token, index) => token !== ',' || !closes(tokens, index + 1));
  const joined = solid.join('\u0001');
  return createHash('sha256').update(joined).digest('hex').slice(0, 32);
}

/** Whether the next token that is no mark of depth closes a bracket. */
function closes(tokens: readonly string[], from: number): boolean {
  let at = from;
  while (/^>\d+$/.test(tokens[at] ?? '')) at += 1;
  return /^[)\]}]$/.test(tokens[at] ?? '');
}

const tokensOf = (line: string): string[] =>
  [...line.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\w$]+|[^\s\w$]/g)]
    .map(([token]) => (/^["'][^"'\\]*["']$/.test(token) ? `"${token.slice(1, -1)}"` : token))
    .filter((token) => token !== ';');

/** How deep each line stands: the count of shallower levels around it, whatever their width. */
function depths(lines: readonly string[]): string[] {
  const open: number[] = [];
  return lines.map((line) => {
    const width = /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;
    while (open.length > 0 && (open.at(-1) ?? 0) >= width) open.pop();
    open.push(width);
    return `>${open.length}`;
  });
}

/** The text of the symbol; `Store.get` is looked for inside of `Store`. null: not defined in this file. */
export function symbolText(text: string, path: string, symbol: string): string | null {
  const [name = '', ...owners] = symbol.split('.').reverse();
  const masked = maskCode(text, path);
  let found = findDefinitions(text, path, name, masked);
  for (const owner of owners) {
    const outer = findDefinitions(text, path, owner, masked);
    const inside = found.filter((each) =>
      outer.some((around) => each.start > around.start && each.end <= around.end + 1),
    );
    if (inside.length > 0) found = inside;
  }
  const rank = { type: 0, callable: 1, value: 2 };
  const [best] = [...found].sort((a, b) => rank[a.kind] - rank[b.kind] || b.end - b.start - (a.end - a.start));
  // Overloads and methods of one name that stand apart belong together.
  const all = best && best.kind !== 'value' ? found.filter((each) => each.kind === best.kind) : best ? [best] : [];
  return best ? all.map((each) => text.slice(each.start, each.end)).join('\n') : null;
}

/**
 * What the line is about: the first symbol it names that is defined in a file it names (or in one file alone), else the first
 * code or configuration file. null: it is about nothing in the workspace.
 */
export async function anchorFor(
  line: string,
  facts: WorkspaceFacts,
  workspace: Workspace = new Workspace(facts),
): Promise<Anchor | null> {
  const text = new LineText(line);
  const paths = (await findPaths(text, workspace)).filter(({ polarity, glob }) => polarity === 'there' && !glob);
  const files = paths.flatMap(({ found }) => (found.length === 1 ? found : []));
  for (const symbol of findSymbols(text, paths)) {
    if (symbol.polarity !== 'there') continue;
    const full = symbol.owner === undefined ? symbol.name : `${symbol.owner}.${symbol.name}`;
    const all = await workspace.definitions(symbol.name);
    const named = all.filter(({ path }) => files.some((file) => path === file || path.startsWith(`${file}/`)));
    const places = new Set(
      (named.length > 0 ? named : all.filter(({ kind }) => kind !== 'value' || /[A-Z_]/.test(symbol.name))).map(
        ({ path }) => path,
      ),
    );
    const [path] = places;
    if (path === undefined || (named.length === 0 && places.size > 1)) continue;
    const anchor = await anchorAt(path, full, facts);
    if (anchor) return anchor;
  }
  for (const path of files) {
    const anchor = await anchorAt(path, undefined, facts);
    if (anchor) return anchor;
  }
  return null;
}

/** null: the file or the symbol is not there. */
export async function anchorAt(
  path: string,
  symbol: string | undefined,
  facts: WorkspaceFacts,
): Promise<Anchor | null> {
  const text = await facts.readText(path);
  if (text === null) return null;
  if (symbol === undefined) return { path, hash: codeHash(text, path) };
  const own = symbolText(text, path, symbol);
  return own === null ? null : { path, symbol, hash: codeHash(own, path) };
}

/** `gone`: the file, or the symbol in it. A file that may not be read now counts as the same: nothing is known against the line. */
export async function checkAnchor(anchor: Anchor, facts: WorkspaceFacts): Promise<AnchorState> {
  if (facts.hidden?.(anchor.path)) return 'same';
  const now = await anchorAt(anchor.path, anchor.symbol, facts);
  if (now === null) return 'gone';
  return now.hash === anchor.hash ? 'same' : 'changed';
}
