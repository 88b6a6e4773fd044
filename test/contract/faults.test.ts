// What a failing model looks like, and that the conversation stays usable (Letta API: errors, failure order of a stream).
import { describe, expect, test } from 'vitest';
import {
  cutAfter,
  httpError,
  messageText,
  type ReplySource,
  streamError,
  text,
  toolCalls,
} from '../support/scripted-model.ts';
import { contract, eventually, type Target } from './support/contract.ts';
import { type Turn, textOf } from './support/turn.ts';

/** Longer than a server waits before it asks again. */
const LATER = { 'retry-after': '600' };

const FAILED = ['error', 'llm_api_error', 'invalid_llm_response'];

contract('a model that fails', (t: Target) => {
  /** The order and the shape that clients rely on: stop reason, what was paid for, then the error they throw, then the end. */
  async function expectFailure(turn: Turn, types: string[]): Promise<void> {
    expect(turn.status).toBe(200);
    expect(FAILED).toContain(turn.stopReason);
    const order = turn.frames.map(
      (frame) => frame.event ?? (frame.data === '[DONE]' ? 'done' : JSON.parse(frame.data).message_type),
    );
    expect(order.lastIndexOf('stop_reason')).toBeGreaterThan(0);
    const last = order.filter((event) => event !== 'usage_statistics');
    expect(last.indexOf('error')).toBe(last.lastIndexOf('stop_reason') + 1);
    const [usage, error] = [order.indexOf('usage_statistics'), order.indexOf('error')];
    expect(usage === -1 || usage === error - 1).toBe(true);
    if (!t.deviates('§2.2', 'gives two stop reasons when the model breaks off')) {
      expect(turn.of('stop_reason').length).toBe(1);
    }
    if (!t.deviates('§2.2', 'ends a failed background stream without [DONE]')) expect(turn.isDone).toBe(true);
    expect(turn.error).toMatchObject({
      message_type: 'error_message',
      run_id: turn.runId,
      error_type: expect.any(String),
      message: expect.any(String),
    });
    expect(types).toContain(turn.error?.error_type);
    const run = await eventually(async () => {
      const found = await t.client.runs.retrieve(turn.runId);
      return found.status === 'failed' ? found : undefined;
    });
    expect(run.metadata).toMatchObject({ error: { error_type: turn.error?.error_type, message: expect.any(String) } });
  }

  const cases: [string, ReplySource, string[], string][] = [
    ['refuses the key', httpError(401), ['llm_authentication'], ''],
    ['has no quota left', httpError(429, undefined, LATER), ['llm_rate_limit'], ''],
    ['does not like the request', httpError(400), ['llm_bad_request', 'llm_error'], ''],
    ['is broken', httpError(500), ['llm_error'], ''],
    ['answers no JSON', httpError(503, '<html>Bad gateway</html>', LATER), ['llm_error'], ''],
    [
      'breaks off',
      cutAfter(20, 'This answer breaks off in the middle.'),
      ['llm_error', 'stream_incomplete'],
      'This answer breaks o',
    ],
    [
      'reports an error in the stream',
      streamError('overloaded', 'Half an answer'),
      ['llm_error', 'stream_incomplete'],
      'Half an answer',
    ],
    ['says nothing', text(''), ['llm_empty_response'], ''],
  ];

  describe.each(cases)('because it %s', (name, reply, types, said) => {
    test('says so once, asks once, and loses nothing', async () => {
      if (name === 'says nothing' && t.deviates('§3.7', 'takes an empty response for the end of the turn')) return;
      const { conversation } = await t.pair();
      const retries = t.deviates('§0.5', 'asks again up to twice by itself') ? 2 : 0;
      t.model.script(...Array.from({ length: 1 + retries }, () => reply));
      const turn = await t.say(conversation, 'The question');
      await expectFailure(turn, t.isArchived ? [...types, 'llm_error', 'internal_error', 'llm_timeout'] : types);
      expect(turn.text).toBe(said);
      if (retries === 0) expect(t.model.requests.length).toBe(1);

      t.model.reset();
      t.model.script(text('Works again.'));
      const next = await t.say(conversation, 'Once more');
      expect([next.stopReason, next.text]).toEqual(['end_turn', 'Works again.']);
      if (t.deviates('§2.7', 'stores nothing of a failed turn')) return;
      const kept = [
        ['user_message', 'The question'],
        ...(said === '' ? [] : [['assistant_message', said]]),
        ['user_message', 'Once more'],
        ['assistant_message', 'Works again.'],
      ];
      const stored = (await t.history(conversation)).slice(1);
      expect(stored.map((event) => [event.message_type, textOf(event)])).toEqual(kept);
      const sent = t.lastRequest.body.messages.map(messageText).join('\n');
      for (const [, line] of kept.slice(0, -1)) expect(sent).toContain(line);
    });
  });

  test('because it is overloaded is asked again as it wishes, which the stream tells', async () => {
    if (t.deviates('§0.5', 'asks again without a word')) return;
    const { conversation } = await t.pair();
    const soon = { 'retry-after-ms': '20' };
    t.model.script(httpError(429, undefined, soon), httpError(529, undefined, soon), text('There it is.'));
    const turn = await t.say(conversation, 'The question');
    expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'There it is.']);
    expect(turn.of('ping').flatMap((ping) => ('retry' in ping ? [ping.retry] : []))).toMatchObject([
      { attempt: 2, max_attempts: 5, delay_ms: 20, message: expect.stringContaining('429') },
      { attempt: 3, max_attempts: 5, delay_ms: 20, message: expect.stringContaining('overloaded') },
    ]);
    const [first, second, third] = t.model.requests;
    expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);
    const stored = (await t.history(conversation)).slice(1);
    expect(stored.map((event) => textOf(event))).toEqual(['The question', 'There it is.']);
  });

  test('and has to be waited for can be stopped at once', async () => {
    if (t.deviates('§0.5', 'asks again without a word')) return;
    const { conversation } = await t.pair();
    t.model.script(httpError(503, undefined, { 'retry-after': '30' }));
    const turn = await t.begin(conversation, { messages: [{ role: 'user', content: 'The question' }] });
    await turn.until((event) => 'retry' in event);
    const began = performance.now();
    await t.client.conversations.cancel(conversation.id);
    await turn.end();
    expect(turn.stopReason).toBe('cancelled');
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(t.model.requests.length).toBe(1);
  });

  test('because it is not there, says so in time', async () => {
    if (t.deviates('§0.5', 'asks again for a long time by itself')) return;
    const { conversation } = await t.pair();
    await t.withoutModel(async () => {
      const turn = await t.say(conversation, 'Anyone?');
      await expectFailure(turn, ['llm_error', 'llm_timeout']);
    });
    const next = await t.say(conversation, 'And now?');
    expect([next.stopReason, t.model.requests.length]).toEqual(['end_turn', 1]);
  });

  test('after a tool ran keeps the tool, and the next turn does not run it again', async () => {
    if (t.deviates('§0.5', 'asks again up to twice by itself')) return;
    const { agent, conversation } = await t.pair();
    const args = { label: 'human', new_string: 'Likes tea.' };
    t.model.script(toolCalls([{ name: 'memory_insert', args, id: 'call_a' }]), httpError(500));
    await expectFailure(await t.say(conversation, 'I like tea'), ['llm_error']);
    expect((await t.say(conversation, 'Go on')).stopReason).toBe('end_turn');
    const { value } = await t.client.agents.blocks.retrieve('human', { agent_id: agent.id });
    expect(value.split('Likes tea.').length).toBe(2);
    const sent = t.lastRequest.body.messages;
    expect(sent.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'user']);
  });

  test('without streaming answers with a status of its own', async () => {
    if (t.deviates('§0.5', 'asks again up to twice by itself')) return;
    const { conversation } = await t.pair();
    t.model.script(httpError(429, undefined, LATER));
    const path = `/v1/conversations/${conversation.id}/messages`;
    const { status, body } = await t.json('POST', path, { input: 'Hi', streaming: false });
    expect([status, body]).toMatchObject([429, { error: { type: 'llm_rate_limit', message: expect.any(String) } }]);
    t.model.script(httpError(500));
    const broken = await t.json('POST', path, { input: 'Hi', streaming: false });
    expect(broken.status).toBeGreaterThanOrEqual(500);
    expect(broken.body).toMatchObject({ error: { type: 'llm_error' } });
  });

  test('that stops at its limit says so, and keeps what came', async () => {
    const { conversation } = await t.pair();
    t.model.script(text('A long answer that', { finish: 'length' }));
    const turn = await t.say(conversation, 'Tell me all');
    const reason = t.deviates('§2.3', 'takes it for the end of the turn') ? 'end_turn' : 'max_tokens_exceeded';
    expect([turn.text, turn.stopReason]).toEqual(['A long answer that', reason]);
    expect(textOf((await t.history(conversation)).at(-1))).toBe('A long answer that');
  });
});
