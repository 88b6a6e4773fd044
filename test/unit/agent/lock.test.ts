// The lock between processes: one at a time, and nobody waits for a process that is gone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../../src/agent/lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-lock-'));
  path = join(folder, 'deep', 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Many at once: how many ran together at most. */
async function together(count: number): Promise<number> {
  let [now, most, done] = [0, 0, 0];
  const work = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    done++;
  };
  await Promise.all(Array.from({ length: count }, () => withLock(path, work)));
  expect(done).toBe(count);
  return most;
}

/** A lock that a process holds; the process is killed. */
async function killedHolder(): Promise<void> {
  const lock = join(import.meta.dirname, '../../../src/agent/lock.ts');
  const script = `import { withLock } from ${JSON.stringify(lock)};
    await withLock(process.argv[1], () => { process.stdout.write('held'); return new Promise(() => setInterval(() => {}, 1_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('one at a time, and nothing is left behind', async () => {
  expect(await together(10)).toBe(1);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('a lock whose process was killed is taken at once, by one of those who wait', { timeout: 20_000 }, async () => {
  await killedHolder();
  expect((await stat(path)).isFile()).toBe(true);
  expect(await together(8)).toBe(1);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('one that was killed as it cleared such a lock is not waited for either', { timeout: 20_000 }, async () => {
  await killedHolder();
  const gone = JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, token: 'x' });
  await writeFile(`${path}.clear`, gone);
  expect(await together(8)).toBe(1);
});

test.each([
  ['that lives', { host: hostname(), pid: process.ppid, token: 'x' }],
  ['of another computer', { host: 'elsewhere', pid: 2 ** 22 + 1, token: 'x' }],
])('the lock of a process %s is waited for', async (_, owner) => {
  await mkdir(join(folder, 'deep'));
  await writeFile(path, JSON.stringify(owner));
  let ran = false;
  const waiting = withLock(path, async () => {
    ran = true;
  });
  // As many looks at it as a few turns of the loop take.
  for (let n = 0; n < 50; n++) await stat(path);
  expect(ran).toBe(false);
  await rm(path);
  await waiting;
  expect(ran).toBe(true);
});

test('what nobody can be asked about is taken once it is old, also a folder of an earlier version', async () => {
  await mkdir(path, { recursive: true });
  const old = new Date(Date.now() - 60_000);
  await utimes(path, old, old);
  expect(await together(3)).toBe(1);
  await writeFile(path, '');
  await utimes(path, old, old);
  expect(await together(3)).toBe(1);
});

test('the lock of another is not removed by who lost it', async () => {
  const owner = JSON.stringify({ host: hostname(), pid: process.ppid, token: 'theirs' });
  await withLock(path, () => writeFile(path, owner));
  expect((await stat(path)).isFile()).toBe(true);
});
