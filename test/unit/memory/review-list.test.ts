// Held writes wait until a person decides, and a yes is carried out once, whenever the host dies.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { accepted, ReviewConflict, ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { NewReview } from '../../../src/memory/store/types.ts';
import { AGENT, type FileServer, fileServer, proxied } from './support.ts';

let folder: string;
let server: FileServer;
let stores: MemoryStore[];

const open = (later = 0): { list: ReviewList; store: MemoryStore } => {
  const store = new MemoryStore({ dataDir: folder });
  stores.push(store);
  const changes = new ChangeLog(join(folder, 'changes.jsonl'));
  const list = new ReviewList({
    connection: server.connection,
    agentId: AGENT,
    store: proxied(store),
    changes,
    now: () => Date.now() + later,
  });
  return { list, store };
};

const proposal: Omit<NewReview, 'agentId'> = {
  callId: 'call-1',
  kind: 'write',
  label: 'conventions',
  before: '',
  after: 'Use tabs.',
  tool: 'memory_insert',
  args: { label: 'conventions', new_string: 'Use tabs.' },
  sources: ['web'],
  reason: 'The turn saw web content.',
  threadId: 'conv-1',
  messageId: 'message-1',
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reviews-'));
  server = fileServer(folder, { conventions: 'Use semicolons.', human: '' });
  stores = [];
});
afterEach(() => {
  for (const store of stores) store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the review list', () => {
  it('says when the block is not there, and puts the text into another one', async () => {
    const { list } = open();
    const { id } = await list.add({ ...proposal, label: 'style' });
    await expect(list.accept(id)).rejects.toMatchObject({ reason: 'gone', label: 'style' });
    expect(await list.count()).toBe(1);
    expect(await list.accept(id, { insert: true, label: 'conventions' })).toMatchObject({
      value: 'Use semicolons.\nUse tabs.',
    });
    expect(await list.count()).toBe(0);
  });

  it('holds a proposal once, until it is accepted; then memory has it and knows whose it is', async () => {
    const { list, store } = open();
    const { id } = await list.add(proposal);
    expect((await list.add(proposal)).id).toBe(id);
    expect(await list.count()).toBe(1);
    expect(await list.list()).toMatchObject([{ ...proposal, state: 'waiting' }]);
    expect(server.values().conventions).toBe('Use semicolons.');

    expect(await list.accept(id)).toMatchObject({ value: 'Use semicolons.\nUse tabs.' });
    expect(await list.count()).toBe(0);
    expect(await list.list('accepted')).toMatchObject([{ id, state: 'accepted' }]);
    store.readJournal('embedded', join(folder, 'changes.jsonl'));
    store.observe('embedded', AGENT, [
      { id: 'block-conventions', label: 'conventions', value: server.values().conventions ?? '' },
    ]);
    expect(store.lines('embedded', 'block-conventions')[1]).toMatchObject({
      text: 'Use tabs.',
      revision: {
        author: 'agent',
        by: 'review',
        threadId: 'conv-1',
        messageId: 'message-1',
        review: 'accepted',
        sources: ['web'],
      },
    });
    await expect(list.accept(id)).rejects.toMatchObject({ reason: 'decided' });
  });

  it('keeps proposals of calls apart that a model gave the same id', async () => {
    const { list } = open();
    await list.add(proposal);
    await list.add({ ...proposal, after: 'Use spaces.' });
    await list.add({ ...proposal, threadId: 'conv-2' });
    expect(await list.count()).toBe(3);
  });

  it('stores the edited text', async () => {
    const { list } = open();
    const { id } = await list.add(proposal);
    await list.accept(id, { text: 'Use tabs in Makefiles.' });
    expect(server.values().conventions).toBe('Use semicolons.\nUse tabs in Makefiles.');
    expect(await list.list('accepted')).toMatchObject([{ after: 'Use tabs.', editedText: 'Use tabs in Makefiles.' }]);
  });

  it('rejects without a write', async () => {
    const { list } = open();
    const { id } = await list.add(proposal);
    await list.reject(id);
    expect(server.writes()).toEqual([]);
    expect(await list.list('rejected')).toMatchObject([{ id }]);
    await expect(list.reject(id)).rejects.toMatchObject({ reason: 'decided' });
  });

  it('says when the replaced text is gone, writes nothing, and offers to add the text', async () => {
    const { list } = open();
    const replace = {
      ...proposal,
      before: 'Use semicolons.',
      after: 'Omit semicolons.',
      tool: 'memory_replace',
      args: {},
    };
    const { id } = await list.add(replace);
    server.set('conventions', 'Semicolons: always.');
    const error = await list.accept(id).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ReviewConflict);
    expect(error).toMatchObject({ reason: 'changed_since', canInsert: true });
    expect(await list.count()).toBe(1);
    await list.accept(id, { insert: true });
    expect(server.values().conventions).toBe('Semicolons: always.\nOmit semicolons.');
  });

  it('says when the block is gone', async () => {
    const { list } = open();
    const { id } = await list.add({ ...proposal, label: 'nowhere' });
    await expect(list.accept(id)).rejects.toMatchObject({ reason: 'gone' });
    expect(await list.count()).toBe(1);
  });

  it('accepts once when two windows do it at the same time', async () => {
    const one = open();
    const two = open();
    const { id } = await one.list.add(proposal);
    const results = await Promise.allSettled([one.list.accept(id), two.list.accept(id)]);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    expect(server.writes()).toEqual(['block-conventions']);
  });
});

