// Each vendor's own wire format, against servers that refuse what the real ones refuse: what is sent, and what comes of it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_KEY } from '../../support/vendors/server.ts';
import { callIds, endOf, MODELS, said, usageOf, type VendorName, VendorWorld } from '../../support/vendors/world.ts';

let world: VendorWorld;
beforeEach(async () => {
  world = await VendorWorld.open();
});
afterEach(() => world.close());

const VENDORS = Object.keys(MODELS) as VendorName[];

describe.for(VENDORS)('%s', (vendor) => {
  test('text, reasoning and usage with cached tokens reach the client', async () => {
    const thread = await world.conversation();
    const events = await thread.say(vendor, 'Hello', {
      thinking: 'They greet me.',
      text: 'Grüße 👋, all of you.',
      usage: { input: 1_000, output: 50, cached: 600, reasoning: 10 },
    });
    expect(said(events, 'reasoning_message', 'reasoning')).toBe('They greet me.');
    expect(said(events)).toBe('Grüße 👋, all of you.');
    expect(endOf(events)).toBe('end_turn');
    expect(usageOf(events)).toMatchObject({ prompt_tokens: 1_000, completion_tokens: 50, cached_input_tokens: 600 });
    // 400 new tokens, 600 of the cache and 50 of the answer, where the catalogue has the model.
    if (vendor === 'anthropic') expect(usageOf(events)).toMatchObject({ cost_usd: 0.00213 });
    if (vendor === 'openrouter') expect(usageOf(events)).not.toHaveProperty('cost_usd');
  });

  test('parallel calls stream their arguments, and all results go back in one message', async () => {
    const thread = await world.conversation();
    const first = await thread.say(vendor, 'Read both', {
      thinking: 'Two files.',
      text: 'Let me look.',
      calls: [
        { name: 'Read', args: { path: 'src/ä.ts', note: 'x'.repeat(60) } },
        { name: 'Read', args: { path: 'b.ts' } },
      ],
    });
    expect(endOf(first)).toBe('requires_approval');
    const ids = callIds(first);
    expect(ids).toHaveLength(2);
    const args = first.flatMap(({ tool_call }) =>
      tool_call?.tool_call_id === ids[0] ? [tool_call.arguments ?? ''] : [],
    );
    expect(JSON.parse(args.join(''))).toEqual({ path: 'src/ä.ts', note: 'x'.repeat(60) });
    const second = await thread.answer(
      vendor,
      [
        { id: ids[0] ?? '', content: 'contents of a' },
        { id: ids[1] ?? '', content: 'no such file', status: 'error' },
      ],
      { text: 'Both read.' },
    );
    expect(said(second)).toBe('Both read.');
    const request = world.vendors[vendor].requests.at(-1);
    expect(request?.refusal).toBeUndefined();
    expect(JSON.stringify(request?.body)).toContain('contents of a');
    expect(JSON.stringify(request?.body)).toContain('no such file');
  });

  test('a picture of the person and one in a result arrive as pictures', async () => {
    const thread = await world.conversation();
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aWNvbg==' } };
    const first = await thread.say(vendor, [{ type: 'text', text: 'What is this?' }, picture], {
      calls: [{ name: 'Read', args: { path: 'a.png' } }],
    });
    const other = { ...picture, source: { ...picture.source, data: 'b3RoZXI=' } };
    const content = [{ type: 'text', text: 'a.png: a picture' }, other];
    await thread.answer(vendor, [{ id: callIds(first)[0] ?? '', content }], { text: 'An icon.' });
    const request = world.vendors[vendor].requests.at(-1);
    expect(request?.refusal).toBeUndefined();
    const sent = JSON.stringify(request?.body);
    expect(sent).toContain('aWNvbg==');
    expect(sent).toContain('b3RoZXI=');
  });

  test('a wrong key is explained, and the key is in no answer', async () => {
    await world.close();
    const wrong = 'sk-wrong-key-of-mine';
    world = await VendorWorld.open({
      ANTHROPIC_API_KEY: wrong,
      OPENAI_API_KEY: wrong,
      GEMINI_API_KEY: wrong,
      OPENROUTER_API_KEY: wrong,
    });
    const events = await (await world.conversation()).say(vendor, 'Hello', []);
    const error = events.find((event) => event.message_type === 'error_message');
    expect(error).toMatchObject({ error_type: 'llm_authentication' });
    expect(error?.message).toContain('refused the API key');
    expect(JSON.stringify(events)).not.toContain(wrong);
  });

  test('a stop while it answers keeps the text and closes the connection', async () => {
    const thread = await world.conversation();
    world.vendors[vendor].script({ text: 'This goes on and on', hang: true });
    const response = await thread.open(vendor, { messages: [{ role: 'user', content: 'Go' }], background: true });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('assistant_message')) seen += (await reader?.read())?.value ?? '';
    await world.request('POST', `/v1/conversations/${thread.id}/cancel`);
    for (let end = await reader?.read(); end && !end.done; end = await reader?.read()) seen += end.value;
    expect(seen).toContain('"stop_reason":"cancelled"');
    const next = await thread.say(vendor, 'And now?', { text: 'Now this.' });
    expect(said(next)).toBe('Now this.');
    expect(JSON.stringify(world.vendors[vendor].requests.at(-1)?.body)).toContain('This goes');
  });
});

