// What a local model asked to write and a person accepts later is kept to local models as if it had been written at once.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive } from '../../../src/memory/archive.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { MemoryDiff } from '../../../src/native/memory-diff.ts';
import { ReviewDesk } from '../../../src/review-desk.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';
import { proxied } from './support.ts';

const FACT = 'The clinic calls on Tuesday.';

let home: OwnHome;
let store: MemoryStore;
let desk: ReviewDesk;

beforeEach(async () => {
  home = await OwnHome.open();
  const { connection, agentId } = home;
  store = new MemoryStore({ dataDir: join(home.workspace.folder, '.memory') });
  const changes = new ChangeLog(join(home.workspace.folder, 'changes.jsonl'));
  desk = new ReviewDesk({
    connection,
    agentId,
    reviews: new ReviewList({ connection, agentId, store: proxied(store), changes }),
    blocks: new BlockManager(connection, agentId),
    // Nothing is compared.
    diff: {} as MemoryDiff,
    filed: { before: async () => {}, carryOut: async () => false, after: async () => {} },
    titles: async () => new Map(),
    changed: async () => {},
    refresh: async () => {},
    offerUndo: () => {},
    log: (line) => expect.fail(line),
  });
});
afterEach(async () => {
  store.close();
  await home.close();
});

/** The model asks for a write, which is held. */
async function held(name: string, args: object, hold: ReviewDesk['hold'] = (...held) => desk.hold(...held)) {
  home.model.script(toolCalls([{ name, args }]), text('Noted.'));
  const deps = home.workspace.deps(home.connection, {
    decideMemory: () => ({ decision: 'hold', reason: 'It saw the web.' }),
    holdMemory: hold,
  });
  const threadId = await home.newThread();
  const { outcome } = await turn(deps, 'Keep it.', { agentId: home.agentId, threadId });
  expect(outcome).toEqual({ kind: 'done' });
  const [view] = await desk.views();
  if (!view) throw new Error('Nothing was held.');
  return view;
}
const closeBlock = async () =>
  new BlockManager(home.connection, home.agentId).change((await home.block('human')).id, { localOnly: true });
const entries = async () => (await new Archive(home.connection, home.agentId).list({ query: '' })).passages;
const entry = { content: FACT, tags: ['diary'] };

describe('an entry of the archive', () => {
  it('that a local model wrote who could read what is kept to those is kept to them too, and keeps its tags', async () => {
    await closeBlock();
    const { id, localOnly } = await held('archival_memory_insert', entry);
    expect(localOnly).toBe(true);
    await desk.accept(id);
    expect(await entries()).toMatchObject([{ text: FACT, tags: ['diary'], localOnly: true }]);
  });

  it('stays so when the person edits it first', async () => {
    await closeBlock();
    const { id } = await held('archival_memory_insert', entry);
    await desk.accept(id, 'The clinic calls.');
    expect(await entries()).toMatchObject([{ text: 'The clinic calls.', localOnly: true }]);
  });

  it('is for all models where there is nothing to keep', async () => {
    const { id, localOnly } = await held('archival_memory_insert', entry);
    expect(localOnly).toBeUndefined();
    await desk.accept(id);
    const [{ localOnly: kept, tags } = {}] = await entries();
    expect([kept, tags]).toEqual([undefined, ['diary']]);
  });

  it('counts as such where the server cannot be asked', async () => {
    await closeBlock();
    const { localOnly } = await held('archival_memory_insert', entry, (call, verdict) =>
      desk.hold({ ...call, threadId: 'conv-00000000-0000-4000-8000-000000000000' }, verdict),
    );
    expect(localOnly).toBe(true);
  });
});

describe('a line of a block', () => {
  it('that all models read says whose it is before it is accepted', async () => {
    await closeBlock();
    const view = await held('memory_insert', { label: 'project', new_string: FACT });
    expect(view).toMatchObject({ label: 'project', localOnly: true });
  });
});
