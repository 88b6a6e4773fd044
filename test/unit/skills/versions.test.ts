// Kept copies of a skill: when one is made, how many there are, and what a restore does and refuses.
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changesTo, restoreVersion, SkillVersions } from '../../../src/skills/versions.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
let folder: string;
let versions: SkillVersions;
beforeEach(async () => {
  box = await makeSandbox();
  folder = await box.skill('home/.agents/skills/one', { body: 'First.' });
  versions = new SkillVersions(join(box.root, 'kept'));
});
afterEach(() => box[Symbol.asyncDispose]());

const put = (path: string, text: string) => writeFile(join(folder, path), text);
const text = () => readFile(join(folder, 'SKILL.md'), 'utf8');

test('a copy is made of what is new, and of nothing else; the next window goes on with them', async () => {
  await versions.keep(folder);
  await versions.keep(folder);
  await new SkillVersions(join(box.root, 'kept')).keep(folder);
  expect(await versions.list(folder)).toHaveLength(1);
  await put('a.sh', 'echo');
  await versions.keep(folder);
  const list = await versions.list(folder);
  expect(list).toHaveLength(2);
  expect(list[0]?.at).toBeGreaterThan(list[1]?.at ?? 0);
  expect([...(await versions.read(folder, list[0]?.id ?? '')).keys()].toSorted()).toEqual(['SKILL.md', 'a.sh']);
  expect([...(await versions.read(folder, list[1]?.id ?? '')).keys()]).toEqual(['SKILL.md']);
});

test('the last 20 are kept', async () => {
  for (let i = 0; i < 23; i++) {
    await put('n.txt', `${i}`.repeat(i + 1));
    await versions.keep(folder);
  }
  const list = await versions.list(folder);
  expect(list).toHaveLength(20);
  expect(Buffer.from((await versions.read(folder, list[0]?.id ?? '')).get('n.txt') ?? []).toString()).toBe(
    '22'.repeat(23),
  );
});

test('what cannot be read has no version, and another skill has its own', async () => {
  await versions.keep(folder, []);
  expect(await versions.list(folder)).toEqual([]);
  await versions.keep(join(box.root, 'nope'));
  expect(await versions.list(join(box.root, 'nope'))).toEqual([]);
  await expect(versions.read(folder, '../../../etc')).rejects.toThrow('There is no such version.');
  await expect(versions.read(folder, `${'1'.repeat(13)}-${'a'.repeat(16)}`)).rejects.toThrow(/no longer there/);
});

test('a restore gives all files back, takes away what was not there, and leaves nothing beside it', async () => {
  await put('run.sh', 'echo');
  await chmod(join(folder, 'run.sh'), 0o755);
  await versions.keep(folder);
  const before = await text();
  const [kept] = await versions.list(folder);
  await put('SKILL.md', before.replace('First', 'Second'));
  await put('new.txt', 'x');
  await put('run.sh', 'echo 2');
  const version = await versions.read(folder, kept?.id ?? '');
  const changes = await changesTo(folder, version);
  expect(changes.map(({ path, after }) => [path, after !== undefined])).toEqual([
    ['SKILL.md', true],
    ['new.txt', false],
    ['run.sh', true],
  ]);
  await restoreVersion(folder, version, changes);
  expect(await text()).toBe(before);
  expect((await readdir(folder)).toSorted()).toEqual(['SKILL.md', 'run.sh']);
  expect((await stat(join(folder, 'run.sh'))).mode & 0o100).toBe(0o100);
  expect(await readdir(join(folder, '..'))).toEqual(['one']);
  expect(await changesTo(folder, version)).toEqual([]);
});