describe('anthropic', () => {
  test('the stable prefix is marked to be kept: instructions, and the ends of the last two steps', async () => {
    const thread = await world.conversation();
    const first = await thread.say('anthropic', 'Read a', { calls: [{ name: 'Read', args: { path: 'a' } }] });
    await thread.answer('anthropic', [{ id: callIds(first)[0] ?? '', content: 'contents' }], { text: 'Done.' });
    const [one, two] = world.vendors.anthropic.requests;
    expect(one?.body.system).toMatchObject([{ type: 'text', cache_control: { type: 'ephemeral' } }]);
    expect(one?.body.messages.at(-1).content.at(-1)).toMatchObject({ cache_control: { type: 'ephemeral' } });
    // Where the first request wrote, the second one reads.
    expect(two?.body.messages[0].content.at(-1)).toMatchObject({ cache_control: { type: 'ephemeral' } });
    expect(two?.body.messages.at(-1).content.at(-1)).toMatchObject({
      type: 'tool_result',
      cache_control: { type: 'ephemeral' },
    });
    expect(two?.body.tools).toEqual(one?.body.tools);
    expect(two?.body.system).toEqual(one?.body.system);
  });

  test('thoughts go back with their signature, shown and hidden ones, also after a restart of the context', async () => {
    const thread = await world.conversation({
      model_settings: { provider_type: 'openai', reasoning: { reasoning_effort: 'high' } },
    });
    const first = await thread.say('anthropic', 'Read a', {
      thinking: 'I should read it.',
      hidden: true,
      calls: [{ name: 'Read', args: { path: 'a' } }],
    });
    // Hidden thoughts are not shown as empty messages.
    expect(
      first.filter((event) => event.message_type === 'reasoning_message').every(({ reasoning }) => reasoning !== ''),
    ).toBe(true);
    await thread.answer('anthropic', [{ id: callIds(first)[0] ?? '', content: 'contents' }], { text: 'Done.' });
    const { body, refusal } = world.vendors.anthropic.requests.at(-1) ?? {};
    expect(refusal).toBeUndefined();
    expect(body.thinking).toMatchObject({ type: 'enabled' });
    expect(body.messages[1].content.map(({ type }: { type: string }) => type)).toEqual([
      'thinking',
      'redacted_thinking',
      'tool_use',
    ]);
    const stored = await world.json<{ message_type: string; reasoning?: string }[]>(
      'GET',
      `/v1/conversations/${thread.id}/messages?order=asc`,
    );
    expect(stored.filter((message) => message.reasoning === '')).toEqual([]);
  });

  test('a call that another vendor made goes on without thinking, and the next turn thinks again', async () => {
    const thread = await world.conversation({
      model_settings: { provider_type: 'openai', reasoning: { reasoning_effort: 'high' } },
    });
    const first = await thread.say('openai', 'Read a', {
      thinking: 'Not for others.',
      calls: [{ name: 'Read', args: { path: 'a' } }],
    });
    await thread.answer('anthropic', [{ id: callIds(first)[0] ?? '', content: 'contents' }], { text: 'Done.' });
    const requests = world.vendors.anthropic.requests;
    expect(requests.at(-1)).toMatchObject({ refusal: undefined });
    expect(requests.at(-1)?.body.thinking?.type).not.toBe('enabled');
    expect(JSON.stringify(requests.at(-1)?.body)).not.toContain('Not for others.');
    await thread.say('anthropic', 'And b?', { thinking: 'Hm.', text: 'Also.' });
    expect(requests.at(-1)).toMatchObject({ refusal: undefined, body: { thinking: { type: 'enabled' } } });
  });

  test('thinks as much as its settings say, and leaves out what the model does not know', async () => {
    const asked = async (settings: object, model: string = MODELS.anthropic) => {
      const thread = await world.conversation({ model, model_settings: { provider_type: 'anthropic', ...settings } });
      await thread.say('anthropic', 'Hello', { text: 'Hi.' }, { override_model: model });
      const { body, refusal } = world.vendors.anthropic.requests.at(-1) ?? {};
      expect(refusal).toBeUndefined();
      return { thinking: body.thinking, effort: body.output_config?.effort };
    };
    expect(await asked({ thinking: { type: 'enabled', budget_tokens: 4_000 } })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 4_000 },
    });
    // Less than the vendor takes, and more than an answer may have.
    expect((await asked({ thinking: { type: 'enabled', budget_tokens: 100 } })).thinking.budget_tokens).toBe(1_024);
    expect(await asked({ thinking: { type: 'enabled', budget_tokens: 4_000 }, max_output_tokens: 500 })).toMatchObject({
      thinking: { budget_tokens: 4_000 },
    });
    expect(await asked({ thinking: { type: 'disabled' }, effort: 'low' })).toEqual({ thinking: { type: 'disabled' } });
    expect(await asked({ effort: 'low' }, 'anthropic/claude-opus-4-6')).toEqual({ effort: 'low' });
    expect(await asked({ effort: 'boundless', thinking: 'much' }, 'anthropic/claude-opus-4-6')).toEqual({});
  });

  test('a call that another vendor made goes on without the thinking that its settings ask for', async () => {
    const thread = await world.conversation({
      model_settings: { provider_type: 'anthropic', thinking: { type: 'enabled', budget_tokens: 2_000 } },
    });
    const first = await thread.say('openai', 'Read a', { calls: [{ name: 'Read', args: { path: 'a' } }] });
    await thread.answer('anthropic', [{ id: callIds(first)[0] ?? '', content: 'contents' }], { text: 'Done.' });
    expect(world.vendors.anthropic.requests.at(-1)).toMatchObject({ refusal: undefined });
    expect(world.vendors.anthropic.requests.at(-1)?.body.thinking?.type).not.toBe('enabled');
  });

  test('an answer may come to 32,000 tokens where nobody set a limit, and to what somebody set', async () => {
    const thread = await world.conversation();
    await thread.say('anthropic', 'Hello', { text: 'Hi.' });
    const limited = await world.conversation({
      model_settings: { provider_type: 'anthropic', max_output_tokens: 500 },
    });
    await limited.say('anthropic', 'Hello', { text: 'Hi.' });
    expect(world.vendors.anthropic.requests.map(({ body }) => body.max_tokens)).toEqual([32_000, 500]);
  });
});

