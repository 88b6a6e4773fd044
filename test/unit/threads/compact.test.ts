// A thread made shorter on request, and how many tokens it had: against the embedded server, and one that lacks the routes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { contextTokens } from '../../../src/letta/context-tokens.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { compact } from '../../../src/threads/compact.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { hang, messageText, type ScriptedModel, startScriptedModel, text } from '../../support/scripted-model.ts';

let folder: string;
let model: ScriptedModel;
let server: LettaServer;
let agentId: string;
let threadId: string;

const connection: Connection = connect({
  kind: 'embedded',
  fetch: (input, init) => server.fetch(new Request(input, init)),
});
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compact-'));
  model = await startScriptedModel();
  const endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }];
  server = await createServer({
    dataDir: folder,
    models: createModelRegistry({ endpoints, env: {}, probeLocal: false }),
    version: '0.0.0',
  });
  const agent = await connection.client.agents.create({
    agent_type: 'letta_v1_agent',
    model: 'scripted/scripted',
    memory_blocks: [],
    tools: [],
    include_base_tools: false,
  });
  agentId = agent.id;
  threadId = await new Threads(connection, agentId).create({ title: 'Long' });
});
afterEach(async () => {
  await server.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

async function say(words: string, answer: string): Promise<void> {
  model.script(text(answer));
  const messages = [{ role: 'user' as const, content: words }];
  const stream = await connection.client.conversations.messages.create(threadId, { messages, streaming: true });
  for await (const _ of stream);
}

const LONG = 'the shelf holds books of many kinds, and each of them has a place. '.repeat(30);

describe('compact', () => {
  it('has the model see a summary in place of what was said', async () => {
    for (let n = 0; n < 6; n++) await say(`Question ${n}: ${LONG}`, `Answer ${n}: ${LONG}`);
    const before = await contextTokens(connection, agentId, threadId);
    expect(before).toBeGreaterThan(0);
    model.script(text('SUMMARY: shelves and books.'));
    await compact(connection, agentId, threadId, never);
    await say('And now?', 'Short.');
    const asked = model.requests.at(-1)?.body.messages.map(messageText).join('\n') ?? '';
    expect(asked).toContain('SUMMARY: shelves and books.');
    expect(asked).not.toContain('Question 0');
    expect(asked).toContain('And now?');
  });

  it('says so where there is nothing to make shorter', async () => {
    await expect(compact(connection, agentId, threadId, never)).rejects.toThrow(/nothing to compact/);
    expect(model.requests).toHaveLength(0);
  });

  it('changes nothing when it is given up', async () => {
    for (let n = 0; n < 6; n++) await say(`Question ${n}: ${LONG}`, `Answer ${n}: ${LONG}`);
    const stop = new AbortController();
    model.script(hang());
    const compacting = compact(connection, agentId, threadId, stop.signal);
    compacting.catch(() => {});
    await model.whenRequest(7);
    stop.abort();
    await expect(compacting).rejects.toThrow(/not compacted/);
    await say('And now?', 'As before.');
    expect(model.requests.at(-1)?.body.messages.map(messageText).join('\n')).toContain('Question 0');
  });

  it('says so where the server has no such route, and passes on what else is wrong', async () => {
    const other = (status: number, detail: string) =>
      connect({
        kind: 'selfHosted',
        url: 'http://letta.test',
        fetch: async () => Response.json({ detail }, { status }),
      });
    const on = (status: number, detail: string) => compact(other(status, detail), agentId, threadId, never);
    await expect(on(404, 'Not Found')).rejects.toThrow(/cannot compact a thread when asked/);
    await expect(on(405, 'Method Not Allowed')).rejects.toThrow(/cannot compact a thread when asked/);
    await expect(on(404, 'Conversation conv-1 not found')).rejects.toThrow(/The thread was not compacted/);
  });
});

describe('contextTokens', () => {
  it('tells what the last step had, and nothing where there was none or nobody can tell', async () => {
    expect(await contextTokens(connection, agentId, threadId)).toBeUndefined();
    model.script(text('Hi', { usage: { prompt: 1_200, completion: 34 } }));
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    for await (const _ of await connection.client.conversations.messages.create(threadId, {
      messages,
      streaming: true,
    }));
    expect(await contextTokens(connection, agentId, threadId)).toBe(1_234);
    const gone = connect({ kind: 'selfHosted', url: 'http://letta.test', fetch: async () => Response.error() });
    expect(await contextTokens(gone, agentId, threadId)).toBeUndefined();
  });
});
