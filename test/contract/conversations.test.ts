// Conversations and their messages: lists, pages, archive, fork (Letta API: conversations, pagination, messages).
import { describe, expect, test } from 'vitest';
import { messageText, text } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';
import { type LettaEvent, textOf } from './support/turn.ts';

contract('conversations', (t: Target) => {
  describe('a new conversation', () => {
    test('belongs to its agent and holds its own system message', async () => {
      const agent = await t.agent();
      const made = await t.client.conversations.create({ agent_id: agent.id, summary: 'First steps' });
      expect(made).toMatchObject({
        id: expect.stringMatching(/^conv-[0-9a-f-]{36}$/),
        agent_id: agent.id,
        summary: 'First steps',
        created_at: expect.any(String),
      });
      const read = await t.client.conversations.retrieve(made.id);
      expect(read.in_context_message_ids).toEqual([expect.stringMatching(/^message-/)]);
      expect(read.in_context_message_ids).not.toEqual(agent.message_ids);
      const [system, ...rest] = await t.history(made);
      expect([system?.message_type, rest]).toEqual(['system_message', []]);
      expect(textOf(system)).toContain(made.id);
    });

    test('of nobody is a 404', async () => {
      const nobody = 'agent-00000000-0000-4000-8000-000000000000';
      expect((await t.json('POST', `/v1/conversations/?agent_id=${nobody}`, {})).status).toBe(404);
      expect((await t.json('POST', '/v1/conversations/', {})).status).toBe(422);
    });

    test('may have a model of its own, which wins over the agent', async () => {
      const agent = await t.agent();
      const conversation = await t.client.conversations.create({ agent_id: agent.id, model: t.secondHandle });
      expect(conversation.model).toBe(t.secondHandle);
      await t.say(conversation, 'Hi');
      expect(t.lastRequest.body.model).toBe('second');
      await t.say(conversation, 'Hi', { override_model: t.handle });
      expect(t.lastRequest.body.model).toBe('scripted');
      await t.client.conversations.update(conversation.id, { model: t.handle });
      await t.say(conversation, 'Hi');
      expect(t.lastRequest.body.model).toBe('scripted');
    });
  });

  test('is renamed, and what is not named stays', async () => {
    const { conversation } = await t.pair();
    const renamed = await t.client.conversations.update(conversation.id, { summary: 'New name' });
    expect(renamed).toMatchObject({ id: conversation.id, summary: 'New name' });
    if (t.deviates('§1.4', 'has no description, no archive')) return;
    await t.client.conversations.update(conversation.id, { description: 'About names' });
    expect(await t.client.conversations.retrieve(conversation.id)).toMatchObject({
      summary: 'New name',
      description: 'About names',
      archived: false,
    });
  });

  test('that is deleted is gone', async () => {
    const { agent, conversation } = await t.pair();
    await t.say(conversation, 'Hi');
    await t.client.conversations.delete(conversation.id);
    const path = `/v1/conversations/${conversation.id}`;
    for (const [method, body] of [['GET'], ['PATCH', { summary: 'x' }], ['DELETE']] as const) {
      expect([method, (await t.json(method, path, body)).status]).toEqual([method, 404]);
    }
    expect(await t.client.conversations.list({ agent_id: agent.id })).toEqual([]);
    const turn = await t.say(conversation, 'Still there?');
    expect(turn.status).toBe(404);
    expect(t.model.requests.length).toBe(1);
  });

  describe('the list', () => {
    const ids = async (query: Record<string, unknown>) =>
      (await t.client.conversations.list(query)).map((conversation) => conversation.id);

    test('is that of one agent, newest first, in pages', async () => {
      const agent = await t.agent();
      await t.pair();
      const made: string[] = [];
      for (let n = 0; n < 5; n++) made.push((await t.conversation(agent)).id);
      const newest = made.toReversed();
      expect(await ids({ agent_id: agent.id })).toEqual(newest);
      expect(await ids({ agent_id: agent.id, order: 'asc' })).toEqual(made);
      expect(await ids({ agent_id: agent.id, limit: 2 })).toEqual(newest.slice(0, 2));
      expect(await ids({ agent_id: agent.id, limit: 2, after: newest[1] })).toEqual(newest.slice(2, 4));
      expect(await ids({ agent_id: agent.id, limit: 2, after: newest[3] })).toEqual(newest.slice(4));
      expect(await ids({ agent_id: agent.id, limit: 2, after: newest[4] })).toEqual([]);
    });

    test('may be in the order of the last message', async () => {
      const agent = await t.agent();
      const [first, second, third] = [
        await t.conversation(agent),
        await t.conversation(agent),
        await t.conversation(agent),
      ];
      for (const conversation of [third, first, second]) await t.say(conversation, 'Hi');
      const query = { agent_id: agent.id, order_by: 'last_message_at' };
      expect(await ids(query)).toEqual([second.id, first.id, third.id]);
      expect((await t.client.conversations.retrieve(first.id)).last_message_at).toEqual(expect.any(String));
    });

    test('is searched by name, and leaves out what is archived', async () => {
      const agent = await t.agent();
      const make = (summary: string) => t.client.conversations.create({ agent_id: agent.id, summary });
      const [tea, coffee] = [await make('About tea'), await make('About coffee')];
      expect(await ids({ agent_id: agent.id, summary_search: 'coffee' })).toEqual([coffee.id]);
      if (t.deviates('§1.4', 'has no description, no archive')) return;
      const archived = await t.client.conversations.update(tea.id, { archived: true });
      expect(archived).toMatchObject({ archived: true, archived_at: expect.any(String) });
      expect(await ids({ agent_id: agent.id })).toEqual([coffee.id]);
      expect(await ids({ agent_id: agent.id, archive_status: 'archived' })).toEqual([tea.id]);
      expect(await ids({ agent_id: agent.id, archive_status: 'all' })).toEqual([coffee.id, tea.id]);
      await t.client.conversations.update(tea.id, { archived: false });
      expect(await ids({ agent_id: agent.id })).toEqual([coffee.id, tea.id]);
    });
  });

  describe('messages', () => {
    async function talk(): Promise<{ conversation: { id: string }; agentId: string }> {
      const { agent, conversation } = await t.pair();
      for (let n = 0; n < 4; n++) {
        t.model.script(text(`Answer ${n}`));
        await t.say(conversation, `Question ${n}`);
      }
      return { conversation, agentId: agent.id };
    }
    const page = async (conversation: { id: string }, query: string): Promise<LettaEvent[]> =>
      (await t.json<LettaEvent[]>('GET', `/v1/conversations/${conversation.id}/messages?${query}`)).body;

    test('come in either order, and only the types asked for', async () => {
      const { conversation } = await talk();
      const oldest = (await page(conversation, 'order=asc')).slice(1).map(textOf);
      expect(oldest).toEqual([0, 1, 2, 3].flatMap((n) => [`Question ${n}`, `Answer ${n}`]));
      expect((await page(conversation, 'order=desc&limit=8')).map(textOf)).toEqual(oldest.toReversed());
      expect((await page(conversation, 'limit=1')).map(textOf)).toEqual(['Answer 3']);
      const users = await page(conversation, 'order=asc&include_return_message_types=user_message');
      expect(users.map(textOf)).toEqual([0, 1, 2, 3].map((n) => `Question ${n}`));
    });

    test('are paged in either order without gap or repeat', async () => {
      const { conversation } = await talk();
      for (const order of ['asc', 'desc']) {
        if (order === 'desc' && t.deviates('§0.4', 'reads cursors chronologically, whatever the order')) continue;
        const all = (await page(conversation, `order=${order}`)).map((message) => message.id);
        const seen: (string | undefined)[] = [];
        for (let after = ''; seen.length < 20; ) {
          const next = await page(conversation, `order=${order}&limit=2${after && `&after=${after}`}`);
          if (next.length === 0) break;
          seen.push(...next.map((message) => message.id));
          after = seen.at(-1) ?? '';
        }
        expect([order, seen]).toEqual([order, all]);
      }
    });

    test('are paged by the client too', async () => {
      const { conversation } = await talk();
      const seen: string[] = [];
      for await (const message of t.client.conversations.messages.list(conversation.id, { order: 'asc', limit: 3 })) {
        seen.push(message.message_type ?? '');
        if (seen.length > 20) break;
      }
      expect(seen.length).toBe(9);
    });

    test('of the agent come from all its conversations', async () => {
      const { agentId } = await talk();
      const { body } = await t.json<LettaEvent[]>('GET', `/v1/agents/${agentId}/messages?limit=50&order=asc`);
      expect(body.map(textOf)).toEqual(expect.arrayContaining(['Question 0', 'Answer 3']));
      const own = await t.json<LettaEvent[]>('GET', `/v1/agents/${agentId}/messages?conversation_id=default`);
      expect(own.body.map((message) => message.message_type)).toEqual(['system_message']);
    });
  });

  describe('a fork', () => {
    test('shares the history and has a prompt of its own', async () => {
      const { agent, conversation } = await t.pair();
      t.model.script(text('Answer one.'), text('Answer two.'), text('In the fork.'), text('In the trunk.'));
      await t.say(conversation, 'One');
      await t.say(conversation, 'Two');
      await t.client.agents.blocks.update('human', { agent_id: agent.id, value: 'Prefers spaces.' });
      const fork = await t.client.conversations.fork(conversation.id);
      const [trunkIds, forkIds] = await Promise.all(
        [conversation.id, fork.id].map(
          async (id) => (await t.client.conversations.retrieve(id)).in_context_message_ids,
        ),
      );
      expect(fork).toMatchObject({ agent_id: agent.id });
      expect(forkIds?.slice(1)).toEqual(trunkIds?.slice(1));
      expect(forkIds?.[0]).not.toBe(trunkIds?.[0]);

      await t.say(fork, 'Three');
      const sent = t.lastRequest.body.messages;
      expect(messageText(sent[0])).toContain('Prefers spaces.');
      expect(sent.slice(1).map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
      await t.say(conversation, 'Other three');
      expect(t.lastRequest.body.messages.map(messageText).join('\n')).not.toContain('In the fork.');
    });

    test('may end at a message', async () => {
      const { conversation } = await t.pair();
      t.model.script(text('Answer one.'), text('Answer two.'));
      const first = await t.say(conversation, 'One');
      await t.say(conversation, 'Two');
      const until = first.of('assistant_message')[0]?.id ?? '';
      const fork = await t.client.conversations.fork(conversation.id, { message_id: until });
      if (t.deviates('§1.4', 'forks at the end, whatever message is named')) return;
      const ids = (await t.client.conversations.retrieve(fork.id)).in_context_message_ids;
      expect([ids?.length, ids?.at(-1)]).toEqual([3, until]);
    });
  });
});
