// Which models are listed and found: settings, environment, local servers; caching; endpoints that are down or strange.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { afterEach, describe, expect, test } from 'vitest';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function scripted(models?: { id: string; [field: string]: unknown }[], apiKey?: string): Promise<ScriptedModel> {
  const model = await startScriptedModel({ ...(models ? { models } : {}), ...(apiKey ? { apiKey } : {}) });
  opened.push(model);
  return model;
}

/** A `fetch` that answers by address and keeps what was asked. */
function fakeFetch(routes: Record<string, unknown>) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const fetch = (async (input: string | URL | Request, init?: RequestInit) => {
    const url = String(input);
    asked.push({ url, headers: Object.fromEntries(new Headers(init?.headers)) });
    if (!(url in routes)) throw new TypeError('fetch failed');
    return Response.json(routes[url]);
  }) as typeof globalThis.fetch;
  return { fetch, asked };
}

const handles = (entries: { handle: string }[]) => entries.map((entry) => entry.handle);

test('with nothing configured only the demo model answers', async () => {
  const registry = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
  const list = await registry.list();
  expect(list).toMatchObject([{ handle: 'demo/offline', demo: true }]);
  expect((await registry.resolve('demo/offline')).entry.demo).toBe(true);
});

test('endpoints of the settings are listed with their key; the demo model comes last', async () => {
  const model = await scripted([{ id: 'qwen/coder' }, { id: 'small' }], 'k1');
  const registry = createModelRegistry({
    endpoints: [{ name: 'mine', baseUrl: `${model.baseUrl}/`, apiKey: 'k1' }],
    env: {},
    probeLocal: false,
  });
  expect(handles(await registry.list())).toEqual(['mine/qwen/coder', 'mine/small', 'demo/offline']);
});

test('an endpoint has its own time limit, also when only that has changed', async () => {
  const mine = { name: 'mine', baseUrl: 'http://127.0.0.1:9/v1' };
  const registry = createModelRegistry({ endpoints: [mine], env: {}, probeLocal: false });
  expect((await registry.resolve('mine/slow')).idleTimeoutMs).toBeUndefined();
  registry.configure([{ ...mine, timeoutSeconds: 900 }]);
  expect((await registry.resolve('mine/slow')).idleTimeoutMs).toBe(900_000);
});

test('an endpoint that is down, refuses or talks nonsense contributes nothing and fails nothing', async () => {
  const good = await scripted([{ id: 'good' }]);
  const refuses = await scripted([{ id: 'x' }], 'right key');
  const nonsense = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => nonsense.once('listening', resolve));
  opened.push({ close: () => new Promise((resolve) => nonsense.close(() => resolve())) });
  const registry = createModelRegistry({
    endpoints: [
      { name: 'down', baseUrl: 'http://127.0.0.1:9/v1' },
      { name: 'refuses', baseUrl: refuses.baseUrl, apiKey: 'wrong' },
      { name: 'nonsense', baseUrl: `http://127.0.0.1:${(nonsense.address() as AddressInfo).port}/v1` },
      { name: 'bad-url', baseUrl: 'not a url' },
      { name: 'good', baseUrl: good.baseUrl },
    ],
    env: {},
    probeLocal: false,
  });
  expect(handles(await registry.list())).toEqual(['good/good', 'demo/offline']);
});

test('lists are coalesced and cached; a server started later is seen by the next list', async () => {
  const model = await scripted([{ id: 'a' }]);
  const registry = createModelRegistry({
    endpoints: [{ name: 'm', baseUrl: model.baseUrl }],
    env: {},
    probeLocal: false,
  });
  model.setModels({ status: 503 });
  await Promise.all([registry.list(), registry.list(), registry.list()]);
  expect(model.modelListings).toBe(1);
  model.setModels([{ id: 'b' }]);
  expect(handles(await registry.list())).toEqual(['m/b', 'demo/offline']);
  await registry.list();
  expect(model.modelListings).toBe(2);
});

test('providers that cannot be read, or not soon, take no model away', async () => {
  const model = await scripted([{ id: 'one' }]);
  const log: string[] = [];
  const registry = createModelRegistry({
    endpoints: [{ name: 'mine', baseUrl: model.baseUrl }],
    env: {},
    probeLocal: false,
    log: (line) => log.push(line),
  });
  const kept = { name: 'kept', baseUrl: model.baseUrl, byok: true };
  let read: () => Promise<(typeof kept)[]> = async () => [kept];
  await registry.provide?.(() => read());
  const all = ['mine/one', 'kept/one', 'demo/offline'];
  expect(handles(await registry.list())).toEqual(all);
  read = () => Promise.reject(new Error('The keyring is locked'));
  expect(handles(await registry.list())).toEqual(all);
  await expect(registry.resolve('elsewhere/x')).rejects.toThrow('No endpoint serves');
  expect(log).toEqual(Array(2).fill('Providers could not be read: Error: The keyring is locked'));
  read = () => new Promise(() => {});
  expect(handles(await registry.list())).toEqual(all);
});

