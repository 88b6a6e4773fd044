// Every agent as a model of an OpenAI-compatible endpoint, as chat clients use it: an addition to the Letta API.
import { describe, expect, test } from 'vitest';
import { gate, hang, httpError, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, eventually, type Target } from './support/contract.ts';

interface ChatMessage {
  role: string;
  content: unknown;
}
interface Completion {
  object: string;
  model: string;
  choices: { message: { role: string; content: string; reasoning_content?: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  error: { message: string; type: string; code: string | null };
}
interface Chunk {
  choices: { delta: { role?: string; content?: string }; finish_reason: string | null }[];
  usage?: { total_tokens: number } | null;
  error?: { message: string };
}

contract(
  'OpenAI endpoint',
  (t: Target) => {
    const chat = (model: string, messages: ChatMessage[], more: object = {}, headers: Record<string, string> = {}) =>
      t.json<Completion>('POST', '/openai/v1/chat/completions', { model, messages, ...more }, headers);
    const user = (content: unknown): ChatMessage => ({ role: 'user', content });
    const assistant = (content: unknown): ChatMessage => ({ role: 'assistant', content });
    const conversationsOf = async (agent: { id: string }) =>
      (await t.json<{ id: string; summary: string | null }[]>('GET', `/v1/conversations/?agent_id=${agent.id}`)).body;
    const toldModel = () => t.lastRequest.body.messages.filter(({ role }) => role !== 'system').map(messageText);

    async function stream(body: object): Promise<{ chunks: Chunk[]; done: boolean }> {
      const response = await t.fetch(`${t.baseUrl}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, stream: true }),
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const frames = (await response.text()).split('\n\n').flatMap((frame) => /^data: (.*)$/s.exec(frame)?.[1] ?? []);
      const chunks = frames.filter((frame) => frame !== '[DONE]').map((frame) => JSON.parse(frame) as Chunk);
      return { chunks, done: frames.at(-1) === '[DONE]' };
    }

    test('lists every agent as a model, by id and with its name', async () => {
      const agent = await t.agent({ name: 'Ada the careful' });
      const { status, body } = await t.json<{ object: string; data: object[] }>('GET', '/openai/v1/models');
      expect([status, body.object]).toEqual([200, 'list']);
      const own = {
        id: agent.id,
        object: 'model',
        name: 'Ada the careful',
        owned_by: 'letta',
        created: expect.any(Number),
      };
      expect(body.data).toContainEqual(own);
      expect((await t.json('GET', `/openai/v1/models/${agent.id}`)).body).toEqual(own);
    });

    describe('a chat', () => {
      test('is a conversation of its own, and what was said in it is sent to the model once', async () => {
        const agent = await t.agent();
        t.model.script(text('Hello, person.'), text('Four.'), text('Five.'));
        const first = await chat(agent.id, [user('Hi there')]);
        expect([first.status, first.body.object, first.body.model]).toEqual([200, 'chat.completion', agent.id]);
        expect(first.body.choices).toMatchObject([
          { message: { role: 'assistant', content: 'Hello, person.' }, finish_reason: 'stop' },
        ]);
        expect(first.body.usage.total_tokens).toBeGreaterThan(0);
        // Clients trim what they show.
        const history = [user('Hi there'), assistant(' Hello, person.\n')];
        await chat(agent.id, [...history, user('2 + 2?')]);
        expect(toldModel()).toEqual(['Hi there', 'Hello, person.', '2 + 2?']);
        const third = await chat(agent.id, [...history, user('2 + 2?'), assistant('Four.'), user('And 2 + 3?')]);
        expect(toldModel()).toEqual(['Hi there', 'Hello, person.', '2 + 2?', 'Four.', 'And 2 + 3?']);
        const conversations = await conversationsOf(agent);
        expect(conversations.map(({ summary }) => summary)).toEqual(['Hi there']);
        expect(third.headers.get('x-letta-conversation-id')).toBe(conversations[0]?.id);
        expect((await t.history(conversations[0] ?? { id: '' })).map((message) => message.message_type)).toEqual([
          'system_message',
          ...[
            'user_message',
            'assistant_message',
            'user_message',
            'assistant_message',
            'user_message',
            'assistant_message',
          ],
        ]);
      });

      test('that begins anew is another one, also with the same words', async () => {
        const agent = await t.agent();
        for (let n = 0; n < 2; n++) await chat(agent.id, [user('Hi')]);
        expect((await conversationsOf(agent)).length).toBe(2);
        expect(toldModel()).toEqual(['Hi']);
      });

      test('whose answer is asked for again goes on from before it, in a fork', async () => {
        const agent = await t.agent();
        t.model.script(text('One.'), text('Two, badly.'), text('Two, well.'));
        await chat(agent.id, [user('First')]);
        const again = [user('First'), assistant('One.'), user('Second')];
        await chat(agent.id, again);
        await chat(agent.id, again);
        expect(toldModel()).toEqual(['First', 'One.', 'Second']);
        expect((await conversationsOf(agent)).length).toBe(2);
      });

      test('that this agent never had is taken along, with what the client told its model', async () => {
        const agent = await t.agent();
        await chat(agent.id, [
          { role: 'system', content: 'Answer in French.' },
          user('Old question'),
          assistant('Old answer'),
          user('New question'),
        ]);
        const told = toldModel();
        expect(told[0]).toContain('Answer in French.');
        expect(told.slice(1)).toEqual(['Old question', 'Old answer', 'New question']);
        expect(messageText(t.lastRequest.body.messages[0])).toContain('A careful colleague.');
      });

      test('may name its conversation: only what is new is sent then', async () => {
        const { agent, conversation } = await t.pair();
        const named = { 'x-letta-conversation-id': conversation.id };
        await chat(agent.id, [user('Elsewhere'), assistant('Said'), user('Here')], {}, named);
        expect(toldModel()).toEqual(['Here']);
        const other = await chat(agent.id, [user('By default')], {}, { 'x-letta-conversation-id': 'default' });
        expect(other.headers.get('x-letta-conversation-id')).toBe('default');
        const { body } = await t.json<unknown[]>('GET', `/v1/agents/${agent.id}/messages?conversation_id=default`);
        expect(JSON.stringify(body)).toContain('By default');
        const stranger = await t.agent();
        expect((await chat(stranger.id, [user('Here')], {}, named)).status).toBe(404);
      });

      test('brings pictures to the model', async () => {
        const agent = await t.agent();
        const url = 'data:image/png;base64,iVBORw0KGgo=';
        const look = [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url } },
        ];
        expect((await chat(agent.id, [user(look)])).status).toBe(200);
        expect(JSON.stringify(t.lastRequest.body.messages.at(-1))).toContain('iVBORw0KGgo=');
      });

      test('lets the agent use its own tools, and refuses what a person would have to allow', async () => {
        const agent = await t.agent({ tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }] });
        t.model.script(
          toolCalls([{ name: 'memory_replace', args: { label: 'human', old_string: 'tabs', new_string: 'spaces' } }], {
            text: 'Noting.',
          }),
          toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Evil.' } }]),
          text('Noted.'),
        );
        const answer = await chat(agent.id, [user('I like spaces')]);
        expect(answer.body.choices[0]?.message.content).toBe('Noting.\n\nNoted.');
        expect(answer.body.choices[0]?.finish_reason).toBe('stop');
        const { value } = await t.client.agents.blocks.retrieve('human', { agent_id: agent.id });
        expect(value).toBe('Prefers spaces.');
        expect(toldModel().join('\n')).toContain('Nobody can be asked in this chat');
        await chat(agent.id, [user('I like spaces'), assistant('Noting.\n\nNoted.'), user('Thanks')]);
        expect((await conversationsOf(agent)).length).toBe(1);
      });
    });

    describe('a stream', () => {
      test('brings the words as they come, an end and, where asked for, the usage', async () => {
        const agent = await t.agent();
        t.model.script(text('Some words that come in pieces.'));
        const body = { model: agent.name, messages: [user('Hi')], stream_options: { include_usage: true } };
        const { chunks, done } = await stream(body);
        expect(done).toBe(true);
        expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
        const words = chunks.flatMap((chunk) => chunk.choices[0]?.delta.content ?? []);
        expect(words.length).toBeGreaterThan(2);
        expect(words.join('')).toBe('Some words that come in pieces.');
        expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
        expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
      });

      test('says what went wrong with the model', async () => {
        const agent = await t.agent();
        t.model.script(httpError(401), httpError(401));
        const { chunks, done } = await stream({ model: agent.id, messages: [user('Hi')] });
        expect([done, chunks.at(-1)?.error?.message]).toEqual([true, expect.stringContaining('401')]);
        const whole = await chat(agent.id, [user('Hi')]);
        expect([whole.status, whole.body.error.message]).toEqual([401, expect.stringContaining('401')]);
      });

      test('that is read late is told all the same', async () => {
        const agent = await t.agent();
        const small = await t.agent({ context_window_limit: 200, system: 'x '.repeat(4_000) });
        t.model.script(text('All of it.'));
        for (const [model, told] of [
          [agent.id, /"All of|of it/],
          [small.id, /instructions, memory and tools alone/],
        ] as const) {
          const response = await t.fetch(`${t.baseUrl}/openai/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ model, messages: [user('Hi')], stream: true }),
          });
          await eventually(async () => {
            const { body } = await t.json<{ status: string }[]>('GET', `/v1/runs/?agent_id=${model}`);
            return body[0] && body[0].status !== 'running' ? true : undefined;
          });
          expect(await response.text()).toMatch(told);
        }
      });

      test('that the client drops stops the agent', async () => {
        const agent = await t.agent();
        t.model.script(hang('Half an answer'));
        const controller = new AbortController();
        const response = await t.fetch(`${t.baseUrl}/openai/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: agent.id, messages: [user('Hi')], stream: true }),
          signal: controller.signal,
        });
        const reader = response.body?.getReader();
        await reader?.read();
        await t.model.whenRequest(1);
        controller.abort();
        await eventually(async () => {
          const { body } = await t.json<{ status: string }[]>('GET', `/v1/runs/?agent_id=${agent.id}`);
          return body[0]?.status === 'cancelled' ? true : undefined;
        });
      });
    });

    test.each([
      ['no model', { messages: [user('Hi')] }, 422],
      ['an unknown model', { model: 'gpt-nothing', messages: [user('Hi')] }, 404],
      ['no messages', { model: 'AGENT', messages: [] }, 422],
      ['no message of the user at its end', { model: 'AGENT', messages: [user('Hi'), assistant('Hello')] }, 422],
      [
        'tools',
        { model: 'AGENT', messages: [user('Hi')], tools: [{ type: 'function', function: { name: 'f' } }] },
        400,
      ],
      ['several answers', { model: 'AGENT', messages: [user('Hi')], n: 2 }, 400],
      [
        'a picture that is none',
        { model: 'AGENT', messages: [user([{ type: 'image_url', image_url: { url: 'x' } }])] },
        422,
      ],
    ])('%s: refused with a reason in OpenAI’s shape', async (_name, body, status) => {
      const agent = await t.agent();
      const given = 'model' in body && body.model === 'AGENT' ? { ...body, model: agent.id } : body;
      const answer = await t.json<Completion>('POST', '/openai/v1/chat/completions', given);
      expect([answer.status, answer.body.error.type]).toEqual([status, 'invalid_request_error']);
      expect(answer.body.error.message.length).toBeGreaterThan(10);
      expect(t.model.requests).toEqual([]);
    });

    test('a request that is refused leaves no conversation', async () => {
      const agent = await t.agent({ model: null });
      for (let n = 0; n < 2; n++) expect((await chat(agent.id, [user('Hi')])).status).toBe(400);
      expect(await conversationsOf(agent)).toEqual([]);
    });

    test('a conversation that is busy says so', async () => {
      const { agent, conversation } = await t.pair();
      const busy = gate('Wait');
      t.model.script(busy);
      const turn = await t.begin(conversation, { messages: [{ role: 'user', content: 'Hi' }] });
      await t.model.whenRequest(1);
      const named = { 'x-letta-conversation-id': conversation.id };
      const answer = await chat(agent.id, [user('Me too')], {}, named);
      expect([answer.status, answer.body.error.message]).toEqual([409, expect.stringContaining('being processed')]);
      t.model.release(busy.id);
      await turn.end();
    });
  },
  { isAddition: true },
);
