// The Python SDKs of Letta and of OpenAI as they are released, against `serve`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { World } from './support/world.ts';

let world: World;
let agent: string;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const failed = () => world.proxy.passed.filter(({ status }) => status >= 400).map(({ path, status }) => [path, status]);

test('the Python SDK keeps agents, blocks and archives', async () => {
  const seen = await world.python<{ agent: string }>('records');
  agent = seen.agent;
  expect(seen).toEqual({
    agent: expect.stringMatching(/^agent-/),
    listed: ['py 0', 'py 1', 'py 2', 'py 3', 'py 4'],
    description: 'Changed',
    block: 'Prefers tabs.',
    holders: ['py 0', 'py 1'],
    passages: ['Passage 0 about deployment', 'Passage 1 about deployment'],
    found: 2,
    added: ['By its archive', ['One', 'Two']],
    tools: ['conversation_search', 'memory_insert', 'memory_replace'],
    missing: [404, { detail: expect.stringContaining('not found') }],
    left: 4,
    folders: [],
    files: [],
  });
  expect(failed()).toEqual([['/v1/agents/agent-00000000-0000-4000-8000-000000000000', 404]]);
});

test('the Python SDK takes turns, answers a call of its own tool, and reads what they came to', async () => {
  world.proxy.passed.length = 0;
  world.model.script(
    text('First answer.'),
    toolCalls([{ name: 'look', args: {}, id: 'call_look' }]),
    text('I see a tree.'),
  );
  const seen = await world.python<Record<string, unknown>>('turns', agent);
  expect(failed()).toEqual([]);
  expect(seen).toMatchObject({
    whole: ['assistant_message', 'end_turn'],
    said: 'I see a tree.',
    step: true,
    fork: true,
    async: true,
    listed: true,
    runs: true,
    pages: expect.arrayContaining(['system_message', 'user_message', 'approval_request_message']),
    search: expect.arrayContaining(['Second question']),
  });
  expect(seen.asked).toEqual(expect.arrayContaining(['approval_request_message', 'stop_reason', 'usage_statistics']));
  expect(seen.replayed).toEqual(seen.asked);
  expect(seen.steps).toMatchObject([{ status: 'success', prompt_tokens: expect.any(Number) }]);
  expect([Number(seen.usage), Number(seen.usage_of_run)].every((tokens) => tokens > 0)).toBe(true);
  const sent = world.proxy.to('POST', /^\/v1\/conversations\/conv-[^/]+\/messages$/);
  expect(sent.map(({ body }) => body.messages?.[0]?.type ?? body.messages?.[0]?.role)).toEqual(['user', 'approval']);
  expect(JSON.stringify(world.model.requests[2]?.body.messages.at(-1))).toContain('A tree.');
});

test('the Python SDK of OpenAI chats with an agent, in one conversation', async () => {
  world.proxy.passed.length = 0;
  world.model.reset();
  world.model.script(text('Good morning to you.'), text('Still morning.'));
  expect(await world.python('chat', agent)).toEqual({
    models: true,
    first: 'Good morning to you.',
    second: 'Still morning.',
    finish: ['stop'],
    tokens: [true, true],
  });
  expect(failed()).toEqual([]);
  const told = world.model.requests.at(-1)?.body.messages.slice(1).map(messageText);
  expect(told).toEqual(['Good morning', 'Good morning to you.', 'And now?']);
});
