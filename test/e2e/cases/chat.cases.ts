// One conversation: what streams in is Markdown and nothing else, it can be stopped at any moment, any endpoint serves.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { gate, hang, startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { lastUserOf, resultsOf } from '../harness/requests.ts';
import { VsCode } from '../harness/vscode.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
const WAIT = 30_000;

const MARKDOWN = `## Plan

Use **tabs**, see \`src/shelf.ts\`:

1. first
2. second

| rule | why |
| ---- | --- |
| tabs | width |

\`\`\`ts
const shelf = 1;
\`\`\`

<img src="x" onerror="document.title='hacked'"><script>document.title='hacked'</script><b id="raw">raw</b>

[a link](https://example.com/) and [a trap](javascript:alert(1))`;

test('an answer streams as Markdown with reasoning and tool cards, and raw HTML stays text', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(
    toolCalls([{ name: 'OpenFiles', args: {} }], { text: 'I look first.', reasoning: 'Which files are **open**?' }),
    gate(MARKDOWN, ' and the end.', 'markdown'),
  );
  await letta.send('Show me everything');

  const answer = letta.last;
  await answer.getByRole('heading', { name: 'Plan' }).waitFor({ timeout: WAIT });
  await answer.getByText('a trap').waitFor({ timeout: WAIT });
  expect(await answer.getAttribute('aria-busy')).toBe('true');
  await letta.running();
  model.release('markdown');
  await letta.idle();
  expect(await answer.getAttribute('aria-busy')).toBe('false');
  expect(await letta.articles.count()).toBe(2);

  expect(await answer.locator('strong').allTextContents()).toContain('tabs');
  expect(await answer.getByRole('listitem').allTextContents()).toEqual(['first', 'second']);
  expect(await answer.getByRole('table').getByRole('cell').allTextContents()).toEqual(['tabs', 'width']);
  await answer.locator('pre', { hasText: 'const shelf = 1;' }).waitFor();
  await answer.getByText('and the end.').waitFor();
  expect(await answer.locator('img, script, #raw').count()).toBe(0);
  expect(await answer.locator('[href^="javascript:"], [onerror]').count()).toBe(0);
  expect(await letta.frame.locator('body').evaluate(() => document.title)).not.toBe('hacked');
  // A file that is there is a link, once the host has looked; a trap is none.
  await answer.getByRole('link', { name: 'src/shelf.ts' }).waitFor({ timeout: WAIT });
  expect(await answer.getByRole('link').allTextContents()).toEqual(['src/shelf.ts', 'a link']);

  const card = letta.card('Open files');
  await card.getByText('done', { exact: true }).waitFor();
  await card.getByRole('button').first().click();
  await card.getByText('Output').waitFor();

  const reasoning = answer.getByRole('button', { name: 'Reasoning' });
  expect(await reasoning.getAttribute('aria-expanded')).toBe('false');
  expect(await answer.getByText(/Which files are/).count()).toBe(0);
  await reasoning.click();
  await answer.getByText(/Which files are/).waitFor();
  expect(await violations(letta)).toEqual([]);
  await reasoning.click();
  expect(await answer.getByText(/Which files are/).count()).toBe(0);

  const [first, second] = model.requests;
  expect(first && lastUserOf(first).endsWith('Show me everything')).toBe(true);
  expect(second && resultsOf(second, 'OpenFiles')).toHaveLength(1);
});

