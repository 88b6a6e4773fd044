// Another home: the same window, the same code, the agent on a Letta server behind a URL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SpawnedServer, spawnCli, temporaryFolder } from '../../contract/support/server.ts';
import { messageText, type ScriptedModel, startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import type { VsCodeOptions } from '../harness/vscode.ts';
import { withVsCode } from '../harness/with-vscode.ts';

const folder = temporaryFolder();
const options: VsCodeOptions = { model: false };
let model: ScriptedModel;
let server: SpawnedServer;

const start = (port: string) =>
  spawnCli([
    ...['--port', port, '--data-dir', folder.path, '--no-token'],
    ...['--endpoint', `scripted=${model.baseUrl}`],
  ]);

beforeAll(async () => {
  model = await startScriptedModel();
  server = await start('0');
  options.settings = { 'letta.server.home': 'selfHosted', 'letta.server.url': server.baseUrl };
});
afterAll(async () => {
  await server.close();
  await model.close();
  folder.remove();
});
const vscode = withVsCode(options);

test('an agent on a Letta server remembers, uses editor tools and is there after a reload', async () => {
  const window = await vscode().open();
  const { letta } = window;
  await letta.open();
  await letta.about.getByText(`Letta server at ${server.baseUrl}`, { exact: true }).waitFor();

  model.script(
    toolCalls([
      { name: 'memory_insert', args: { label: 'conventions', new_string: 'Names are nouns.' } },
      { name: 'Read', args: { path: 'package.json' } },
    ]),
    text('Noted.'),
  );
  const answer = await letta.ask('names are nouns here');
  await answer.getByText('Names are nouns.').first().waitFor();
  const results =
    model.requests
      .at(-1)
      ?.body.messages.filter((m) => m.role === 'tool')
      .map(messageText) ?? [];
  expect(results).toHaveLength(2);
  expect(results.join('\n')).toContain('"name"');

  // Kept there, not on this computer.
  const blocks = (await (await server.fetch(`${server.baseUrl}/v1/blocks/?label=conventions`)).json()) as {
    value: string;
  }[];
  expect(blocks.map((block) => block.value)).toEqual([expect.stringContaining('Names are nouns.')]);

  await window.reload();
  await letta.open();
  await letta.transcript.getByText('Noted.').waitFor();
  model.script(text('Still me.'));
  await letta.newThread();
  await letta.ask('hello again');
  const [system] = model.requests.at(-1)?.body.messages ?? [];
  expect(system && messageText(system)).toContain('Names are nouns.');
});

test('a server that is gone is named, and the person can go on once it is back', async () => {
  const window = await vscode().open();
  const { letta } = window;
  await letta.open();
  const { port } = new URL(server.baseUrl);
  await server.close();
  await letta.send('is anybody there?');
  await letta.last.getByText(/The Letta server does not answer/).waitFor({ timeout: 60_000 });
  server = await start(port);
  model.script(text('Back again.'));
  await letta.last.getByRole('button', { name: 'Retry' }).click();
  await letta.transcript.getByText('Back again.').waitFor({ timeout: 60_000 });
  const sent = model.requests.at(-1)?.body.messages.filter((m) => messageText(m).includes('is anybody there?'));
  expect(sent).toHaveLength(1);
});
