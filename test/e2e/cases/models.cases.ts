// What answers: a model that is overloaded, an endpoint with a key.
import { expect, onTestFinished, test } from 'vitest';
import { httpError, startScriptedModel, text } from '../../support/scripted-model.ts';
import { withWindow } from '../harness/with-vscode.ts';

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
