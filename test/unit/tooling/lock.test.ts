// The lock between processes: one at a time, and a dead holder blocks nobody for long.
import { mkdirSync, mkdtempSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from '../../../scripts/lib/lock.mjs';

const path = (): string => join(mkdtempSync(join(tmpdir(), 'letta-lock-')), 'a.lock');

test('work under the same lock never overlaps', async () => {
  const lock = path();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(lock, work)));
  expect(most).toBe(1);
});

test('work that fails gives the lock back', async () => {
  const lock = path();
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, () => 'free')).toBe('free');
});

test('the lock of a holder that died is taken over', async () => {
  const lock = path();
  mkdirSync(lock);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(await withLock(lock, () => 'taken')).toBe('taken');
});
