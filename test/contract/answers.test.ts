// One answer of a model to a conversation that its caller keeps, as VS Code's own chat asks for it: an addition to the Letta API.
import { expect, test } from 'vitest';
import { httpError, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';

contract(
  'answers of a model',
  (t: Target) => {
    const path = '/v1/models/answers';
    const said = (role: string, value: string) => ({ role, content: [{ type: 'text', text: value }] });

    async function ask(body: object): Promise<Record<string, unknown>[]> {
      const response = await t.fetch(`${t.baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: t.handle, ...body }),
      });
      expect(response.status).toBe(200);
      return (await response.text()).split('\n\n').flatMap((frame) => {
        const [, data] = /^data: (.*)$/s.exec(frame) ?? [];
        return data ? [JSON.parse(data) as Record<string, unknown>] : [];
      });
    }

    test('the conversation reaches the model as it is, with nothing of ours; the answer streams and is stored nowhere', async () => {
      const before = (await t.json<object[]>('GET', '/v1/agents/')).body.length;
      t.model.script(text('Four.'));
      const pieces = await ask({
        messages: [
          said('system', 'Be brief.'),
          said('user', 'Two and two?'),
          said('assistant', 'Hm.'),
          said('user', 'Well?'),
        ],
      });
      expect(pieces.map(({ text: piece }) => piece ?? '').join('')).toBe('Four.');
      expect(pieces.at(-1)).toEqual({ type: 'end' });
      const { messages, tools } = t.lastRequest.body;
      expect(messages.map((message) => `${message.role}: ${messageText(message)}`)).toEqual([
        'system: Be brief.',
        'user: Two and two?',
        'assistant: Hm.',
        'user: Well?',
      ]);
      expect(tools).toBeUndefined();
      expect((await t.json<object[]>('GET', '/v1/agents/')).body).toHaveLength(before);
    });

    test('tools go along, calls come whole, and their results go back under their names', async () => {
      const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
      const tools = [{ name: 'weather', description: 'Tells the weather.', schema }];
      t.model.script(toolCalls([{ name: 'weather', args: { city: 'Ulm' } }]), text('It rains.'));
      const question = said('user', 'How is Ulm?');
      const [call, end] = await ask({ messages: [question], tools, must_call: true });
      expect(call).toMatchObject({ type: 'call', name: 'weather', input: '{"city":"Ulm"}' });
      expect(end).toEqual({ type: 'end' });
      expect(t.lastRequest.body).toMatchObject({ tool_choice: 'required' });
      const id = String(call?.id);
      await ask({
        messages: [
          question,
          { role: 'assistant', content: [{ type: 'call', id, name: 'weather', input: { city: 'Ulm' } }] },
          { role: 'user', content: [{ type: 'result', id, name: 'weather', text: 'Rain.' }] },
        ],
        tools,
      });
      const last = t.lastRequest.body.messages.at(-1);
      expect([last?.role, last && messageText(last)]).toEqual(['tool', 'Rain.']);
    });

    test('what the model refuses is told in words; what nobody serves is refused', async () => {
      t.model.script(httpError(401));
      const pieces = await ask({ messages: [said('user', 'Hello')] });
      expect(pieces).toEqual([{ type: 'error', message: expect.stringContaining('scripted') }]);
      const unknown = await t.json('POST', path, { model: 'nobody/none', messages: [said('user', 'Hello')] });
      expect(unknown.status).toBeGreaterThanOrEqual(400);
      expect((await t.json('POST', path, { model: t.handle, messages: [] })).status).toBe(422);
    });
  },
  { isAddition: true },
);
