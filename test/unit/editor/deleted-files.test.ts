// Copies of what is deleted: whole, out of others' sight, put back byte for byte, and not kept for ever.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentOf, standingText } from '../../../src/editor/content.ts';
import { DeletedFiles } from '../../../src/editor/deleted-files.ts';
import { EditorError } from '../../../src/editor/editor.ts';
import { listTree } from '../../../src/editor/tree.ts';

let folder: string;
let deleted: DeletedFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letta-deleted-'));
  deleted = new DeletedFiles(join(folder, 'kept'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function box(): string {
  const path = join(folder, 'box');
  mkdirSync(join(path, 'empty'), { recursive: true });
  writeFileSync(join(path, 'data.bin'), Buffer.from([0, 255, 10]));
  symlinkSync('data.bin', join(path, 'link'));
  symlinkSync('/nowhere/at/all', join(path, 'dangling'));
  return path;
}

const DAY = 24 * 60 * 60 * 1000;

test('a large file is not copied: it is kept as another name of itself, or told as lost', async () => {
  const path = box();
  const large = join(path, 'large.bin');
  writeFileSync(large, Buffer.alloc(3 * 1024 * 1024, 7));
  const { copy, lost } = await deleted.keep(path);
  expect(lost).toEqual([]);
  expect(statSync(join(copy, 'large.bin')).ino, 'not a byte was copied').toBe(statSync(large).ino);
  expect(statSync(join(copy, 'data.bin')).ino).not.toBe(statSync(join(path, 'data.bin')).ino);
  rmSync(path, { recursive: true });
  await deleted.putBack(copy, path);
  expect(statSync(large).size).toBe(3 * 1024 * 1024);
});

test.skipIf(!existsSync('/dev/shm'))('on another disk it is copied, as far as there is room for', async () => {
  const elsewhere = mkdtempSync('/dev/shm/letta-deleted-');
  try {
    const other = new DeletedFiles(elsewhere, 3 * 1024 * 1024);
    const path = box();
    const large = join(path, 'large.bin');
    writeFileSync(large, Buffer.alloc(2 * 1024 * 1024));
    const { copy, lost } = await other.keep(path);
    expect(lost).toEqual([]);
    expect(statSync(join(copy, 'large.bin')).size).toBe(2 * 1024 * 1024);
    writeFileSync(join(path, 'more.bin'), Buffer.alloc(2 * 1024 * 1024));
    expect((await other.keep(path)).lost).toHaveLength(1);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

test('a folder is kept and put back with links and empty folders', async () => {
  const path = box();
  const { copy } = await deleted.keep(path);
  rmSync(path, { recursive: true });
  await deleted.putBack(copy, path);
  expect(readdirSync(path).sort()).toEqual(['dangling', 'data.bin', 'empty', 'link']);
  expect([...readFileSync(join(path, 'data.bin'))]).toEqual([0, 255, 10]);
  expect(lstatSync(join(path, 'link')).isSymbolicLink()).toBe(true);
  expect(statSync(join(folder, 'kept', readdirSync(join(folder, 'kept'))[0] ?? '')).mode & 0o077).toBe(0);
});

test('the same file twice lies in two places; what is old is forgotten, what is dropped is gone', async () => {
  const path = box();
  const keep = async () => (await deleted.keep(path)).copy;
  const [first, second, third] = [await keep(), await keep(), await keep()];
  expect(first).not.toBe(second);
  const old = new Date(Date.now() - 31 * DAY);
  utimesSync(join(first, '..'), old, old);
  await deleted.forgetOld();
  await deleted.drop(third);
  expect([first, second, third].map((copy) => existsSync(copy))).toEqual([false, true, false]);
});

test('a line stands for what is no text, the same before and after a move; nothing stands for nothing', async () => {
  const path = box();
  const binary = async () => Promise.reject(new EditorError('binary', 'It is binary.'));
  const text = async () => ({ text: 'words', dirty: true });
  expect(await contentOf(path, text)).toEqual({ text: 'Folder', opaque: true, dirty: false });
  expect(await standingText(join(path, 'dangling'), text)).toBe('Symbolic link to /nowhere/at/all');
  expect(await contentOf(join(path, 'data.bin'), text)).toEqual({ text: 'words', opaque: false, dirty: true });
  const stamp = await standingText(join(path, 'data.bin'), binary);
  expect(stamp).toMatch(/^Binary file, 3 bytes, of 20/);
  writeFileSync(join(path, 'data.bin'), 'more than three');
  expect(await standingText(join(path, 'data.bin'), binary)).not.toBe(stamp);
  expect(await standingText(join(path, 'none'), text)).toBeNull();
  expect(await standingText(join(path, 'data.bin', 'under-a-file'), text)).toBeNull();
  const failing = async () => Promise.reject(new EditorError('io', 'No permission.'));
  await expect(standingText(join(path, 'data.bin'), failing)).rejects.toThrow('No permission');
});

test('a tree is listed without following links, parents first, up to its bounds', async () => {
  const path = box();
  symlinkSync('..', join(path, 'empty', 'up'));
  const names = (await listTree(path, 'box')).map((one) => one.slice(path.length + 1));
  expect(names).toEqual(['dangling', 'data.bin', 'empty', 'link', 'empty/up']);
  writeFileSync(join(path, 'huge'), Buffer.alloc(51 * 1024 * 1024));
  await expect(listTree(path, 'box')).rejects.toThrow('box holds more than 50 MB');
  await expect(listTree(join(path, 'none'), 'none')).rejects.toThrow(EditorError);
});
