// What was before: the log, who wrote which line, the branches.
import type { Repo } from './git-repo.ts';
import { clip } from './support.ts';

const MAX_LOG = 30_000;
const MAX_BRANCHES = 60;

/** Commits newest first, a line each. `offset` from 1. */
export async function log(repo: Repo, ref: string | undefined, offset: number, limit: number): Promise<string> {
  const { commits, dots } = ref === undefined ? { commits: ['HEAD'], dots: '' } : await repo.range(ref);
  const path = repo.pathspec;
  const shape = ['--no-show-signature', '--no-notes', '--no-color', '--date=short', '--format=%h %ad %an: %s'];
  const counted = [`--max-count=${limit + 1}`, `--skip=${offset - 1}`];
  // Where the folder is the whole repository nothing needs to be looked into.
  const whole = path === '.' && (await repo.ask(['rev-parse', '--show-prefix'])).trim() === '';
  const args = ['--literal-pathspecs', 'log', ...shape, ...counted, commits.join(dots), '--', ...(whole ? [] : [path])];
  const lines = (await repo.ask(args)).split('\n').filter(Boolean);
  if (lines.length === 0) return offset > 1 ? 'There are no more commits.' : 'No commit touches it.';
  const shown = lines.slice(0, limit).join('\n');
  const more = lines.length > limit ? `\n(go on with offset ${offset + limit})` : '';
  return `${clip(shown, MAX_LOG)}${more}`;
}

/** Lines with the commit, author and day of each. */
export async function blame(repo: Repo, ref: string | undefined, offset: number, limit: number): Promise<string> {
  const commit = ref === undefined ? [] : [await repo.commit(ref)];
  const args = ['blame', '--no-textconv', '--date=short', `-L${offset},+${limit}`];
  const output = await repo.ask([...args, ...commit, '--', repo.pathspec]);
  const lines = output.trimEnd().split('\n');
  const more =
    lines.length < limit
      ? ''
      : `\n(lines ${offset}-${offset + lines.length - 1}; go on with offset ${offset + lines.length})`;
  return `${clip(lines.join('\n'), MAX_LOG)}${more}`;
}

/** Branches, those that were worked on last first; `*` marks the one that is checked out. */
export async function branches(repo: Repo): Promise<string> {
  const format =
    '%(HEAD) %(refname:short) %(objectname:short) %(committerdate:short) %(upstream:short)%(upstream:track) %(subject)';
  const output = await repo.ask([
    'for-each-ref',
    '--sort=-committerdate',
    `--count=${MAX_BRANCHES}`,
    `--format=${format}`,
    'refs/heads',
    'refs/remotes',
  ]);
  return clip(output.trimEnd(), MAX_LOG) || 'There are no branches yet.';
}
