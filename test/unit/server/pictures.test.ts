// Which pictures go along with a request, and what stands in place of those that do not.
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LlmError } from '../../../src/server/engine/model-errors.ts';
import { Pictures } from '../../../src/server/engine/pictures.ts';
import type { Endpoint } from '../../../src/server/models/endpoint.ts';
import { listModels } from '../../../src/server/models/listing.ts';

const file = (data: string) => ({
  type: 'file' as const,
  mediaType: 'image/png',
  data: { type: 'data' as const, data },
});
const looked = (...data: string[]): LanguageModelV4Message[] =>
  data.map((each, n) => ({
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: `call_${n}`,
        toolName: 'Read',
        output: { type: 'content', value: [{ type: 'text', text: `words ${n}` }, file(each)] },
      },
    ],
  }));
const said = (text: string): LanguageModelV4Message => ({ role: 'user', content: [{ type: 'text', text }] });

const sent = (messages: readonly LanguageModelV4Message[]): string[] =>
  messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) => (part.type === 'file' && part.data.type === 'data' ? [String(part.data.data)] : [])),
  );
const wordsOf = (messages: readonly LanguageModelV4Message[]) => JSON.stringify(messages);
const refusal = (words: string) => new LlmError('llm_bad_request', words);

describe('pictures of a request', () => {
  test('a model that is known to take none gets words, those of the person included', () => {
    const own: LanguageModelV4Message = { role: 'user', content: [{ type: 'text', text: 'this' }, file('mine')] };
    const shown = new Pictures().shown([...looked('aaa'), own], 'p/m', false);
    expect(sent(shown)).toEqual([]);
    expect(wordsOf(shown)).not.toContain('aaa');
    expect(wordsOf(shown).match(/this model takes no pictures/g)?.length).toBe(2);
  });

  test('go ahead of what the person says next', () => {
    const shown = new Pictures().shown([...looked('aaa'), said('And?')], 'p/m', undefined);
    expect(shown.map(({ role }) => role)).toEqual(['tool', 'user']);
    expect(wordsOf(shown.slice(1))).toMatch(/to look at.*aaa.*And\?/);
  });

  test('the newest go along, and the beginning rarely changes', () => {
    const pictures = new Pictures();
    const all: string[] = [];
    let changes = 0;
    let before: string[] = [];
    for (let n = 0; n < 100; n++) {
      all.push(`picture ${n}`);
      const now = sent(pictures.shown(looked(...all), 'p/m', true));
      expect(now.at(-1)).toBe(`picture ${n}`);
      expect(now).toEqual(all.slice(-now.length));
      if (before.length > 0 && now[0] !== before[0]) changes += 1;
      before = now;
    }
    expect(changes).toBeLessThan(10);
  });

  test('never more than twenty, nor more than fit, whatever their sizes; every call keeps its words', () => {
    const size = fc.integer({ min: 1, max: 30_000_000 });
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const data = sizes.map((length) => ({ length }) as unknown as string);
        const shown = new Pictures().shown(looked(...data), 'p/m', true);
        const kept = shown.flatMap(({ role, content }) =>
          role === 'user' ? content.flatMap((part) => (part.type === 'file' ? [part.data] : [])) : [],
        );
        const chars = kept.reduce((sum, each) => sum + (each.type === 'data' ? each.data.length : 0), 0);
        expect(kept.length).toBeLessThanOrEqual(20);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(1, sizes.length));
        if (kept.length > 1) expect(chars).toBeLessThanOrEqual(24_000_000);
        expect(shown.filter(({ role }) => role === 'tool').length).toBe(sizes.length);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    'No endpoints found that support image input',
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    'Failed to deserialize: unknown variant `image_url`, expected `text`',
    'messages[3].content must be a string',
    'tiny is not a multimodal model',
  ])('a model that says "%s" is sent none any more', (words) => {
    const pictures = new Pictures();
    const context = looked('aaa');
    expect(pictures.refusedBy(refusal(words), context, 'p/m', undefined)).toBe(true);
    expect(sent(pictures.shown([...context, ...looked('bbb')], 'p/m', undefined))).toEqual([]);
    expect(sent(pictures.shown(context, 'p/other', undefined))).toEqual(['aaa']);
  });

  test('one that cannot read a picture is sent the next one', () => {
    const pictures = new Pictures();
    const context = looked('broken');
    expect(pictures.refusedBy(refusal('Could not process image'), context, 'p/m', true)).toBe(true);
    expect(sent(pictures.shown(context, 'p/m', true))).toEqual([]);
    expect(sent(pictures.shown([...context, ...looked('good')], 'p/m', true))).toEqual(['good']);
  });

  test('only those that came last are left out, while that helps', () => {
    const pictures = new Pictures();
    const answer: LanguageModelV4Message = { role: 'assistant', content: [{ type: 'text', text: 'Seen.' }] };
    const context = [...looked('old'), answer, ...looked('broken')];
    const refused = () => pictures.refusedBy(refusal('Could not process image'), context, 'p/m', true);
    expect(refused()).toBe(true);
    expect(sent(pictures.shown(context, 'p/m', true))).toEqual(['old']);
    expect([refused(), refused()]).toEqual([true, false]);
    expect(sent(pictures.shown(context, 'p/m', true))).toEqual([]);
  });

  test.each(['tools.3.input_schema: invalid', 'messages[3].content must be a string'])(
    'go along again where the model refuses the request without them too (%s)',
    (words) => {
      const pictures = new Pictures();
      const context = looked('aaa');
      expect(pictures.refusedBy(refusal(words), context, 'p/m', true)).toBe(true);
      expect(pictures.refusedBy(refusal(words), context, 'p/m', true)).toBe(false);
      pictures.settle(context, 'p/m', false);
      expect(sent(pictures.shown(context, 'p/m', true))).toEqual(['aaa']);
      // What the model answered without stays left out, whatever it refuses later.
      expect(pictures.refusedBy(refusal(words), context, 'p/m', true)).toBe(true);
      pictures.settle(context, 'p/m', true);
      pictures.settle(context, 'p/m', false);
      expect(sent(pictures.shown(context, 'p/m', true))).toEqual([]);
    },
  );

  test('other refusals are not because of them', () => {
    const pictures = new Pictures();
    const refused = (error: LlmError, messages = looked('aaa')) =>
      pictures.refusedBy(error, messages, 'p/m', undefined);
    expect(refused(new LlmError('llm_rate_limit', 'slow down'))).toBe(false);
    expect(refused(refusal('This model’s maximum context length is 8192 tokens'))).toBe(false);
    expect(refused(new LlmError('llm_error', 'the endpoint broke off'))).toBe(false);
    expect(refused(refusal('bad request'), [said('no picture')])).toBe(false);
  });
});

test('what endpoints say of their models is kept, and nothing is guessed', async () => {
  const models = [
    { id: 'router', architecture: { input_modalities: ['text', 'image'] } },
    { id: 'router-text', architecture: { input_modalities: ['text'] } },
    { id: 'mistral', capabilities: { vision: false } },
    { id: 'claude', capabilities: { image_input: { supported: true } } },
    { id: 'studio', type: 'vlm' },
    { id: 'studio-text', type: 'llm' },
    { id: 'silent', capabilities: 'many', architecture: null },
  ];
  const endpoint = { name: 'p', baseUrl: 'http://p/v1', kind: 'other' } as unknown as Endpoint;
  const fetch = async () => Response.json({ data: models });
  const { chat } = await listModels(endpoint, fetch as typeof globalThis.fetch, new AbortController().signal);
  expect(Object.fromEntries(chat.map(({ id, vision }) => [id, vision]))).toEqual({
    router: true,
    'router-text': false,
    mistral: false,
    claude: true,
    studio: true,
    'studio-text': false,
    silent: undefined,
  });
});
