// Ending what a shell runs: all of it, and nothing that the shell begins afterwards.
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { descendants, endTree } from '../../../src/editor/terminal/process-tree.ts';
import { alive } from './support.ts';

it('leaves the next command of the same shell alone', async () => {
  const [first, next] = [`sleep 61${process.pid}`, `sleep 62${process.pid}`];
  const shell = spawn('bash', ['-c', `(trap '' TERM; ${first}; true); ${next}; true`], {
    detached: true,
    stdio: 'ignore',
  });
  const pid = shell.pid ?? 0;
  await expect.poll(() => alive(`^${first}`)).toBe(true);
  await endTree(pid, false);
  await expect.poll(() => alive(`^${first}`)).toBe(false);
  await expect.poll(() => alive(`^${next}`)).toBe(true);
  expect(await descendants(pid)).toHaveLength(1);

  const ending = endTree(pid, false);
  await ending;
  await expect.poll(() => alive(`^${next}`)).toBe(false);
});

it('ends a process that begins the next one while the first is being ended, where that is asked for', async () => {
  const [first, next] = [`sleep 63${process.pid}`, `sleep 64${process.pid}`];
  const shell = spawn('bash', ['-c', `trap '' TERM; ${first}; ${next}; true`], { detached: true, stdio: 'ignore' });
  await expect.poll(() => alive(`^${first}`)).toBe(true);
  await endTree(shell.pid ?? 0, true);
  await expect.poll(async () => (await alive(`^${first}`)) || (await alive(`^${next}`))).toBe(false);
});

it('lets a second command run that a shell began within the second of grace', async () => {
  const [first, next] = [`sleep 65${process.pid}`, `sleep 66${process.pid}`];
  const shell = spawn('bash', ['-c', `${first}; ${next}; true`], { detached: true, stdio: 'ignore' });
  const pid = shell.pid ?? 0;
  await expect.poll(() => alive(`^${first}`)).toBe(true);
  // The first ends at once; the shell goes on with the next while the first is still being looked after.
  await endTree(pid, false);
  expect(await alive(`^${next}`)).toBe(true);
  await endTree(pid, true);
  await expect.poll(() => alive(`^${next}`)).toBe(false);
});
