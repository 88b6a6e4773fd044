// The real SDK against the scripted model over real HTTP: what the engine gets of answers, faults and aborts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APICallError, type LanguageModelV4, type LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import {
  cutAfter,
  FALLBACK_TEXT,
  gate,
  hang,
  httpError,
  malformedArgs,
  messageText,
  type ScriptedModel,
  startScriptedModel,
  streamError,
  text,
  toolCalls,
} from '../../support/scripted-model.ts';
import { callsOf, collect, textOf, tools, user } from './support.ts';

let scripted: ScriptedModel;
let model: LanguageModelV4;
const prompt = [{ role: 'system' as const, content: 'You are an agent.' }, user('Hello')];

beforeEach(async () => {
  scripted = await startScriptedModel();
  const registry = createModelRegistry({
    endpoints: [{ name: 'scripted', baseUrl: scripted.baseUrl, apiKey: 'secret' }],
    env: {},
    probeLocal: false,
  });
  model = (await registry.resolve('scripted/some/model-id')).model;
});
afterEach(() => scripted.close());

test('text and reasoning stream in pieces, in order, with usage and what the provider had cached', async () => {
  scripted.script(
    text('Grüße 👋 aus dem Modell.', {
      chunkSize: 3,
      reasoning: 'Thinking it over.',
      usage: { prompt: 100, completion: 20, cached: 64, reasoning: 5 },
    }),
  );
  const parts = await collect(model, { prompt });
  const reasoning = parts.map((part) => (part.type === 'reasoning-delta' ? part.delta : '')).join('');
  expect(reasoning).toBe('Thinking it over.');
  expect(textOf(parts)).toBe('Grüße 👋 aus dem Modell.');
  expect(parts.filter((part) => part.type === 'text-delta').length).toBeGreaterThan(5);
  expect(parts.findIndex((p) => p.type === 'reasoning-end')).toBeLessThan(
    parts.findIndex((p) => p.type === 'text-start'),
  );
  expect(parts.at(-1)).toMatchObject({
    type: 'finish',
    finishReason: { unified: 'stop' },
    usage: { inputTokens: { total: 100, cacheRead: 64, noCache: 36 }, outputTokens: { total: 20, reasoning: 5 } },
  });
});

test('the request carries key, model id, tools and the wish for usage; reminder and text arrive as one string', async () => {
  await collect(model, {
    prompt: [user('<system-reminder>r</system-reminder>', 'Is a < b && c > d?')],
    tools: tools('Read'),
  });
  const request = scripted.requests[0];
  expect(request?.headers.authorization).toBe('Bearer secret');
  expect(request?.body).toMatchObject({
    model: 'some/model-id',
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(request?.body.tools?.map((tool) => tool.function.name)).toEqual(['Read']);
  expect(request?.body.messages.at(-1)).toEqual({
    role: 'user',
    content: '<system-reminder>r</system-reminder>\n\nIs a < b && c > d?',
  });
});

test('the second request of a thread reports the common prefix as cached', async () => {
  await collect(model, { prompt });
  const answer = { role: 'assistant' as const, content: [{ type: 'text' as const, text: FALLBACK_TEXT }] };
  const parts = await collect(model, { prompt: [...prompt, answer, user('And now?')] });
  const finish = parts.find((part) => part.type === 'finish');
  const input = finish?.type === 'finish' ? finish.usage.inputTokens : undefined;
  expect(input?.cacheRead).toBeGreaterThan(10);
  expect(input?.cacheRead).toBeLessThan(input?.total ?? 0);
});

test.for([true, false])('parallel calls whose fragments come interleaved (%s) stay apart', async (interleave) => {
  const big = { path: 'src/ä.ts', text: 'x'.repeat(300), nested: { list: [1, '"quoted"', null] } };
  scripted.script(
    toolCalls(
      [
        { name: 'Read', args: big, id: 'call_a' },
        { name: 'OpenFiles', args: {}, id: 'call_b' },
      ],
      { fragments: 9, interleave, text: 'Let me look.' },
    ),
  );
  const parts = await collect(model, { prompt, tools: tools('Read', 'OpenFiles') });
  expect(textOf(parts)).toBe('Let me look.');
  expect(callsOf(parts)).toEqual(
    expect.arrayContaining([
      { id: 'call_a', name: 'Read', input: big },
      { id: 'call_b', name: 'OpenFiles', input: {} },
    ]),
  );
  expect(parts.filter((part) => part.type === 'tool-input-delta' && part.id === 'call_a').length).toBeGreaterThan(4);
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'tool-calls' } });
});

