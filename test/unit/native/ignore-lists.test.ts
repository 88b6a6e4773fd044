// What `.lettaignore` files say of several folders: each for itself, and never less than was known when one cannot be read.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ignoreFinder } from '../../../src/native/find-ignores.ts';
import { IgnoreLists } from '../../../src/native/ignore-lists.ts';
import { isHidden } from '../../../src/permissions/decide.ts';

let home: string;
let said: string[];
let lists: IgnoreLists;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'letta-ignore-')));
  for (const name of ['a', 'b']) await mkdir(join(home, name));
  said = [];
  const log = (line: string) => said.push(line);
  lists = new IgnoreLists(log, ignoreFinder('rg', log));
});
afterEach(async () => {
  // What is still looking would find its folder gone, and say so into the next case.
  await lists.whole();
  await rm(home, { recursive: true, force: true });
});

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

const write = async (path: string, text: string | Buffer) => {
  await mkdir(join(home, dirname(path)), { recursive: true });
  await writeFile(join(home, path), text);
};

it('reads those further down, each for its own folder, the deeper one last', async () => {
  await write('a/.lettaignore', '*.pem\n');
  await write('a/packages/api [x]/.lettaignore', '# keys\nsecret.txt\n/top.txt\nsub/one.txt\n!public.pem\n\n');
  await write('a/packages/api [x]/deep/.lettaignore', '!secret.txt');
  // Neither what packages bring along counts.
  await write('a/node_modules/p/.lettaignore', '*');
  await lists.read(folders());
  await lists.whole();
  const api = 'a/packages/api [x]';
  const hidden = ['secret.txt', 'sub/secret.txt', 'top.txt', 'sub/one.txt', 'key.pem'];
  const seen = ['sub/top.txt', 'one.txt', 'public.pem', 'deep/secret.txt'];
  expect(hidden.map((path) => hides(`${api}/${path}`))).toEqual(hidden.map(() => true));
  expect(seen.map((path) => hides(`${api}/${path}`))).toEqual(seen.map(() => false));
  expect(['a/secret.txt', 'a/node_modules/p/x', 'b/secret.txt'].map(hides)).toEqual([false, false, false]);
  expect(said).toEqual([]);

  // Read again at the root alone, it forgets nothing of them.
  const again = lists.read(folders());
  await again;
  expect(hides(`${api}/secret.txt`)).toBe(true);
});

it('finds them without ripgrep too, and hides a folder whose own file cannot be read', async () => {
  lists = new IgnoreLists(
    (line) => said.push(line),
    ignoreFinder('/no/rg', () => {}),
  );
  await write('a/x/y/.lettaignore', 'secret.txt');
  await mkdir(join(home, 'a/z/.lettaignore'), { recursive: true });
  await lists.read(folders());
  await lists.whole();
  expect(['a/x/y/secret.txt', 'a/x/secret.txt', 'a/z/any.ts'].map(hides)).toEqual([true, false, true]);
});

it('reads what Windows writes', async () => {
  const utf16 = Buffer.from('\ufeffsecret.txt\r\nother.txt\r\n', 'utf16le');
  await write('a/.lettaignore', utf16);
  await write('b/.lettaignore', Buffer.from(utf16).swap16());
  await lists.read(folders());
  expect(['a/secret.txt', 'a/other.txt', 'b/secret.txt', 'b/free.txt'].map(hides)).toEqual([true, true, true, false]);
});
