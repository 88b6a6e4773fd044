// The store of contents: what was put is found by its hash, and a damaged file is as good as none.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Contents } from '../../../src/editor/contents.ts';

let folder: string;
let contents: Contents;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-contents-'));
  contents = new Contents(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

test('what was put is found by its hash, also by another reader', async () => {
  const hash = await contents.put(bytes('one'));
  expect(await contents.put(bytes('one'))).toBe(hash);
  expect(new TextDecoder().decode((await new Contents(folder).get(hash)) ?? bytes(''))).toBe('one');
  expect(await contents.get('0'.repeat(64))).toBeNull();
});

test('many puts of the same bytes at once leave one file and nothing beside it', async () => {
  await Promise.all(Array.from({ length: 20 }, () => contents.put(bytes('same'))));
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.length > 2);
  expect(names).toHaveLength(1);
});

test('a file that was altered or cut is not given out', async () => {
  const hash = await contents.put(bytes('whole'));
  await writeFile(join(folder, hash.slice(0, 2), hash.slice(2)), 'who');
  expect(await contents.get(hash)).toBeNull();
});

test('forgets all but what is named', async () => {
  const [kept, gone] = [await contents.put(bytes('kept')), await contents.put(bytes('gone'))];
  await contents.keepOnly(new Set([kept]));
  expect([await contents.has(kept), await contents.has(gone)]).toEqual([true, false]);
});

test('a name that is no hash leads nowhere', async () => {
  await expect(contents.get('../../etc/passwd')).rejects.toThrow('no hash');
});