test('a tool result goes back under its call id', async () => {
  await collect(model, {
    prompt: [
      ...prompt,
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'call_a', toolName: 'Read', input: { path: 'a' } }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'call_a',
            toolName: 'Read',
            output: { type: 'error-text', value: 'No such file' },
          },
        ],
      },
    ],
  });
  const messages = scripted.requests[0]?.body.messages ?? [];
  expect(messages.at(-2)?.tool_calls?.[0]).toMatchObject({
    id: 'call_a',
    function: { name: 'Read', arguments: '{"path":"a"}' },
  });
  expect(messages.at(-1)).toEqual({ role: 'tool', tool_call_id: 'call_a', content: 'No such file' });
});

test('malformed arguments reach the engine raw, as a call', async () => {
  scripted.script(malformedArgs('Edit', '{"path": "a.ts", "edi'));
  const parts = await collect(model, { prompt, tools: tools('Edit') });
  const call = parts.find((part) => part.type === 'tool-call');
  expect(call).toMatchObject({ toolName: 'Edit', input: '{"path": "a.ts", "edi' });
});

test.for([401, 429, 500])('a %i is an APICallError with status, message and headers', async (status) => {
  scripted.script(httpError(status, { error: { message: 'The reason why.' } }, { 'retry-after': '7' }));
  const error = await collect(model, { prompt }).catch((e: unknown) => e);
  expect(APICallError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({
    statusCode: status,
    message: 'The reason why.',
    isRetryable: status !== 401,
    responseHeaders: { 'retry-after': '7' },
  });
});

test('a body that is no JSON still gives the status', async () => {
  scripted.script(httpError(502, '<html>Bad gateway</html>'));
  await expect(collect(model, { prompt })).rejects.toMatchObject({ statusCode: 502 });
});

test('an endpoint that is down is an error that names the address', async () => {
  const { baseUrl } = scripted;
  await scripted.close();
  const error = await collect(model, { prompt }).catch((e: unknown) => e);
  expect(error).toMatchObject({ url: `${baseUrl}/chat/completions`, isRetryable: true });
});

test('a connection cut in mid-stream fails after the text that came', async () => {
  scripted.script(cutAfter(24, 'The first part is here. The rest never comes.'));
  const parts: LanguageModelV4StreamPart[] = [];
  await expect(collect(model, { prompt }, parts)).rejects.toThrow();
  expect(textOf(parts)).toBe('The first part is here. ');
  expect(scripted.requests[0]?.outcome).toBe('cut');
});

test('a stream that ends properly but in the middle ends with an error too', async () => {
  scripted.script(cutAfter(24, 'The first part is here. The rest never comes.', { clean: true }));
  const parts = await collect(model, { prompt });
  expect(textOf(parts)).toBe('The first part is here. ');
  expect(parts.some((part) => part.type === 'error')).toBe(true);
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'error' } });
});

test('an error inside the stream comes as an error part', async () => {
  scripted.script(streamError('Overloaded', 'Half an '));
  const parts = await collect(model, { prompt });
  expect(textOf(parts)).toBe('Half an ');
  expect(parts.find((part) => part.type === 'error')).toMatchObject({ error: { message: 'Overloaded' } });
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'error' } });
});

