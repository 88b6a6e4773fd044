// How a run can end other than well, and what is left of it then.
import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/server/store/ids.ts';
import { Store } from '../../../src/server/store/store.ts';
import { calls, Feed, finish, Harness, type Json, says, temporaryFolder, words } from './support.ts';

const READ = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };

class CallError extends Error {
  override name = 'AI_APICallError';
  readonly statusCode: number;
  readonly responseBody: string;
  /** Longer than anybody waits: these are not asked again. */
  readonly responseHeaders = { 'retry-after': '600' };

  constructor(statusCode: number, responseBody = '') {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
    this.responseBody = responseBody;
  }
}

async function pair(folder = temporaryFolder(), options: object = {}) {
  const h = await Harness.start(folder, options);
  const agent = await h.agent();
  const conversation = await h.conversation(agent.id);
  return { h, agent, conversation, folder };
}

const texts = (messages: Json[]) => messages.slice(1).map((message) => message.content ?? message.reasoning);

describe('a model that fails', () => {
  test.each([
    [401, '', 'llm_authentication'],
    [403, '', 'llm_authentication'],
    [402, '', 'llm_insufficient_credits'],
    [429, '{"error":{"code":"insufficient_quota"}}', 'llm_insufficient_credits'],
    [429, '', 'llm_rate_limit'],
    [408, '', 'llm_timeout'],
    [400, '', 'llm_bad_request'],
    [404, '', 'llm_bad_request'],
    [500, '', 'llm_error'],
    [503, '', 'llm_error'],
  ])('HTTP %i %s is %s, said in the stream, in the run and to a JSON caller', async (status, body, type) => {
    const { h, agent, conversation } = await pair();
    const fail = () => Promise.reject(new CallError(status, body));
    h.model.answers = [fail, fail];
    const events = await h.say(conversation.id, 'Hi');
    expect(events.list.map((event) => event.message_type)).toEqual(['ping', 'stop_reason', 'error_message']);
    expect(events.named.get(2)).toBe('error');
    expect(events.list[2]).toMatchObject({ error_type: type, run_id: events.runId });
    expect(events.done).toBe(true);
    expect(await h.json('GET', `/v1/runs/${events.runId}`)).toMatchObject({
      status: 'failed',
      metadata: { error: { error_type: type } },
    });
    const answer = await h.request('POST', `/v1/agents/${agent.id}/messages`, { input: 'Hi' });
    expect(answer.ok).toBe(false);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect((await answer.json()).error.type).toBe(type);
    expect(texts(await h.messages(conversation.id))).toEqual(['Hi']);
  });

  test('in the middle of its answer: the text is kept, the half call is not', async () => {
    const { h, conversation } = await pair();
    const feed = new Feed();
    h.model.answers = [() => feed.stream, says('Again.')];
    feed.push(...words('Half an ans'), ...calls('c1', 'Read', { path: 'a' }).slice(0, 2));
    feed.end();
    const events = await h.say(conversation.id, 'Hi', { client_tools: [READ] });
    expect(events.list.at(-1)).toMatchObject({ message_type: 'error_message', error_type: 'llm_error' });
    expect(texts(await h.messages(conversation.id))).toEqual(['Hi', 'Half an ans']);
    expect((await h.say(conversation.id, 'More')).stopReason).toBe('end_turn');
  });

  test('in a later step: what the steps before took is told, ahead of the error', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [
      [...calls('c1', 'conversation_search', { query: 'x' }), finish('tool-calls')],
      () => Promise.reject(new CallError(500)),
    ];
    const events = await h.say(conversation.id, 'Hi');
    expect(events.list.slice(-3)).toMatchObject([
      { message_type: 'stop_reason' },
      { message_type: 'usage_statistics', total_tokens: 110 },
      { message_type: 'error_message' },
    ]);
  });

  test('with a broken stream, an error part, or nothing at all', async () => {
    const { h, conversation } = await pair();
    const broken = new Feed();
    h.model.answers = [() => broken.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    broken.push(...words('A bit'));
    await events.until((list) => list.length > 1);
    broken.fail(new Error('socket hang up'));
    await events.all();
    expect(events.list.at(-1).error_type).toBe('llm_error');
    h.model.answers = [[{ type: 'error', error: { message: 'overloaded', code: 500 } }]];
    expect((await h.say(conversation.id, 'Hi')).list.at(-1).error_type).toBe('llm_error');
    h.model.answers = [[finish()]];
    expect((await h.say(conversation.id, 'Hi')).list.at(-1).error_type).toBe('llm_empty_response');
  });

  test('that hangs is given up, even where it ignores the signal', async () => {
    const { h, conversation } = await pair(undefined, { modelIdleTimeoutMs: 60 });
    h.model.answers = [() => new Promise(() => {})];
    expect((await h.say(conversation.id, 'Hi')).list.at(-1).error_type).toBe('llm_timeout');
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    feed.push(...words('Begun'));
    expect((await h.say(conversation.id, 'Hi')).list.at(-1).error_type).toBe('llm_timeout');
    expect(texts(await h.messages(conversation.id))).toEqual(['Hi', 'Hi', 'Begun']);
  });

  test('a message that failed is sent again with its otid: stored once, and answered', async () => {
    const { h, conversation } = await pair();
    h.model.answers = [() => Promise.reject(new CallError(500)), says('Yes.')];
    const messages = [{ role: 'user', content: 'Hi', otid: 'the-same' }];
    await h.send(conversation.id, { messages }).then((events) => events.all());
    const again = await h.send(conversation.id, { messages });
    await again.all();
    expect(again.text).toBe('Yes.');
    expect(texts(await h.messages(conversation.id))).toEqual(['Hi', 'Yes.']);
    expect(h.model.last.prompt.filter((message) => message.role === 'user')).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test('ends the run at once, keeps the text, and frees the conversation', async () => {
    const { h, conversation } = await pair();
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    feed.push(...words('So far'));
    await events.until((list) => list.some((event) => event.message_type === 'assistant_message'));
    const answer = await h.json('POST', `/v1/conversations/${conversation.id}/cancel`);
    expect(answer).toEqual({ [events.runId]: 'cancelled' });
    await events.all();
    expect([events.stopReason, events.done]).toEqual(['cancelled', true]);
    expect(h.model.last.abortSignal?.aborted).toBe(true);
    expect(texts(await h.messages(conversation.id))).toEqual(['Hi', 'So far']);
    expect((await h.say(conversation.id, 'On')).stopReason).toBe('end_turn');
    expect((await h.request('POST', `/v1/conversations/${conversation.id}/cancel`)).status).toBe(409);
  });

  test('a run of another process ends it long before its lease does', async () => {
    const { h, conversation, folder } = await pair();
    const other = await Harness.start(folder);
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    feed.push(...words('So far'));
    await events.until((list) => list.some((event) => event.message_type === 'assistant_message'));
    expect((await other.request('POST', `/v1/conversations/${conversation.id}/messages`, { input: 'x' })).status).toBe(
      409,
    );
    const started = performance.now();
    expect(await other.json('POST', `/v1/conversations/${conversation.id}/cancel`)).toEqual({
      [events.runId]: 'cancelled',
    });
    // The lease has ten seconds.
    expect(performance.now() - started).toBeLessThan(8_000);
    await events.all();
    expect(events.stopReason).toBe('cancelled');
    expect(texts(await other.messages(conversation.id))).toEqual(['Hi', 'So far']);
  });

  test('what waits for approval is denied, also what the server held back', async () => {
    const { h, agent, conversation } = await pair();
    h.model.answers = [
      [
        ...calls('c1', 'Read', { path: 'a' }),
        ...calls('c2', 'memory_insert', { label: 'human', new_string: 'Tea.' }),
        finish('tool-calls'),
      ],
      says('Well.'),
    ];
    const asked = await h.say(conversation.id, 'Hi', { client_tools: [READ] });
    expect(asked.stopReason).toBe('requires_approval');
    expect(await h.json('POST', `/v1/conversations/${conversation.id}/cancel`)).toEqual({ [asked.runId]: 'cancelled' });
    expect((await h.say(conversation.id, 'Never mind')).stopReason).toBe('end_turn');
    expect((await h.json('GET', `/v1/agents/${agent.id}/core-memory/blocks/human`)).value).toBe('Prefers tabs.');
    const results = h.model.last.prompt.flatMap((message) => (message.role === 'tool' ? message.content : []));
    expect(results.map((part) => ('toolCallId' in part ? part.toolCallId : ''))).toEqual(['c1', 'c2']);
  });
});

describe('a process that ends', () => {
  test('marks its runs interrupted and keeps their text', async () => {
    const { h, conversation, folder } = await pair();
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }], client_tools: [READ] });
    feed.push(...words('So', ' far'), ...calls('c1', 'Read', { path: 'a' }).slice(0, 2));
    await events.until((list) => list.some((event) => event.message_type === 'approval_request_message'));
    await h.server.close();
    await events.all();
    expect(events.list.at(-1)).toMatchObject({ message_type: 'error_message', error_type: 'stream_incomplete' });

    const again = await Harness.start(folder);
    const [run] = await again.json('GET', `/v1/runs/?conversation_id=${conversation.id}&limit=1`);
    expect(run).toMatchObject({
      status: 'failed',
      stop_reason: 'error',
      metadata: { error: { error_type: 'stream_incomplete' } },
    });
    const stored = await again.messages(conversation.id);
    expect(texts(stored)).toEqual(['Hi', 'So far']);
    expect(stored.at(-1).otid).toBe(events.of('assistant_message')[0].otid);
    const replay = await again.request('POST', `/v1/runs/${run.id}/stream`, { starting_after: 0 });
    const text = await replay.text();
    expect(text).toContain('stream_incomplete');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const next = await again.say(conversation.id, '<system-reminder>Go on.</system-reminder>');
    expect(next.stopReason).toBe('end_turn');
    expect(again.model.last.prompt.slice(1).map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
  });

  test('in a later step: earlier steps stay as they were, only the last text is partial', async () => {
    const { h, conversation, folder } = await pair();
    const feed = new Feed();
    h.model.answers = [
      [...words('I look.'), ...calls('c1', 'conversation_search', {}), finish('tool-calls')],
      () => feed.stream,
    ];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    feed.push(...words('I fou'));
    await events.until((list) => list.some((event) => event.content === 'I fou'));
    await h.server.close();
    const again = await Harness.start(folder);
    // The step before was paid.
    expect(await again.json('GET', `/v1/runs/${events.runId}/usage`)).toMatchObject({ total_tokens: 110 });
    const stored = await again.messages(conversation.id);
    expect(stored.slice(1).map((message) => [message.message_type, message.content])).toEqual([
      ['user_message', 'Hi'],
      ['assistant_message', 'I look.'],
      ['tool_call_message', undefined],
      ['tool_return_message', undefined],
      ['assistant_message', 'I fou'],
    ]);
  });

  test('killed: whoever comes later settles its run, once', async () => {
    const { h, agent, conversation, folder } = await pair();
    await h.server.close();
    const runId = newId('run');
    const messageId = newId('message');
    const store = new Store(folder);
    store.write('durable', () => {
      store.leases.take({ key: conversation.id, owner: 'a dead process', runId, expiresAt: Date.now() + 1_500 });
      store.runs.create({
        id: runId,
        agentId: agent.id,
        owner: conversation.id,
        background: true,
        otid: 'o1',
        request: {},
      });
      for (const text of ['Par', 'tial'])
        store.streamLog.appendPartial(runId, { messageId, stepId: newId('step'), block: 1, kind: 'text', text });
      store.streamLog.append(runId, [{ seq: 1, data: '{"message_type":"ping","seq_id":1}' }]);
    });
    store.close();

    const again = await Harness.start(folder);
    expect((await again.json('GET', `/v1/runs/${runId}`)).status).toBe('running');
    const busy = await again.request('POST', `/v1/conversations/${conversation.id}/messages`, { input: 'x' });
    expect([busy.status, busy.headers.get('x-should-retry')]).toEqual([409, 'false']);
    // Following it ends as soon as its lease is void.
    const followed = await (await again.request('POST', `/v1/runs/${runId}/stream`, { starting_after: 0 })).text();
    expect(followed.match(/stream_incomplete/g)).toHaveLength(1);
    expect(texts(await again.messages(conversation.id))).toEqual(['Partial']);
    expect((await again.say(conversation.id, 'On')).stopReason).toBe('end_turn');
    expect(again.log.filter((line) => line.includes(runId))).toHaveLength(1);
  });

  test('a pending approval is still answerable', async () => {
    const { h, conversation, folder } = await pair();
    h.model.answers = [[...calls('c1', 'Read', { path: 'a' }), finish('tool-calls')]];
    await h.say(conversation.id, 'Hi', { client_tools: [READ] });
    await h.server.close();
    const again = await Harness.start(folder);
    again.model.answers = [says('Seen.')];
    const answered = await again.send(conversation.id, {
      messages: [{ type: 'approval', approvals: [{ type: 'tool', tool_call_id: 'c1', tool_return: 'text' }] }],
      client_tools: [READ],
    });
    await answered.all();
    expect(answered.text).toBe('Seen.');
    const repeated = await again.send(conversation.id, {
      messages: [{ type: 'approval', approvals: [{ type: 'tool', tool_call_id: 'c1', tool_return: 'other' }] }],
    });
    expect(repeated.response.status).toBe(200);
    await repeated.all();
    expect(JSON.stringify(again.model.last.prompt)).not.toContain('other');
  });
});

