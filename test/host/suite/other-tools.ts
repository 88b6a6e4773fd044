// Tools of other extensions: which of them are offered, and what calling one comes to.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OtherTools } from '../../../src/native/other-tools.ts';
import { otherTools } from '../../../src/tools/other-tools.ts';
import type { HostCase } from '../runner/case.ts';
import { until } from '../support.ts';

/** Of this extension's manifest. */
const NAME = 'host_test_weather';

/** A workspace's memory, for one case. */
function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, fallback?: T) => (values.get(key) as T) ?? fallback,
    update: async (key, value) => void values.set(key, value),
  } as vscode.Memento;
}

interface Weather {
  city: string;
}

async function withTool(
  invoke: vscode.LanguageModelTool<Weather>['invoke'],
  run: (tools: OtherTools) => Promise<void>,
): Promise<void> {
  const registered = vscode.lm.registerTool<Weather>(NAME, { invoke });
  try {
    await until('VS Code lists the tool', () => vscode.lm.tools.some(({ name }) => name === NAME));
    await run(new OtherTools(memento()));
  } finally {
    registered.dispose();
  }
}

const says = (text: string) => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
const context = (signal = new AbortController().signal) => ({ callId: 'c', threadId: 't', signal, update: () => {} });

export const cases: HostCase[] = [
  {
    name: 'an installed extension’s tool is offered, VS Code’s own and those that edit or run are not',
    run: () =>
      withTool(
        async () => says(''),
        async (tools) => {
          assert.deepEqual(
            tools.available().map(({ name, source, from }) => ({ name, source, from })),
            [{ name: NAME, source: 'tool', from: 'Host tests of Letta for VS Code' }],
          );
          const all = vscode.lm.tools.map(({ name }) => name);
          assert.ok(all.length > 1, `VS Code lists others too: ${all.join(', ')}`);
        },
      ),
  },
  {
    name: 'a chosen tool is found with its input, called with it, and what it says comes back',
    run: () =>
      withTool(
        async ({ input }) => says(`Rain in ${input.city}`),
        async (foreign) => {
          const tool = otherTools(foreign);
          assert.deepEqual(foreign.chosen(), []);
          await foreign.choose([NAME, 'gone_tool']);
          assert.deepEqual(
            foreign.chosen().map(({ name }) => name),
            [NAME],
          );
          const found = await tool.run({ operation: 'find', query: 'weather' }, context());
          assert.match(found.text, /host_test_weather: Tells the weather of a city\.\ninput: .*"city"/);
          const call = { operation: 'call' as const, name: NAME, input: { city: 'Ulm' } };
          assert.deepEqual(tool.access(call), { kind: 'foreign', name: NAME });
          const result = await tool.run(call, context());
          assert.deepEqual(result, { status: 'success', text: 'Rain in Ulm', source: 'tool' });
          assert.throws(() => tool.access({ ...call, input: {} }), /city: is missing/);
          assert.throws(() => tool.access({ ...call, name: 'run_in_terminal' }), /no other tool named/);
        },
      ),
  },
  {
    name: 'a tool that fails says so in its own words, and one that takes long ends with the turn',
    run: () =>
      withTool(
        ({ input }, token) => {
          if (input.city === 'Atlantis') throw new Error('Atlantis has sunk.');
          return new Promise((_, reject) => token.onCancellationRequested(() => reject(new Error('cancelled'))));
        },
        async (foreign) => {
          await foreign.choose([NAME]);
          const tool = otherTools(foreign);
          const call = (city: string, signal?: AbortSignal) =>
            tool.run({ operation: 'call', name: NAME, input: { city } }, context(signal));
          const failed = await call('Atlantis');
          assert.equal(failed.status, 'error');
          assert.match(failed.text, /host_test_weather failed: .*Atlantis has sunk/);
          const stop = new AbortController();
          const waiting = call('Ulm', stop.signal);
          stop.abort();
          await assert.rejects(Promise.resolve(waiting), /abort/i);
        },
      ),
  },
];
