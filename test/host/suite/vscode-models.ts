// Models of VS Code: which are listed for the embedded server, what they are sent, and how their answers come back.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { allowModel, modelServices, vscodeModels } from '../../../src/native/vscode-models.ts';
import type { HostCase } from '../runner/case.ts';
import { until } from '../support.ts';

/** Of this extension's manifest. */
const VENDOR = 'letta-host-tests';

type Provided = Parameters<vscode.LanguageModelChatProvider['provideLanguageModelChatResponse']>;

/** What a model of this extension was asked, and how it answers. */
async function withModel(
  answer: (...asked: Provided) => Promise<void>,
  run: (services: ReturnType<typeof modelServices>) => Promise<void>,
  access: 'allowed' | 'not asked' = 'allowed',
): Promise<void> {
  const registered = vscode.lm.registerLanguageModelChatProvider(VENDOR, {
    provideLanguageModelChatInformation: () => [
      {
        id: 'echo',
        name: 'Echo',
        family: 'echo',
        version: '1',
        maxInputTokens: 12_000,
        maxOutputTokens: 1_000,
        capabilities: { toolCalling: true },
      },
    ],
    provideLanguageModelChatResponse: answer,
    provideTokenCount: async () => 1,
  });
  try {
    await listed();
    const canSendRequest = () => (access === 'allowed' ? true : undefined);
    await run(modelServices({ onDidChange: () => registered, canSendRequest }));
  } finally {
    registered.dispose();
  }
}

/** VS Code asks providers of their models a moment after they are registered. */
async function listed(): Promise<void> {
  for (let tries = 0; !(await vscodeModels()).some(({ vendor }) => vendor === VENDOR); tries++) {
    assert.ok(tries < 100, 'VS Code lists the model');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const plain = (messages: readonly vscode.LanguageModelChatRequestMessage[]) =>
  messages.map(({ role, content }) => ({
    role: role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
    content: content.map((part) => {
      if (part instanceof vscode.LanguageModelTextPart) return part.value;
      if (part instanceof vscode.LanguageModelToolCallPart)
        return { call: part.name, id: part.callId, input: part.input };
      if (part instanceof vscode.LanguageModelToolResultPart)
        return {
          result: part.callId,
          text: part.content.map((p) => (p as vscode.LanguageModelTextPart).value).join(''),
        };
      return 'something else';
    }),
  }));

const ask = (
  services: ReturnType<typeof modelServices>,
  what: 'lm.list' | 'lm.send',
  body: unknown,
  signal?: AbortSignal,
) => {
  const parts: unknown[] = [];
  const done = services[what](body, {
    signal: signal ?? new AbortController().signal,
    part: (part) => void parts.push(part),
  });
  return { parts, done };
};

const request = (text = 'Hello') => ({
  id: `${VENDOR}/echo`,
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  tools: [],
});

export const cases: HostCase[] = [
  {
    name: 'a model that may be used is listed with its window; one that was not allowed yet is neither listed nor sent anything',
    run: async () => {
      await withModel(
        async () => {},
        async (services) => {
          const listed = (await ask(services, 'lm.list', null).done) as { id: string }[];
          assert.deepEqual(
            listed.filter(({ id }) => id.startsWith(VENDOR)),
            [{ id: `${VENDOR}/echo`, name: 'Echo', maxInputTokens: 12_000 }],
          );
        },
      );
      let asked = 0;
      await withModel(
        async () => void asked++,
        async (services) => {
          assert.deepEqual(await ask(services, 'lm.list', null).done, []);
          await assert.rejects(
            ask(services, 'lm.send', request()).done,
            /does not let Letta use Echo now.*Connect a Model/,
          );
        },
        'not asked',
      );
      assert.equal(asked, 0);
    },
  },
  {
    name: 'text and calls stream back as they come; messages, calls, results and tools arrive as they were',
    run: async () => {
      let seen: unknown;
      let tools: unknown;
      await withModel(
        async (_, messages, options, progress) => {
          seen = plain(messages);
          tools = options.tools;
          progress.report(new vscode.LanguageModelTextPart('One '));
          progress.report(new vscode.LanguageModelTextPart('two.'));
          progress.report(new vscode.LanguageModelToolCallPart('c2', 'Read', { path: 'b.ts' }));
        },
        async (services) => {
          const { parts, done } = ask(services, 'lm.send', {
            ...request(),
            messages: [
              { role: 'user', content: [{ type: 'text', text: 'Be brief.' }] },
              { role: 'user', content: [{ type: 'text', text: 'Read it' }] },
              { role: 'assistant', content: [{ type: 'call', id: 'c1', name: 'Read', input: { path: 'a.ts' } }] },
              { role: 'user', content: [{ type: 'result', id: 'c1', text: 'export {}' }] },
            ],
            tools: [{ name: 'Read', description: 'Reads a file.', schema: { type: 'object', properties: {} } }],
          });
          await done;
          assert.deepEqual(parts, [
            { type: 'text', text: 'One ' },
            { type: 'text', text: 'two.' },
            { type: 'call', id: 'c2', name: 'Read', input: { path: 'b.ts' } },
          ]);
        },
      );
      assert.deepEqual(seen, [
        { role: 'user', content: ['Be brief.'] },
        { role: 'user', content: ['Read it'] },
        { role: 'assistant', content: [{ call: 'Read', id: 'c1', input: { path: 'a.ts' } }] },
        { role: 'user', content: [{ result: 'c1', text: 'export {}' }] },
      ]);
      assert.match(JSON.stringify(tools), /"name":"Read".*Reads a file/);
    },
  },
  {
    name: 'a stop reaches the model; an error names it and says what to do; one that went away is named',
    run: async () => {
      let cancelled = false;
      await withModel(
        async (_, __, ___, progress, token) => {
          progress.report(new vscode.LanguageModelTextPart('Begun'));
          await new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
          cancelled = true;
        },
        async (services) => {
          const stop = new AbortController();
          const { parts, done } = ask(services, 'lm.send', request(), stop.signal);
          await until('the first word', () => parts.length > 0);
          stop.abort();
          await done.catch(() => {});
          await until('the model hears of it', () => cancelled);
        },
      );
      await withModel(
        async () => {
          throw new Error('the line is dead');
        },
        async (services) => {
          await assert.rejects(ask(services, 'lm.send', request()).done, /Echo did not answer: .*the line is dead/);
          await assert.rejects(
            ask(services, 'lm.send', { ...request(), id: `${VENDOR}/gone` }).done,
            /has no model letta-host-tests\/gone now/,
          );
        },
      );
    },
  },
  {
    name: 'allowing a model asks it one word and gives the name by which it is chosen',
    run: () =>
      withModel(
        async (_, __, ___, progress) => progress.report(new vscode.LanguageModelTextPart('ok')),
        async () => {
          const model = (await vscodeModels()).find(({ vendor }) => vendor === VENDOR);
          assert.ok(model);
          assert.equal(await allowModel(model), `${VENDOR}/echo`);
        },
      ),
  },
];