test('a turn costs no listing: resolve asks the endpoint nothing', async () => {
  const model = await scripted([{ id: 'a', context_length: 1000 }]);
  const registry = createModelRegistry({
    endpoints: [{ name: 'm', baseUrl: model.baseUrl }],
    env: {},
    probeLocal: false,
  });
  const before = await registry.resolve('m/a');
  expect(before.entry).toMatchObject({ handle: 'm/a', provider: 'm', id: 'a', contextWindow: null });
  expect(model.modelListings).toBe(0);
  await registry.list();
  const after = await registry.resolve('m/a');
  expect(after.entry.contextWindow).toBe(1000);
  expect(after.model).toBe(before.model);
});

test.for(['unknown/model', 'noslash', '/x', 'm/', ''])('the handle %j is refused with what to do', async (handle) => {
  const registry = createModelRegistry({
    endpoints: [{ name: 'm', baseUrl: 'http://127.0.0.1:9/v1' }],
    env: {},
    probeLocal: false,
  });
  await expect(registry.resolve(handle)).rejects.toMatchObject({ name: 'ModelError', reason: 'unknown_handle' });
  await expect(registry.resolve(handle)).rejects.toThrow(/Connect a Model/);
});

test('new settings take effect: gone endpoints are unknown, a new key makes a new model, the rest stays', async () => {
  const model = await scripted([{ id: 'a' }], 'new-key');
  const keep = { name: 'keep', baseUrl: 'http://127.0.0.1:9/v1' };
  const registry = createModelRegistry({
    endpoints: [keep, { name: 'gone', baseUrl: keep.baseUrl }, { name: 'm', baseUrl: model.baseUrl, apiKey: 'old' }],
    env: {},
    probeLocal: false,
  });
  const kept = (await registry.resolve('keep/x')).model;
  const old = (await registry.resolve('m/a')).model;
  expect(handles(await registry.list())).toEqual(['demo/offline']);
  registry.configure([keep, { name: 'm', baseUrl: model.baseUrl, apiKey: 'new-key' }]);
  expect(handles(await registry.list())).toEqual(['m/a', 'demo/offline']);
  await expect(registry.resolve('gone/x')).rejects.toMatchObject({ reason: 'unknown_handle' });
  expect((await registry.resolve('keep/x')).model).toBe(kept);
  expect((await registry.resolve('m/a')).model).not.toBe(old);
});

