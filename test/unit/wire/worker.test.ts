// The real worker behind the wire: it starts on a folder, serves the client, keeps what it had, and says why it cannot start.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Letta } from '@letta-ai/letta-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EmbeddedServer, EmbeddedServerError, startEmbeddedServer } from '../../../src/letta/embedded.ts';
import { type ScriptedModel, startScriptedModel, text } from '../../support/scripted-model.ts';

const workerPath = new URL('../../../src/server/worker.ts', import.meta.url);

// Each case starts a thread or two that load the whole server from its sources.
vi.setConfig({ testTimeout: 30_000 });

let dataDir: string;
let model: ScriptedModel;
let running: EmbeddedServer[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'letta-worker-'));
  model = await startScriptedModel();
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
  await model.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }]): Promise<[EmbeddedServer, Letta]> {
  const server = await startEmbeddedServer({ workerPath, dataDir, version: '1.2.3', endpoints });
  running.push(server);
  const client = new Letta({ baseURL: 'http://embedded.invalid', apiKey: null, maxRetries: 0, fetch: server.fetch });
  return [server, client];
}

async function say(client: Letta, conversation: { id: string }, words: string): Promise<string> {
  const stream = await client.conversations.messages.create(conversation.id, {
    messages: [{ role: 'user', content: words }],
    stream_tokens: true,
    background: true,
  });
  let said = '';
  for await (const event of stream) {
    if (event.message_type === 'assistant_message' && typeof event.content === 'string') said += event.content;
  }
  return said;
}

test('serves the client, and keeps everything over a restart', async () => {
  const [first, client] = await start();
  expect(await client.health()).toMatchObject({ status: 'ok' });
  const agent = await client.agents.create({ name: 'Ada', model: 'scripted/scripted' });
  const conversation = await client.conversations.create({ agent_id: agent.id });
  model.script(text('Hello from the worker, with an emoji 🙂.'));
  expect(await say(client, conversation, 'Hi')).toBe('Hello from the worker, with an emoji 🙂.');
  await first.close();

  const [, again] = await start();
  const messages = await again.conversations.messages.list(conversation.id, { order: 'asc' });
  expect(messages.items.map((message) => message.message_type)).toEqual([
    'system_message',
    'user_message',
    'assistant_message',
  ]);
});

test('takes endpoints that are configured later, and drops those that are gone', async () => {
  const [server, client] = await start([]);
  const handles = async () => (await client.models.list()).map((entry) => entry.handle);
  expect(await handles()).not.toContain('scripted/scripted');
  server.configure([{ name: 'scripted', baseUrl: model.baseUrl }]);
  expect(await handles()).toContain('scripted/scripted');
  server.configure([]);
  expect(await handles()).not.toContain('scripted/scripted');
});

test('refuses a damaged database by name, and leaves it alone', async () => {
  const path = join(dataDir, 'letta.db');
  const content = 'no database at all '.repeat(500);
  writeFileSync(path, content);
  const error = await start().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EmbeddedServerError);
  expect(error).toMatchObject({ reason: 'start_failed', detail: 'corrupt', message: expect.stringContaining(path) });
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('refuses a folder that cannot be used', async () => {
  writeFileSync(join(dataDir, 'file'), '');
  const options = { workerPath, dataDir: join(dataDir, 'file', 'sub'), version: '1', endpoints: [] };
  const error = await startEmbeddedServer(options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ reason: 'start_failed', message: expect.stringContaining(join(dataDir, 'file')) });
});