test('Stop ends an answer while it streams, while the model hangs and while an approval waits', async () => {
  const { letta, folder } = window();
  const { model } = vscode();

  model.script(gate('A half answer', ' that is never finished.'));
  await letta.send('Stream');
  await letta.last.getByText('A half answer').waitFor({ timeout: WAIT });
  await letta.button('Stop').click();
  await letta.idle();
  expect((await model.whenSettled(1, WAIT)).outcome).toBe('aborted');
  await letta.last.getByText('Stopped', { exact: true }).waitFor();
  expect(await letta.last.textContent()).toContain('A half answer');

  model.script(hang());
  await letta.send('Hang');
  await model.whenRequest(2, WAIT);
  await letta.running();
  await letta.button('Stop').click();
  await letta.idle();
  expect((await model.whenSettled(2, WAIT)).outcome).toBe('aborted');
  await letta.last.getByText('Stopped', { exact: true }).waitFor();

  const edit = { path: 'src/book.ts', edits: [{ old_string: 'A book, and', new_string: 'A book and' }] };
  const before = await readFile(join(folder, 'src', 'book.ts'), 'utf8');
  model.script(toolCalls([{ name: 'Edit', args: edit }]));
  await letta.send('Edit');
  await letta.approval('Edit src/book.ts').waitFor({ timeout: WAIT });
  await letta.button('Stop').click();
  await letta.idle();
  await letta.approval().waitFor({ state: 'detached' });
  await letta.last.getByText('Stopped', { exact: true }).waitFor();
  expect(await readFile(join(folder, 'src', 'book.ts'), 'utf8')).toBe(before);

  model.script(text('Still here.'));
  const answer = await letta.ask('Are you there?');
  expect(await answer.textContent()).toContain('Still here.');
  expect(model.requests).toHaveLength(4);
  const last = model.requests[3];
  if (!last) throw new Error('No fourth request.');
  expect(lastUserOf(last).endsWith('Are you there?')).toBe(true);
  // Everything said so far is still the conversation, and no call is left without a result.
  const said = JSON.stringify(last.body.messages);
  for (const words of ['Stream', 'A half answer', 'Hang', 'Edit']) expect(said).toContain(words);
  expect(resultsOf(last, 'Edit')).toHaveLength(1);
});

test('an endpoint of the environment answers without any setting, with its key', async () => {
  const model = await startScriptedModel({ apiKey: 'key-of-the-environment' });
  const own = await VsCode.start(inject('kit'), {
    model: false,
    env: { OPENAI_API_KEY: 'key-of-the-environment', OPENAI_BASE_URL: model.baseUrl },
  });
  try {
    const { letta } = await own.open();
    await letta.open();
    await letta.about.getByText('openai/scripted', { exact: true }).waitFor({ timeout: WAIT });
    model.script(text('From the environment.'));
    const answer = await letta.ask('hello');
    expect(await answer.textContent()).toContain('From the environment.');
    expect(model.requests[0]?.headers.authorization).toBe('Bearer key-of-the-environment');
    expect(model.requests[0]?.body.model).toBe('scripted');
  } finally {
    await own.dispose();
    await model.close();
  }
});

test('a view that was hidden comes back with the thread that it showed; a draft stays with its own, a long answer is told', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(text('Answer of the first.'), text('Answer of the second.'));
  await letta.newThread();
  await letta.ask('First to be hidden');
  await letta.composer.fill('A draft of the first');
  await letta.newThread();
  expect(await letta.composer.inputValue()).toBe('');
  await letta.ask('Second to be hidden');

  await window().command('View: Hide Secondary Side Bar');
  await letta.composer.waitFor({ state: 'hidden', timeout: WAIT });
  // The page is thrown away and another one is put in its place.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await letta.open();
  await letta.last.getByText('Answer of the second.').waitFor({ timeout: WAIT });
  expect(await letta.articles.count()).toBe(2);
  expect(await letta.composer.inputValue()).toBe('');

  const long = gate('Thinking', ' long enough.', 'long');
  model.script(long);
  await letta.send('Take your time');
  await letta.running();
  await window().command('View: Hide Secondary Side Bar');
  await letta.composer.waitFor({ state: 'hidden', timeout: WAIT });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  model.release('long');
  const toast = window().notification('Letta has finished “Second to be hidden”.').first();
  await toast.waitFor({ timeout: WAIT });
  await toast.getByRole('button', { name: 'Show', exact: true }).click();
  await letta.last.getByText('Thinking long enough.').waitFor({ timeout: WAIT });

  await letta.openThread('First to be hidden');
  await expect.poll(() => letta.composer.inputValue(), { timeout: WAIT }).toBe('A draft of the first');
  await letta.composer.fill('');
});
