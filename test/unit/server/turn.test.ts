// A turn as a client sees it: events, what is stored of them, and what the model is asked.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockOtid } from '../../../src/server/store/ids.ts';
import { calls, Feed, finish, Harness, type Json, type Part, says, words } from './support.ts';

const READ = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };

async function pair(fields: object = {}) {
  const h = await Harness.start();
  const agent = await h.agent(fields);
  const conversation = await h.conversation(agent.id);
  return { h, agent, conversation };
}

describe('a text turn', () => {
  test('streams ping, deltas, stop reason and usage, numbered from 1, with the run everywhere', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [[{ type: 'reasoning-delta', id: 'r', delta: 'Hm' }, ...says('Hel', 'lo')]];
    const events = await h.say(conversation.id, 'Hi');
    expect(events.list.map((event) => event.message_type)).toEqual([
      'ping',
      'reasoning_message',
      'assistant_message',
      'assistant_message',
      'stop_reason',
      'usage_statistics',
    ]);
    expect(events.list.map((event) => event.seq_id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(events.list.map((event) => event.run_id)).size).toBe(1);
    expect(events.done).toBe(true);
    expect(events.of('usage_statistics')[0]).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      cached_input_tokens: 5,
      step_count: 1,
      context_tokens: 110,
    });
  });

  test('stores what it streamed, under the same ids and otids', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [[{ type: 'reasoning-delta', id: 'r', delta: 'Hm' }, ...says('Hel', 'lo')]];
    const events = await h.say(conversation.id, 'Hi');
    const stored = await h.messages(conversation.id);
    const [reasoning, text] = stored.slice(-2);
    expect(reasoning).toMatchObject({ message_type: 'reasoning_message', reasoning: 'Hm' });
    expect(text).toMatchObject({ message_type: 'assistant_message', content: 'Hello' });
    expect(text.otid).toBe(events.of('assistant_message')[0].otid);
    expect(text.id).toBe(events.of('assistant_message')[0].id);
    expect([reasoning.otid, text.otid]).toEqual([blockOtid(text.id, 0), blockOtid(text.id, 1)]);
  });

  test('asks the model with the compiled memory, the skills, and the message as it was sent', async () => {
    const { h, conversation } = await pair();
    await h
      .send(conversation.id, {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: '<system-reminder>ctx</system-reminder>' },
              { type: 'text', text: 'a < b && "c"' },
            ],
          },
        ],
        client_tools: [READ],
        client_skills: [
          { name: 'deploy', description: 'Deploys.\nMore.', location: '/w/.agents/skills/deploy/SKILL.md' },
        ],
      })
      .then((events) => events.all());
    const { prompt, tools } = h.model.last;
    const [system, user] = prompt;
    expect(system?.content).toContain('You are Ada.');
    expect(system?.content).toContain('<human>\n<description>\nThe person.\n</description>');
    expect(system?.content).toContain('<value>\nPrefers tabs.\n</value>');
    expect(system?.content).toMatch(
      /<available_skills>\n\/w\/.agents\/skills\n└── deploy\/SKILL.md \(Deploys.\)\n<\/available_skills>$/,
    );
    expect(user).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder>ctx</system-reminder>' },
        { type: 'text', text: 'a < b && "c"' },
      ],
    });
    expect(tools?.map((tool) => tool.name)).toEqual(['conversation_search', 'memory_insert', 'memory_replace', 'Read']);
    expect(JSON.stringify(await h.messages(conversation.id))).not.toContain('available_skills');
  });

  test('is stored and finished when the reader goes away', async () => {
    const { h, conversation } = await pair();
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }], background: false });
    feed.push(...words('Half'));
    await events.until((list) => list.some((event) => event.message_type === 'assistant_message'));
    await events.drop();
    feed.push({ type: 'text-delta', id: 't2', delta: ' more' }, finish());
    feed.end();
    await expect.poll(async () => (await h.json('GET', `/v1/runs/${events.runId}`)).status).toBe('completed');
    expect((await h.messages(conversation.id)).at(-1).content).toBe(' more');
  });

  test('without tokens gives whole messages, and as JSON the same ones', async () => {
    const { h, agent, conversation } = await pair();
    h.model.answers = [
      [
        ...words('I note'),
        ...calls('c1', 'memory_insert', { label: 'human', new_string: 'Tea.' }),
        finish('tool-calls'),
      ],
      says('Done', '.'),
    ];
    const events = await h.say(conversation.id, 'Hi', { stream_tokens: false });
    const types = ['assistant_message', 'tool_call_message', 'tool_return_message', 'assistant_message'];
    expect(events.list.map((event) => event.message_type)).toEqual([
      'ping',
      ...types,
      'stop_reason',
      'usage_statistics',
    ]);
    expect(events.of('tool_call_message')[0].tool_calls).toEqual([
      { name: 'memory_insert', tool_call_id: 'c1', arguments: '{"label":"human","new_string":"Tea."}' },
    ]);
    h.model.answers = [says('Yes.')];
    const answer = await h.json('POST', `/v1/agents/${agent.id}/messages`, { input: 'And?' });
    expect(answer.messages.map((message: Json) => message.content)).toEqual(['Yes.']);
    expect(answer.stop_reason.stop_reason).toBe('end_turn');
    expect(answer.usage.total_tokens).toBe(110);
  });
});

