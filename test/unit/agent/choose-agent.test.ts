// Which agents a workspace could have, and that only one nobody ever used is deleted with what belonged to it alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { otherAgents, removeUnused } from '../../../src/agent/choose-agent.ts';
import { HUMAN_BLOCK } from '../../../src/agent/prompt.ts';
import { createAgent, findOrCreateAgent, type SetupOptions } from '../../../src/agent/setup.ts';
import { WorkspaceAgents } from '../../../src/agent/workspace-agents.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';

let folder: string;
let server: LettaServer;
let connection: Connection;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'choose-'));
  const models = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
  server = await createServer({ dataDir: join(folder, 'data'), models, version: '0.0.0' });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const options = (name: string): SetupOptions => ({
  connection,
  workspace: { root: join(folder, name), name, trusted: false },
  storageFolder: join(folder, `storage-${name}`),
  globalFolder: join(folder, 'global'),
  model: 'demo/offline',
});
const agentOf = async (name: string) => (await findOrCreateAgent(options(name))).agent.id;
const allBlocks = async () => (await connection.client.blocks.list({ limit: 200 })).items.map(({ id }) => id).sort();
const blockOf = async (agentId: string, label: string) => {
  const block = (await listBlocks(connection, agentId)).find((each) => each.label === label);
  if (!block) throw new Error(`${label} is missing.`);
  return block;
};
const write = async (agentId: string, label: string, value: string) => {
  const block = await blockOf(agentId, label);
  await saveBlock(connection, new ChangeLog(join(folder, 'log.jsonl')), {
    blockId: block.id,
    value,
    base: block.value,
  });
};

it('lists the others of this home, those made elsewhere too, and says which is which', async () => {
  const first = await agentOf('first');
  const second = await agentOf('second');
  expect(second).not.toBe(first);
  const foreign = await connection.client.agents.create({ name: 'Foreign', model: 'demo/offline', memory_blocks: [] });
  const others = await otherAgents(connection, second);
  expect(others.map(({ id, ours }) => ({ id, ours })).sort((a, b) => a.id.localeCompare(b.id))).toEqual(
    [
      { id: first, ours: true },
      { id: foreign.id, ours: false },
    ].sort((a, b) => a.id.localeCompare(b.id)),
  );
  expect(others.find(({ id }) => id === first)?.description).toContain('first');
});

it('gives a workspace another agent, which shares the person and nothing else', async () => {
  const first = await agentOf('first');
  const other = (await createAgent(options('first'))).id;
  expect(other).not.toBe(first);
  expect(await agentOf('first')).toBe(other);
  const [a, b] = await Promise.all([listBlocks(connection, first), listBlocks(connection, other)]);
  const ids = new Set(a.map(({ id }) => id));
  expect(b.filter(({ id }) => ids.has(id)).map(({ label }) => label)).toEqual([HUMAN_BLOCK.label]);
});

it('says of an agent made elsewhere that it is not ours, and leaves it as it is', async () => {
  const own = await findOrCreateAgent(options('first'));
  expect(own).toMatchObject({ created: true, agent: { ours: true } });
  const foreign = await connection.client.agents.create({ name: 'Foreign', model: 'demo/offline', system: 'Mine.' });
  await new WorkspaceAgents(null, options('first').storageFolder).set(connection.homeKey, foreign.id);
  expect(await findOrCreateAgent(options('first'))).toMatchObject({ agent: { id: foreign.id, ours: false } });
  expect(await connection.client.agents.retrieve(foreign.id)).toMatchObject({ system: 'Mine.', blocks: [] });
});

it('deletes an agent that was never used and leaves no block behind but the shared one', async () => {
  const first = await agentOf('first');
  await write(first, 'human', 'Likes tea.');
  const before = await allBlocks();
  const fresh = await agentOf('second');
  // Its chat has opened.
  await new Threads(connection, fresh).create();
  expect(await removeUnused(connection, fresh)).toBe(true);
  expect(await allBlocks()).toEqual(before);
  expect((await otherAgents(connection, '')).map(({ id }) => id)).toEqual([first]);
  expect((await blockOf(first, 'human')).value).toBe('Likes tea.');
});

const uses: Record<string, (agentId: string) => Promise<unknown>> = {
  'a message': async (agentId) => {
    const thread = await new Threads(connection, agentId).create();
    const stream = await connection.client.conversations.messages.create(thread, {
      messages: [{ role: 'user', content: 'hello' }],
    });
    for await (const _ of stream) {
      // To its end.
    }
  },
  'a line of memory': (agentId) => write(agentId, 'project', 'A line.'),
  'a note in the inbox': (agentId) => write(agentId, 'inbox', 'A note.'),
  'an entry of the archive': (agentId) => connection.client.agents.passages.create(agentId, { text: 'kept' }),
  'a block of its own': async (agentId) => {
    const { id } = await connection.client.blocks.create({ label: 'decisions', value: '' });
    await connection.client.agents.blocks.attach(id ?? '', { agent_id: agentId });
  },
  'another maker': (agentId) => connection.client.agents.update(agentId, { tags: ['made-elsewhere'] }),
};

it.each(Object.keys(uses))('keeps an agent that has %s', async (use) => {
  const agentId = await agentOf('used');
  await uses[use]?.(agentId);
  const before = await allBlocks();
  expect(await removeUnused(connection, agentId)).toBe(false);
  expect(await allBlocks()).toEqual(before);
  expect((await connection.client.agents.retrieve(agentId)).id).toBe(agentId);
});

it('opens no thread of another agent: a window may have kept one from before', async () => {
  const [first, second] = [await agentOf('first'), await agentOf('second')];
  const thread = await new Threads(connection, first).create({ title: 'Mine' });
  expect((await new Threads(connection, first).get(thread)).title).toBe('Mine');
  await expect(new Threads(connection, second).get(thread)).rejects.toMatchObject({ reason: 'not_found' });
});
