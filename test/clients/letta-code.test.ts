// Letta Code as it is released, headless, against `serve`: what it asks the server for, and what the model is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gate, messageText, text, toolCalls } from '../support/scripted-model.ts';
import type { Passed } from './support/proxy.ts';
import { type LettaCodeVersion, World } from './support/world.ts';

const VERSIONS: LettaCodeVersion[] = ['0.25.9', '0.34.12'];
const SEND = /^\/v1\/conversations\/[^/]+\/messages$/;

/** The words of the persons in what the model was asked last, without what programs wrote beside them. */
const told = (world: World): string => (world.model.requests.at(-1)?.body.messages ?? []).map(messageText).join('\n');
const itemsOf = (sent: Passed | undefined) => sent?.body.messages ?? [];
const saysItem = (sent: Passed | undefined) => itemsOf(sent).find((item) => item.role === 'user');

describe.each(VERSIONS)('Letta Code %s', (version) => {
  let world: World;
  let agentId: string;

  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.model.reset();
    world.proxy.passed.length = 0;
  });

  const say = (prompt: string, ...args: string[]) => world.lettaCode(version, '-p', prompt, ...args);
  const sends = () => world.proxy.to('POST', SEND);
  /** An agent's conversation that waits for the answer to a call of Letta Code's tool. */
  const stuck = async (): Promise<string> => {
    const conversation = await world.direct.conversations.create({ agent_id: agentId });
    world.model.script(
      toolCalls([{ name: 'Bash', args: { command: 'true', description: 'Nothing' }, id: 'call_stale' }]),
    );
    const stream = await world.direct.conversations.messages.create(conversation.id, {
      messages: [{ role: 'user', content: 'Do something' }],
      client_tools: [{ name: 'Bash', description: 'Runs a command', parameters: { type: 'object' } }],
    });
    for await (const _event of stream);
    return conversation.id;
  };

  test('makes an agent at its first start and answers; nothing it asks for is missing', async () => {
    world.model.script(text('Hello, person.'));
    const answer = await say('Say hello', '--new-agent');
    expect(answer).toMatchObject({ subtype: 'success', is_error: false, result: 'Hello, person.' });
    expect(answer.usage.total_tokens).toBeGreaterThan(0);
    agentId = answer.agent_id;
    expect(told(world)).toContain('Say hello');
    const failed = world.proxy.passed.filter(({ status }) => status >= 400);
    expect(failed.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([]);
    const [sent] = sends();
    expect(sent?.path).toBe(`/v1/conversations/${answer.conversation_id}/messages`);
    expect(sent?.body).toMatchObject({ streaming: true, background: true, stream_tokens: true });
  });

  test('runs its tools, and goes on in a conversation', async () => {
    writeFileSync(join(world.workspace, 'notes.txt'), 'The answer is 42.\n');
    const path = join(world.workspace, 'notes.txt');
    const command = (id: string, line: string) =>
      version === '0.25.9'
        ? { name: 'Bash', args: { command: line, description: 'Look' }, id }
        : { name: 'exec_command', args: { cmd: line, description: 'Look' }, id };
    const calls = [command('call_read', `cat ${path}`), command('call_bash', 'echo from-$((40 + 2))')];
    world.model.script(toolCalls(calls), text('It is 42.'));
    const first = await say('What is the answer?', '--agent', agentId, '--new');
    expect(first).toMatchObject({ subtype: 'success', result: 'It is 42.' });
    const [asked, answered] = sends();
    expect(asked?.body.client_tools?.map(({ name }) => name)).toContain(calls[0]?.name);
    expect(itemsOf(answered).map((item) => item.type)).toEqual(['approval']);
    const approvals = itemsOf(answered)[0]?.approvals ?? [];
    expect(approvals.map(({ type, tool_call_id, status }) => [type, tool_call_id, status])).toEqual([
      ['tool', 'call_read', 'success'],
      ['tool', 'call_bash', 'success'],
    ]);
    expect(told(world)).toMatch(/The answer is 42[\s\S]*from-42/);

    world.model.script(text('As I said.'));
    const second = await say('Are you sure?', '--conversation', first.conversation_id);
    expect(second).toMatchObject({ conversation_id: first.conversation_id, result: 'As I said.' });
    expect(told(world)).toMatch(/What is the answer\?[\s\S]*from-42[\s\S]*It is 42\.[\s\S]*Are you sure\?/);
  });

  test('speaks in the default conversation', async () => {
    world.model.script(text('Here.'));
    const answer = await say('Where are you?', '--agent', agentId, '--conv', 'default');
    expect(answer.result).toBe('Here.');
    const [sent] = sends();
    expect([sent?.path, sent?.body.agent_id]).toEqual(['/v1/conversations/default/messages', agentId]);
    const stored = await world.direct.agents.messages.list(agentId, { conversation_id: 'default' });
    expect(JSON.stringify(stored.items)).toContain('Where are you?');
  });

  test('writes memory, and knows it in its next conversation', async () => {
    world.model.script(
      toolCalls([
        { name: 'memory_insert', args: { label: 'human', new_string: 'Likes short answers.' }, id: 'call_m' },
      ]),
      text('Noted.'),
    );
    expect((await say('I like short answers', '--agent', agentId, '--new')).result).toBe('Noted.');
    const offered = world.model.requests[0]?.body.tools?.map((tool) => tool.function.name);
    expect(offered).toEqual(expect.arrayContaining(['memory_insert', 'memory_replace']));
    const block = await world.direct.agents.blocks.retrieve('human', { agent_id: agentId });
    expect(block.value).toContain('Likes short answers.');
    await say('Hi', '--agent', agentId, '--new');
    expect(messageText(world.model.requests.at(-1)?.body.messages[0])).toContain('Likes short answers.');
  });

  test('finds a stale approval, refuses it, and sends the same message again', async () => {
    const conversation = await stuck();
    world.model.script(text('Back at work.'));
    const answer = await say('Go on', '--conversation', conversation);
    expect(answer.result).toBe('Back at work.');
    const tried = sends();
    const [refused, accepted] = [
      tried.find(({ status }) => status === 409),
      tried.find(({ status }) => status === 200),
    ];
    // One version looks before it sends, the other is told.
    if (refused) expect(saysItem(refused)?.otid).toBe(saysItem(tried.at(-1))?.otid);
    const denial = tried.flatMap(itemsOf).find((item) => item.type === 'approval');
    expect(denial?.approvals?.map(({ tool_call_id, approve }) => [tool_call_id, approve ?? 'tool'])).toEqual([
      ['call_stale', expect.anything()],
    ]);
    expect(accepted).toBeDefined();
    const asked = JSON.stringify(world.model.requests.at(-1)?.body.messages);
    expect(asked.split('Go on').length - 1).toBe(1);
  });

  test('waits for a conversation that is busy, and sends the same message again', async () => {
    const conversation = await world.direct.conversations.create({ agent_id: agentId });
    const busy = gate('Working');
    world.model.script(busy, text('Now you.'));
    const stream = await world.direct.conversations.messages.create(conversation.id, {
      messages: [{ role: 'user', content: 'Something long' }],
      background: true,
    });
    const reading = (async () => {
      for await (const _event of stream);
    })();
    await world.model.whenRequest(1);
    const answering = say('Me too', '--conversation', conversation.id);
    const look = setInterval(() => {
      if (sends().some(({ status }) => status === 409)) world.model.release(busy.id);
    }, 50);
    const answer = await answering.finally(() => clearInterval(look));
    await reading;
    expect(answer.result).toBe('Now you.');
    const [refused, ...again] = sends();
    expect(refused?.status).toBe(409);
    expect(again.at(-1)?.status).toBe(200);
    expect(saysItem(again.at(-1))?.otid).toBe(saysItem(refused)?.otid);
    expect(world.proxy.to('POST', /\/stream$/).map(({ body, status }) => [body.otid, status])).toContainEqual([
      saysItem(refused)?.otid,
      404,
    ]);
  });

  test('whose connection breaks in the middle of an answer loses nothing of it', async () => {
    const held = gate('The first half, ', text('and the second.'));
    world.model.script(held);
    world.proxy.cutNext(SEND, '"assistant_message"');
    const ending = world.tryLettaCode(version, '-p', 'Say two halves', '--agent', agentId, '--new');
    await world.model.whenRequest(1, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    world.model.release(held.id);
    const { stdout, code } = await ending;
    expect(world.model.requests.length).toBe(1);
    const conversation = sends()[0]?.path.split('/')[3] ?? '';
    const stored = JSON.stringify((await world.direct.conversations.messages.list(conversation)).items);
    expect(stored).toContain('The first half, and the second.');
    if (version === '0.25.9') {
      // This one does not resume: it says so, and the next call goes on.
      expect(code).not.toBe(0);
      expect((await say('Again', '--conversation', conversation)).subtype).toBe('success');
      expect(told(world)).toContain('The first half, and the second.');
      return;
    }
    expect(JSON.parse(stdout)).toMatchObject({ subtype: 'success', result: 'The first half, and the second.' });
    const [resumed] = world.proxy.to('POST', /^\/v1\/runs\/run-[^/]+\/stream$/);
    expect([resumed?.status, typeof resumed?.body.starting_after]).toEqual([200, 'number']);
  });

  test.runIf(version === '0.34.12')('speaks without an agent', async () => {
    world.model.script(text('Nobody in particular.'));
    const answer = await say('Who are you?', '--ephemeral', '--model', 'scripted/scripted');
    expect(answer).toMatchObject({ subtype: 'success', result: 'Nobody in particular.' });
  });
});
