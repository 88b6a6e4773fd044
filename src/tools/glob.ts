// Glob: finds files by their path.

import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { displayPath } from '../editor/paths.ts';
import type { Search } from '../editor/search.ts';
import { t } from '../protocol/l10n.ts';
import { pathGlob } from './path-glob.ts';
import { hitsBody, namesOf, startsOf, tellsOf } from './places.ts';
import { guarded, type IsHidden, readPaths } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  pattern: z.string().check(z.describe('e.g. src/**/*.ts; a bare name matches at any depth')),
  path: z.optional(z.string().check(z.describe('Folder to start in'))),
  offset: z.optional(z.int().check(z.minimum(1))),
});
export type GlobInput = z.infer<typeof Input>;

const LISTED = 300;
/** Files that match; more are counted no further. */
const MOST = 100_000;

export interface GlobDependencies {
  editor: Editor;
  search: Search;
  hidden: IsHidden;
}

export function globTool(deps: GlobDependencies): Tool<GlobInput> {
  return {
    name: 'Glob',
    description: 'Finds files by glob, sorted by path. Skips ignored files, and dotfiles unless named.',
    input: Input,
    title: ({ pattern, path }) => ({
      title: t('Find files'),
      target: path === undefined ? pattern : t('{0} in {1}', pattern, path),
    }),
    access: ({ path }) => ({ kind: 'read', paths: readPaths(deps.editor, path) }),
    run: (input, { signal }) => guarded(() => run(deps, input, signal)),
  };
}

async function run(
  { editor, search, hidden }: GlobDependencies,
  { pattern, path, offset = 1 }: GlobInput,
  signal: AbortSignal,
): Promise<ToolResult> {
  const glob = pathGlob(pattern);
  const starts = startsOf(editor, hidden, path);
  const found: string[] = [];
  let total = 0;
  let late = false;
  for (const start of starts) {
    const scope = { ...start.scope, dotted: glob.dotted };
    const each = (file: string): boolean => {
      const matches = tellsOf(start, starts, file) && glob.matches(...namesOf(start, file, starts.length > 1));
      if (!matches || hidden(file)) return true;
      total += 1;
      if (total >= offset && found.length < LISTED) found.push(file);
      return total < MOST;
    };
    late = (await search.files(scope, each, signal)) === 'late' || late;
  }
  if (total === 0)
    return {
      status: 'success',
      text: `No file matches ${pattern}${path === undefined ? '' : ` in ${path}`}.${late ? LATE : ''} ${SKIPPED}`,
    };
  if (found.length === 0) throw new ToolError(`Only ${total} files match; offset ${offset} is behind their end.`);
  const folders = editor.folders();
  const lines = found.map((file) => displayPath(file, folders));
  const last = offset + found.length - 1;
  if (offset > 1 || last < total) {
    const count = `${total}${total >= MOST ? ' or more' : ''}`;
    lines.push(`(${offset}-${last} of ${count}${last < total ? `; go on with offset ${last + 1}` : ''})`);
  }
  if (late) lines.push(LATE.trim());
  const places = found.map((file) => ({ path: file }));
  return { status: 'success', text: lines.join('\n'), view: { body: hitsBody(editor, places, total - offset + 1) } };
}

const LATE = ' The search was ended after 20 s: there may be more. Narrow it with path.';
const SKIPPED =
  'What ignore files name is skipped unless path leads there, and so are names with a leading dot unless the pattern names them.';
