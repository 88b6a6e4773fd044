// A conversation goes from vendor to vendor, also between a call and its result: each accepts what the others have left.
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainName, portablePrompt } from '../../../src/server/models/portable-prompt.ts';
import { anthropic } from '../../support/vendors/anthropic.ts';
import type { VendorReply } from '../../support/vendors/server.ts';
import {
  type Content,
  type Conversation,
  callIds,
  type Event,
  endOf,
  MODELS,
  said,
  type VendorName,
  VendorWorld,
} from '../../support/vendors/world.ts';

let world: VendorWorld;
beforeAll(async () => {
  world = await VendorWorld.open();
});
afterAll(() => world.close());

const VENDORS = Object.keys(MODELS) as VendorName[];
const PICTURE = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aWNvbg==' } };

const vendors = fc.constantFrom(...VENDORS);
const words = fc.constantFrom('Go on.', '  ', 'ünï 👋 code', 'half \ud83d of one', '<b>&amp;</b>', 'x'.repeat(300));
const calls = fc.array(
  fc.record({
    name: fc.constantFrom(
      'Read',
      'Read',
      'functions.Read',
      '9lives',
      'a name with spaces and far too many characters in it for any vendor',
    ),
    args: fc.constantFrom({ path: 'a' }, {}, { deep: [{ x: null }, 'half \udc00'] }),
    // Some models count their calls from zero in each response, some have ids that others refuse.
    id: fc.option(fc.constantFrom('0', 'call:1|x', 'functions.Read:0', `long_${'i'.repeat(90)}`), { nil: undefined }),
  }),
  { maxLength: 3 },
);
const replies = fc.record({
  thinking: fc.option(fc.constantFrom('Let me think.', 'Hm.'), { nil: undefined }),
  hidden: fc.boolean(),
  text: fc.option(fc.constantFrom('Here it is.', 'Done. ', '\n'), { nil: undefined }),
  calls,
});
const results = fc.constantFrom<Content>('contents', '', 'half \ud83d', [{ type: 'text', text: 'a.png' }, PICTURE]);
const turns = fc.array(
  fc.record({
    vendor: vendors,
    words: fc.oneof(words, fc.constant<Content>([{ type: 'text', text: 'Look' }, PICTURE])),
    reply: replies,
    /** Who goes on with the results, should there be calls. */
    next: vendors,
    result: results,
    status: fc.constantFrom('success', 'error'),
    effort: fc.constantFrom(undefined, 'low', 'high'),
  }),
  { minLength: 2, maxLength: 6 },
);

/** The script's reply with ids of calls that differ within one answer, as all vendors' do. */
function distinct(reply: VendorReply): VendorReply {
  const seen = new Set<string>();
  const own = (reply.calls ?? []).map(({ id, ...call }) => {
    if (id === undefined || seen.has(id)) return call;
    seen.add(id);
    return { ...call, id };
  });
  const empty = own.length === 0 && !reply.text?.trim();
  return { ...reply, calls: own, ...(empty ? { text: 'Something.' } : {}) };
}

function refusals(): string[] {
  return VENDORS.flatMap((name) =>
    world.vendors[name].requests.flatMap(({ refusal }) => (refusal ? [`${name}: ${refusal}`] : [])),
  );
}

type Plan = typeof turns extends fc.Arbitrary<infer T> ? T : never;

async function play(thread: Conversation, plan: Plan): Promise<void> {
  for (const { vendor, words: asked, reply, next, result, status } of plan) {
    let events: Event[] = await thread.say(vendor, asked, distinct(reply));
    const ids = callIds(events);
    if (ids.length === 0) continue;
    const given = ids.map((id) => ({ id, content: result, status }));
    events = await thread.answer(next, given, { text: 'That was all.' });
    expect(refusals()).toEqual([]);
    expect(endOf(events), JSON.stringify(events)).toBe('end_turn');
  }
}

test('any history that some vendors have made can be sent to any other', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(turns, async (plan) => {
      const effort = plan[0]?.effort;
      const settings = effort
        ? { model_settings: { provider_type: 'openai', reasoning: { reasoning_effort: effort } } }
        : {};
      const thread = await world.conversation(settings);
      await play(thread, plan);
      // And all of it to each of them.
      for (const vendor of VENDORS) {
        const events = await thread.say(vendor, 'And you?', { thinking: 'Me.', text: `I am ${vendor}.` });
        expect(refusals()).toEqual([]);
        expect(said(events)).toBe(`I am ${vendor}.`);
      }
    }),
    { numRuns: Number(process.env.LETTA_SWITCH_RUNS ?? 25) },
  );
});