describe('a host that is killed while it accepts', () => {
  const places = ['before the write', 'after the write', 'decided'];
  const logged = ['announced', 'journaled', 'recorded'];
  it.each([
    ...[...places, ...logged].map((place) => ['conventions', place] as const),
    // The archive has no log of ours.
    ...places.map((place) => ['archive', place] as const),
  ])('in %s, %s: the text is there once, and nothing waits for ever', async (label, place) => {
    const { id } = await open().list.add({
      ...proposal,
      label,
      tool: label === 'archive' ? 'archival_memory_insert' : 'memory_insert',
    });
    const child = spawnSync(process.execPath, [join(import.meta.dirname, 'killed-review.ts'), folder, id, place], {
      encoding: 'utf8',
    });
    expect(child.signal, child.stderr).toBe('SIGKILL');
    const before = server.writes().length;

    const { list } = open(60_000);
    expect(await list.recover()).toBe(0);
    const [waiting] = await list.list();
    expect(waiting === undefined).toBe(before === 1);
    if (waiting) await list.accept(waiting.id);
    expect(await list.list('accepted')).toHaveLength(1);
    expect(server.writes()).toHaveLength(1);
    if (label === 'conventions') expect(server.values().conventions).toBe('Use semicolons.\nUse tabs.');
  });

  it('is left alone while it may be another window that is at it', async () => {
    const { id } = await open().list.add(proposal);
    spawnSync(process.execPath, [join(import.meta.dirname, 'killed-review.ts'), folder, id, 'journaled']);
    const { list } = open();
    expect(await list.recover()).toBe(1);
    await expect(list.accept(id)).rejects.toMatchObject({ reason: 'busy' });
  });
});

describe('what an accepted proposal makes of a block', () => {
  const review = (parts: Partial<NewReview>) => ({ before: '', after: '', ...parts });
  it('is the proposed insertion, where it was to go', () => {
    const args = { label: 'a', new_string: 'x', insert_line: 0 };
    expect(accepted(review({ after: 'x', tool: 'memory_insert', args }), 'a\nb', { text: 'x' })).toBe('x\na\nb');
  });
  it('is the rewritten block with what was changed since', () => {
    const rewrite = review({ before: null, after: 'A\nb', base: 'a\nb' });
    expect(accepted(rewrite, 'a\nb\nlater', { text: 'A\nb' })).toBe('A\nb\nlater');
    expect(accepted(rewrite, 'other\nb', { text: 'A\nb' })).toBeNull();
    // The block could not be read then: what stands there is not replaced unseen.
    const unread = review({ before: null, after: 'A' });
    expect(accepted(unread, 'a', { text: 'A' })).toBeNull();
    expect(accepted(unread, 'a', { text: 'B' })).toBeNull();
    expect(accepted(unread, 'a', { text: 'A', insert: true })).toBe('a\nA');
    expect(accepted(unread, '\n', { text: 'A' })).toBe('A');
  });
  it('takes a deleted line out whole', () => {
    expect(accepted(review({ before: 'b' }), 'a\nb\nc', { text: '' })).toBe('a\nc');
  });
  it('is a conflict where the replaced text stands twice', () => {
    expect(accepted(review({ before: 'a', after: 'b' }), 'a\na', { text: 'b' })).toBeNull();
  });
});

it('a rejection is taken back once; what waits or was accepted is left as it is', async () => {
  const { list } = open();
  const { id } = await list.add(proposal);
  await expect(list.reopen(id)).rejects.toMatchObject({ reason: 'decided' });
  await list.reject(id);
  expect(await list.count()).toBe(0);
  await list.reopen(id);
  expect(await list.list()).toMatchObject([{ ...proposal, id, state: 'waiting' }]);
  expect(await list.accept(id)).toMatchObject({ value: 'Use semicolons.\nUse tabs.' });
  await expect(list.reopen(id)).rejects.toMatchObject({ reason: 'decided' });
});
