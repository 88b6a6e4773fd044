// What stands before a change: it is awaited before anything is noted or done, for changing calls alone.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOrCreateAgent } from '../../../src/agent/setup.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ScriptedModel, startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import { turn, Workspace } from './turn-harness.ts';

let workspace: Workspace;
let model: ScriptedModel;
let server: LettaServer;
let connection: Connection;

beforeEach(async () => {
  workspace = await Workspace.make();
  model = await startScriptedModel();
  const endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }];
  server = await createServer({
    dataDir: join(workspace.folder, '.letta-data'),
    models: createModelRegistry({ endpoints, env: {}, probeLocal: false }),
    version: '0.0.0',
  });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
});
afterEach(async () => {
  await server.close();
  await model.close();
  await workspace.remove();
});

async function journaled(): Promise<string> {
  const folder = join(workspace.folder, '.journal');
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

async function run(beforeChange: (targets: readonly string[]) => Promise<void>, signal?: AbortSignal) {
  const { agent } = await findOrCreateAgent({
    connection,
    workspace: { root: workspace.folder, name: 'demo', trusted: true },
    storageFolder: join(workspace.folder, '.storage'),
    globalFolder: join(workspace.folder, '.global'),
    model: 'scripted/scripted',
  });
  const deps = workspace.deps(connection, { beforeChange });
  const threadId = await deps.context.created(agent.id, () => new Threads(connection, agent.id).create());
  return turn(deps, 'Go', { agentId: agent.id, threadId, ...(signal ? { signal } : {}) });
}

const write = { name: 'Write', args: { path: 'a.txt', content: 'new' }, id: 'w1' };

test('before the intent and the change, with its targets; not for what only reads', async () => {
  model.script(toolCalls([{ name: 'Read', args: { path: 'a.txt' }, id: 'r1' }]), toolCalls([write]), text('Done.'));
  const calls: { targets: readonly string[]; intent: boolean; there: string | null }[] = [];
  await run(async (targets) => {
    const intent = (await journaled()).includes('"callId":"w1"');
    calls.push({ targets, intent, there: await workspace.file('a.txt') });
  });
  expect(calls).toEqual([{ targets: [join(workspace.folder, 'a.txt')], intent: false, there: null }]);
  expect(await workspace.file('a.txt')).toBe('new');
});

test('stopped meanwhile, nothing is changed', async () => {
  model.script(toolCalls([write]), text('Done.'));
  const abort = new AbortController();
  const { outcome } = await run(async () => abort.abort(), abort.signal);
  expect(outcome.kind).toBe('stopped');
  expect(workspace.ran.Write).toBe(0);
  expect(await journaled()).not.toContain('"kind":"intent"');
});
