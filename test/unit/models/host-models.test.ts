// Models that the extension brings along, over a real port between both ends: what is asked, what comes back, and an abort.
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { type HostServices, serveHost } from '../../../src/letta/host-services.ts';
import { HostPort } from '../../../src/server/host-port.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { createHostModels, type HostMessage } from '../../../src/server/models/host-models.ts';
import { callsOf, collect, textOf, tools, user } from './support.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function registryOver(services: HostServices) {
  const { port1, port2 } = new MessageChannel();
  serveHost(port1, services);
  const host = new HostPort(port2);
  open.push(() => port1.close());
  // Both ends let go of the thread by themselves.
  port1.ref();
  const injected = createHostModels((what, body, options) => host.ask(what, body, options));
  return createModelRegistry({ endpoints: [], env: {}, probeLocal: false, injected });
}

interface Sent {
  id: string;
  messages: HostMessage[];
  tools: { name: string }[];
}

test('they are listed with their window, and count as models elsewhere', async () => {
  const registry = registryOver({ 'lm.list': async () => [{ id: 'gpt-x', name: 'GPT X', maxInputTokens: 64_000 }] });
  expect(await registry.list()).toMatchObject([
    { handle: 'vscode/gpt-x', name: 'GPT X', contextWindow: 64_000, local: false, vision: false },
    { handle: 'demo/offline' },
  ]);
  expect((await registry.resolve('vscode/gpt-x')).entry.contextWindow).toBe(64_000);
  expect(registry.isRemote('vscode/gpt-x')).toBe(true);
});

test('one that nobody listed yet has its window all the same, and is asked for once', async () => {
  let lists = 0;
  const registry = registryOver({
    'lm.list': async () => {
      lists += 1;
      return [{ id: 'gpt-x', name: 'GPT X', maxInputTokens: 64_000 }];
    },
  });
  for (let n = 0; n < 3; n++) expect((await registry.resolve('vscode/gpt-x')).entry.contextWindow).toBe(64_000);
  expect(lists).toBe(1);
});

test('a host that has none, or lists nonsense, fails nothing', async () => {
  for (const services of [{}, { 'lm.list': async () => 'nonsense' }]) {
    const handles = (await registryOver(services).list()).map(({ handle }) => handle);
    expect(handles).toEqual(['demo/offline']);
  }
});

test('instructions come as the first message of the person; text and calls come back, and no guess of what it took', async () => {
  const asked: Sent[] = [];
  const registry = registryOver({
    'lm.send': async (body, { part }) => {
      asked.push(body as Sent);
      part({ type: 'text', text: 'Let me ' });
      part({ type: 'text', text: 'look.' });
      part({ type: 'call', id: 'c2', name: 'Read', input: { path: 'b' } });
    },
  });
  const { model } = await registry.resolve('vscode/gpt-x');
  const parts = await collect(model, {
    prompt: [
      { role: 'system', content: 'You are an agent.' },
      user('Read a'),
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'Read', input: { path: 'a' } }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'Read', output: { type: 'text', value: 'ok' } }],
      },
    ],
    tools: tools('Read'),
  });
  expect(textOf(parts)).toBe('Let me look.');
  expect(callsOf(parts)).toEqual([{ id: 'c2', name: 'Read', input: { path: 'b' } }]);
  const finish = parts.at(-1);
  expect(finish).toMatchObject({ type: 'finish', finishReason: { unified: 'tool-calls' } });
  expect(finish?.type === 'finish' ? finish.usage.inputTokens.total : 0).toBeUndefined();
  expect(asked).toMatchObject([
    {
      id: 'gpt-x',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'You are an agent.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Read a' }] },
        { role: 'assistant', content: [{ type: 'call', id: 'c1', name: 'Read', input: { path: 'a' } }] },
        { role: 'user', content: [{ type: 'result', id: 'c1', text: 'ok' }] },
      ],
      tools: [{ name: 'Read' }],
    },
  ]);
});

test('an abort reaches the host; what the host refuses is the error of the call', async () => {
  const dropped = Promise.withResolvers<void>();
  const registry = registryOver({
    'lm.send': (_body, { signal, part }) => {
      part({ type: 'text', text: 'Begun' });
      signal.addEventListener('abort', () => dropped.resolve());
      return new Promise(() => {});
    },
  });
  const { model } = await registry.resolve('vscode/slow');
  const abort = new AbortController();
  const { stream } = await model.doStream({ prompt: [user('Hi')], abortSignal: abort.signal });
  const reader = stream.getReader();
  expect((await reader.read()).value).toMatchObject({ type: 'text-delta', delta: 'Begun' });
  abort.abort(new Error('stopped'));
  await expect(reader.read()).rejects.toThrow('stopped');
  await dropped.promise;

  const refusing = registryOver({ 'lm.send': () => Promise.reject(new Error('No permission.')) });
  const { model: refused } = await refusing.resolve('vscode/x');
  await expect(collect(refused, { prompt: [user('Hi')] })).rejects.toThrow('No permission.');
});
