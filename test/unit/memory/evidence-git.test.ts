// The history of a real repository, and that reading it runs nothing the repository names.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGitFacts } from '../../../src/memory/evidence/git-log.ts';
import { plant } from '../../support/planted.ts';

const git = (root: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

describe('a repository', () => {
  it('gives commits newest first with their bodies, and branches', async () => {
    await using repository = await plant({ 'a.txt': 'a' });
    git(repository.root, 'init', '-q', '-b', 'main');
    git(repository.root, 'add', '.');
    git(repository.root, 'commit', '-q', '-m', 'feat: first');
    git(
      repository.root,
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'fix: second',
      '-m',
      'Why.\n\nSigned-off-by: A <a@b.c>',
    );
    git(repository.root, 'branch', 'feat/more');
    const facts = await readGitFacts(repository.root);
    expect(facts?.commits.map((c) => [c.subject, c.body.trim()])).toEqual([
      ['fix: second', 'Why.\n\nSigned-off-by: A <a@b.c>'],
      ['feat: first', ''],
    ]);
    expect(facts?.branches).toEqual(['feat/more', 'main']);
    expect(facts?.commits[0]?.sha).toBe(git(repository.root, 'rev-parse', 'HEAD').trim());
  });

  it('is undefined where there is none, and where it has no commit', async () => {
    await using folder = await plant({ 'a.txt': 'a' });
    await expect(readGitFacts(folder.root)).resolves.toBeUndefined();
    git(folder.root, 'init', '-q');
    await expect(readGitFacts(folder.root)).resolves.toBeUndefined();
  });

  it('runs no program that its configuration names', async () => {
    await using repository = await plant({ 'a.txt': 'a' });
    const { root } = repository;
    git(root, 'init', '-q');
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'first');
    const ran = join(root, 'ran');
    for (const key of ['core.fsmonitor', 'gpg.program', 'core.pager', 'core.sshCommand'])
      git(root, 'config', key, `touch ${ran};:`);
    git(root, 'config', 'log.showSignature', 'true');
    await expect(readGitFacts(root)).resolves.toMatchObject({ commits: [{ subject: 'first' }] });
    expect(existsSync(ran)).toBe(false);
  });
});