describe('following', () => {
  test('a second reader gets everything, from where it asks, while the run goes on', async () => {
    const { h, conversation } = await pair();
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const first = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi', otid: 'o1' }] });
    feed.push(...words('a', 'b'));
    await first.until((list) => list.length >= 3);
    const second = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi', otid: 'o1' }] });
    const response = await h.request('POST', `/v1/runs/${first.runId}/stream`, { starting_after: 2 });
    feed.push(...says('c'));
    feed.end();
    await first.all();
    expect(await second.all()).toEqual(first.list);
    const late = (await response.text()).match(/"seq_id":\d+/g);
    expect(late).toEqual(first.list.slice(2).map((event) => `"seq_id":${event.seq_id}`));
    const stored = await h.request('POST', `/v1/conversations/${conversation.id}/stream`, { otid: 'o1' });
    expect((await stored.text()).match(/"seq_id":\d+/g)).toHaveLength(first.list.length);
    expect(h.model.requests).toHaveLength(1);
  });

  test('another process follows a run that is under way', async () => {
    const { h, conversation, folder } = await pair();
    const other = await Harness.start(folder);
    const feed = new Feed();
    h.model.answers = [() => feed.stream];
    const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
    feed.push(...words('a', 'b'));
    await events.until((list) => list.length >= 3);
    const response = await other.request('POST', `/v1/conversations/${conversation.id}/stream`, {});
    feed.push(...says('c'));
    feed.end();
    await events.all();
    const seen = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('data: {'));
    expect(seen.map((frame) => JSON.parse(frame.slice(6)))).toEqual(events.list);
  });

  test('a run that was not made for it is refused', async () => {
    const { h, conversation } = await pair();
    const events = await h.say(conversation.id, 'Hi', { background: false });
    expect((await h.request('POST', `/v1/runs/${events.runId}/stream`, {})).status).toBe(400);
  });
});
