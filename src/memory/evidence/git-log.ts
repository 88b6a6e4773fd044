// The recent history of a repository, read with the person's own git. Nothing in the repository's configuration may run.
import { execFile } from 'node:child_process';
import type { GitFacts } from './evidence.ts';

const COMMITS = 200;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** A repository's own configuration could name programs for these. */
const QUIET = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'log.showSignature=false',
  '-c',
  'core.hooksPath=/dev/null',
  '--no-pager',
];

function git(root: string, args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      'git',
      [...QUIET, ...args],
      {
        cwd: root,
        timeout: TIMEOUT_MS,
        maxBuffer: MAX_BYTES,
        env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
        ...(signal ? { signal } : {}),
      },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}

/** Undefined: there is no repository, no commit, or no git. Not for a workspace that the person does not trust. */
export async function readGitFacts(root: string, signal?: AbortSignal): Promise<GitFacts | undefined> {
  const [log, refs] = await Promise.all([
    git(root, ['log', `--max-count=${COMMITS}`, '--no-show-signature', '--format=%H%x00%s%x00%b%x1e'], signal),
    git(root, ['for-each-ref', '--count=200', '--format=%(refname:short)', 'refs/heads', 'refs/remotes'], signal),
  ]);
  if (log === undefined) return undefined;
  const commits = log.split('\x1e').flatMap((record) => {
    const [sha, subject, body] = record.trim().split('\0');
    return sha && subject ? [{ sha, subject, body: body ?? '' }] : [];
  });
  return { commits, branches: (refs ?? '').split('\n').filter(Boolean) };
}