test('a restore leaves alone what no version holds, and a link to the skill stays one', async () => {
  const link = join(box.project, 'one');
  await symlink(folder, link);
  await versions.keep(link);
  const [kept] = await versions.list(link);
  const before = await text();
  await put('SKILL.md', before.replace('First', 'Second'));
  await box.write('home/.agents/skills/one/node_modules/a/index.js', 'a');
  await box.write('home/.agents/skills/one/scripts/new/x.sh', 'x');
  await symlink('/etc/hosts', join(folder, 'hosts'));
  const { ino } = await stat(folder);
  const version = await versions.read(link, kept?.id ?? '');
  await restoreVersion(link, version, await changesTo(link, version));
  expect(await text()).toBe(before);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect((await stat(folder)).ino).toBe(ino);
  expect((await readdir(folder)).toSorted()).toEqual(['SKILL.md', 'hosts', 'node_modules']);
});

test('a restore puts a file where a folder was, and a folder where a file was', async () => {
  await put('a', '1');
  await box.write('home/.agents/skills/one/b/c', '1');
  await versions.keep(folder);
  const [kept] = await versions.list(folder);
  await Promise.all(['a', 'b'].map((path) => rm(join(folder, path), { recursive: true })));
  await put('b', '2');
  await box.write('home/.agents/skills/one/a/c', '2');
  const version = await versions.read(folder, kept?.id ?? '');
  await restoreVersion(folder, version, await changesTo(folder, version));
  expect(await changesTo(folder, version)).toEqual([]);
});

test('no file of a version is written behind a link, nor outside', async () => {
  await mkdir(join(box.root, 'elsewhere'));
  await symlink(join(box.root, 'elsewhere'), join(folder, 'out'));
  for (const path of ['out/x', '../x']) {
    const version = new Map([
      ['SKILL.md', Buffer.from(await text())],
      [path, Buffer.from('x')],
    ]);
    const shown = await changesTo(folder, version);
    await expect(restoreVersion(folder, version, shown)).rejects.toMatchObject({ reason: 'outside' });
  }
  expect(await readdir(join(box.root, 'elsewhere'))).toEqual([]);
  expect(await readdir(dirname(folder))).toEqual(['one']);
});

test('a skill that changed since the diff was shown is left alone', async () => {
  await versions.keep(folder);
  const [kept] = await versions.list(folder);
  await put('SKILL.md', (await text()).replace('First', 'Second'));
  const version = await versions.read(folder, kept?.id ?? '');
  const shown = await changesTo(folder, version);
  await put('SKILL.md', (await text()).replace('Second', 'Third'));
  await expect(restoreVersion(folder, version, shown)).rejects.toMatchObject({ reason: 'changed' });
  expect(await text()).toContain('Third');
});

test('copies go along with a skill that moves, beside those of one that lay there', async () => {
  await versions.keep(folder);
  const to = join(box.home, '.agents/skills/two');
  const texts = async () =>
    Promise.all(
      (await versions.list(to)).map(async ({ id }) =>
        Buffer.from((await versions.read(to, id)).get('SKILL.md') ?? '').toString(),
      ),
    );
  await box.skill('home/.agents/skills/two', { body: 'Other.' });
  await versions.keep(to);
  await rm(to, { recursive: true });
  await rename(folder, to);
  await versions.moved(folder, to);
  expect((await texts()).map((each) => /First|Other/.exec(each)?.[0]).toSorted()).toEqual(['First', 'Other']);
  expect(await versions.list(folder)).toEqual([]);
  await versions.moved(folder, to);
  await writeFile(join(to, 'SKILL.md'), 'Third');
  await versions.keep(to);
  expect(await versions.list(to)).toHaveLength(3);
});

test('what is about to go is kept, or it is said why not', async () => {
  const kept = await versions.mustKeep(folder);
  expect(await readFile(join(kept, 'SKILL.md'), 'utf8')).toBe(await text());
  expect(await versions.mustKeep(folder)).toBe(kept);
  await rm(kept, { recursive: true });
  expect(await readFile(join(await versions.mustKeep(folder), 'SKILL.md'), 'utf8')).toBe(await text());
  await put('big', 'x'.repeat(6 * 1024 * 1024));
  await expect(versions.mustKeep(folder)).rejects.toThrow('larger than 5 MB');
  await expect(versions.mustKeep(join(box.root, 'nope'))).rejects.toThrow('ENOENT');
  await versions.keep(folder);
});