test('the words of all before are what the next one gets; their thoughts are not', async () => {
  const thread = await world.conversation();
  await thread.say('openai', 'First', { thinking: 'thought of o', text: 'said by o' });
  await thread.say('google_ai', 'Second', { thinking: 'thought of g', text: 'said by g' });
  await thread.say('anthropic', 'Third', { thinking: 'thought of a', text: 'said by a' });
  await thread.say('openrouter', 'Fourth', { text: 'said by r' });
  const sent = JSON.stringify(world.vendors.openrouter.requests.at(-1)?.body.messages);
  for (const who of 'oga') expect(sent).toContain(`said by ${who}`);
  expect(sent).not.toContain('thought of');
});

describe('portable prompts', () => {
  const text = (value: string) => [{ type: 'text' as const, text: value }];
  const call = (id: string) => ({ type: 'tool-call' as const, toolCallId: id, toolName: 'Read', input: {} });
  const result = (id: string, value = 'r') => ({
    type: 'tool-result' as const,
    toolCallId: id,
    toolName: 'Read',
    output: { type: 'text' as const, value },
  });
  const start: LanguageModelV4Prompt = [
    { role: 'system', content: 'You are an agent.' },
    { role: 'user', content: text('Hello') },
  ];

  test('what is in order stays as it is', () => {
    const prompt: LanguageModelV4Prompt = [
      ...start,
      { role: 'assistant', content: [...text('I look.'), call('a'), call('b')] },
      { role: 'tool', content: [result('a'), result('b')] },
    ];
    expect(portablePrompt(prompt)).toEqual(prompt);
  });

  test('a call without a result gets an error; a result without a call becomes words', () => {
    const out = portablePrompt([
      ...start,
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'tool', content: [result('b'), result('zzz', 'from nowhere')] },
    ]);
    expect(out.slice(2).map(({ role }) => role)).toEqual(['assistant', 'tool', 'user']);
    expect(out[3]).toMatchObject({
      content: [
        { toolCallId: 'a', output: { type: 'error-text', value: expect.stringContaining('not carried out') } },
        { toolCallId: 'b', output: { value: 'r' } },
      ],
    });
    expect(JSON.stringify(out[4])).toContain('from nowhere');
  });

  test('names and ids that some refuse become plain ones, the same every time and different for different ones', () => {
    expect(plainName('Read_1-b')).toBe('Read_1-b');
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(plainName(a)).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
        expect(plainName(plainName(a))).toBe(plainName(a));
        if (a !== b) expect(plainName(a)).not.toBe(plainName(b));
      }),
    );
  });

  test('any order of messages at all becomes one that the strictest vendor takes', () => {
    const ids = fc.constantFrom('a', 'b', 'c:1');
    const message: fc.Arbitrary<LanguageModelV4Message> = fc.oneof(
      fc.constantFrom('', 'hi').map((value) => ({ role: 'user' as const, content: text(value) })),
      fc
        .array(
          fc.oneof(
            ids.map(call),
            fc.constantFrom('', 'said').map((value) => ({ type: 'text' as const, text: value })),
          ),
          { maxLength: 4 },
        )
        .map((content) => ({ role: 'assistant' as const, content })),
      fc
        .array(
          ids.map((id) => result(id)),
          { minLength: 1, maxLength: 3 },
        )
        .map((content) => ({ role: 'tool' as const, content })),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
        const out = portablePrompt([{ role: 'system', content: 'You are an agent.' }, ...messages]);
        const body = {
          max_tokens: 1,
          messages: asAnthropic(out),
        };
        expect(anthropic.refusal(body, '', { fits: () => true } as never)).toBeUndefined();
        expect(portablePrompt(out)).toEqual(out);
      }),
    );
  });
});

/** As the SDK writes it: neighbours of one role become one message. */
function asAnthropic(prompt: LanguageModelV4Prompt): { role: string; content: object[] }[] {
  const out: { role: string; content: object[] }[] = [];
  for (const message of prompt) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = message.content.map((part) => {
      if (part.type === 'text') return { type: 'text', text: part.text };
      if (part.type === 'tool-call')
        return { type: 'tool_use', id: part.toolCallId, name: part.toolName, input: part.input };
      return { type: 'tool_result', tool_use_id: 'toolCallId' in part ? part.toolCallId : '' };
    });
    const last = out.at(-1);
    if (last?.role === role) last.content.push(...content);
    else out.push({ role, content });
  }
  return out;
}