describe('server tools', () => {
  test('run between steps; their results are durable and announced before the next step', async () => {
    const { h, agent, conversation } = await pair();
    const feed = new Feed();
    h.model.answers = [
      [...calls('c1', 'memory_insert', { label: 'human', new_string: 'Tea.' }), finish('tool-calls')],
      () => feed.stream,
    ];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    await events.until((list) => list.some((event) => event.message_type === 'tool_return_message'));
    const block = await h.json('GET', `/v1/agents/${agent.id}/core-memory/blocks/human`);
    expect(block.value).toBe('Prefers tabs.\nTea.');
    feed.push(...says('Noted.'));
    feed.end();
    await events.all();
    expect(events.text).toBe('Noted.');
    const [first, ...rest] = events.of('tool_call_message');
    expect(first.tool_call).toEqual({ name: 'memory_insert', tool_call_id: 'c1', arguments: null });
    expect(rest.map((event) => event.tool_calls.arguments).join('')).toBe('{"label":"human","new_string":"Tea."}');
    expect(h.model.last.prompt.at(-1)).toMatchObject({
      role: 'tool',
      content: [{ toolCallId: 'c1', output: { type: 'text', value: 'Prefers tabs.\nTea.' } }],
    });
  });

  test('stop after max_steps', async () => {
    const { h, conversation } = await pair();
    const search = (id: string) => [...calls(id, 'conversation_search', {}), finish('tool-calls')];
    h.model.answers = [search('a'), search('b'), search('c')];
    const events = await h.say(conversation.id, 'Hi', { max_steps: 2 });
    expect(events.stopReason).toBe('max_steps');
    expect(h.model.requests).toHaveLength(2);
  });

  test('an id that was used before gets a new one', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [
      [...calls('call_0', 'conversation_search', {}), finish('tool-calls')],
      [...calls('call_0', 'conversation_search', {}), finish('tool-calls')],
      says('ok'),
    ];
    await h.say(conversation.id, 'Hi');
    const ids = h.model.last.prompt.flatMap((message) =>
      message.role === 'tool' ? message.content.map((part) => ('toolCallId' in part ? part.toolCallId : '')) : [],
    );
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  test('malformed arguments of a client tool come back to the model, not to the client', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [[...calls('c1', 'Read', '{"path": "a'), finish('tool-calls')], says('Sorry.')];
    const events = await h.say(conversation.id, 'Hi', { client_tools: [READ] });
    expect([events.stopReason, events.text]).toEqual(['end_turn', 'Sorry.']);
    expect(events.of('tool_return_message')[0]).toMatchObject({ tool_call_id: 'c1', status: 'error' });
    expect(h.model.last.prompt.at(-1)).toMatchObject({ role: 'tool', content: [{ output: { type: 'error-text' } }] });
  });
});

describe('the request', () => {
  test('is byte-stable between turns apart from what is appended, also after a restart', async () => {
    const folder = (await import('./support.ts')).temporaryFolder();
    const h = await Harness.start(folder);
    const agent = await h.agent();
    const conversation = await h.conversation(agent.id);
    const more = { client_tools: [READ], client_skills: [{ name: 'x', description: 'X', location: '/s/x/SKILL.md' }] };
    h.model.answers = [
      [...words('A'), ...calls('c1', 'memory_insert', { label: 'human', new_string: 'Tea.' }), finish('tool-calls')],
      says('B'),
      [...calls('c2', 'Read', { path: 'a' }), ...calls('c3', 'conversation_search', {}), finish('tool-calls')],
    ];
    await h.say(conversation.id, 'One', more);
    await h.say(conversation.id, 'Two', more);
    await h
      .send(conversation.id, {
        ...more,
        messages: [{ type: 'approval', approvals: [{ type: 'tool', tool_call_id: 'c2', tool_return: 'text' }] }],
      })
      .then((events) => events.all());
    await h.say(conversation.id, 'Three', more);
    await h.server.close();
    const again = await Harness.start(folder);
    await again.say(conversation.id, 'Four', more);
    const requests = [...h.model.texts, ...again.model.texts].map((text) => JSON.parse(text));
    expect(requests).toHaveLength(6);
    for (let i = 1; i < requests.length; i++) {
      const { prompt: before, ...restBefore } = requests[i - 1];
      const { prompt: after, ...restAfter } = requests[i];
      expect(JSON.stringify(restAfter)).toBe(JSON.stringify(restBefore));
      expect(JSON.stringify(after.slice(0, before.length))).toBe(JSON.stringify(before));
    }
  });
});

