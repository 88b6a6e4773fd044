// Entries of the archive that nobody has reviewed: told from what the agent's calls wrote, until a person has seen them.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ArchiveDesk } from '../../../src/archive-desk.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { WriteCall } from '../../../src/memory/undo-write.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';
import { proxied } from './support.ts';

const CONTENT = 'Releases are cut on Fridays.';

let home: OwnHome;
let store: MemoryStore;
let desk: ArchiveDesk;
let threadId: string;
let undone: WriteCall[];
let offered: (() => Promise<void>)[];

beforeEach(async () => {
  home = await OwnHome.open();
  store = new MemoryStore({ dataDir: join(home.workspace.folder, '.memory') });
  undone = [];
  offered = [];
  desk = new ArchiveDesk({
    connection: home.connection,
    agentId: home.agentId,
    store: proxied(store),
    deletedPath: join(home.workspace.folder, 'deleted.json'),
    titles: async () => new Map([[threadId, 'When we release']]),
    refresh: async () => {},
    offerUndo: (_message, undo) => offered.push(undo),
    undone: async (call) => void undone.push(call),
    log: (line) => {
      throw new Error(line);
    },
  });
  threadId = await home.newThread();
});
afterEach(async () => {
  store.close();
  await home.close();
});

/** The agent archives this after it has read a file. */
async function archived(content: string): Promise<void> {
  home.model.script(toolCalls([{ name: 'archival_memory_insert', args: { content, tags: ['when'] } }]), text('Noted.'));
  const deps = home.workspace.deps(home.connection, {
    decideMemory: () => ({ decision: 'mark', reason: 'It has read a file.' }),
    markMemory: async ({ callId, label, tool, args }) =>
      store.noteCalls(home.connection.homeKey, [
        {
          ...{ agentId: home.agentId, callId, label, tool, args, threadId, at: Date.now(), maybe: true },
          ...{ sources: ['workspace'], review: 'unreviewed' },
        },
      ]),
  });
  await turn(deps, 'note it', { agentId: home.agentId, threadId });
}

const listed = async (query = '') => (await desk.asked.list({ query })).passages;
const marked = async () => (await listed()).map((entry) => [entry.text, entry.origin?.unreviewed ?? false]);

it('are marked with what the agent had read and its thread, in the list and in a search; no other entry is', async () => {
  await desk.asked.add(CONTENT, ['of the person']);
  await archived('Something else.');
  expect(await marked()).toEqual([
    ['Something else.', true],
    [CONTENT, false],
  ]);
  const [found] = await listed('Something');
  expect(found?.origin).toMatchObject({ author: 'agent', threadId, threadTitle: 'When we release', unreviewed: true });
  expect(found?.origin?.sources).toHaveLength(1);
});

it('are told from older ones with the same words', async () => {
  await desk.entries.add(CONTENT, [], { at: '2025-01-01T00:00:00.000Z' });
  await archived(CONTENT);
  expect((await listed()).map(({ tags, origin }) => [tags.length, origin !== undefined])).toEqual([
    [1, true],
    [0, false],
  ]);
});

it('lose the mark when a person confirms or rewrites them, for good', async () => {
  await archived(CONTENT);
  await archived('Something else.');
  const [second, first] = await listed();
  const confirmed = await desk.asked.confirm(first?.id ?? '');
  expect([confirmed.text, confirmed.origin]).toEqual([CONTENT, undefined]);
  await desk.asked.replace(second?.id ?? '', 'Something else.', ['other']);
  expect((await marked()).map(([, unreviewed]) => unreviewed)).toEqual([false, false]);
});

it('are taken out with the word of which call made them; back again, they are still unreviewed', async () => {
  await archived(CONTENT);
  const [entry] = await listed();
  const call = await desk.asked.remove(entry?.id ?? '');
  expect(call?.threadId).toBe(threadId);
  expect(undone).toEqual([call]);
  expect(await listed()).toEqual([]);
  await offered[0]?.();
  expect(await marked()).toEqual([[CONTENT, true]]);
});
