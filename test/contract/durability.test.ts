// A server killed at the worst moments: what was announced is in the database, and nothing is stuck afterwards.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  gate,
  messageText,
  type ScriptedModel,
  startScriptedModel,
  text,
  toolCalls,
} from '../support/scripted-model.ts';
import { eventually, STREAMING, userMessage } from './support/contract.ts';
import { integrity, storedText } from './support/database.ts';
import {
  type Fetch,
  type RunningServer,
  type SpawnedServer,
  spawnCli,
  spawnServer,
  startInProcess,
  temporaryFolder,
} from './support/server.ts';
import { type LettaEvent, Turn, textOf } from './support/turn.ts';

/** A lease outlives its owner by 10 s; a restarted server may refuse a conversation that long. */
const LEASE = 15_000;
const SLOW = 45_000;

const READ = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };
const EDIT_RULES = [{ type: 'requires_approval', tool_name: 'memory_insert' }];

let model: ScriptedModel;
let folder: ReturnType<typeof temporaryFolder>;
let servers: RunningServer[] = [];

beforeEach(async () => {
  model = await startScriptedModel();
  folder = temporaryFolder();
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  await model.close();
  folder.remove();
});

async function spawned(): Promise<SpawnedServer> {
  const server = await spawnServer({ dataDir: folder.path, modelUrl: model.baseUrl });
  servers.push(server);
  return server;
}

async function inProcess(): Promise<RunningServer> {
  const server = await startInProcess({ dataDir: folder.path, modelUrl: model.baseUrl });
  servers.push(server);
  return server;
}

interface Door {
  baseUrl: string;
  fetch: Fetch;
}

async function json<T>(door: Door, method: string, path: string, body?: unknown): Promise<T> {
  const response = await door.fetch(`${door.baseUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return JSON.parse(answer) as T;
}

async function open(door: Door, path: string, body: object): Promise<Turn> {
  const controller = new AbortController();
  const answer = door.fetch(`${door.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: controller.signal,
  });
  return Turn.open(answer, controller);
}

const begin = (door: Door, conversation: { id: string }, body: object): Promise<Turn> =>
  open(door, `/v1/conversations/${conversation.id}/messages`, { ...STREAMING, ...body });

async function say(door: Door, conversation: { id: string }, words: string, body: object = {}): Promise<Turn> {
  return (await begin(door, conversation, { messages: [userMessage(words)], ...body })).end();
}

/**
 * Says it as soon as the lease of the killed server has run out. Until then it is refused; a message that the killed
 * server had taken already joins that run, and ends with it.
 */
function sayWhenFree(door: Door, conversation: { id: string }, body: object): Promise<Turn> {
  return eventually(async () => {
    const turn = await begin(door, conversation, body);
    if (turn.status === 409) return undefined;
    await turn.end();
    return turn.error?.error_type === 'stream_incomplete' ? undefined : turn;
  }, LEASE);
}

async function pair(door: Door, agentBody: object = {}) {
  const agent = await json<{ id: string }>(door, 'POST', '/v1/agents/', {
    agent_type: 'letta_v1_agent',
    name: 'Ada',
    model: 'scripted/scripted',
    include_base_tools: false,
    tools: ['memory_insert', 'memory_replace'],
    memory_blocks: [{ label: 'human', value: 'Prefers tabs.' }],
    ...agentBody,
  });
  const conversation = await json<{ id: string }>(door, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {});
  return { agent, conversation };
}

const history = (door: Door, conversation: { id: string }) =>
  json<LettaEvent[]>(door, 'GET', `/v1/conversations/${conversation.id}/messages?order=asc&limit=200`);