describe('openai', () => {
  test('nothing is kept there; encrypted thoughts come back with the next step', async () => {
    const thread = await world.conversation({
      model_settings: { provider_type: 'openai', reasoning: { reasoning_effort: 'low' } },
    });
    const first = await thread.say('openai', 'Read a', {
      hidden: true,
      calls: [{ name: 'Read', args: { path: 'a' } }],
    });
    await thread.answer('openai', [{ id: callIds(first)[0] ?? '', content: 'contents' }], { text: 'Done.' });
    const { body, refusal } = world.vendors.openai.requests.at(-1) ?? {};
    expect(refusal).toBeUndefined();
    expect(body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low' },
      tools: [{ type: 'function', name: 'Read', strict: false }],
    });
    const items = body.input.map((item: { type?: string; role?: string }) => item.type ?? item.role);
    expect(items).toEqual(['developer', 'user', 'reasoning', 'function_call', 'function_call_output']);
  });
});

describe('google_ai', () => {
  test('the signature of a call goes back; one that another vendor made is sent as such', async () => {
    const thread = await world.conversation();
    const first = await thread.say('google_ai', 'Read a', {
      thinking: 'Look first.',
      calls: [
        { name: 'Read', args: { path: 'a' } },
        { name: 'Read', args: { path: 'b' } },
      ],
    });
    const results = callIds(first).map((id) => ({ id, content: 'contents' }));
    await thread.answer('google_ai', results, { calls: [{ name: 'Read', args: { path: 'c' } }] });
    const { body, refusal } = world.vendors.google_ai.requests.at(-1) ?? {};
    expect(refusal).toBeUndefined();
    const [call, parallel] = body.contents[1].parts.filter((part: { functionCall?: object }) => part.functionCall);
    expect(call.thoughtSignature).toMatch(/=$/);
    expect(parallel.thoughtSignature).toBeUndefined();
    expect(body.generationConfig.thinkingConfig).toEqual({ includeThoughts: true });
  });

  test('thinks as much as its settings say', async () => {
    const asked = async (thinking_config: object) => {
      const thread = await world.conversation({ model_settings: { provider_type: 'google_ai', thinking_config } });
      await thread.say('google_ai', 'Hello', { text: 'Hi.' });
      const { body, refusal } = world.vendors.google_ai.requests.at(-1) ?? {};
      expect(refusal).toBeUndefined();
      return body.generationConfig.thinkingConfig;
    };
    expect(await asked({ thinking_budget: 2_048 })).toEqual({ includeThoughts: true, thinkingBudget: 2_048 });
    expect(await asked({ include_thoughts: false, thinking_budget: 0 })).toEqual({
      includeThoughts: false,
      thinkingBudget: 0,
    });
    expect(await asked({ thinking_budget: 'much' })).toEqual({ includeThoughts: true });
  });

  test('the address of a picture is named, since it opens none', async () => {
    const thread = await world.conversation();
    const picture = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
    await thread.say('google_ai', [{ type: 'text', text: 'What is it?' }, picture], { text: 'I cannot open it.' });
    const request = world.vendors.google_ai.requests.at(-1);
    expect(request?.refusal).toBeUndefined();
    expect(JSON.stringify(request?.body)).toContain('A picture at https://example.com/a.png');
  });
});

