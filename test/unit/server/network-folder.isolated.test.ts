// A data folder on a network file system, where processes share no memory: one of them at a time, and it is said plainly.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Store } from '../../../src/server/store/store.ts';
import { temporaryFolder } from './support.ts';

const P9 = 0x01021997;

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, statfsSync: () => ({ type: P9 }) };
});

test('is used without shared memory, by one process at a time, also where it came from elsewhere', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'letta.db');
  const log: string[] = [];
  const first = new Store(folder, (line) => log.push(line));
  expect(log.join()).toContain('only one window can use it at a time');
  first.write('durable', () => first.streamLog.prune(0));
  expect(() => new Store(folder)).toThrow(/held by another program. Close other windows/);
  first.close();

  const elsewhere = new DatabaseSync(file);
  elsewhere.exec('PRAGMA journal_mode = WAL');
  elsewhere.close();
  const second = new Store(folder);
  onTestFinished(() => second.close());
  second.write('durable', () => second.streamLog.prune(0));
  second.close();
  const reader = new DatabaseSync(file, { readOnly: true });
  expect(reader.prepare('PRAGMA journal_mode').get()?.journal_mode).toBe('delete');
  reader.close();
});
