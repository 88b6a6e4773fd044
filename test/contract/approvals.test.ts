// Client tools and approvals: asking, answering, refusing, answering twice (Letta API: client-side tools and approvals).
import { describe, expect, test } from 'vitest';
import { type ChatMessage, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target, userMessage } from './support/contract.ts';
import { callsOf, type Turn, textOf } from './support/turn.ts';

const READ = {
  name: 'Read',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const EDIT = { name: 'Edit', description: 'Edits a file.', parameters: { type: 'object', properties: {} } };
const tools = { client_tools: [READ, EDIT] };

function approval(...approvals: object[]) {
  return { type: 'approval', approvals, otid: crypto.randomUUID() };
}

function result(id: string, value: unknown, status = 'success') {
  return { type: 'tool', tool_call_id: id, tool_return: value, status };
}

/** What the model is told of a call. */
function toolMessage(messages: ChatMessage[], id: string): string {
  return messageText(messages.find((message) => message.role === 'tool' && message.tool_call_id === id));
}

/** A refusal: its status and its text, wherever the server puts it. */
function refusal(turn: Turn): { status: number; text: string } {
  const { error } = turn;
  if (error !== null) return { status: turn.status, text: `${error.message} ${error.detail}` };
  return { status: turn.status, text: JSON.stringify(turn.body) };
}

contract('approvals', (t: Target) => {
  /** A conversation that waits for the results of `call_a`, or of the calls given. */
  async function waiting(calls = [{ name: 'Read', args: { path: 'a.ts' }, id: 'call_a' }]) {
    const pair = await t.pair();
    t.model.script(toolCalls(calls));
    const turn = await t.say(pair.conversation, 'Look at it', tools);
    return { ...pair, turn };
  }

  describe('a client tool', () => {
    test('is asked for in deltas, and ends the turn', async () => {
      const { agent, conversation } = await t.pair();
      t.model.script(
        toolCalls([{ name: 'Read', args: { path: 'src/a "b".ts' }, id: 'call_a' }], {
          text: 'I look.',
          reasoning: 'Which file?',
        }),
      );
      const turn = await t.say(conversation, 'Look at it', tools);
      expect(turn.stopReason).toBe('requires_approval');
      expect(turn.isDone).toBe(true);
      expect(turn.calls('approval_request_message')).toEqual([
        { id: 'call_a', name: 'Read', args: { path: 'src/a "b".ts' } },
      ]);
      expect(turn.of('tool_call_message')).toEqual([]);
      expect([turn.text, turn.reasoning]).toEqual(['I look.', 'Which file?']);

      const requests = turn.of('approval_request_message');
      const ids = new Set(requests.map((event) => event.id));
      expect(ids.size).toBe(1);
      const [id] = [...ids];
      expect(id).toMatch(/^message-/);
      expect(turn.of('assistant_message').map((event) => event.id)).not.toContain(id);
      for (const event of requests) {
        expect(event.otid).toBe(id);
        expect(Array.isArray(event.tool_calls), 'while it streams, tool_calls is one call').toBe(false);
      }
      expect((await t.client.runs.retrieve(turn.runId)).stop_reason).toBe('requires_approval');
      expect((await t.client.runs.retrieve(turn.runId)).status).toBe('completed');

      const inContext = (await t.client.conversations.retrieve(conversation.id)).in_context_message_ids;
      expect(inContext?.at(-1)).toBe(id);
      const variants = (await t.json<{ message_type: string; tool_calls?: unknown[] }[]>('GET', `/v1/messages/${id}`))
        .body;
      const stored = variants.find((variant) => variant.message_type === 'approval_request_message');
      expect(stored?.tool_calls).toEqual([
        expect.objectContaining({ name: 'Read', tool_call_id: 'call_a', arguments: expect.any(String) }),
      ]);
      expect(agent.id).toMatch(/^agent-/);
    });

    test('gets its result to the model, with the calls as they were', async () => {
      const { conversation } = await waiting();
      t.model.script(text('It says hello.'));
      const turn = await t.turn(conversation, { messages: [approval(result('call_a', 'hello from a.ts'))], ...tools });
      expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'It says hello.']);
      const { messages, tools: offered } = t.lastRequest.body;
      const asked = messages.find((message) => message.tool_calls !== undefined);
      expect(asked?.tool_calls).toEqual([
        expect.objectContaining({ id: 'call_a', function: expect.objectContaining({ name: 'Read' }) }),
      ]);
      expect(JSON.parse(asked?.tool_calls?.[0]?.function.arguments ?? '')).toEqual({ path: 'a.ts' });
      expect(toolMessage(messages, 'call_a')).toContain('hello from a.ts');
      expect(messages.filter((message) => message.role === 'user').length).toBe(1);
      expect(offered?.map((tool) => tool.function.name)).toContain('Read');
      const stored = await t.history(conversation);
      expect(stored.at(-1)?.message_type).toBe('assistant_message');
      expect(stored.map((event) => event.message_type)).toEqual(
        expect.arrayContaining(['approval_request_message', 'approval_response_message']),
      );
      const returned = stored.find((event) => event.message_type === 'approval_response_message');
      expect(returned?.approvals).toEqual([
        expect.objectContaining({ type: 'tool', tool_call_id: 'call_a', status: 'success' }),
      ]);
    });

    test('may answer with parts, and with an error', async () => {
      const calls = [
        { name: 'Read', args: { path: 'a.ts' }, id: 'call_a' },
        { name: 'Read', args: { path: 'b.ts' }, id: 'call_b' },
      ];
      const { conversation, turn } = await waiting(calls);
      expect(
        turn
          .calls('approval_request_message')
          .map((call) => call.id)
          .sort(),
      ).toEqual(['call_a', 'call_b']);
      await t.turn(conversation, {
        messages: [
          approval(
            result('call_b', 'ENOENT: no such file', 'error'),
            result('call_a', [
              { type: 'text', text: 'part one' },
              { type: 'text', text: 'part two' },
            ]),
          ),
        ],
        ...tools,
      });
      const { messages } = t.lastRequest.body;
      expect(toolMessage(messages, 'call_a')).toMatch(/part one[\s\S]*part two/);
      expect(toolMessage(messages, 'call_b')).toContain('ENOENT: no such file');
      const stored = (await t.history(conversation)).flatMap((event) => event.approvals ?? []);
      expect(stored.find((entry) => entry.tool_call_id === 'call_b')?.status).toBe('error');
    });

    test('keeps the error of an answer in parts', async () => {
      const { conversation } = await waiting();
      const parts = [{ type: 'text', text: 'ENOENT' }];
      await t.turn(conversation, { messages: [approval(result('call_a', parts, 'error'))], ...tools });
      const stored = (await t.history(conversation)).flatMap((event) => event.approvals ?? []);
      expect(stored.find((entry) => entry.tool_call_id === 'call_a')?.status).toBe('error');
    });

    test('may take several rounds, and user messages after a result', async () => {
      const { conversation } = await waiting();
      t.model.script(toolCalls([{ name: 'Edit', args: {}, id: 'call_b' }]), text('Both done.'));
      const second = await t.turn(conversation, { messages: [approval(result('call_a', 'one'))], ...tools });
      expect([second.stopReason, second.calls('approval_request_message')[0]?.id]).toEqual([
        'requires_approval',
        'call_b',
      ]);
      const third = await t.turn(conversation, {
        messages: [approval(result('call_b', 'two')), userMessage('And hurry.')],
        ...tools,
      });
      expect(third.text).toBe('Both done.');
      const sent = t.lastRequest.body.messages;
      expect(toolMessage(sent, 'call_a')).toContain('one');
      expect(toolMessage(sent, 'call_b')).toContain('two');
      expect(messageText(sent.at(-1))).toContain('And hurry.');
    });

    test('goes to the model in the order of its calls, whatever the order of the answers', async () => {
      const ids = ['call_a', 'call_b', 'call_c'];
      const { conversation } = await waiting(ids.map((id) => ({ name: 'Read', args: { path: id }, id })));
      await t.turn(conversation, {
        messages: [approval(...ids.toReversed().map((id) => result(id, `of ${id}`)))],
        ...tools,
      });
      const { messages } = t.lastRequest.body;
      const asked = messages.findIndex((message) => message.tool_calls !== undefined);
      expect(messages[asked]?.tool_calls?.map((call) => call.id)).toEqual(ids);
      const answers = messages.slice(asked + 1, asked + 4);
      expect(answers.map((message) => message.role)).toEqual(['tool', 'tool', 'tool']);
      for (const id of ids) expect(toolMessage(answers, id)).toContain(`of ${id}`);
    });

    test('that returns very much is cut, and says so', async () => {
      const { agent, conversation } = await waiting();
      const limit = Math.max(5000, 0.2 * agent.llm_config.context_window * 4);
      await t.turn(conversation, { messages: [approval(result('call_a', 'x'.repeat(limit * 2)))], ...tools });
      const told = toolMessage(t.lastRequest.body.messages, 'call_a');
      expect(told.length).toBeLessThan(limit + 500);
      expect(told).toMatch(/truncated|characters/i);
    });
  });

  test('a call of the server beside one of the client runs after the answer', async () => {
    const { agent, conversation } = await t.pair();
    t.model.script(
      toolCalls([
        { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' }, id: 'call_s' },
        { name: 'Read', args: { path: 'a.ts' }, id: 'call_c' },
      ]),
      text('Done.'),
    );
    const turn = await t.say(conversation, 'Do both', tools);
    expect(turn.calls('approval_request_message').map((call) => call.id)).toEqual(['call_c']);
    const value = async () => (await t.client.agents.blocks.retrieve('human', { agent_id: agent.id })).value;
    expect(await value()).toBe('Prefers tabs.');
    const answer = await t.turn(conversation, { messages: [approval(result('call_c', 'file text'))], ...tools });
    expect(answer.text).toBe('Done.');
    expect(await value()).toContain('Likes tea.');
    const { messages } = t.lastRequest.body;
    expect(toolMessage(messages, 'call_c')).toContain('file text');
    expect(toolMessage(messages, 'call_s')).toContain('Likes tea.');
    const calls = messages.flatMap((message) => message.tool_calls ?? []).map((call) => call.id);
    expect(calls.sort()).toEqual(['call_c', 'call_s']);
  });

  describe('a tool of the server under approval', () => {
    const rules = { tool_rules: [{ type: 'requires_approval' as const, tool_name: 'memory_replace' }] };
    const args = { label: 'human', old_string: 'tabs', new_string: 'spaces' };

    async function asked() {
      const pair = await t.pair(rules);
      t.model.script(toolCalls([{ name: 'memory_replace', args, id: 'call_m' }]));
      const turn = await t.say(pair.conversation, 'I changed my mind.', tools);
      expect(turn.stopReason).toBe('requires_approval');
      expect(turn.calls('approval_request_message')).toEqual([{ id: 'call_m', name: 'memory_replace', args }]);
      const value = async () => (await t.client.agents.blocks.retrieve('human', { agent_id: pair.agent.id })).value;
      expect(await value()).toBe('Prefers tabs.');
      return { ...pair, value };
    }

    test('runs when it is approved', async () => {
      const { conversation, value } = await asked();
      t.model.script(text('Changed.'));
      const turn = await t.turn(conversation, {
        messages: [approval({ type: 'approval', tool_call_id: 'call_m', approve: true })],
        ...tools,
      });
      expect(turn.of('tool_return_message')).toEqual([
        expect.objectContaining({ tool_call_id: 'call_m', status: 'success' }),
      ]);
      expect(turn.text).toBe('Changed.');
      expect(await value()).toBe('Prefers spaces.');
      expect(toolMessage(t.lastRequest.body.messages, 'call_m')).toContain('Prefers spaces.');
    });

    test('does not run when it is refused, and the model is told why', async () => {
      const { conversation, value } = await asked();
      t.model.script(text('Understood.'));
      const reason = 'Keep the old line, please.';
      const turn = await t.turn(conversation, {
        messages: [approval({ type: 'approval', tool_call_id: 'call_m', approve: false, reason })],
        ...tools,
      });
      expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'Understood.']);
      expect(await value()).toBe('Prefers tabs.');
      expect(toolMessage(t.lastRequest.body.messages, 'call_m')).toContain(reason);
    });

    test('may be answered by the client with a result of its own', async () => {
      const { conversation, value } = await asked();
      await t.turn(conversation, { messages: [approval(result('call_m', 'Held for review.'))], ...tools });
      expect(await value()).toBe('Prefers tabs.');
      expect(toolMessage(t.lastRequest.body.messages, 'call_m')).toContain('Held for review.');
    });

    test('is found by whoever opens the conversation later', async () => {
      const { agent } = await asked();
      const { conversation } = await waiting();
      const listed = (await t.history(conversation)).at(-1);
      expect(listed?.message_type).toBe('approval_request_message');
      expect(callsOf(listed)).toEqual([expect.objectContaining({ name: 'Read', tool_call_id: 'call_a' })]);
      // Of the default conversation the agent itself knows.
      t.model.script(toolCalls([{ name: 'memory_replace', args, id: 'call_d' }]));
      await t.turn({ id: 'default' }, { messages: [userMessage('Again')], agent_id: agent.id });
      const state = await t.client.agents.retrieve(agent.id, { include: ['agent.pending_approval'] });
      expect(callsOf(state.pending_approval as never)).toEqual([expect.objectContaining({ tool_call_id: 'call_d' })]);
    });
  });

  describe('is refused with the conversation as it was:', () => {
    const wrong = (name: string, answer: object[], expected: RegExp, pending: boolean, section: string) =>
      test(name, async () => {
        const ids = ['call_a', 'call_b'];
        const { conversation } = pending
          ? await waiting(ids.map((id) => ({ name: 'Read', args: { path: id }, id })))
          : await t.pair();
        const before = (await t.history(conversation)).length;
        const asked = t.model.requests.length;
        const turn = await t.turn(conversation, { messages: [approval(...answer)], ...tools });
        const { status, text: said } = refusal(turn);
        expect(said).toMatch(expected);
        if (t.deviates(section, 'answers 200 and says it in the stream')) expect(status).toBe(200);
        else expect([status, turn.frames]).toEqual([400, []]);
        expect(t.model.requests.length).toBe(asked);
        expect((await t.history(conversation)).length).toBe(before);
        if (!pending) return;
        const right = await t.turn(conversation, {
          messages: [approval(...ids.map((id) => result(id, 'now')))],
          ...tools,
        });
        expect(right.stopReason).toBe('end_turn');
      });

    wrong('one of two', [result('call_a', 'x')], /Invalid tool call IDs/, true, '§2.5');
    wrong(
      'one too many',
      [result('call_a', 'x'), result('call_b', 'x'), result('call_c', 'x')],
      /Invalid tool call IDs/,
      true,
      '§2.5',
    );
    wrong('other ids', [result('call_x', 'x'), result('call_y', 'x')], /Invalid tool call IDs/, true, '§2.5');
    wrong('nothing pending', [result('call_a', 'x')], /No tool call is currently awaiting approval/, false, '§2.5');
  });

  test('an answer that was given before is taken again, and nothing runs twice', async () => {
    const { agent, conversation } = await t.pair({
      tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }],
    });
    t.model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' }, id: 'call_m' }]),
    );
    await t.say(conversation, 'I like tea.');
    const answer = { messages: [approval({ type: 'approval', tool_call_id: 'call_m', approve: true })] };
    await t.turn(conversation, answer);
    const again = await t.turn(conversation, answer);
    expect([again.status, again.stopReason]).toEqual([200, 'end_turn']);
    const { value } = await t.client.agents.blocks.retrieve('human', { agent_id: agent.id });
    expect(value.split('Likes tea.').length).toBe(2);
    const { messages } = t.lastRequest.body;
    expect(messages.filter((message) => message.role === 'tool' && message.tool_call_id === 'call_m').length).toBe(1);
  });

  test('without parallel calls only the first one counts', async () => {
    const { conversation } = await t.pair({ parallel_tool_calls: false });
    t.model.script(
      toolCalls([
        { name: 'Read', args: { path: 'a.ts' }, id: 'call_a' },
        { name: 'Read', args: { path: 'b.ts' }, id: 'call_b' },
      ]),
    );
    const turn = await t.say(conversation, 'Look', tools);
    if (t.deviates('§2.5', 'streams both and keeps the first')) return;
    expect(turn.calls('approval_request_message').map((call) => call.id)).toEqual(['call_a']);
    const answered = await t.turn(conversation, { messages: [approval(result('call_a', 'x'))], ...tools });
    expect(answered.stopReason).toBe('end_turn');
  });

  test('arguments that are no JSON, and a tool nobody has, come back to the model as errors', async () => {
    const { conversation } = await t.pair();
    t.model.script(
      { kind: 'malformedArgs', name: 'memory_insert', raw: '{"label": "human", "new_str', id: 'call_a' },
      toolCalls([{ name: 'nothing_like_it', args: {}, id: 'call_b' }]),
      text('I give up.'),
    );
    const turn = await t.say(conversation, 'Try', tools);
    expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'I give up.']);
    const { messages } = t.lastRequest.body;
    expect(toolMessage(messages, 'call_a')).toMatch(/JSON|argument/i);
    expect(toolMessage(messages, 'call_b')).toContain('nothing_like_it');
    expect(turn.of('tool_return_message').map((event) => event.status)).toEqual(['error', 'error']);
    const calls = messages.flatMap((message) => message.tool_calls ?? []);
    for (const call of calls) expect(() => JSON.parse(call.function.arguments)).not.toThrow();
    expect(textOf((await t.history(conversation)).at(-1))).toBe('I give up.');
  });
});
