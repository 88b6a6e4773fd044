import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';

let folder: string;
const open = () => new PendingNotes(join(folder, 'storage', 'notes.json'));
const texts = async (notes: PendingNotes, agent: string) => (await notes.leftBehind(agent)).map(({ text }) => text);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-notes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('finds what an earlier process left behind, word for word and in order, for its own agent only', async () => {
  const killed = open();
  await Promise.all([killed.add('a', 'one\n  <two>'), killed.add('b', 'of another'), killed.add('a', 'three')]);
  const next = open();
  expect(await texts(next, 'a')).toEqual(['one\n  <two>', 'three']);
  expect(await texts(next, 'b')).toEqual(['of another']);
});

it('forgets what has arrived, and does not take its own notes for lost ones', async () => {
  const notes = open();
  const first = await notes.add('a', 'one');
  await notes.add('a', 'two');
  await notes.done(first);
  expect(await texts(notes, 'a')).toEqual([]);
  expect(await texts(open(), 'a')).toEqual(['two']);
});

it('loses none where two windows without a folder share the file', async () => {
  const windows = [open(), open()];
  const notes = Array.from({ length: 20 }, (_, n) => `note ${n}`);
  const ids = await Promise.all(notes.map((text, n) => windows[n % 2]?.add('a', text)));
  expect((await texts(open(), 'a')).toSorted()).toEqual(notes.toSorted());
  await Promise.all(ids.map((id, n) => windows[n % 2]?.done(id ?? '')));
  expect(await open().any('a')).toBe(false);
});

it('begins anew where the file cannot be read', async () => {
  const notes = new PendingNotes(join(folder, 'notes.json'));
  await writeFile(join(folder, 'notes.json'), '[{"id":');
  expect(await notes.leftBehind('a')).toEqual([]);
  await notes.add('a', 'one');
  expect(await texts(new PendingNotes(join(folder, 'notes.json')), 'a')).toEqual(['one']);
});
