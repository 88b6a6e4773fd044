// Compaction and search over everything said, through the client (Letta API: compaction, messages/search, context).
import { describe, expect, test } from 'vitest';
import { gate, httpError, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target, userMessage } from './support/contract.ts';
import { integrity } from './support/database.ts';
import { begin, history, json, pair, say, sayWhenFree, test as worldTest } from './support/world.ts';

contract('compaction', (t: Target) => {
  async function talked(turns: number, agentBody = {}) {
    const agent = await t.agent({ ...agentBody });
    const conversation = await t.conversation(agent);
    for (let i = 0; i < turns; i++) {
      t.model.script(text(`Answer ${i}.`));
      await t.say(conversation, `Question ${i}?`);
    }
    return { agent, conversation };
  }

  test('by hand leaves a summary in context, everything in the list, and search finds what went', async () => {
    const { agent, conversation } = await talked(5);
    t.model.script(text('They asked five questions.'));
    const done = await t.client.conversations.messages.compact(conversation.id, {
      compaction_settings: { mode: 'all', model: 'letta/auto' },
    });
    expect(done).toMatchObject({ num_messages_before: 11, num_messages_after: 2 });
    expect(done.summary).toContain('They asked five questions.');
    const state = await t.client.conversations.retrieve(conversation.id);
    expect(state.in_context_message_ids).toHaveLength(2);
    const summaries = t.deviates('§1.4', 'lists the summary as a message of the person') ? 1 : 0;
    const asked = (await t.history(conversation)).filter((event) => event.message_type === 'user_message');
    expect(asked).toHaveLength(5 + summaries);
    if (!t.deviates('§1.5', 'answers message search with a 400')) {
      const [found] = await t.client.messages.search({ query: 'Question 3', agent_id: agent.id, limit: 3 });
      expect(found).toMatchObject({ content: 'Question 3?', conversation_id: conversation.id, agent_id: agent.id });
    }
    await t.say(conversation, 'And now?');
    const sent = t.lastRequest.body.messages.map(messageText);
    expect(sent[1]).toContain('They asked five questions.');
    expect(sent.join('\n')).not.toContain('Question 3');
  });

  test('of nothing is a 400', async () => {
    const { conversation } = await talked(0);
    expect((await t.json('POST', `/v1/conversations/${conversation.id}/compact`, {})).status).toBe(400);
  });

  test('a refused context is compacted, and the turn goes on', async () => {
    const { conversation } = await talked(6);
    t.model.script(
      httpError(400, {
        error: { message: "This model's maximum context length is 4096 tokens.", code: 'context_length_exceeded' },
      }),
      text('Six questions so far.'),
      text('Here I am.'),
    );
    const turn = await t.say(conversation, 'Go on', { include_compaction_messages: true });
    expect([turn.text, turn.stopReason]).toEqual(['Here I am.', 'end_turn']);
    if (t.deviates('§3.6', 'says nothing of it in the stream')) return;
    expect(turn.events.map((event) => event.message_type)).toEqual(
      expect.arrayContaining(['event_message', 'summary_message']),
    );
  });

  test('the context view counts the parts', async () => {
    const { agent, conversation } = await talked(2);
    const { body } = await t.json<Record<string, number | string>>(
      'GET',
      `/v1/agents/${agent.id}/context?conversation_id=${conversation.id}`,
    );
    expect(body.num_messages).toBe(5);
    expect(body.context_window_size_current).toBeLessThan(Number(body.context_window_size_max));
    expect(body.num_tokens_system).toBeGreaterThan(0);
  });

  test('conversation_search finds what was compacted away', async () => {
    const { conversation } = await talked(4, { tools: ['conversation_search'], include_base_tools: false });
    t.model.script(text('Summary.'));
    await t.client.conversations.messages.compact(conversation.id, { compaction_settings: { mode: 'all' } });
    t.model.script(toolCalls([{ name: 'conversation_search', args: { query: 'question 2' } }]), text('Found.'));
    await t.say(conversation, 'What did I ask before?');
    const result = t.lastRequest.body.messages.map(messageText).at(-1);
    expect(result).toContain('Question 2?');
  });
});

describe('killed', () => {
  worldTest(
    'in the middle of a compaction: the context is what it was, and the thread goes on',
    async ({ world }) => {
      const first = await world.spawned();
      const { conversation } = await pair(first);
      for (let i = 0; i < 4; i++) await say(first, conversation, `Question ${i}?`);
      const before = await json<{ in_context_message_ids: string[] }>(
        first,
        'GET',
        `/v1/conversations/${conversation.id}`,
      );
      const asked = world.model.requests.length;
      world.model.script(
        httpError(400, { error: { message: 'context_length_exceeded: too long' } }),
        gate('They asked', 'never'),
      );
      const turn = await begin(first, conversation, { messages: [userMessage('Go on')] });
      await world.model.whenRequest(asked + 2);
      await first.kill();
      await turn.drop();
      expect(integrity(world.dataDir)).toBe('ok');

      const second = await world.spawned();
      const next = await sayWhenFree(second, conversation, { messages: [userMessage('Still there?')] });
      expect(next.stopReason).toBe('end_turn');
      const after = await json<{ in_context_message_ids: string[] }>(
        second,
        'GET',
        `/v1/conversations/${conversation.id}`,
      );
      expect(after.in_context_message_ids.slice(0, before.in_context_message_ids.length)).toEqual(
        before.in_context_message_ids,
      );
      const kinds = (await history(second, conversation)).map((event) => event.message_type);
      expect(kinds).not.toContain('summary_message');
    },
    90_000,
  );
});
