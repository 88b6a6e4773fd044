// What the editor's Threads panel asks beyond the Letta API: lists without contexts, titles in any script, the page around a message,
// hits that say where they are.
import { describe, expect, test } from 'vitest';
import { text } from '../support/scripted-model.ts';
import { contract, type Target, userMessage } from './support/contract.ts';
import { type LettaEvent, textOf } from './support/turn.ts';

contract(
  'threads',
  (t: Target) => {
    const list = async (query: string) =>
      (await t.json<{ id: string; in_context_message_ids: string[] }[]>('GET', `/v1/conversations/?${query}`)).body;

    describe('the list', () => {
      test('comes without contexts where nobody needs them', async () => {
        const { agent, conversation } = await t.pair();
        const [whole] = await list(`agent_id=${agent.id}`);
        expect(whole).toMatchObject({ id: conversation.id, in_context_message_ids: [expect.any(String)] });
        const [short] = await list(`agent_id=${agent.id}&in_context=false`);
        expect(short).toEqual({ ...whole, in_context_message_ids: [] });
      });

      test('is searched whatever the case, in any script, and takes no character for a pattern', async () => {
        const agent = await t.agent();
        const make = (summary: string) => t.client.conversations.create({ agent_id: agent.id, summary });
        const [apples, russian, share] = [await make('Äpfel'), await make('Разбор журнала'), await make('100% done')];
        await t.client.conversations.create({ agent_id: agent.id });
        const find = async (words: string) =>
          (await list(`agent_id=${agent.id}&summary_search=${encodeURIComponent(words)}`)).map(({ id }) => id);
        expect(await find('äPFEL')).toEqual([apples.id]);
        expect(await find('РАЗБОР')).toEqual([russian.id]);
        expect(await find('0%')).toEqual([share.id]);
        expect(await find('_')).toEqual([]);
      });

      test('tells of the default conversation by itself, once something was said there', async () => {
        const agent = await t.agent();
        const own = { id: agent.id };
        const before = await t.client.conversations.retrieve(agent.id);
        expect(before).toMatchObject({ id: 'default', last_message_at: null });
        await t.say(own, 'Hello');
        const after = await t.client.conversations.retrieve(agent.id);
        expect(after.last_message_at).toEqual(expect.any(String));
        expect(await list(`agent_id=${agent.id}`)).toEqual([]);
      });
    });

    describe('the page around a message', () => {
      const around = async (id: string, at: string, limit: number): Promise<LettaEvent[]> =>
        (await t.json<LettaEvent[]>('GET', `/v1/conversations/${id}/messages?around=${at}&limit=${limit}`)).body;

      test('has it in the middle, by its id or by the otid it was sent with', async () => {
        const { conversation } = await t.pair();
        const otids = Array.from({ length: 6 }, () => crypto.randomUUID());
        for (const [n, otid] of otids.entries()) {
          t.model.script(text(`Answer ${n}`));
          await t.turn(conversation, { messages: [userMessage(`Question ${n}`, otid)] });
        }
        const all = await t.history(conversation);
        const third = all.find((message) => textOf(message) === 'Question 3');
        const expected = ['Answer 2', 'Question 3', 'Answer 3', 'Question 4'];
        expect((await around(conversation.id, third?.id ?? '', 4)).map(textOf)).toEqual(expected);
        expect((await around(conversation.id, otids[3] ?? '', 4)).map(textOf)).toEqual(expected);
        expect((await around(conversation.id, otids[5] ?? '', 4)).map(textOf)).toEqual([
          'Answer 4',
          'Question 5',
          'Answer 5',
        ]);
        const fork = await t.client.conversations.fork(conversation.id);
        expect((await around(fork.id, otids[3] ?? '', 4)).map(textOf)).toEqual(expected);
      });

      test('is empty where the message is not in the conversation', async () => {
        const { agent, conversation } = await t.pair();
        const other = await t.conversation(agent);
        await t.say(other, 'Elsewhere');
        const [, said] = await t.history(other);
        expect(await around(conversation.id, said?.id ?? '', 4)).toEqual([]);
        expect(await around(conversation.id, crypto.randomUUID(), 4)).toEqual([]);
      });
    });

    test('a hit names its conversation, and a fork that has it still when that was deleted', async () => {
      const { agent, conversation } = await t.pair();
      await t.client.conversations.update(conversation.id, { summary: 'About herons' });
      await t.say(conversation, 'Herons wade through shallow water');
      const find = async () =>
        (
          await t.json<{ conversation_id: string; conversation_summary: string }[]>('POST', '/v1/messages/search', {
            query: 'herons',
            agent_id: agent.id,
            roles: ['user'],
          })
        ).body;
      expect(await find()).toMatchObject([{ conversation_id: conversation.id, conversation_summary: 'About herons' }]);
      const fork = await t.client.conversations.fork(conversation.id);
      await t.client.conversations.update(fork.id, { summary: 'The fork' });
      await t.client.conversations.delete(conversation.id);
      expect(await find()).toMatchObject([{ conversation_id: fork.id, conversation_summary: 'The fork' }]);
    });

    test('words that nearly every message has are searched among the newest', async () => {
      const { agent, conversation } = await t.pair();
      for (const words of ['Common ground', 'Common sense', 'Something else']) await t.say(conversation, words);
      const { body } = await t.json<{ content: string }[]>('POST', '/v1/messages/search', {
        query: 'common',
        agent_id: agent.id,
        roles: ['user'],
      });
      expect(body.map(({ content }) => content).toSorted()).toEqual(['Common ground', 'Common sense']);
    });
  },
  { isAddition: true },
);
