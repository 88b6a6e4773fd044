// A thread as it was before a message: forked there on the embedded home, retold where a server cannot fork there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { readHistory } from '../../../src/letta/history.ts';
import { personText, reminder } from '../../../src/letta/reminders.ts';
import { textParts } from '../../../src/letta/wire.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { forkBefore } from '../../../src/threads/fork-before.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ScriptedModel, startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';

let folder: string;
let model: ScriptedModel;
let server: LettaServer;
let agentId: string;
let threadId: string;
/** As the embedded home, save that a server of the archived kind takes the whole thread along, whatever the place is. */
let whole = false;

const connection: Connection = connect({
  kind: 'embedded',
  fetch: (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (whole && url.pathname.endsWith('/fork')) url.searchParams.delete('message_id');
    return server.fetch(new Request(url, request));
  },
});

beforeEach(async () => {
  whole = false;
  folder = await mkdtemp(join(tmpdir(), 'fork-'));
  model = await startScriptedModel();
  server = await createServer({
    dataDir: folder,
    models: createModelRegistry({
      endpoints: [{ name: 'scripted', baseUrl: model.baseUrl }],
      env: {},
      probeLocal: false,
    }),
    version: '0.0.0',
  });
  const agent = await connection.client.agents.create({
    agent_type: 'letta_v1_agent',
    model: 'scripted/scripted',
    memory_blocks: [{ label: 'project', value: 'A secret of the block.' }],
    tools: ['memory_insert'],
    include_base_tools: false,
  });
  agentId = agent.id;
  threadId = await new Threads(connection, agentId).create({ title: 'Parent' });
});
afterEach(async () => {
  await server.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

async function say(otid: string, words: string, reminders: string[] = [], thread = threadId): Promise<void> {
  const content = [...reminders.map(reminder), words].map((part) => ({ type: 'text' as const, text: part }));
  const stream = await connection.client.conversations.messages.create(thread, {
    messages: [{ role: 'user', content, otid }],
    streaming: true,
  });
  for await (const _ of stream);
}

async function said(thread: string): Promise<string[]> {
  const { messages } = await readHistory(connection, agentId, thread);
  return messages.flatMap((message) => {
    if (message.message_type === 'assistant_message') return [textParts(message.content).join('')];
    return message.message_type === 'user_message' ? [personText(textParts(message.content)) ?? ''] : [];
  });
}

const fork = (messageId: string, plain = false) =>
  forkBefore(connection, agentId, threadId, messageId, { title: 'Again', plain });
const titles = async () => (await new Threads(connection, agentId).list()).map(({ title }) => title).sort();

async function threeQuestions(): Promise<void> {
  model.script(text('Answer one.'), text('Answer two.'), text('Answer three.'));
  await say('m-1', 'Question one');
  await say('m-2', 'Question two');
  await say('m-3', 'Question three');
}

describe('a fork before a message', () => {
  it('holds what was said before it, and neither the message nor what came after', async () => {
    await threeQuestions();
    const { threadId: forked, retold } = await fork('m-3');
    expect(retold).toBeUndefined();
    expect(await said(forked)).toEqual(['Question one', 'Answer one.', 'Question two', 'Answer two.']);
    expect(await said((await fork('m-2')).threadId)).toEqual(['Question one', 'Answer one.']);
    // The thread that it came from is as it was.
    expect(await said(threadId)).toHaveLength(6);
    expect(await titles()).toEqual(['Again', 'Again', 'Parent']);
  });

  it('of the first message is a new thread', async () => {
    await threeQuestions();
    const { threadId: forked, retold } = await fork('m-1');
    expect(retold).toBeUndefined();
    expect(await said(forked)).toEqual([]);
  });

  it('is retold where the server takes the whole thread along, and no copy stays', async () => {
    await threeQuestions();
    whole = true;
    const { threadId: forked, retold } = await fork('m-2');
    expect(await said(forked)).toEqual([]);
    expect(retold).toMatch(/The person: Question one\n\nYou: Answer one\.$/);
    expect(await titles()).toEqual(['Again', 'Parent']);
  });

  it('without memory leaves behind what memory had told the thread', async () => {
    model.script(text('Answer one.'), text('Answer two.'));
    await say('m-1', 'Question one', ['Your memory has changed: + A secret of the block.']);
    await say('m-2', 'Question two');
    const kept = await fork('m-2');
    expect(kept.retold).toBeUndefined();
    const plain = await fork('m-2', true);
    expect(await said(plain.threadId)).toEqual([]);
    expect(plain.retold).toContain('The person: Question one');
    expect(plain.retold).not.toContain('secret');
  });

  it('without memory leaves out what the agent wrote to it', async () => {
    const call = toolCalls([{ name: 'memory_insert', args: { label: 'project', new_string: 'A written secret.' } }]);
    model.script(call, text('Noted.'), text('Answer two.'));
    await say('m-1', 'Question one');
    await say('m-2', 'Question two');
    const plain = await fork('m-2', true);
    expect(plain.retold).toContain('You: Noted.');
    expect(plain.retold).not.toContain('A written secret.');
  });

  it('without memory is a true fork where memory has told nothing', async () => {
    await threeQuestions();
    const { threadId: forked, retold } = await fork('m-2', true);
    expect(retold).toBeUndefined();
    expect(await said(forked)).toEqual(['Question one', 'Answer one.']);
  });

  it('of a message that is not there is refused', async () => {
    await threeQuestions();
    await expect(fork('m-9')).rejects.toMatchObject({ reason: 'not_found' });
    expect(await titles()).toEqual(['Parent']);
  });

  it('finds a message many pages back', async () => {
    for (let n = 1; n <= 70; n++) model.script(text(`Answer ${n}.`));
    for (let n = 1; n <= 70; n++) await say(`m-${n}`, `Question ${n}`);
    expect(await said((await fork('m-3')).threadId)).toEqual(['Question 1', 'Answer 1.', 'Question 2', 'Answer 2.']);
  });
});
