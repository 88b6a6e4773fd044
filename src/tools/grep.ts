// Grep: searches text in files; where the editor holds unsaved text of a file, that text.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { contains, displayPath } from '../editor/paths.ts';
import { badPattern, type Found, type Search, type TextQuery, type UnsavedText } from '../editor/search.ts';
import { t } from '../protocol/l10n.ts';
import { FoundPage } from './found-page.ts';
import { type PathGlob, pathGlob } from './path-glob.ts';
import { hitsBody, namesOf, type Start, startsOf, tellsOf } from './places.ts';
import { guarded, type IsHidden, readPaths } from './support.ts';
import type { Tool, ToolResult } from './tool.ts';

const Input = z.object({
  pattern: z.string().check(z.describe('Regular expression')),
  path: z.optional(z.string().check(z.describe('File or folder'))),
  glob: z.optional(z.string().check(z.describe('Files to search, e.g. *.ts'))),
  context: z.optional(z.int().check(z.minimum(0))),
  multiline: z.optional(z.boolean()),
  case: z.optional(z.boolean().check(z.describe('false ignores case'))),
  mode: z.optional(z.enum(['content', 'files', 'count'])),
  limit: z.optional(z.int().check(z.minimum(1))),
  offset: z.optional(z.int().check(z.minimum(1))),
});
export type GrepInput = z.infer<typeof Input>;

const LIMIT = 200;
const MOST = 1_000;
const MOST_CONTEXT = 20;
const MAX_PATTERN = 1_000;

export interface GrepDependencies {
  editor: Editor;
  search: Search;
  unsaved(): UnsavedText[];
  hidden: IsHidden;
}

export function grepTool(deps: GrepDependencies): Tool<GrepInput> {
  return {
    name: 'Grep',
    description: 'Searches file contents line by line, unsaved text included. Skips what Glob skips.',
    input: Input,
    title: ({ pattern, path }) => ({
      title: t('Search'),
      target: path === undefined ? pattern : t('{0} in {1}', pattern, path),
    }),
    access: ({ path }) => ({ kind: 'read', paths: readPaths(deps.editor, path) }),
    run: (input, { signal }) => guarded(() => run(deps, input, signal)),
  };
}

/** A file with unsaved text, or a document that was never saved, that belongs to what is searched. */
interface Held extends UnsavedText {
  start?: Start;
}

async function run(deps: GrepDependencies, input: GrepInput, signal: AbortSignal): Promise<ToolResult> {
  const { editor, search, hidden } = deps;
  const { pattern, path, glob, multiline = false, context = 0, mode = 'content', limit = LIMIT, offset = 1 } = input;
  if (pattern === '' || pattern.length > MAX_PATTERN) throw badPattern(pattern.slice(0, 50), 'it is empty or too long');
  if (!multiline && /\n|\\n/.test(pattern.replace(/\[[^\]]*\]|\\\\/g, '')))
    throw badPattern(pattern, 'it holds a line break');
  const wanted = glob === undefined ? undefined : pathGlob(glob);
  const query: TextQuery = {
    pattern,
    multiline,
    ignoreCase: input.case === false,
    context: mode === 'content' ? Math.min(context, MOST_CONTEXT) : 0,
    mode,
    ...(wanted?.name === undefined ? {} : { name: wanted.name }),
  };
  const starts = startsOf(editor, hidden, path);
  const page = new FoundPage({ mode, context: query.context, limit: Math.min(limit, MOST), offset });
  const held = heldTexts(deps, starts, wanted, path === undefined && glob === undefined);
  for (const { text, name, path: file } of held) {
    if (page.full) break;
    const each = (found: Found) => page.add({ ...found, path: file }, `${name} [unsaved]`);
    await search.textIn(text, query, each, signal);
  }
  const inEditor = new Set(held.map((one) => one.path));
  const folders = editor.folders();
  for (const start of starts) {
    if (page.full) break;
    const each = (found: Found): boolean => {
      if (inEditor.has(found.path) || !tellsOf(start, starts, found.path)) return true;
      if (!matches(wanted, start, found.path, starts.length > 1)) return true;
      return hidden(found.path) || page.add(found, displayPath(found.path, folders));
    };
    const end = await search.text({ ...start.scope, dotted: wanted?.dotted ?? false }, query, each, signal);
    page.late ||= end === 'late';
  }
  if (page.count === 0) return { status: 'success', text: nothing(input, page.late) };
  const { places } = page;
  const view = places.length === 0 ? {} : { view: { body: hitsBody(editor, places) } };
  return { status: 'success', text: page.text(), ...view };
}

function heldTexts(
  { unsaved, hidden }: GrepDependencies,
  starts: Start[],
  wanted: PathGlob | undefined,
  everything: boolean,
): Held[] {
  const held = unsaved().flatMap((one): Held[] => {
    const { path } = one;
    if (path === null) return everything ? [one] : [];
    const start = starts.find(({ scope }) => contains(scope.start, path));
    if (start === undefined || hidden(path) || !matches(wanted, start, path, starts.length > 1)) return [];
    return [{ ...one, start }];
  });
  return held.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function matches(wanted: PathGlob | undefined, start: Start, path: string, several: boolean): boolean {
  return wanted === undefined || wanted.matches(...namesOf(start, path, several));
}

function nothing({ pattern, path, glob }: GrepInput, late: boolean): string {
  const where = [path === undefined ? '' : ` in ${path}`, glob === undefined ? '' : ` in files ${glob}`].join('');
  const more = late ? ' The search was ended after 20 s, before all was looked at: narrow it with path or glob.' : '';
  return `No line matches ${JSON.stringify(pattern)}${where}.${more} Files that ignore files name, and dotfiles, are searched only where path or glob names them.`;
}