test('an aborted list rejects; an endpoint that hangs does not hold it up', async () => {
  const hanging = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => hanging.once('listening', resolve));
  opened.push({
    close: () =>
      new Promise((resolve) => {
        hanging.close(() => resolve());
        hanging.closeAllConnections();
      }),
  });
  const good = await scripted([{ id: 'a' }]);
  const registry = createModelRegistry({
    endpoints: [
      { name: 'hangs', baseUrl: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/v1` },
      { name: 'good', baseUrl: good.baseUrl },
    ],
    env: {},
    probeLocal: false,
  });
  const abort = new AbortController();
  const aborted = registry.list(abort.signal);
  abort.abort(new Error('view closed'));
  await expect(aborted).rejects.toThrow('view closed');
  expect(handles(await registry.list())).toEqual(['good/a', 'demo/offline']);
  const start = performance.now();
  await registry.list();
  // The one that hangs is given 2.5 s, and that once.
  expect(performance.now() - start).toBeLessThan(2_000);
});

describe('the environment', () => {
  const OPENAI = 'https://api.openai.com/v1/models';

  test('keys give endpoints under Letta names, with the headers each wants', async () => {
    const { fetch, asked } = fakeFetch({
      [OPENAI]: { data: [{ id: 'gpt-5' }, { id: 'text-embedding-3-small' }, { id: 'whisper-1' }, { id: 'tts-1-hd' }] },
      'https://api.anthropic.com/v1/models?limit=1000': {
        data: [
          { type: 'model', id: 'claude-x', display_name: 'Claude X', max_input_tokens: 200000, max_tokens: 64000 },
        ],
      },
      'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000': {
        models: [{ name: 'models/gemini-x', supportedGenerationMethods: ['generateContent'] }],
      },
      'https://openrouter.ai/api/v1/models': {
        data: [
          {
            id: 'a/b',
            name: 'A: B',
            context_length: 131072,
            top_provider: { context_length: 65536, max_completion_tokens: 8192 },
          },
        ],
      },
    });
    const env = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', GEMINI_API_KEY: 'g', OPENROUTER_API_KEY: 'r' };
    const registry = createModelRegistry({ endpoints: [], env, fetch, probeLocal: false });
    expect(await registry.list()).toMatchObject([
      { handle: 'openai/gpt-5', contextWindow: 400000, maxOutputTokens: 128000 },
      { handle: 'anthropic/claude-x', name: 'Claude X', contextWindow: 200000, maxOutputTokens: 64000 },
      { handle: 'google_ai/gemini-x', id: 'gemini-x' },
      { handle: 'openrouter/a/b', name: 'A: B', contextWindow: 131072, maxOutputTokens: 8192 },
      { handle: 'demo/offline' },
    ]);
    const headers = (part: string) => asked.find((request) => request.url.includes(part))?.headers;
    expect(headers('openai.com')).toMatchObject({ authorization: 'Bearer o' });
    expect(headers('anthropic')).toMatchObject({ 'x-api-key': 'a', 'anthropic-version': '2023-06-01' });
    expect(headers('google')).toMatchObject({ 'x-goog-api-key': 'g' });
  });

  test('OPENAI_BASE_URL moves the endpoint and needs no key', async () => {
    const model = await scripted([{ id: 'a' }]);
    const registry = createModelRegistry({ endpoints: [], env: { OPENAI_BASE_URL: model.baseUrl }, probeLocal: false });
    expect(handles(await registry.list())).toEqual(['openai/a', 'demo/offline']);
  });

  test('settings win over a name of the environment', async () => {
    const model = await scripted([{ id: 'mine' }]);
    const registry = createModelRegistry({
      endpoints: [{ name: 'openai', baseUrl: model.baseUrl }],
      env: { OPENAI_API_KEY: 'o', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
      probeLocal: false,
    });
    expect(handles(await registry.list())).toEqual(['openai/mine', 'demo/offline']);
  });
});

describe('local servers', () => {
  const OLLAMA = 'http://127.0.0.1:11434';
  const LM_STUDIO = 'http://127.0.0.1:1234';

  test('running ones are found, with the window they really serve and without what only embeds', async () => {
    const { fetch } = fakeFetch({
      [`${OLLAMA}/v1/models`]: { data: [{ id: 'qwen3:8b' }, { id: 'llama3' }, { id: 'nomic-embed-text:latest' }] },
      [`${OLLAMA}/api/ps`]: { models: [{ model: 'qwen3:8b', context_length: 4096 }] },
      [`${LM_STUDIO}/api/v0/models`]: {
        data: [
          { id: 'devstral', type: 'llm', max_context_length: 131072, loaded_context_length: 8192 },
          { id: 'other', type: 'llm', max_context_length: 131072 },
          { id: 'bge-m3', type: 'embeddings' },
        ],
      },
    });
    const registry = createModelRegistry({ endpoints: [], env: {}, fetch });
    expect(await registry.list()).toMatchObject([
      { handle: 'ollama/qwen3:8b', contextWindow: 4096 },
      { handle: 'ollama/llama3', contextWindow: null },
      { handle: 'lmstudio/devstral', contextWindow: 8192 },
      { handle: 'lmstudio/other', contextWindow: 131072 },
      { handle: 'demo/offline' },
    ]);
  });

  test('Ollama is asked for the window before a turn; a model that is not loaded is loaded, save where its file sets one', async () => {
    const routes: Record<string, unknown> = {
      [`${OLLAMA}/api/ps`]: { models: [{ model: 'loaded', context_length: 8192 }] },
      [`${OLLAMA}/api/show`]: { parameters: 'temperature 0.7\nnum_ctx                        16384' },
    };
    const { fetch, asked } = fakeFetch(routes);
    const registry = createModelRegistry({ endpoints: [], env: {}, fetch });
    expect((await registry.resolve('ollama/loaded', true)).entry.contextWindow).toBe(8192);
    expect((await registry.resolve('ollama/set', true)).entry.contextWindow).toBe(16384);
    routes[`${OLLAMA}/api/show`] = {};
    routes[`${OLLAMA}/api/ps`] = { models: [] };
    routes[`${OLLAMA}/api/generate`] = { done: true };
    const loading = registry.resolve('ollama/idle', true);
    routes[`${OLLAMA}/api/ps`] = { models: [{ model: 'idle', context_length: 4096 }] };
    expect((await loading).entry.contextWindow).toBe(4096);
    expect(asked.some(({ url }) => url.endsWith('/chat/completions'))).toBe(false);
    const before = asked.length;
    await registry.resolve('ollama/idle', true);
    // Who only looks a model up makes no server load one.
    await registry.resolve('ollama/never-used');
    expect(asked).toHaveLength(before);
  });

  test('LM Studio is asked what the model is loaded with now; one that says nothing is what the list said', async () => {
    const routes: Record<string, unknown> = {
      [`${LM_STUDIO}/api/v0/models`]: { data: [{ id: 'devstral', type: 'llm', max_context_length: 131072 }] },
    };
    const { fetch } = fakeFetch(routes);
    const registry = createModelRegistry({ endpoints: [], env: {}, fetch });
    await registry.list();
    expect((await registry.resolve('lmstudio/devstral', true)).entry.contextWindow).toBe(131072);
    routes[`${LM_STUDIO}/api/v0/models/other`] = { id: 'other', type: 'llm', loaded_context_length: 9000 };
    expect((await registry.resolve('lmstudio/other', true)).entry.contextWindow).toBe(9000);
  });

  test('one that settings name already is not listed twice', async () => {
    const { fetch } = fakeFetch({ 'http://localhost:11434/v1/models': { data: [{ id: 'm' }] } });
    const registry = createModelRegistry({
      endpoints: [{ name: 'home', baseUrl: 'http://localhost:11434/v1/' }],
      env: {},
      fetch,
    });
    expect(handles(await registry.list())).toEqual(['home/m', 'demo/offline']);
  });

  test.for([
    ['vLLM', { id: 'm', max_model_len: 32768 }, 32768],
    ['llama.cpp', { id: 'm', meta: { n_ctx: 16384, n_ctx_train: 131072 } }, 16384],
    ['OpenRouter', { id: 'm', context_length: 200000 }, 200000],
    ['Groq', { id: 'm', context_window: 8192 }, 8192],
    ['a broken one', { id: 'm', context_length: 'many', name: 5, meta: 'x' }, null],
  ] as const)('%s says its context window', async ([, model, window]) => {
    const { fetch } = fakeFetch({ 'http://h/v1/models': [model] });
    const registry = createModelRegistry({
      endpoints: [{ name: 'e', baseUrl: 'http://h/v1' }],
      env: {},
      fetch,
      probeLocal: false,
    });
    expect((await registry.list())[0]).toMatchObject({ handle: 'e/m', contextWindow: window });
  });
});

describe('what single endpoints do differently', () => {
  async function bodySent(
    handle: string,
    env: Record<string, string>,
    prompt: LanguageModelV4Prompt,
  ): Promise<Record<string, unknown>> {
    let sent: Record<string, unknown> = {};
    const fetch = (async (_: unknown, init?: RequestInit) => {
      sent = JSON.parse(String(init?.body)) as Record<string, unknown>;
      return Response.json({ error: { message: 'enough' } }, { status: 400 });
    }) as typeof globalThis.fetch;
    const registry = createModelRegistry({ endpoints: [], env, fetch, probeLocal: false });
    const { model } = await registry.resolve(handle);
    await expect(model.doStream({ prompt, maxOutputTokens: 99 })).rejects.toMatchObject({ statusCode: 400 });
    return sent;
  }
  const toolPrompt: LanguageModelV4Prompt = [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'Read', input: {} }] },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'Read', output: { type: 'text', value: 'ok' } }],
    },
  ];

  test('each gets the limit of an answer under its own name', async () => {
    expect(await bodySent('openai/gpt', { OPENAI_API_KEY: 'k' }, toolPrompt)).toMatchObject({ max_output_tokens: 99 });
    expect(await bodySent('anthropic/c', { ANTHROPIC_API_KEY: 'k' }, toolPrompt)).toMatchObject({ max_tokens: 99 });
    expect(await bodySent('openrouter/x', { OPENROUTER_API_KEY: 'k' }, toolPrompt)).toMatchObject({ max_tokens: 99 });
    expect(await bodySent('google_ai/g', { GEMINI_API_KEY: 'k' }, toolPrompt)).toMatchObject({
      generationConfig: { maxOutputTokens: 99 },
    });
  });

  test('who only takes the name of OpenAI is spoken to in the format that all endpoints have', async () => {
    const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
    expect(await bodySent('openai/gpt', env, toolPrompt)).toMatchObject({ messages: [{ role: 'user' }, {}, {}] });
  });
});
