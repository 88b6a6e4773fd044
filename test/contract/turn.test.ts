// One turn as clients see it and as the model sees it (Letta API: turn protocol, SSE framing, delta semantics).
import { describe, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, eventually, userMessage } from './support/contract.ts';
import { type LettaEvent, textOf } from './support/turn.ts';

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const MESSAGE_ID = /^message-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

contract('a turn', (t) => {
  describe('streamed in tokens', () => {
    test('is a ping, deltas, a stop reason, usage and the end', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Hello there, this is the answer.', { reasoning: 'Think about it first.' }));
      const turn = await t.say(conversation, 'Hi');
      expect(turn.status).toBe(200);
      expect(turn.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(turn.isDone).toBe(true);
      expect(turn.error).toBeNull();
      const kinds = turn.events.map((event) => event.message_type);
      expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual([
        'ping',
        'reasoning_message',
        'assistant_message',
        'stop_reason',
        'usage_statistics',
      ]);
      expect(turn.text).toBe('Hello there, this is the answer.');
      expect(turn.reasoning).toBe('Think about it first.');
      expect(turn.of('assistant_message').length).toBeGreaterThan(1);
      expect(turn.stopReason).toBe('end_turn');
      expect(turn.of('user_message')).toEqual([]);
    });

    test('names its run in the first event and counts from 1', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('One two three four five six.'));
      const turn = await t.say(conversation, 'Hi');
      const [first, ...rest] = turn.events.filter((event) => event.seq_id != null);
      expect(first).toMatchObject({ message_type: 'ping', seq_id: 1, run_id: expect.stringMatching(`^run-${ID}$`) });
      const ids = [first, ...rest].map((event) => event?.seq_id);
      expect(ids).toEqual(ids.map((_, index) => index + 1));
      for (const event of turn.of('assistant_message')) {
        expect(event).toMatchObject({ run_id: turn.runId, step_id: expect.stringMatching(`^step-${ID}$`) });
      }
    });

    test('keeps one id for one model response, and one otid for each block of it', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('The answer comes in pieces.', { reasoning: 'So do the thoughts.' }));
      const turn = await t.say(conversation, 'Hi');
      const reasoning = turn.of('reasoning_message');
      const said = turn.of('assistant_message');
      const ids = new Set([...reasoning, ...said].map((event) => event.id));
      expect([...ids]).toEqual([expect.stringMatching(MESSAGE_ID)]);
      const otids = [reasoning, said].map((events) => [...new Set(events.map((event) => event.otid))]);
      expect(otids).toEqual([[expect.any(String)], [expect.any(String)]]);
      expect(otids[0]).not.toEqual(otids[1]);
      for (const event of said) expect(event.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);

      const stored = await t.history(conversation);
      const answer = stored.find((event) => event.message_type === 'assistant_message');
      expect(answer).toMatchObject({ id: said[0]?.id, otid: said[0]?.otid });
      expect(textOf(answer)).toBe('The answer comes in pieces.');
      expect(stored.find((event) => event.message_type === 'reasoning_message')).toMatchObject({
        reasoning: 'So do the thoughts.',
        otid: reasoning[0]?.otid,
      });
    });

    test('reports what it used', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Yes.', { usage: { prompt: 900, completion: 20, cached: 100, reasoning: 5 } }));
      const turn = await t.say(conversation, 'Hi');
      expect(turn.of('usage_statistics')).toEqual([
        expect.objectContaining({
          prompt_tokens: 900,
          completion_tokens: 20,
          total_tokens: 920,
          step_count: 1,
          context_tokens: expect.any(Number),
        }),
      ]);
      expect(turn.of('usage_statistics')[0]).toMatchObject({ cached_input_tokens: 100, reasoning_tokens: 5 });
    });

    test('can go without pings and without a run in the background', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Quiet.'));
      const turn = await t.say(conversation, 'Hi', { include_pings: false, background: false });
      expect(turn.of('ping')).toEqual([]);
      expect([turn.text, turn.stopReason, turn.isDone]).toEqual(['Quiet.', 'end_turn', true]);
    });

    test('can be narrowed to some types of message', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Said.', { reasoning: 'Thought.' }));
      const turn = await t.say(conversation, 'Hi', { include_return_message_types: ['assistant_message'] });
      expect(turn.of('reasoning_message')).toEqual([]);
      expect([turn.text, turn.stopReason]).toEqual(['Said.', 'end_turn']);
    });

    test('carries any text through unharmed', async () => {
      const { conversation } = await t.pair();
      const said = 'data: [DONE]\n\nevent: error\n\n„ß“ 👩‍👩‍👧 \u2028 \\n </s> \r\n```ts\nconst a = `b`;\n```';
      t.model.script(text(said, { chunkSize: 3 }));
      const turn = await t.say(conversation, said);
      expect([turn.text, turn.isDone, turn.error]).toEqual([said, true, null]);
      expect(messageText(t.lastRequest.body.messages.at(-1))).toContain(said);
      const stored = await t.history(conversation);
      expect(stored.slice(-2).map(textOf)).toEqual([said, said]);
    });

    test('shows a tool of the server as call deltas and one return', async () => {
      const { conversation } = await t.pair();
      t.model.script(
        toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' }, id: 'call_a' }]),
        text('Noted.'),
      );
      const turn = await t.say(conversation, 'I like tea.');
      expect(turn.calls('tool_call_message')).toEqual([
        { id: 'call_a', name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } },
      ]);
      for (const event of turn.of('tool_call_message')) {
        expect(Array.isArray(event.tool_calls), 'while it streams, tool_calls is one call').toBe(false);
      }
      expect(turn.of('tool_return_message')).toEqual([
        expect.objectContaining({ tool_call_id: 'call_a', status: 'success', tool_return: expect.any(String) }),
      ]);
      expect(turn.text).toBe('Noted.');
      expect(turn.of('usage_statistics')[0]?.step_count).toBe(2);
      expect(turn.of('stop_reason').length).toBe(1);

      const stored = await t.history(conversation);
      expect(stored.map((event) => event.message_type)).toEqual([
        'system_message',
        'user_message',
        'tool_call_message',
        'tool_return_message',
        'assistant_message',
      ]);
      expect(stored[2]).toMatchObject({ tool_calls: [{ name: 'memory_insert', tool_call_id: 'call_a' }] });
    });
  });

  test('streamed in messages, each comes once and whole', async () => {
    const { conversation } = await t.pair();
    t.model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' }, id: 'call_a' }], {
        reasoning: 'Keep it.',
      }),
      text('Noted, and kept.'),
    );
    const turn = await t.say(conversation, 'I like tea.', { stream_tokens: false });
    const hasReasoning = !t.deviates('§2.4', 'drops the reasoning beside a tool call of its own');
    expect(turn.events.filter((event) => event.message_type !== 'ping').map((event) => event.message_type)).toEqual([
      ...(hasReasoning ? ['reasoning_message'] : []),
      'tool_call_message',
      'tool_return_message',
      'assistant_message',
      'stop_reason',
      'usage_statistics',
    ]);
    expect(turn.of('tool_call_message')[0]?.tool_calls).toEqual([
      expect.objectContaining({ name: 'memory_insert', tool_call_id: 'call_a' }),
    ]);
    expect(turn.text).toBe('Noted, and kept.');
    expect(turn.isDone).toBe(true);
  });

  test('not streamed, it is one JSON answer', async () => {
    const { agent, conversation } = await t.pair();
    for (const path of [`/v1/conversations/${conversation.id}/messages`, `/v1/agents/${agent.id}/messages`]) {
      t.model.script(text('In one piece.', { reasoning: 'Hm.' }));
      const { status, body } = await t.json('POST', path, { messages: [userMessage('Hi')], streaming: false });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        messages: [
          { message_type: 'reasoning_message', reasoning: 'Hm.' },
          { message_type: 'assistant_message', content: 'In one piece.' },
        ],
        stop_reason: { stop_reason: 'end_turn' },
        usage: { step_count: 1, total_tokens: expect.any(Number) },
      });
    }
  });

  test('the client reads both forms', async () => {
    const { agent, conversation } = await t.pair();
    t.model.script(text('Streamed.'), text('Whole.'));
    const stream = await t.client.conversations.messages.create(conversation.id, {
      messages: [{ role: 'user', content: 'Hi' }],
      stream_tokens: true,
    });
    let said = '';
    for await (const event of stream) {
      if (event.message_type === 'assistant_message') said += textOf(event as LettaEvent);
    }
    expect(said).toBe('Streamed.');
    const whole = await t.client.agents.messages.create(agent.id, { input: 'Hi', streaming: false });
    expect(whole.stop_reason.stop_reason).toBe('end_turn');
  });

  test('ends after max_steps', async () => {
    const { conversation } = await t.pair();
    const call = toolCalls([{ name: 'conversation_search', args: { query: 'tea' } }]);
    t.model.script(call, call, call, call);
    const turn = await t.say(conversation, 'Go on', { max_steps: 2 });
    expect(turn.stopReason).toBe('max_steps');
    expect(t.model.requests.length).toBe(2);
    expect(turn.of('usage_statistics')[0]?.step_count).toBe(2);
    t.model.reset();
    expect((await t.say(conversation, 'And now?')).stopReason).toBe('end_turn');
  });

  describe('a body that makes no sense', () => {
    test.each([
      ['neither messages nor input', {}],
      ['both', { messages: [{ role: 'user', content: 'a' }], input: 'b' }],
      ['no message', { messages: [] }],
      ['an unknown role', { messages: [{ role: 'judge', content: 'a' }] }],
    ])('is a 422: %s', async (_, body) => {
      const { conversation } = await t.pair();
      const turn = await t.turn(conversation, body);
      expect([turn.status, t.model.requests.length]).toEqual([422, 0]);
      expect(turn.body).toMatchObject({ detail: expect.anything() });
      expect((await t.history(conversation)).length).toBe(1);
    });

    test('is a 422: an agent told to stream tokens without streaming', async () => {
      const agent = await t.agent();
      const body = { input: 'Hi', streaming: false, stream_tokens: true };
      expect((await t.json('POST', `/v1/agents/${agent.id}/messages`, body)).status).toBe(422);
    });
  });

  test('of the default conversation belongs to the agent', async () => {
    const { agent, conversation } = await t.pair();
    const turn = await t.turn({ id: 'default' }, { messages: [userMessage('Straight to you')], agent_id: agent.id });
    expect(turn.stopReason).toBe('end_turn');
    const path = `/v1/conversations/default/messages?agent_id=${agent.id}&order=asc`;
    const { body } = await t.json<{ message_type: string }[]>('GET', path);
    expect(body.map((event) => event.message_type)).toEqual(['system_message', 'user_message', 'assistant_message']);
    expect((await t.history(conversation)).length).toBe(1);
    const after = await t.client.agents.retrieve(agent.id);
    expect(after.message_ids?.length).toBe(3);
    expect(await t.client.runs.retrieve(turn.runId)).toMatchObject({ conversation_id: null });
    const missing = await t.turn({ id: 'default' }, { messages: [userMessage('To whom?')] });
    expect([404, 422]).toContain(missing.status);
  });

  describe('leaves behind', () => {
    test('a run, a step and its messages', async () => {
      const { agent, conversation } = await t.pair();
      t.model.script(text('Done.', { usage: { prompt: 50, completion: 7 } }));
      const turn = await t.say(conversation, 'Hi');
      const run = await eventually(async () => {
        const found = await t.client.runs.retrieve(turn.runId);
        return found.status === 'completed' ? found : undefined;
      });
      expect(run).toMatchObject({
        id: turn.runId,
        agent_id: agent.id,
        conversation_id: conversation.id,
        stop_reason: 'end_turn',
        background: true,
        completed_at: expect.any(String),
      });
      const listed = await t.client.runs.list({ conversation_id: conversation.id, limit: 1 });
      expect(listed.items.map((entry) => entry.id)).toEqual([turn.runId]);
      const messages = await t.client.runs.messages.list(turn.runId);
      expect(messages.items.map((message) => message.message_type)).toContain('assistant_message');
      const usage = await t.client.runs.usage.retrieve(turn.runId);
      expect(usage).toMatchObject({ prompt_tokens: 50, completion_tokens: 7, total_tokens: 57 });
      const { body: steps } = await t.json<{ run_id: string }[]>('GET', `/v1/runs/${turn.runId}/steps`);
      expect(steps).toEqual([expect.objectContaining({ run_id: turn.runId, prompt_tokens: 50 })]);
      if (!t.deviates('§1.6', 'answers GET /v1/steps/ with 400')) {
        const all = await t.client.steps.list({ run_id: turn.runId } as object);
        expect(all.items.map((step) => step.run_id)).toContain(turn.runId);
      }
    });

    test('exact ids of what is in context', async () => {
      const { conversation } = await t.pair();
      await t.say(conversation, 'Hi');
      const ids = (await t.client.conversations.retrieve(conversation.id)).in_context_message_ids;
      const stored = await t.history(conversation);
      expect(ids).toEqual([...new Set(stored.map((event) => event.id))]);
      expect(stored[0]).toMatchObject({ id: ids?.[0], message_type: 'system_message' });
    });

    test('messages that can be read one by one, as all their variants', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Said.', { reasoning: 'Thought.' }));
      const turn = await t.say(conversation, 'Hi');
      const id = turn.of('assistant_message')[0]?.id;
      const { body } = await t.json<{ message_type: string; id: string }[]>('GET', `/v1/messages/${id}`);
      expect(body.every((variant) => variant.id === id)).toBe(true);
      if (t.deviates('§1.5', 'gives the variants in reverse, the text as reasoning')) return;
      expect(body.map((variant) => variant.message_type)).toEqual(['reasoning_message', 'assistant_message']);
    });
  });
});
