// A block that was deleted and brought back is the same one: its past, what is known of its lines, and all that it had.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { lineHash } from '../../../src/memory/line-hash.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { MemoryTimeline } from '../../../src/memory/memory-timeline.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { OwnHome } from '../agent/own-home.ts';
import { proxied } from './support.ts';

let home: OwnHome;
let store: MemoryStore;
let timeline: MemoryTimeline;
let changes: ChangeLog;
let blocks: BlockManager;

beforeEach(async () => {
  home = await OwnHome.open();
  const { connection, agentId, workspace } = home;
  store = new MemoryStore({ dataDir: join(workspace.folder, 'store') });
  changes = new ChangeLog(join(workspace.folder, 'changes.jsonl'));
  timeline = new MemoryTimeline({ connection, agentId, store: proxied(store), changes, log: () => {} });
  blocks = new BlockManager(connection, agentId);
});
afterEach(async () => {
  store.close();
  await home.close();
});

const labels = async () => (await listBlocks(home.connection, home.agentId)).map((block) => block.label);
const ids = async (label: string) => {
  const { items } = await home.connection.client.blocks.list({ label });
  return items.map(({ id }) => id);
};
const made = () => blocks.create({ label: 'team', description: 'Who is who', value: 'Ann leads.', limit: 90 });

it('has its value, limit, marks, tags and metadata, its history and the notes on its lines', async () => {
  const { connection } = home;
  const { client } = connection;
  const block = await made();
  await client.blocks.update(block.id, { tags: ['people'], metadata: { kept: 'by others' }, read_only: true });
  await timeline.observe();
  await saveBlock(connection, changes, { blockId: block.id, value: 'Ann leads.\nBen helps.', base: 'Ann leads.' });
  await timeline.observe();
  store.setLineNote('embedded', block.id, lineHash('Ben helps.'), { until: '2030-01-01' });
  const before = await client.blocks.retrieve(block.id);
  const history = await timeline.history(block.id);
  const notes = store.lineNotes('embedded', block.id);
  expect(history.revisions).toHaveLength(2);

  const removed = await blocks.takeAway(block.id);
  await timeline.observe();
  expect(removed.shared).toBe(false);
  expect(await labels()).not.toContain('team');
  expect((await blocks.choices()).map((choice) => choice.block.label)).not.toContain('team');

  const back = await blocks.putBack(removed);
  await timeline.observe();
  expect(back).toMatchObject({ id: block.id, value: 'Ann leads.\nBen helps.', limit: 90, readOnly: true });
  const { tags, metadata, description } = await client.blocks.retrieve(block.id);
  expect({ tags, metadata, description }).toEqual({
    tags: before.tags,
    metadata: { kept: 'by others' },
    description: 'Who is who',
  });
  expect(await timeline.history(block.id)).toEqual(history);
  expect((await timeline.lines(block.id)).map(({ text }) => text)).toEqual(['Ann leads.', 'Ben helps.']);
  expect(Object.keys(notes)).toHaveLength(1);
  expect(store.lineNotes('embedded', block.id)).toEqual(notes);
});

it('is gone for good once nobody wants it back, but not while an agent has it', async () => {
  const block = await made();
  const removed = await blocks.takeAway(block.id);
  await blocks.putBack(removed);
  await blocks.forget(removed);
  expect(await labels()).toContain('team');
  await blocks.remove(block.id);
  expect(await ids('team')).toEqual([]);
});

it('that a closed window left undecided is deleted later, and nothing else is', async () => {
  const kept = await home.connection.client.blocks.create({ label: 'loose', value: 'Nobody has it.' });
  const block = await made();
  await blocks.takeAway(block.id);
  await blocks.sweep(new Date(Date.now() - 60_000).toISOString());
  expect(await ids('team')).toEqual([block.id]);
  await blocks.sweep(new Date(Date.now() + 1_000).toISOString());
  expect(await ids('team')).toEqual([]);
  expect(await ids('loose')).toEqual([kept.id]);
});

it('is not put back beside another one of its name', async () => {
  const removed = await blocks.takeAway((await made()).id);
  await made();
  await expect(blocks.putBack(removed)).rejects.toThrow(/team already/);
});

it('comes back with what it held when it was deleted meanwhile', async () => {
  const removed = await blocks.takeAway((await made()).id);
  await blocks.change(removed.block.id, { readOnly: true });
  const locked = { ...removed, block: { ...removed.block, readOnly: true } };
  await blocks.sweep(new Date(Date.now() + 1_000).toISOString());
  const back = await blocks.putBack(locked);
  expect(back).toMatchObject({
    label: 'team',
    description: 'Who is who',
    value: 'Ann leads.',
    limit: 90,
    readOnly: true,
  });
  expect(await ids('team')).toEqual([back.id]);
});
