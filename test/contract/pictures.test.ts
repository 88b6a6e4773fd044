// Pictures in results of client tools: to the model, in lists, and where a model takes none (Letta API: content parts).
import { describe, expect, test } from 'vitest';
import { type ChatMessage, httpError, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';
import { returnsOf } from './support/turn.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const OTHER = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

const READ = { name: 'Read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
const tools = { client_tools: [READ] };
const said = (words: string) => ({ type: 'text', text: words });
const picture = (data = PIXEL, media_type = 'image/png') => ({
  type: 'image',
  source: { type: 'base64', media_type, data },
});
const result = (id: string, parts: unknown, status = 'success') => ({
  type: 'tool',
  tool_call_id: id,
  tool_return: parts,
  status,
});
const answer = (...approvals: object[]) => ({
  messages: [{ type: 'approval', approvals, otid: crypto.randomUUID() }],
  ...tools,
});

/** The pictures of a message, as URLs. */
function urlsOf(message: ChatMessage | undefined): string[] {
  const { content } = message ?? {};
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) => {
    const { image_url } = part as { image_url?: { url: string } };
    return image_url ? [image_url.url] : [];
  });
}

contract('pictures', (t: Target) => {
  async function waiting(...ids: string[]) {
    const pair = await t.pair();
    t.model.script(toolCalls(ids.map((id) => ({ name: 'Read', args: { path: `${id}.png` }, id }))));
    await t.say(pair.conversation, 'Look at it', tools);
    return pair.conversation;
  }

  test('of a result are seen by the model, in a message behind all results of the step', async () => {
    const conversation = await waiting('call_a', 'call_b', 'call_c');
    await t.turn(
      conversation,
      answer(
        result('call_a', [said('a.png: 1 × 1'), picture()]),
        result('call_b', 'only words'),
        result('call_c', [said('c.gif: 1 × 1'), picture(OTHER, 'image/gif')]),
      ),
    );
    if (t.deviates('§2.5', 'gives models of the chat format the words “image omitted” alone')) return;
    const { messages } = t.lastRequest.body;
    expect(messages.slice(-4).map(({ role }) => role)).toEqual(['tool', 'tool', 'tool', 'user']);
    expect(messageText(messages.at(-4))).toContain('a.png: 1 × 1');
    expect(messages.slice(0, -1).flatMap(urlsOf)).toEqual([]);
    expect(JSON.stringify(messages.slice(0, -1))).not.toContain(PIXEL);
    expect(urlsOf(messages.at(-1))).toEqual([`data:image/png;base64,${PIXEL}`, `data:image/gif;base64,${OTHER}`]);
    expect(messageText(messages.at(-1))).toMatch(/Read returned \(call_a\)[\s\S]*Read returned \(call_c\)/);
  });

  test('stay in the context, at their place, with what the person says next behind them', async () => {
    const conversation = await waiting('call_a');
    await t.turn(conversation, answer(result('call_a', [said('a.png'), picture()])));
    const first = t.lastRequest.body.messages;
    await t.say(conversation, 'And now?', tools);
    const { messages } = t.lastRequest.body;
    expect(messages.slice(0, first.length)).toEqual(first);
    expect(messages.slice(first.length).map(({ role }) => role)).toEqual(['assistant', 'user']);
    expect(messageText(messages.at(-1))).toContain('And now?');
  });

  test('are named, not carried, by lists and streams', async () => {
    const conversation = await waiting('call_a');
    const whole = { ...answer(result('call_a', [said('a.png'), picture()])), stream_tokens: false };
    const turn = await t.turn(conversation, whole);
    if (t.deviates('§2.5', 'carries the bytes in the tool return')) return;
    const stored = await t.history(conversation);
    expect(JSON.stringify([stored, turn.frames])).not.toContain(PIXEL);
    for (const events of [stored, turn.of('tool_return_message')]) {
      const returned = events.filter(({ message_type }) => message_type === 'tool_return_message').flatMap(returnsOf);
      expect(returned).toMatchObject([
        { tool_call_id: 'call_a', status: 'success', tool_return: [said('a.png'), { type: 'image' }] },
      ]);
      expect(returned[0]?.tool_return[1]).toMatchObject({ source: { type: 'letta', media_type: 'image/png' } });
    }
    expect(stored.find(({ message_type }) => message_type === 'tool_return_message')?.tool_return).toContain('a.png');
  });

  test('that are none are refused', async () => {
    const conversation = await waiting('call_a');
    if (t.deviates('§2.5', 'takes a picture of any media type')) return;
    const parts = [said('a.txt'), picture(PIXEL, 'text/plain')];
    const refused = await t.json(
      'POST',
      `/v1/conversations/${conversation.id}/messages`,
      answer(result('call_a', parts)),
    );
    expect(refused.status).toBe(422);
    expect((await t.turn(conversation, answer(result('call_a', 'words')))).stopReason).toBe('end_turn');
  });

  describe('a model that refuses them', () => {
    test('is asked again with words in their place, and not sent them once more', async () => {
      const conversation = await waiting('call_a');
      if (t.deviates('§2.5', 'sends a model no picture, and asks it once')) return;
      t.model.script(httpError(400), text('I cannot see it.'));
      const asked = t.model.requests.length;
      const turn = await t.turn(conversation, answer(result('call_a', [said('a.png: 1 × 1'), picture()])));
      expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'I cannot see it.']);
      const [withIt, without] = t.model.requests.slice(asked).map(({ body }) => body.messages);
      expect(withIt?.flatMap(urlsOf).length).toBe(1);
      expect(without?.flatMap(urlsOf)).toEqual([]);
      expect(messageText(without?.at(-1))).toMatch(/a\.png: 1 × 1\n\[The picture itself is not shown/);

      await t.say(conversation, 'Go on', tools);
      expect(t.model.requests.length).toBe(asked + 3);
      expect(t.lastRequest.body.messages.flatMap(urlsOf)).toEqual([]);
    });

    test('keeps its error where the pictures were not the reason', async () => {
      const conversation = await waiting('call_a');
      if (t.deviates('§2.5', 'sends a model no picture, and asks it once')) return;
      t.model.script(httpError(400), httpError(400));
      const asked = t.model.requests.length;
      const turn = await t.turn(conversation, answer(result('call_a', [said('a.png'), picture()])));
      expect(turn.error?.error_type).toBe('llm_bad_request');
      expect(t.model.requests.length).toBe(asked + 2);
    });
  });
});
