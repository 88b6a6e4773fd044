// Git: what the repository knows, read only.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import type { Git } from '../editor/git.ts';
import { folderName } from '../editor/paths.ts';
import type { Changes } from './git-changes.ts';
import { Repo, type Target } from './git-repo.ts';
import { hitsBody, innermost } from './places.ts';
import { numbered } from './read.ts';
import { guarded, type IsHidden, placeOf, readPaths } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  operation: z.enum(['status', 'diff', 'log', 'show', 'blame', 'branches']),
  path: z.optional(z.string()),
  ref: z.optional(z.string().check(z.describe('Commit, or A..B for diff and log'))),
  staged: z.optional(z.boolean()),
  offset: z.optional(z.int().check(z.minimum(1))),
  limit: z.optional(z.int().check(z.minimum(1))),
});
export type GitInput = z.infer<typeof Input>;

const LOG_LINES = 30;
const BLAME_LINES = 200;
const MOST_LINES = 2_000;

export interface GitDependencies {
  editor: Editor;
  git: Git;
  hidden: IsHidden;
}

export function gitTool(deps: GitDependencies): Tool<GitInput> {
  return {
    name: 'Git',
    description:
      'Reads the repository. diff: unstaged, staged, or against ref; show: a commit, or with path that file at ref.',
    input: Input,
    title: ({ operation, ref, path }) => {
      const target = [ref, path].filter((part) => part !== undefined).join(' ');
      return { title: `Git ${operation}`, ...(target === '' ? {} : { target }) };
    },
    access: ({ path }) => ({ kind: 'read', paths: readPaths(deps.editor, path) }),
    run: (input, { signal }) => guarded(() => run(deps, input, signal)),
  };
}

async function run(
  { editor, git, hidden }: GitDependencies,
  input: GitInput,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (!git.trusted())
    throw new ToolError('Git is not run in a workspace that is not trusted: its configuration could run programs.');
  const targets = targetsOf(editor, hidden, input);
  const answers: Changes[] = [];
  let failure: unknown;
  for (const target of targets) {
    try {
      const repo = await Repo.open(git, target, hidden, signal);
      const { text, files } = await look(repo, input);
      const title = targets.length > 1 ? `${target.display}:\n` : '';
      answers.push({ text: title + text, files: files.map((name) => repo.absolute(name)) });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      failure ??= error;
    }
  }
  if (answers.length === 0) throw failure;
  const places = answers.flatMap(({ files }) => files.map((path) => ({ path })));
  return {
    status: 'success',
    text: answers.map(({ text }) => text).join('\n\n'),
    ...(places.length === 0 ? {} : { view: { body: hitsBody(editor, places) } }),
  };
}

/** Each workspace folder, or the one that the path lies in. */
function targetsOf(editor: Editor, hidden: IsHidden, { path }: GitInput): Target[] {
  const folders = editor.folders();
  if (path === undefined) {
    if (folders.length === 0) placeOf(editor, '.');
    return folders.map((folder) => ({ folder, path: folder.real, display: folderName(folder, folders) }));
  }
  const place = placeOf(editor, path);
  const folder = innermost(folders, place.path);
  if (folder === undefined || hidden(place.path)) throw new ToolError(`.lettaignore hides ${place.display}.`);
  return [{ folder, path: place.path, display: place.display }];
}

async function look(repo: Repo, input: GitInput): Promise<Changes> {
  const { operation, path, ref, offset = 1 } = input;
  const limit = input.limit === undefined ? undefined : Math.min(input.limit, MOST_LINES);
  const { diff, fileAt, showCommit, status } = await import('./git-changes.ts');
  const { blame, branches, log } = await import('./git-history.ts');
  const only = (text: string): Changes => ({ text, files: [] });
  switch (operation) {
    case 'status':
      return status(repo);
    case 'diff':
      return diff(repo, await compared(repo, input), nothing(input));
    case 'log':
      return only(await log(repo, ref, offset, limit ?? LOG_LINES));
    case 'show':
      if (path === undefined) return showCommit(repo, ref ?? 'HEAD');
      return only(numbered(await fileAt(repo, ref ?? 'HEAD'), offset, limit));
    case 'blame':
      if (path === undefined) throw new ToolError('blame needs the path of a file.');
      return only(await blame(repo, ref, offset, limit ?? BLAME_LINES));
    case 'branches':
      return only(await branches(repo));
  }
}

async function compared(repo: Repo, { ref, staged }: GitInput): Promise<string[]> {
  const cached = staged ? ['--cached'] : [];
  if (ref === undefined) return cached;
  const { commits, dots } = await repo.range(ref);
  if (dots === '') return [...cached, ...commits];
  if (staged) throw new ToolError('What is staged is compared with one commit, not with a range.');
  return dots === '...' ? [commits.join(dots)] : commits;
}

function nothing({ ref, staged, path }: GitInput): string {
  const what = ref === undefined ? (staged ? 'is staged' : 'has changed that is not staged') : `differs (${ref})`;
  return `Nothing ${what}${path === undefined ? '' : ` in ${path}`}.${ref === undefined ? ' Untracked files are listed by status.' : ''}`;
}
