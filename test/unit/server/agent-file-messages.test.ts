// Histories through the AgentFile format and back, for any history; and what a broken one becomes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileMessage } from '../../../src/server/agent-file/file.ts';
import { fromFileMessages, toFileMessage } from '../../../src/server/agent-file/messages.ts';
import type { AssistantBlock, MessageBody, ToolCall } from '../../../src/server/store/messages.ts';

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const call = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom('Read', 'memory_insert'),
  arguments: fc.constant('{"a":1}'),
});
const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png', data: 'AA==' } };
const returned = ({ id, name }: ToolCall, text: string, ok: boolean): MessageBody => ({
  role: 'tool',
  callId: id,
  name,
  status: ok ? 'success' : 'error',
  content: text,
  stdout: ok ? ['out'] : null,
  stderr: null,
});

const person = words.map((text): MessageBody[] => [{ role: 'user', content: [{ type: 'text', text }, image] }]);
const answer = fc.tuple(words, words).map(([reasoning, text]): MessageBody[] => {
  const blocks: AssistantBlock[] = [
    { type: 'reasoning', text: reasoning },
    { type: 'text', text },
  ];
  return [{ role: 'assistant', blocks }];
});
const worked = fc
  .tuple(words, fc.array(call, { minLength: 1, maxLength: 3 }), words, fc.boolean())
  .map(([text, calls, result, ok]): MessageBody[] => [
    {
      role: 'assistant',
      blocks: [{ type: 'text', text }, ...calls.map((each): AssistantBlock => ({ type: 'tool_call', call: each }))],
    },
    ...calls.map((each) => returned(each, result, ok)),
  ]);
const asked = fc.tuple(words, call, words, fc.boolean()).map(([text, one, result, approve]): MessageBody[] => [
  { role: 'assistant', blocks: [{ type: 'text', text }] },
  { role: 'request', calls: [one] },
  {
    role: 'response',
    requestId: 'last',
    approvals: [{ type: 'approval', tool_call_id: one.id, approve, reason: null }],
  },
  returned(one, result, approve),
]);
const summary = words.map((text): MessageBody[] => [{ role: 'summary', text, isVisible: true, stats: {} }]);
const history = fc
  .array(fc.oneof(person, answer, worked, asked, summary), { maxLength: 8 })
  .map((turns) => turns.flat());

function written(bodies: readonly MessageBody[]): FileMessage[] {
  let request = '';
  const stored = bodies.map((body, i) => {
    const id = `message-stored-${i}`;
    if (body.role === 'request') request = id;
    const named = body.role === 'response' ? { ...body, requestId: request } : body;
    return {
      n: i,
      id,
      agentId: 'agent-x',
      owner: 'agent-x',
      body: named,
      otid: null,
      runId: null,
      stepId: null,
      model: 'a/b',
      createdAt: 1_700_000_000_000 + i,
    };
  });
  return JSON.parse(JSON.stringify(stored.map((message) => toFileMessage(message, 'agent-0', (id) => id))));
}

test('what was said together with a call that waited for approval comes along, from files that keep both in one message', () => {
  const content = [
    { type: 'reasoning', reasoning: 'It is old.' },
    { type: 'text', text: 'I delete it.' },
  ];
  const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'rm', arguments: '{}' } }];
  const approvals = [{ type: 'approval', tool_call_id: 'c1', approve: true }];
  const restored = fromFileMessages(
    [
      { id: 'm0', role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      { id: 'm1', role: 'approval', content, tool_calls },
      { id: 'm2', role: 'approval', approvals, approval_request_id: 'm1' },
      { id: 'm3', role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'ok' }] },
    ] as unknown as FileMessage[],
    (id) => `new-${id}`,
  );
  expect(restored.map(({ body }) => body)).toMatchObject([
    { role: 'assistant' },
    {
      role: 'assistant',
      blocks: [
        { type: 'reasoning', text: 'It is old.' },
        { type: 'text', text: 'I delete it.' },
      ],
    },
    { role: 'request', calls: [{ id: 'c1' }] },
    { role: 'response', requestId: 'new-m1' },
    { role: 'tool', callId: 'c1', content: 'ok' },
  ]);
  const [hello, said, request] = restored;
  expect(said?.stepId).toBe(request?.stepId);
  expect(said?.stepId).not.toBe(hello?.stepId);
  expect([said, request]).toMatchObject([
    { source: 'm1', isNamed: false },
    { source: 'm1', isNamed: true },
  ]);
});

test('any history comes back as it was', () => {
  fc.assert(
    fc.property(history, (bodies) => {
      const back = fromFileMessages(written(bodies), () => 'last');
      expect(back.map(({ body }) => body)).toEqual(bodies);
      expect(back.map(({ createdAt }) => createdAt)).toEqual(bodies.map((_, i) => 1_700_000_000_000 + i));
    }),
    { numRuns: 300 },
  );
});

test('whatever is taken out or mixed up, every call has one return right behind its response', () => {
  const broken = history.chain((bodies) => fc.shuffledSubarray(written(bodies)));
  fc.assert(
    fc.property(broken, (messages) => {
      const open = new Set<string>();
      const back = fromFileMessages(messages, (source) => source);
      back.forEach(({ body }, i) => {
        if (body.role === 'tool') {
          expect(open.delete(body.callId)).toBe(true);
          return;
        }
        const continues =
          body.role === 'response' || (body.role === 'request' && back[i - 1]?.body.role === 'assistant');
        if (!continues) expect([...open]).toEqual([]);
        if (body.role === 'request') for (const { id } of body.calls) open.add(id);
        if (body.role === 'assistant')
          for (const block of body.blocks) if (block.type === 'tool_call') open.add(block.call.id);
      });
      if (back.at(-1)?.body.role !== 'request') expect([...open]).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
