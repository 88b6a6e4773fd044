// What `.lettaignore` files say of several folders: each for itself, and never less than was known when one cannot be read.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { IgnoreLists } from '../../../src/native/ignore-lists.ts';
import { isHidden } from '../../../src/permissions/decide.ts';

let home: string;
let said: string[];
let lists: IgnoreLists;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'letta-ignore-')));
  for (const name of ['a', 'b']) await mkdir(join(home, name));
  said = [];
  lists = new IgnoreLists((line) => said.push(line));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const folders = () => [join(home, 'a'), join(home, 'b')];
const hides = (path: string) =>
  isHidden(join(home, path), { lettaignore: lists.lists, workspace: [...lists.lists.keys()], deny: [] });

it('takes back in one folder nothing that another one hides', async () => {
  await writeFile(join(home, 'a', '.lettaignore'), 'secret.txt\n');
  await writeFile(join(home, 'b', '.lettaignore'), '!secret.txt\r\nown.txt\r\n');
  await lists.read(folders());
  expect(['a/secret.txt', 'b/secret.txt', 'a/own.txt', 'b/own.txt'].map(hides)).toEqual([true, false, false, true]);
});

it('keeps what a file said while it cannot be read, hides all where that is not known, and says so', async () => {
  await writeFile(join(home, 'a', '.lettaignore'), 'secret.txt\n');
  // A folder of that name is there and cannot be read, whoever runs this.
  await mkdir(join(home, 'b', '.lettaignore'));
  await lists.read(folders());
  expect([hides('b/any/file.ts'), hides('a/any/file.ts')]).toEqual([true, false]);
  expect(said).toEqual([expect.stringMatching(/b\/\.lettaignore cannot be read, so the whole folder is hidden/)]);

  await rm(join(home, 'a', '.lettaignore'));
  await mkdir(join(home, 'a', '.lettaignore'));
  await lists.read(folders());
  expect([hides('a/secret.txt'), hides('a/any/file.ts')]).toEqual([true, false]);

  for (const name of ['a', 'b']) await rm(join(home, name, '.lettaignore'), { recursive: true });
  await lists.read(folders());
  expect([hides('a/secret.txt'), hides('b/any/file.ts')]).toEqual([false, false]);
});

it('ends with what was asked for last, however readings overlap', async () => {
  await writeFile(join(home, 'a', '.lettaignore'), 'x\n'.repeat(200_000));
  const first = lists.read(folders());
  await lists.read([join(home, 'b')]);
  await first;
  expect([...lists.lists.keys()]).toEqual([join(home, 'b')]);
});
