// Git's settings are those of the moment: written later, or of a repository that was made later, they count with the next look.
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GitFolder } from '../../../../src/editor/checkpoints/git.ts';

let top: string;
beforeEach(async () => {
  top = realpathSync(await mkdtemp(join(tmpdir(), 'git-place-')));
  vi.stubEnv('HOME', top);
  vi.stubEnv('XDG_CONFIG_HOME', join(top, '.xdg'));
  // Long after everything was written: what was read counts until it looks otherwise.
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(top, { recursive: true, force: true });
});

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
function repository(root: string): string {
  mkdirSync(root, { recursive: true });
  git(root, 'init', '-q');
  writeFileSync(join(root, 'a.txt'), 'a\n');
  git(root, 'add', '.');
  return root;
}

it('of the repository', async () => {
  const root = repository(join(top, 'repo'));
  const folder = new GitFolder(root);
  expect((await folder.read()).plain).toBe(true);
  git(root, 'config', 'core.autocrlf', 'true');
  expect((await folder.read()).plain).toBe(false);
  git(root, 'config', 'core.autocrlf', 'false');
  git(root, 'config', 'core.filemode', 'false');
  expect(await folder.read()).toMatchObject({ plain: true, modes: false });
});

it('of the person', async () => {
  const folder = new GitFolder(repository(join(top, 'repo')));
  expect((await folder.read()).plain).toBe(true);
  writeFileSync(join(top, 'mine'), '* text\n');
  mkdirSync(join(top, '.xdg', 'git'), { recursive: true });
  writeFileSync(join(top, '.xdg', 'git', 'config'), `[core]\n\tattributesfile = ${join(top, 'mine')}\n`);
  expect((await folder.read()).plain).toBe(false);
});

it('of a repository that is made in a folder of another one', async () => {
  const outer = repository(join(top, 'repo'));
  const inner = join(outer, 'packages', 'inner');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, 'b.txt'), 'b\n');
  const folder = new GitFolder(inner);
  expect(await folder.read()).toMatchObject({ untracked: ['b.txt'] });
  git(inner, 'init', '-q');
  git(inner, 'config', 'core.autocrlf', 'input');
  git(inner, 'add', '.');
  const state = await folder.read();
  expect([...state.entries.keys()]).toEqual(['b.txt']);
  expect(state.plain).toBe(false);
  // And is gone again.
  await rm(join(inner, '.git'), { recursive: true });
  expect(await folder.read()).toMatchObject({ untracked: ['b.txt'], plain: true });
});