test.for([
  ['before any byte', undefined],
  ['after some text', 'Some text'],
])('a model that hangs %s can be aborted; the endpoint sees the connection go', async ([, before]) => {
  scripted.script(hang(before));
  const abort = new AbortController();
  const parts: LanguageModelV4StreamPart[] = [];
  const running = collect(model, { prompt, abortSignal: abort.signal }, parts);
  running.catch(() => {});
  await scripted.whenRequest(1);
  if (before !== undefined) await expect.poll(() => textOf(parts)).toBe(before);
  abort.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect((await scripted.whenSettled(1)).outcome).toBe('aborted');
});

test('a gate holds the answer until it is released; a release that comes first is remembered', async () => {
  const first = gate('Before. ', 'After.');
  const second = gate('A', toolCalls([{ name: 'Read', args: { path: 'x' } }]));
  scripted.script(first, second);
  const parts: LanguageModelV4StreamPart[] = [];
  const running = collect(model, { prompt }, parts);
  await expect.poll(() => textOf(parts)).toBe('Before. ');
  expect(scripted.requests[0]?.outcome).toBe('open');
  scripted.release(first.id);
  await running;
  expect(textOf(parts)).toBe('Before. After.');
  scripted.release(second.id);
  expect(callsOf(await collect(model, { prompt }))).toMatchObject([{ name: 'Read', input: { path: 'x' } }]);
});

test('replies may depend on the request; an empty script answers a fixed text', async () => {
  scripted.script((request) => text(`You said: ${messageText(request.body.messages.at(-1))}`), {
    ...text('never'),
    when: 'not in it',
  });
  expect(textOf(await collect(model, { prompt }))).toBe('You said: Hello');
  expect(textOf(await collect(model, { prompt }))).toBe(FALLBACK_TEXT);
  expect(scripted.remaining).toBe(1);
});

test('without streaming the same script answers whole', async () => {
  scripted.script(toolCalls([{ name: 'Read', args: { path: 'x' }, id: 'c' }]), text('Done.', { reasoning: 'R' }));
  const first = await model.doGenerate({ prompt, tools: tools('Read') });
  expect(first.content).toMatchObject([
    { type: 'tool-call', toolCallId: 'c', toolName: 'Read', input: '{"path":"x"}' },
  ]);
  const second = await model.doGenerate({ prompt });
  expect(second.content).toMatchObject([
    { type: 'reasoning', text: 'R' },
    { type: 'text', text: 'Done.' },
  ]);
});

test('another process can drive the script over HTTP', async () => {
  const root = scripted.baseUrl.replace('/v1', '');
  await fetch(`${root}/__script`, { method: 'POST', body: JSON.stringify([gate('A', 'B', 'g1')]) });
  const running = collect(model, { prompt });
  await scripted.whenRequest(1);
  await fetch(`${root}/__release`, { method: 'POST', body: '{"id":"g1"}' });
  expect(textOf(await running)).toBe('AB');
  const seen = (await (await fetch(`${root}/__requests`)).json()) as { n: number; outcome: string }[];
  expect(seen).toMatchObject([{ n: 1, outcome: 'done', body: { model: 'some/model-id' } }]);
});

test('runs as a program under the Node that ships with the project, with a script from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scripted-'));
  const file = join(folder, 'script.json');
  await writeFile(file, JSON.stringify([{ kind: 'text', text: 'From a file.' }]));
  const root = join(import.meta.dirname, '../../..');
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    ['test/support/scripted-model.ts', '--port', '0', '--script', file],
    {
      cwd: root,
    },
  );
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const baseUrl = /^Scripted model: (http:\S+)/.exec(line.toString())?.[1] ?? '';
    const registry = createModelRegistry({ endpoints: [{ name: 'p', baseUrl }], env: {}, probeLocal: false });
    expect((await registry.list()).map((entry) => entry.handle)).toEqual(['p/scripted', 'demo/offline']);
    const { model: other } = await registry.resolve('p/scripted');
    expect(textOf(await collect(other, { prompt }))).toBe('From a file.');
  } finally {
    child.kill();
    await rm(folder, { recursive: true });
  }
});
