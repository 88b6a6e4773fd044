// The recent history of a repository, read with the person's own git. Nothing in the repository's configuration may run.
import { gitOutput } from '../run-git.ts';
import type { GitFacts } from './evidence.ts';

const COMMITS = 200;

/** Undefined: there is no repository, no commit, or no git. Not for a workspace that the person does not trust. */
export async function readGitFacts(root: string, signal?: AbortSignal): Promise<GitFacts | undefined> {
  const [log, refs] = await Promise.all([
    gitOutput(root, ['log', `--max-count=${COMMITS}`, '--no-show-signature', '--format=%H%x00%s%x00%b%x1e'], signal),
    gitOutput(root, ['for-each-ref', '--count=200', '--format=%(refname:short)', 'refs/heads', 'refs/remotes'], signal),
  ]);
  if (log === undefined) return undefined;
  const commits = log.split('\x1e').flatMap((record) => {
    const [sha, subject, body] = record.trim().split('\0');
    return sha && subject ? [{ sha, subject, body: body ?? '' }] : [];
  });
  return { commits, branches: (refs ?? '').split('\n').filter(Boolean) };
}
