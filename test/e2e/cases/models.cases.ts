// What answers: a model that is overloaded, an endpoint with a key.
import { expect, onTestFinished, test } from 'vitest';
import { httpError, messageText, startScriptedModel, text } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { newest } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { aboutAnswer } from '../shared/receipts.ts';

const { vscode, window } = withWindow();
const WAIT = 30_000;

test('a model that is overloaded is waited for, and the person sees that', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(
    httpError(503, { error: { message: 'overloaded' } }, { 'retry-after': '3' }),
    text('Here I am at last.'),
  );
  await letta.send('Are you there?');
  await letta.transcript.getByText('The model is overloaded. Asking again in 3 s…').waitFor({ timeout: WAIT });
  await letta.last.getByText('Here I am at last.').waitFor({ timeout: WAIT });
  await letta.idle();
  expect(model.requests).toHaveLength(2);
});

test('an endpoint with a key is connected: a wrong key is refused, the right one answers', async () => {
  const { letta, quick } = window();
  const model = await startScriptedModel({ apiKey: 'key-by-hand', models: [{ id: 'own-model', object: 'model' }] });
  onTestFinished(() => model.close());
  const connect = async (key: string) => {
    await window().command('Letta: Connect a Model…');
    await quick.widget.locator('.monaco-list-row', { hasText: 'Another OpenAI-compatible endpoint' }).click();
    await quick.answer(model.baseUrl, /Base URL/);
    await quick.answer('byhand', /A short name/);
    await quick.answer(key, /API key/);
  };
  const before = await letta.frame.getByRole('combobox', { name: 'Model' }).inputValue();
  await connect('wrong-key');
  await window().told(/key/i, WAIT);
  await connect('key-by-hand');
  const picker = letta.frame.getByRole('combobox', { name: 'Model' });
  await picker.locator('option[value="byhand/own-model"]:checked').waitFor({ state: 'attached', timeout: WAIT });
  model.script(text('By your own key.'));
  expect(await (await letta.ask('Who are you?')).textContent()).toContain('By your own key.');
  expect(model.requests.at(-1)?.headers.authorization).toBe('Bearer key-by-hand');
  await picker.selectOption(before);
  await picker.locator(`option[value="${before}"]:checked`).waitFor({ state: 'attached', timeout: WAIT });
});

test('the context meter tells how full it is, opens its parts, and /compact makes room that the next request shows', async () => {
  const { letta } = window();
  const { model } = vscode();
  await letta.newThread();
  const long = 'The shelf holds books of many kinds, and each of them has a place. '.repeat(20);
  for (const n of [1, 2, 3]) {
    model.script(text(`Answer ${n}. ${long}`, { usage: { prompt: 12_000 + n, completion: 300 } }));
    await letta.ask(`Question ${n}. ${long}`);
  }
  const meter = letta.frame.getByRole('button', { name: 'Context: 12,303 of 128,000 tokens (10 %)' });
  await meter.waitFor({ timeout: WAIT });
  await meter.click();
  const details = letta.frame.getByRole('region', { name: 'Context', exact: true });
  await details.getByText('Messages', { exact: true }).waitFor({ timeout: WAIT });
  await details.getByText(/^Spent on 3 answers: 36,006 tokens read.* · 900 written\.$/).waitFor();
  expect(await violations(letta)).toEqual([]);
  const receipt = await aboutAnswer(letta);
  await receipt.getByText(/^12,003 tokens read.* · 300 written$/).waitFor({ timeout: WAIT });

  model.script(text('SUMMARY: there is a shelf.'));
  await details.getByRole('button', { name: 'Compact now' }).click();
  await letta.transcript.getByText('Older messages were summarised to make room.').waitFor({ timeout: WAIT });
  await letta.idle();
  await details.press('Escape');
  await details.waitFor({ state: 'hidden' });
  model.script(text('Short.'));
  await letta.ask('And now?');
  const seen = newest(model).body.messages.map(messageText).join('\n');
  expect(seen).toContain('SUMMARY: there is a shelf.');
  expect(seen).not.toContain('Question 1.');
});

test('/context, /search, /fork and /help do what they say', async () => {
  const { letta, quick } = window();
  const { model } = vscode();
  await letta.newThread();
  model.script(text('A kingfisher.'));
  await letta.ask('Name a bird of rivers');
  await letta.send('/context');
  const details = letta.frame.getByRole('region', { name: 'Context', exact: true });
  await details.getByText('Messages', { exact: true }).waitFor({ timeout: WAIT });
  await letta.button('Close context').click();
  await letta.send('/search bird of rivers');
  await letta.threads.getByRole('button', { name: 'Name a bird of rivers', exact: true }).waitFor({ timeout: WAIT });
  expect(await letta.frame.getByRole('searchbox', { name: 'Search threads' }).inputValue()).toBe('bird of rivers');
  await letta.frame.getByRole('searchbox', { name: 'Search threads' }).fill('');
  await letta.openThread('Name a bird of rivers');
  await letta.send('/fork');
  await letta.frame.locator('textarea:focus').waitFor({ timeout: WAIT });
  await letta.last.getByText('A kingfisher.').waitFor({ timeout: WAIT });
  model.script(text('An otter.'));
  await letta.ask('And an animal?');
  await letta.panel('Threads');
  await letta.threads.getByRole('button', { name: /^Name a bird of rivers \(.*\)$/ }).waitFor({ timeout: WAIT });
  await letta.panel('Chat');
  await letta.send('/help');
  await quick.widget.locator('.monaco-list-row', { hasText: '/compact' }).click({ timeout: WAIT });
  await expect.poll(() => letta.composer.inputValue(), { timeout: WAIT }).toBe('/compact ');
  await letta.composer.fill('');
});