const blockOf = async (door: Door, agent: { id: string }) =>
  (await json<{ value: string }>(door, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/human`)).value;
const lastRun = async (door: Door, conversation: { id: string }) =>
  (
    await json<
      { id: string; status: string; stop_reason: string; metadata: { error?: { error_type?: string } } | null }[]
    >(door, 'GET', `/v1/runs/?conversation_id=${conversation.id}&limit=1`)
  )[0];

/** The run of a killed server, once another server has noticed. */
const interruptedRun = (door: Door, conversation: { id: string }) =>
  eventually(async () => {
    const run = await lastRun(door, conversation);
    return run?.status === 'running' || run?.status === 'created' ? undefined : run;
  }, LEASE);

describe('killed', () => {
  test(
    'during a stream: the text that came is stored, marked interrupted, and the thread goes on',
    async () => {
      const first = await spawned();
      const { conversation } = await pair(first);
      const words = Array.from({ length: 400 }, (_, n) => `w${String(n).padStart(3, '0')} `).join('');
      model.script(gate(words, 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === words);
      // Durable 250 ms after it was announced, at the latest: seen by another reader while the server is silent.
      await eventually(() => (storedText(folder.path).includes('w399') ? true : undefined), 1000);
      await first.kill();
      await turn.drop();
      expect(integrity(folder.path)).toBe('ok');
      expect(storedText(folder.path)).toContain('Tell me');

      const second = await spawned();
      const run = await interruptedRun(second, conversation);
      expect(run).toMatchObject({
        status: 'failed',
        stop_reason: 'error',
        metadata: { error: { error_type: 'stream_incomplete' } },
      });
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map((event) => [event.message_type, textOf(event)])).toEqual([
        ['user_message', 'Tell me'],
        ['assistant_message', words],
      ]);

      model.script(text('The rest.'));
      const reminder = '<system-reminder>Go on exactly where you stopped.</system-reminder>';
      const next = await sayWhenFree(second, conversation, { messages: [userMessage(reminder)] });
      expect([next.stopReason, next.text]).toEqual(['end_turn', 'The rest.']);
      const sent = model.requests.at(-1)?.body.messages.map(messageText) ?? [];
      expect(sent.slice(1)).toEqual([expect.stringContaining('Tell me'), words, expect.stringContaining(reminder)]);
      expect(model.requests.length).toBe(2);
    },
    SLOW,
  );

  test(
    'before the model said a word: the message is kept, and sending it again stores it once',
    async () => {
      const first = await spawned();
      const { conversation } = await pair(first);
      model.script(gate('', 'never'));
      const message = userMessage('Tell me');
      const turn = await begin(first, conversation, { messages: [message] });
      await model.whenRequest(1);
      await first.kill();
      await turn.drop();

      const second = await spawned();
      expect((await history(second, conversation)).map(textOf)).toContain('Tell me');
      model.script(text('Here.'));
      const again = await sayWhenFree(second, conversation, { messages: [message] });
      expect(again.text).toBe('Here.');
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map(textOf)).toEqual(['Tell me', 'Here.']);
    },
    SLOW,
  );

  test(
    'in the middle of a tool call: the half call is gone',
    async () => {
      const first = await spawned();
      const { conversation } = await pair(first);
      const call = { name: 'Read', args: { path: 'a'.repeat(500) }, id: 'call_a' };
      model.script(toolCalls([call], { text: 'I look.', fragments: 50, delayMs: 100 }));
      const turn = await begin(first, conversation, { messages: [userMessage('Look')], client_tools: [READ] });
      await turn.until((_, now) => now.of('approval_request_message').length > 3);
      await first.kill();
      await turn.drop();

      const second = await spawned();
      expect((await interruptedRun(second, conversation))?.status).toBe('failed');
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map((event) => event.message_type)).toEqual(['user_message', 'assistant_message']);
      expect(textOf(stored[1])).toBe('I look.');
      const next = await sayWhenFree(second, conversation, { messages: [userMessage('Leave it')] });
      expect(next.stopReason).toBe('end_turn');
      expect(model.requests.at(-1)?.body.messages.flatMap((message) => message.tool_calls ?? [])).toEqual([]);
    },
    SLOW,
  );

  test(
    'with an approval pending: it can be answered at once',
    async () => {
      const first = await spawned();
      const { agent, conversation } = await pair(first, { tool_rules: EDIT_RULES });
      const args = { label: 'human', new_string: 'Likes tea.' };
      model.script(
        toolCalls([
          { name: 'Read', args: {}, id: 'call_a' },
          { name: 'memory_insert', args, id: 'call_b' },
        ]),
      );
      const asked = await say(first, conversation, 'Look', { client_tools: [READ] });
      expect(asked.stopReason).toBe('requires_approval');
      await first.kill();
      expect(integrity(folder.path)).toBe('ok');

      const second = await spawned();
      expect((await history(second, conversation)).at(-1)?.message_type).toBe('approval_request_message');
      const refused = await say(second, conversation, 'Never mind');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        409,
        expect.stringContaining('waiting for approval'),
      ]);
      model.script(text('Seen.'));
      const answer = await begin(second, conversation, {
        client_tools: [READ],
        messages: [
          {
            type: 'approval',
            approvals: [
              { type: 'tool', tool_call_id: 'call_a', tool_return: 'text', status: 'success' },
              { type: 'approval', tool_call_id: 'call_b', approve: true },
            ],
          },
        ],
      });
      expect((await answer.end()).text).toBe('Seen.');
      expect(await blockOf(second, agent)).toContain('Likes tea.');
    },
    SLOW,
  );

  test(
    'between a memory write and the next step: the write is kept, and does not happen twice',
    async () => {
      const first = await spawned();
      const { agent, conversation } = await pair(first);
      const args = { label: 'human', new_string: 'Likes tea.' };
      model.script(toolCalls([{ name: 'memory_insert', args, id: 'call_a' }]), gate('', 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('I like tea')] });
      await turn.until((event) => event.message_type === 'tool_return_message');
      await first.kill();
      await turn.drop();
      expect(integrity(folder.path)).toBe('ok');
      expect(storedText(folder.path)).toContain('Likes tea.');

      const second = await spawned();
      expect(await blockOf(second, agent)).toBe('Prefers tabs.\nLikes tea.');
      expect((await interruptedRun(second, conversation))?.status).toBe('failed');
      model.reset();
      model.script(text('Noted.'));
      const next = await sayWhenFree(second, conversation, { messages: [userMessage('Go on')] });
      expect(next.text).toBe('Noted.');
      expect(await blockOf(second, agent)).toBe('Prefers tabs.\nLikes tea.');
      const sent = model.requests.at(-1)?.body.messages ?? [];
      expect(sent.filter((message) => message.role === 'tool').map((message) => message.tool_call_id)).toEqual([
        'call_a',
      ]);
    },
    SLOW,
  );

  test(
    'again and again while it writes: the database stays sound and every answered write is there',
    async () => {
      const kept: string[] = [];
      let agent: { id: string } | null = null;
      for (let round = 0; round < 4; round++) {
        const server = await spawned();
        agent ??= (await pair(server)).agent;
        const before = await json<{ text: string }[]>(
          server,
          'GET',
          `/v1/agents/${agent.id}/archival-memory?limit=1000`,
        );
        expect(before.map((passage) => passage.text)).toEqual(expect.arrayContaining(kept));
        let isDead = false;
        const writer = async () => {
          for (let n = 0; !isDead; n++) {
            const line = `round ${round} note ${n}`;
            await json(server, 'POST', `/v1/agents/${agent?.id}/archival-memory`, { text: line });
            kept.push(line);
          }
        };
        const writing = writer().catch(() => {});
        await eventually(() => (kept.some((line) => line.startsWith(`round ${round} note 1`)) ? true : undefined));
        await server.kill();
        isDead = true;
        await writing;
        expect(integrity(folder.path)).toBe('ok');
      }
      const all = storedText(folder.path);
      for (const line of kept) expect(all).toContain(line);
    },
    SLOW,
  );
});

describe('closed', () => {
  test('during a stream, it marks the run at once and the thread is free', async () => {
    const first = await inProcess();
    const { conversation } = await pair(first);
    model.script(gate('Half an answer', 'never'));
    const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
    await turn.until((_, now) => now.text === 'Half an answer');
    const began = performance.now();
    await first.close();
    expect(performance.now() - began).toBeLessThan(500);
    await turn.end().catch(() => {});

    const second = await inProcess();
    expect(await lastRun(second, conversation)).toMatchObject({
      status: 'failed',
      stop_reason: 'error',
      metadata: { error: { error_type: 'stream_incomplete' } },
    });
    expect((await history(second, conversation)).slice(1).map(textOf)).toEqual(['Tell me', 'Half an answer']);
    const next = await say(second, conversation, 'Go on');
    expect([next.status, next.stopReason]).toEqual([200, 'end_turn']);
  });

  test(
    'by a signal, the program flushes and ends with 0',
    async () => {
      const first = await spawned();
      const { conversation } = await pair(first);
      model.script(gate('Half an answer', 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half an answer');
      await first.close();
      await turn.end().catch(() => {});
      expect([first.process.exitCode, first.process.signalCode]).toEqual([0, null]);
      const second = await spawned();
      expect((await lastRun(second, conversation))?.status).toBe('failed');
      expect((await say(second, conversation, 'Go on')).stopReason).toBe('end_turn');
    },
    SLOW,
  );
});

describe('two servers on one database', () => {
  test(
    'refuse each other the conversation that one is answering, and free it afterwards',
    async () => {
      const [first, second] = [await spawned(), await inProcess()];
      const { agent, conversation } = await pair(first);
      const held = gate('Half', ' and half.');
      model.script(held);
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const refused = await say(second, conversation, 'Me too');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        409,
        expect.stringContaining('is currently being processed'),
      ]);
      const other = await json<{ id: string }>(second, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {});
      expect((await say(second, other, 'Hi')).stopReason).toBe('end_turn');
      model.release(held.id);
      expect((await turn.end()).text).toBe('Half and half.');
      expect((await say(second, conversation, 'Now me')).stopReason).toBe('end_turn');
      expect((await lastRun(first, conversation))?.status).toBe('completed');
    },
    SLOW,
  );

  test(
    'show each other what changes',
    async () => {
      const [first, second] = [await spawned(), await inProcess()];
      const { agent, conversation } = await pair(first);
      await json(second, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: 'From the second.' });
      expect(await blockOf(first, agent)).toBe('From the second.');
      await json(first, 'PATCH', `/v1/conversations/${conversation.id}`, { summary: 'Named by the first' });
      const seen = await json<{ summary: string }>(second, 'GET', `/v1/conversations/${conversation.id}`);
      expect(seen.summary).toBe('Named by the first');
    },
    SLOW,
  );

  test(
    'follow, and stop, a turn that the other one runs',
    async () => {
      const [first, second] = [await spawned(), await inProcess()];
      const { conversation } = await pair(first);
      const held = gate('Half', ' and half.');
      model.script(held, gate('Again', ' never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const followed = await open(second, `/v1/conversations/${conversation.id}/stream`, { starting_after: 0 });
      expect(followed.status).toBe(200);
      await followed.until((_, now) => now.text === 'Half');
      model.release(held.id);
      await Promise.all([turn.end(), followed.end()]);
      expect([followed.text, followed.stopReason]).toEqual(['Half and half.', 'end_turn']);

      const long = await begin(first, conversation, { messages: [userMessage('Again')] });
      await long.until((_, now) => now.text === 'Again');
      const began = performance.now();
      await json(second, 'POST', `/v1/conversations/${conversation.id}/cancel`);
      await long.end();
      expect(long.stopReason).toBe('cancelled');
      expect(performance.now() - began).toBeLessThan(1500);
      expect((await lastRun(second, conversation))?.status).toBe('cancelled');
    },
    SLOW,
  );

  test(
    'write at the same time and lose nothing',
    async () => {
      const doors: Door[] = [await spawned(), await inProcess()];
      const { agent } = await pair(doors[0] as Door);
      const lines = Array.from({ length: 60 }, (_, n) => `note ${n}`);
      await Promise.all(
        lines.map((line, n) =>
          json(doors[n % 2] as Door, 'POST', `/v1/agents/${agent.id}/archival-memory`, { text: line }),
        ),
      );
      for (const door of doors) {
        const all = await json<{ text: string }[]>(door, 'GET', `/v1/agents/${agent.id}/archival-memory?limit=1000`);
        expect(all.map((passage) => passage.text).sort()).toEqual([...lines].sort());
      }
    },
    SLOW,
  );
});

describe('a database that cannot be used', () => {
  const path = () => join(folder.path, 'letta.db');
  const start = () => spawnCli(['--port', '0', '--data-dir', folder.path, '--no-token']);

  test.each([
    ['that is no database', () => writeFileSync(path(), 'This is not a database, it is a letter.'.repeat(200))],
    [
      'whose first page is damaged',
      () => {
        const bytes = readFileSync(path());
        bytes.fill(0x5a, 100, 4096);
        writeFileSync(path(), bytes);
      },
    ],
    ['that was cut in half', () => writeFileSync(path(), readFileSync(path()).subarray(0, 4096 * 8))],
    [
      'of a newer version',
      () => {
        const db = new DatabaseSync(path());
        db.exec('PRAGMA user_version = 9999');
        db.close();
      },
    ],
  ])(
    '%s is refused by name, and left as it is',
    async (_, damage) => {
      const first = await spawned();
      await pair(first);
      await first.close();
      damage();
      const before = readFileSync(path());
      await expect(start()).rejects.toThrow(path());
      expect(readFileSync(path()).equals(before)).toBe(true);
    },
    SLOW,
  );
});