describe('openrouter', () => {
  test('Claude behind it is told what to keep, and usage is asked for', async () => {
    await (await world.conversation()).say('openrouter', 'Hello', { text: 'Hi.' });
    const { body } = world.vendors.openrouter.requests.at(-1) ?? {};
    expect(body.usage).toEqual({ include: true });
    const mark = [{ cache_control: { type: 'ephemeral' } }];
    expect(body.messages[0].content).toMatchObject(mark);
    expect(body.messages.at(-1).content).toMatchObject(mark);
  });

  test('what the account can pay for is the limit where nobody set one; too little credit is explained', async () => {
    const message =
      'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 4321.';
    const refused = { status: 402, body: { error: { message, code: 402 } } };
    const thread = await world.conversation();
    const events = await thread.say('openrouter', 'Hello', [refused, { text: 'Within it.' }]);
    expect(said(events)).toBe('Within it.');
    expect(world.vendors.openrouter.requests.map(({ body }) => body.max_tokens)).toEqual([32_000, 4_321]);

    const little = { status: 402, body: { error: { message: message.replace('4321', '12'), code: 402 } } };
    const failed = await thread.say('openrouter', 'Again', [little]);
    expect(endOf(failed)).toBe('insufficient_credits');
    const error = failed.find((event) => event.message_type === 'error_message');
    expect(error?.message).toContain('no credit left');
  });
});

test('lists say window, output limit, price and pictures, from the vendor or from the catalogue', async () => {
  const models = await world.json<{ handle: string }[]>('GET', '/v1/models/');
  const by = Object.fromEntries(models.map((model) => [model.handle, model]));
  expect(Object.keys(by)).toEqual([
    'openai/gpt-5-mini',
    'openai/gpt-4.1',
    'anthropic/claude-sonnet-4-5',
    'anthropic/claude-of-tomorrow',
    'google_ai/gemini-3-pro',
    'openrouter/anthropic/claude-sonnet-4.5',
    'openrouter/openrouter/auto',
    'demo/offline',
  ]);
  expect(by['anthropic/claude-sonnet-4-5']).toMatchObject({
    provider_type: 'anthropic',
    provider_category: 'base',
    max_output_tokens: 64_000,
    metadata: { price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } },
  });
  expect(by['anthropic/claude-of-tomorrow']).toMatchObject({ context_window: 300_000, metadata: { price: null } });
  expect(by['google_ai/gemini-3-pro']).toMatchObject({ provider_type: 'google_ai', context_window: 1_048_576 });
  expect(by['openrouter/anthropic/claude-sonnet-4.5']).toMatchObject({
    provider_type: 'openrouter',
    metadata: { price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } },
  });
  expect(by['openrouter/openrouter/auto']).toMatchObject({ metadata: { price: null } });
  const some = await world.json<{ handle: string }[]>('GET', '/v1/models/?provider_type=google_ai');
  expect(some.map(({ handle }) => handle)).toEqual(['google_ai/gemini-3-pro']);
  expect(JSON.stringify(models)).not.toContain(API_KEY);
});
