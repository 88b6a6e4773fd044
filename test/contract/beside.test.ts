// What an agent's model is asked beside its conversations, conversations without an agent, and single steps.
import { describe, expect, test } from 'vitest';
import { httpError, messageText, text } from '../support/scripted-model.ts';
import { contract, eventually, type Target } from './support/contract.ts';

contract('beside conversations', (t: Target) => {
  describe('generate', () => {
    test('asks the model once, with nothing of memory or history, and stores nothing', async () => {
      if (t.deviates('§1.3', 'needs a model of its own kind')) return;
      const agent = await t.agent();
      t.model.script(text('{"ok":true}'));
      const answer = await t.json('POST', `/v1/agents/${agent.id}/generate`, {
        prompt: 'Is this fine?',
        system_prompt: 'You judge.',
        response_schema: { type: 'object', properties: { ok: { type: 'boolean' } } },
      });
      expect([answer.status, answer.body.content, answer.body.model]).toEqual([200, '{"ok":true}', t.handle]);
      expect(answer.body.usage).toMatchObject({ total_tokens: expect.any(Number) });
      expect(t.lastRequest.body.messages.map(messageText)).toEqual(['You judge.', 'Is this fine?']);
      expect(t.lastRequest.body.response_format).toBeDefined();
      const { body } = await t.json<unknown[]>('GET', `/v1/agents/${agent.id}/messages`);
      expect(JSON.stringify(body)).not.toContain('Is this fine?');
    });

    test('takes another model for this once, and says what went wrong', async () => {
      if (t.deviates('§1.3', 'needs a model of its own kind')) return;
      const agent = await t.agent();
      const path = `/v1/agents/${agent.id}/generate`;
      expect((await t.json('POST', path, { prompt: 'Hi', override_model: t.secondHandle })).status).toBe(200);
      expect(t.lastRequest.body.model).toBe('second');
      expect((await t.json('POST', path, { prompt: 'Hi', override_model: 'letta/auto' })).status).toBe(200);
      expect((await t.json('POST', path, { prompt: 'Hi', override_model: 'nobody/knows' })).status).toBe(404);
      t.model.script(httpError(401), httpError(401));
      const failed = await t.json('POST', path, { prompt: 'Hi' });
      expect([failed.status, failed.body.detail]).toEqual([401, expect.stringContaining('401')]);
    });
  });

  test('a turn that nobody waits for is a run that can be asked after', async () => {
    if (t.deviates('§1.3', 'runs it in another process')) return;
    const agent = await t.agent();
    t.model.script(text('Done meanwhile.'));
    const run = await t.client.agents.messages.createAsync(agent.id, { input: 'Do it' });
    expect(run.id).toMatch(/^run-/);
    await eventually(async () => ((await t.client.runs.retrieve(run.id)).status === 'completed' ? true : undefined));
    const { body } = await t.json<unknown[]>('GET', `/v1/runs/${run.id}/messages`);
    expect(JSON.stringify(body)).toContain('Done meanwhile.');
    const called = { input: 'Do it', callback_url: 'http://127.0.0.1:9/' };
    expect((await t.json('POST', `/v1/agents/${agent.id}/messages/async`, called)).status).toBe(400);
  });

  describe('a conversation without an agent', () => {
    test('has its own instructions and no memory, and its agent is in no list', async () => {
      if (t.deviates('§7.3', 'has none')) return;
      const made = await t.json<{ id: string }>('POST', '/v1/conversations/ephemeral', {
        model: t.handle,
        system: 'You are nobody.',
        context_window_limit: 20_000,
      });
      expect([made.status, made.body.id]).toEqual([200, expect.stringMatching(/^conv-/)]);
      const turn = await t.say(made.body, 'Who are you?');
      expect(turn.stopReason).toBe('end_turn');
      expect(messageText(t.lastRequest.body.messages[0])).toContain('You are nobody.');
      expect(t.lastRequest.body.tools ?? []).toEqual([]);
      expect(JSON.stringify((await t.json('GET', '/v1/agents/?limit=1000')).body)).not.toContain('You are nobody.');
      expect(JSON.stringify((await t.json('GET', '/v1/conversations/')).body)).not.toContain(made.body.id);
      expect((await t.json('POST', '/v1/conversations/ephemeral', { system: 'No model' })).status).toBe(422);
    });
  });

  test('conversations are found by what they are about', async () => {
    if (t.deviates('§1.4', 'has none')) return;
    const agent = await t.agent();
    const make = (summary: string) => t.client.conversations.create({ agent_id: agent.id, summary });
    const [both, one] = [await make('Moving the tests to another runner'), await make('Slow tests')];
    await make('Something else');
    const { status, body } = await t.json<{ conversation: { id: string }; rrf_score: number }[]>(
      'POST',
      '/v1/conversations/search',
      { query: 'tests runner', agent_id: agent.id, search_mode: 'hybrid' },
    );
    expect([status, body.map(({ conversation }) => conversation.id)]).toEqual([200, [both.id, one.id]]);
    expect(body.map(({ rrf_score }) => rrf_score)).toEqual([1, 0.5]);
  });

  test('letta/auto is whichever model there is', async () => {
    if (t.deviates('§1.10', 'knows no such model')) return;
    const agent = await t.agent({ model: 'letta/auto' });
    expect(agent.model).toBe(t.handle);
    const changed = await t.client.agents.update(agent.id, { model: 'letta/auto-fast' });
    expect(changed.model).toBe(t.handle);
    await expect(t.agent({ model: 'letta/nothing' })).rejects.toThrow(/404/);
  });

  test('each step says what it cost: cached and reasoning tokens too', async () => {
    if (t.deviates('§1.6', 'answers a 400')) return;
    const { agent, conversation } = await t.pair();
    t.model.script(
      text('Thought about.', {
        usage: { prompt: 900, completion: 50, cached: 800, reasoning: 30 },
      }),
    );
    const turn = await t.say(conversation, 'Think');
    const cost = {
      prompt_tokens: 900,
      completion_tokens: 50,
      total_tokens: 950,
      cached_input_tokens: 800,
      reasoning_tokens: 30,
    };
    expect(turn.events.find(({ message_type: type }) => type === 'usage_statistics')).toMatchObject({
      ...cost,
      step_count: 1,
      context_tokens: 950,
    });
    const { body } = await t.json<{ id: string; run_id: string }[]>('GET', `/v1/steps/?agent_id=${agent.id}`);
    expect(body).toMatchObject([{ ...cost, status: 'success', model: 'scripted', model_handle: t.handle }]);
    const [step] = body;
    expect((await t.json('GET', `/v1/steps/${step?.id}`)).body).toEqual(step);
    const metrics = await t.json('GET', `/v1/steps/${step?.id}/metrics`);
    expect(metrics.body).toMatchObject({ id: step?.id, run_id: step?.run_id, step_ns: expect.any(Number) });
    const said = await t.json<{ message_type: string }[]>('GET', `/v1/steps/${step?.id}/messages`);
    expect(said.body.map(({ message_type: type }) => type)).toContain('assistant_message');
    expect((await t.json('GET', `/v1/steps/?agent_id=${agent.id}&model=nobody/knows`)).body).toEqual([]);
    expect((await t.json('GET', `/v1/runs/${step?.run_id}/usage`)).body).toMatchObject({
      prompt_tokens_details: { cached_tokens: 800 },
      completion_tokens_details: { reasoning_tokens: 30 },
    });
  });
});
