// An agent gets another name, and goes with what only it had; what is lost is told before.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { otherAgents } from '../../../src/agent/choose-agent.ts';
import { belongingsOf, deleteAgent, renameAgent } from '../../../src/agent/manage-agent.ts';
import { HUMAN_BLOCK } from '../../../src/agent/prompt.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';

let folder: string;
let server: LettaServer;
let connection: Connection;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manage-'));
  const models = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
  server = await createServer({ dataDir: folder, models, version: '0.0.0' });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function make(name: string): Promise<string> {
  const memory_blocks = [
    { label: 'project', value: `What ${name} knows.` },
    { label: 'lessons', value: '' },
    { label: HUMAN_BLOCK.label, value: 'Ada.' },
  ];
  return (await connection.client.agents.create({ name, model: 'demo/offline', memory_blocks })).id;
}
const names = async () => (await otherAgents(connection, '')).map(({ name }) => name).sort();
const values = async () => (await connection.client.blocks.list({ limit: 50 })).items.map(({ value }) => value).sort();

it('renames an agent', async () => {
  const id = await make('Old');
  await renameAgent(connection, id, 'New');
  expect(await names()).toEqual(['New']);
});

it('says what goes with an agent, and deletes just that', async () => {
  const [going, staying] = [await make('Going'), await make('Staying')];
  const shared = await connection.client.blocks.create({ label: 'shared', value: 'For both.' });
  for (const id of [going, staying]) await connection.client.agents.blocks.attach(shared.id ?? '', { agent_id: id });
  const threads = new Threads(connection, going);
  await threads.create({ title: 'One' });
  await threads.create({ title: 'Two' });
  await connection.client.agents.passages.create(going, { text: 'A fact.' });
  expect(await belongingsOf(connection, going)).toEqual({ threads: 2, entries: 1, blocks: ['project'] });
  await deleteAgent(connection, going);
  expect(await names()).toEqual(['Staying']);
  // What is known about the person stays, and so does what another agent has.
  expect(await values()).toEqual(['', 'Ada.', 'Ada.', 'For both.', 'What Staying knows.']);
});
