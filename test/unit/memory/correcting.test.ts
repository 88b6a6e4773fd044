// Proposals from corrections: each once, never what memory says already or the person has turned down, and no secret in them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Correcting, type Proposals } from '../../../src/correcting.ts';
import { TurnCorrections } from '../../../src/flows/corrections.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';

let folder: string;
let server: LettaServer;
let connection: Connection;
let agentId: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'correcting-'));
  const models = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
  server = await createServer({ dataDir: join(folder, 'data'), models, version: '0.0.0' });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
  const memory_blocks = [{ label: 'conventions', value: '- Use pnpm, not npm.' }];
  agentId = (await connection.client.agents.create({ name: 'A', model: 'demo/offline', memory_blocks })).id;
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function make(earlier: string[] = []) {
  const added: Parameters<Proposals['propose']>[0][number][] = [];
  const inspector: Proposals = {
    waitingOrRejected: async () => [...earlier.map((after) => ({ after })), ...added.map(({ after }) => ({ after }))],
    propose: async (proposals) => void added.push(...proposals),
  };
  const correcting = new Correcting({ connection, agentId, reviews: inspector });
  const refuse = (words: string) => {
    const turn = new TurnCorrections();
    turn.refused('Edit a.ts', words);
    if (!turn.proposal) throw new Error(`“${words}” teaches nothing.`);
    return correcting.propose(turn.proposal, 'thread');
  };
  return { correcting, added, refuse };
}

it('proposes a line once, whatever its capitals and its full stop', async () => {
  const { added, refuse } = make();
  const both = await Promise.all([refuse('tests are in German'), refuse('Tests are in German.')]);
  expect(both).toEqual([true, false]);
  const after = 'Tests are in German. (the person, declining: Edit a.ts)';
  const expected = { kind: 'correction', label: 'lessons', before: '', after, threadId: 'thread', sources: [] };
  expect(added).toMatchObject([expected]);
});

it('leaves out what memory says already, and what was turned down once', async () => {
  const { added, refuse } = make(['Tests are in German. (the person, declining: Edit b.ts)']);
  expect(await refuse('use pnpm, not npm')).toBe(false);
  expect(await refuse('tests are in german')).toBe(false);
  expect(added).toEqual([]);
});

it('masks secrets in the line and in what shows it', async () => {
  const { added, refuse } = make();
  const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
  await refuse(`use the token ${secret} for releases`);
  expect(JSON.stringify(added)).not.toContain(secret);
  expect(added).toHaveLength(1);
});

it('says to the person what became of a reason', async () => {
  const { correcting, added } = make();
  const change = { label: 'conventions', before: '', after: 'Names are nouns.' };
  expect(await correcting.tookBack(change, 'only in the scripts')).toContain('Waits in Memory');
  expect(await correcting.tookBack(change, 'Only in the scripts')).toContain('says so already');
  expect(added).toMatchObject([{ label: 'conventions', after: 'Only in the scripts.' }]);
});
