// What other agents want remembered, on the real store: on the review list once whatever ends in between, and in no prompt before
// a person has said yes.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Notes } from '../../../src/flows/notes.ts';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { MemoryDiff } from '../../../src/native/memory-diff.ts';
import { openNotes } from '../../../src/remembering.ts';
import { ReviewDesk } from '../../../src/review-desk.ts';
import { text } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';
import { proxied } from './support.ts';

const FACT = 'Run the <reset> before the tests';

let home: OwnHome;
let store: MemoryStore;
beforeEach(async () => {
  home = await OwnHome.open();
  store = new MemoryStore({ dataDir: join(home.workspace.folder, '.memory') });
});
afterEach(async () => {
  store.close();
  await home.close();
});

/** A window on that home. `dies`: at that point nothing more of it happens. */
function window(dies?: 'before review' | 'after review'): { notes: Notes; desk: ReviewDesk } {
  const { connection, agentId, workspace } = home;
  const changes = new ChangeLog(join(workspace.folder, 'changes.jsonl'));
  const desk = new ReviewDesk({
    connection,
    agentId,
    reviews: new ReviewList({ connection, agentId, store: proxied(store), changes }),
    blocks: new BlockManager(connection, agentId),
    // Nothing is compared.
    diff: {} as MemoryDiff,
    filed: { before: async () => {}, after: async () => {}, carryOut: async () => false },
    titles: async () => new Map(),
    changed: async () => {},
    refresh: async () => {},
    offerUndo: () => {},
    log: (line) => expect.fail(line),
  });
  const never = new Promise<never>(() => {});
  const notes = openNotes({
    connection,
    agentId,
    changes,
    pending: new PendingNotes(join(workspace.folder, 'notes.json')),
    state: { get: () => undefined, update: async () => {} } as unknown as Parameters<typeof openNotes>[0]['state'],
    blocks: () => listBlocks(connection, agentId),
    runBeside: async () => expect.fail('No model is asked.'),
    refresh: async () => {},
    undone: () => {},
    trusted: () => true,
    reviews: async () => ({
      waitingOrRejected: () => desk.waitingOrRejected(),
      propose: async (proposals) => {
        if (dies === 'before review') return never;
        const added = await desk.propose(proposals);
        return dies === undefined ? added : never;
      },
    }),
  });
  return { notes, desk };
}

const waiting = async () => (await window().desk.views()).map(({ label, after }) => [label, after]);

it('waits in the review list, in no prompt before it is accepted, and in all after', async () => {
  const { notes, desk } = window();
  expect(await notes.putUp({ text: FACT, why: 'they fail else' }, ['tool'])).toMatchObject({ kind: 'held' });
  const [view] = await desk.views();
  expect(view).toMatchObject({
    kind: 'other-agent',
    label: 'inbox',
    before: '',
    after: `${FACT} (why: they fail else)`,
    reason: 'Another agent in VS Code asked to remember it.',
    sources: [],
  });
  const ask = async () => {
    home.model.script(text('Yes.'));
    await turn(home.workspace.deps(home.connection), 'Hi', {
      agentId: home.agentId,
      threadId: await home.newThread(),
    });
    return JSON.stringify(home.model.requests.at(-1)?.body);
  };
  expect(await ask()).not.toContain('before the tests');
  await desk.accept(view?.id ?? '');
  expect((await home.block('inbox')).value).toBe(`${FACT} (why: they fail else)`);
  expect(await ask()).toContain('before the tests');
});

it.each(['before review', 'after review'] as const)('is there once where the window is killed %s', async (moment) => {
  void window(moment).notes.putUp({ text: FACT }, ['tool']);
  await expect.poll(() => window().notes.pending()).toBe(true);
  if (moment === 'after review') await expect.poll(waiting).toHaveLength(1);
  expect((await window().notes.recover()).map(({ kind }) => kind)).toEqual(moment === 'before review' ? ['held'] : []);
  expect(await waiting()).toEqual([['inbox', FACT]]);
  expect(await window().notes.pending()).toBe(false);
  expect((await home.block('inbox')).value).toBe('');
});

it('is not put up again by a start after the kill when the person has decided meanwhile', async () => {
  void window('after review').notes.putUp({ text: FACT }, ['tool']);
  await expect.poll(waiting).toHaveLength(1);
  const { notes, desk } = window();
  // Also where they have put it into other words.
  await desk.accept((await desk.views())[0]?.id ?? '', 'Reset first');
  expect(await notes.recover()).toEqual([]);
  expect(await waiting()).toEqual([]);
  expect((await home.block('inbox')).value).toBe('Reset first');
});

it('is put up once however often it is asked for, and not again when it was turned down', async () => {
  const { notes, desk } = window();
  const twice = await Promise.all([FACT, FACT].map((fact) => notes.putUp({ text: fact }, ['tool'])));
  expect(twice.map(({ kind }) => kind)).toEqual(['held', 'known']);
  expect(await notes.putUp({ text: FACT }, ['tool'])).toMatchObject({ kind: 'known' });
  expect(await waiting()).toHaveLength(1);
  await desk.reject((await desk.views())[0]?.id ?? '');
  expect(await notes.putUp({ text: FACT }, ['tool'])).toMatchObject({ kind: 'rejected' });
  expect(await waiting()).toEqual([]);
});

it('is not put up where memory says it; that a block for local models says it, nobody is told', async () => {
  const { notes } = window();
  const write = async (value: string, metadata = {}) =>
    home.connection.client.blocks.update((await home.block('project')).id, { value, metadata });
  await write(FACT);
  expect(await notes.putUp({ text: FACT }, ['tool'])).toMatchObject({ kind: 'known', label: 'project' });
  await write(FACT, { local_only: true });
  expect(await notes.putUp({ text: FACT }, ['tool'])).toMatchObject({ kind: 'held', label: 'inbox' });
});

it('says whose files it may be from, and holds no secret', async () => {
  const { notes, desk } = window();
  await notes.putUp({ text: `Deploy with ghp_${'0123456789abcdefABCDEF'.repeat(2)}` }, ['tool', 'untrustedWorkspace']);
  expect(await desk.views()).toMatchObject([
    { after: 'Deploy with [secret]', sources: ['files of a workspace that is not trusted'] },
  ]);
});
