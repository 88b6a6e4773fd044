// The first minute, with nothing connected: who answers, where memory lives, and what the offline demo model can show.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { descendants } from '../../../scripts/lib/processes.ts';
import { startScriptedModel, text } from '../../support/scripted-model.ts';
import { plantViolations, violations } from '../harness/axe.ts';
import { portsOf } from '../harness/ports.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { window: opened } = withWindow({ model: false });
const WAIT = 30_000;

test('the first view names agent, home and model, opens no port, and takes a message at once', async () => {
  const window = opened();
  const { letta } = window;

  await letta.about.getByText(`Embedded home on this computer (${hostname()})`, { exact: true }).waitFor();
  await letta.about.getByText('demo/offline', { exact: true }).waitFor();
  await letta.about.getByText(/not an AI/).waitFor();
  await letta.about.getByRole('button', { name: 'Connect a model…' }).waitFor();
  const name = await letta.about.getByRole('heading').textContent();
  expect(await letta.composer.isEditable()).toBe(true);
  expect(await letta.articles.count()).toBe(0);
  expect(await violations(letta)).toEqual([]);
  // The control: axe does find what is there.
  const takeOut = await plantViolations(letta);
  const found = await violations(letta);
  expect(found.find((line) => line.startsWith('button-name:'))).toBeDefined();
  expect(found.find((line) => line.startsWith('color-contrast:'))).toContain('Nobody can read this.');
  await takeOut();

  const answer = await letta.ask('Hello, who are you?');
  expect(await answer.getAttribute('aria-label')).toBe(name);
  await answer
    .getByText(/not an AI/)
    .first()
    .waitFor();

  // The server has run a turn by now.
  const host = await window.extensionHost();
  expect(portsOf([host, ...descendants(host).map(({ pid }) => pid)])).toEqual([]);
  const control = createServer();
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  expect(portsOf([process.pid])).not.toEqual([]);
  control.close();
});

test('the demo model remembers, recalls, lists open files and problems, and proposes an edit', async () => {
  const window = opened();
  const { letta, editor } = window;

  await letta.ask('Remember that we indent with tabs');
  const stored = letta.card('Remember conventions');
  await stored.getByText('we indent with tabs').first().waitFor();
  await stored.getByText('done', { exact: true }).waitFor();

  await letta.newThread();
  const recalled = await letta.ask('What do you remember about indentation?');
  expect(await recalled.textContent()).toMatch(/we indent with tabs.*conventions/s);

  await editor.open('src/shelf.ts');
  const files = await letta.ask('List the open files');
  await letta.card('Open files').waitFor();
  expect(await files.textContent()).toContain('src/shelf.ts');

  // TypeScript takes its time to find the error that the sample has on purpose.
  await editor.active.locator('.squiggly-error').first().waitFor({ timeout: 45_000 });
  const problems = await letta.ask('List the problems');
  await letta.card('Diagnostics all files').waitFor();
  expect(await problems.textContent()).toMatch(/shelf\.ts[\s\S]*undefined/);

  await letta.send('Replace "A shelf of books." with "A shelf of books that stay." in src/shelf.ts');
  await letta.approval('Edit src/shelf.ts').waitFor();
  await editor.diff.waitFor();
  expect(await violations(letta)).toEqual([]);
  const path = join(window.folder, 'src', 'shelf.ts');
  expect(await readFile(path, 'utf8')).toContain('// A shelf of books. Nothing');
  await letta.decide('Allow', 'Edit src/shelf.ts');
  await letta.idle();
  expect(await readFile(path, 'utf8')).toContain('// A shelf of books that stay. Nothing');
  await letta.last.getByText(/I edited/).waitFor();
  const themes = {
    'Dark Modern': 'vscode-dark',
    'Light High Contrast': 'vscode-high-contrast-light',
    'Dark High Contrast': 'vscode-high-contrast:not(.vscode-high-contrast-light)',
  };
  for (const [theme, marked] of Object.entries(themes)) {
    await window.theme(theme);
    await letta.frame.locator(`body.${marked}`).waitFor({ timeout: WAIT });
    expect(await violations(letta)).toEqual([]);
  }
  await letta.panel('Skills');
  await letta.skills.first().waitFor();
  expect(await violations(letta)).toEqual([]);
});

test('a model that is connected by hand answers in the same thread', async () => {
  const model = await startScriptedModel({ apiKey: 'typed-by-hand' });
  try {
    const { letta, quick } = opened();
    await letta.ask('Remember that we indent with tabs');

    await letta.about.getByRole('button', { name: 'Connect a model…' }).click();
    await quick.prompt('Where does the model run?').waitFor();
    await quick.widget.getByText('Another OpenAI-compatible endpoint…').click();
    await quick.answer(model.baseUrl, /Base URL/);
    await quick.answer('mine', /A short name/);
    await quick.answer('typed-by-hand', /API key/);
    await letta.about.getByText('mine/scripted', { exact: true }).waitFor({ timeout: WAIT });

    model.script(text('A real model speaks.'));
    const answer = await letta.ask('And who are you?');
    expect(await answer.textContent()).toContain('A real model speaks.');
    const said = JSON.stringify(model.requests[0]?.body.messages);
    expect(said).toContain('Remember that we indent with tabs');
    expect(said).toContain('And who are you?');
  } finally {
    await model.close();
  }
});
