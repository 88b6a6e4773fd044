// Whether a branch has been merged: asked of the person's own git, because only it can walk the history.
import { gitOutput } from '../run-git.ts';

/** What others are merged into, where the repository does not say it. */
const TRUNKS = ['main', 'master', 'trunk', 'develop'];

/** Undefined: git said no, or is not there. */
const git = async (root: string, args: readonly string[]): Promise<string | undefined> =>
  (await gitOutput(root, args))?.trim();

/** A branch name must not be read as an option or a revision's grammar. */
const refs = (branch: string): string[] => [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`];

async function tip(root: string, branch: string): Promise<string | undefined> {
  for (const ref of refs(branch)) {
    const found = await git(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    if (found) return found;
  }
  return undefined;
}

async function trunk(root: string): Promise<string | undefined> {
  const named = await git(root, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  for (const branch of [...(named ? [named.replace(/^origin\//, '')] : []), ...TRUNKS])
    if (await tip(root, branch)) return branch;
  return undefined;
}

/** Where a branch stands now. */
export interface BranchState {
  /** Its newest commit. */
  tip: string;
  /** All of it is in the branch that others are merged into. */
  contained: boolean;
}

/** Undefined: there is no such branch, no git, or it is the branch that others are merged into. */
export async function branchState(root: string, branch: string): Promise<BranchState | undefined> {
  const into = await trunk(root);
  if (into === undefined || into === branch) return undefined;
  const [own, base] = await Promise.all([tip(root, branch), tip(root, into)]);
  if (own === undefined || base === undefined) return undefined;
  return { tip: own, contained: (await git(root, ['merge-base', '--is-ancestor', own, base])) !== undefined };
}

/**
 * The branches among these that were merged. One that began at the trunk and got no commit since is contained in it too, and
 * is not merged: `at` is its commit when it was noted so.
 */
export async function mergedAmong(
  roots: readonly string[],
  branches: readonly { branch: string; at?: string | undefined }[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { branch, at } of branches) {
    for (const root of roots) {
      const state = await branchState(root, branch);
      if (state?.contained && state.tip !== at) found.push(branch);
    }
  }
  return [...new Set(found)];
}
