// What happened behind a thread's turns: told with the next message or step, once, and again only when it did not arrive.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../../src/agent/describe.ts';
import { Journal } from '../../../src/agent/journal.ts';
import { findOrCreateAgent } from '../../../src/agent/setup.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { TranscriptPager } from '../../../src/threads/pager.ts';
import { Threads } from '../../../src/threads/threads.ts';
import {
  httpError,
  messageText,
  type ScriptedModel,
  startScriptedModel,
  text,
  toolCalls,
} from '../../support/scripted-model.ts';
import { turn, Workspace } from './turn-harness.ts';

let workspace: Workspace;
let model: ScriptedModel;
let server: LettaServer;
let connection: Connection;
let at: { agentId: string; threadId: string };
let waiting: string[];

const news = () =>
  waiting.map((line) => ({
    text: line,
    told: () => {
      waiting = waiting.filter((each) => each !== line);
    },
  }));

beforeEach(async () => {
  workspace = await Workspace.make();
  model = await startScriptedModel();
  waiting = [];
  server = await createServer({
    dataDir: join(workspace.folder, '.letta-data'),
    models: createModelRegistry({
      endpoints: [{ name: 'scripted', baseUrl: model.baseUrl }],
      env: {},
      probeLocal: false,
    }),
    version: '0.0.0',
  });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
  const { agent } = await findOrCreateAgent({
    connection,
    workspace: { root: workspace.folder, name: 'demo', trusted: true },
    storageFolder: join(workspace.folder, '.storage'),
    globalFolder: join(workspace.folder, '.global'),
    model: 'scripted/scripted',
  });
  const threadId = await workspace
    .deps(connection)
    .context.created(agent.id, () => new Threads(connection, agent.id).create());
  at = { agentId: agent.id, threadId };
});
afterEach(async () => {
  await server.close();
  await model.close();
  await workspace.remove();
});

const go = (words: string) => turn(workspace.deps(connection, { news }), words, at);
const holding = (n: number, words: string) =>
  (model.requests[n]?.body.messages ?? []).filter((message) => messageText(message).includes(words));

it('comes with the next message, before the person’s words, and once', async () => {
  waiting = ['The build has ended.'];
  model.script(text('I see.'), text('Nothing new.'));
  await go('What now?');
  const [told] = holding(0, 'The build has ended.');
  expect(messageText(told)).toBe('<system-reminder>\nThe build has ended.\n</system-reminder>\n\nWhat now?');
  await go('And now?');
  expect(holding(1, 'The build has ended.')).toHaveLength(1);
});

it('comes with the next step of a running turn, behind the results, and no person sees it', async () => {
  model.script(toolCalls([{ name: 'Write', args: { path: 'a', content: 'b' }, id: 'w' }]), text('Done.'));
  workspace.hooks.afterWrite = async () => {
    waiting = ['The server has ended.'];
  };
  const { outcome } = await go('Write.');
  expect(outcome).toEqual({ kind: 'done' });
  const last = model.requests[1]?.body.messages.slice(-2).map((message) => [message.role, messageText(message)]);
  expect(last).toEqual([
    ['tool', 'Wrote a'],
    ['user', '<system-reminder>\nThe server has ended.\n</system-reminder>'],
  ]);
  expect(waiting).toEqual([]);
  const pager = new TranscriptPager({
    connection,
    agentId: at.agentId,
    describe: describeWith([]),
    memory: (threadId) => new Journal(join(workspace.folder, '.journal')).read(threadId),
  });
  const { items } = await pager.newest(at.threadId);
  expect(items.map(({ kind }) => kind)).toEqual(['user', 'agent']);
});

it('waits for the next message where it did not arrive', async () => {
  waiting = ['The build has ended.'];
  model.script(httpError(400), text('I see.'));
  await go('What now?');
  expect(waiting).toEqual(['The build has ended.']);
  await go('Again.');
  expect(waiting).toEqual([]);
});