describe('a thread', () => {
  test('keeps the memory it was compiled with, until it is recompiled', async () => {
    const { h, agent, conversation } = await pair();
    const system = () => String(h.model.last.prompt[0]?.content);
    await h.say(conversation.id, 'One');
    await h.json('PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: 'Prefers spaces.' });
    await h.say(conversation.id, 'Two');
    expect(system()).toContain('Prefers tabs.');
    const text = await h.json('POST', `/v1/conversations/${conversation.id}/recompile`, {});
    await h.say(conversation.id, 'Three');
    expect(system()).toBe(text);
    expect(text).toContain('Prefers spaces.');
    expect(h.model.last.prompt).toHaveLength(6);
    await h.say('default', 'In the default one', { agent_id: agent.id });
    expect(system()).toContain('Prefers spaces.');
  });
});

describe('any response of a model', () => {
  const delta = (type: 'text-delta' | 'reasoning-delta') =>
    fc.record({ type: fc.constant(type), id: fc.constantFrom('1', '2'), delta: fc.string({ maxLength: 5 }) });
  const callParts = fc
    .record({ id: fc.constantFrom('c1', 'c2', ''), name: fc.constantFrom('Read', 'conversation_search', 'nobody') })
    .map(({ id, name }) => calls(id, name, { query: 'x' }));
  const response = fc
    .array(
      fc.oneof(
        delta('text-delta').map((part) => [part]),
        delta('reasoning-delta').map((part) => [part]),
        callParts,
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => [...parts.flat(), finish()] as Part[]);

  test('is stored as it was streamed, and leaves a conversation that goes on', async () => {
    const { h, agent } = await pair();
    await fc.assert(
      fc.asyncProperty(response, async (parts) => {
        const conversation = await h.conversation(agent.id);
        h.model.answers = [parts, says('end')];
        const events = await h.say(conversation.id, 'Go', { client_tools: [READ] });
        expect(events.done).toBe(true);
        const stored = await h.messages(conversation.id);

        const streamed = new Map<string, string>();
        for (const event of events.list) {
          const text = event.content ?? event.reasoning;
          if (typeof text === 'string') streamed.set(event.otid, (streamed.get(event.otid) ?? '') + text);
        }
        const kept = stored.filter((message) =>
          ['assistant_message', 'reasoning_message'].includes(message.message_type),
        );
        expect(new Map(kept.map((message) => [message.otid, message.content ?? message.reasoning]))).toEqual(streamed);

        const args = new Map<string, string>();
        for (const event of events.list) {
          const call = event.tool_call;
          if (call) args.set(call.tool_call_id, (args.get(call.tool_call_id) ?? '') + (call.arguments ?? ''));
        }
        const storedCalls = stored.flatMap((message) => message.tool_calls ?? []);
        expect(new Map(storedCalls.map((call: Json) => [call.tool_call_id, call.arguments]))).toEqual(args);

        // Whatever it was: the conversation takes the next message, every call has exactly one result.
        const pending = stored.at(-1).message_type === 'approval_request_message' ? stored.at(-1).tool_calls : [];
        h.model.answers = [says('end'), says('end')];
        const approvals = pending.map((call: Json) => ({
          type: 'tool',
          tool_call_id: call.tool_call_id,
          tool_return: 'r',
        }));
        const next = await h.send(conversation.id, {
          messages: [...(pending.length > 0 ? [{ type: 'approval', approvals }] : []), { role: 'user', content: 'On' }],
        });
        await next.all();
        expect(next.stopReason).toBe('end_turn');
        const asked = h.model.last.prompt.flatMap((message) =>
          message.role === 'assistant'
            ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
            : [],
        );
        const answered = h.model.last.prompt.flatMap((message) =>
          message.role === 'tool'
            ? message.content.flatMap((part) => ('toolCallId' in part ? [part.toolCallId] : []))
            : [],
        );
        expect(answered.sort()).toEqual(asked.sort());
      }),
      { numRuns: 40 },
    );
  });
});
