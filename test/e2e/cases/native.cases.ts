// Letta in VS Code's own places, as a person uses them: its chat, the menus.
import { expect, test } from 'vitest';
import { messageText, text } from '../../support/scripted-model.ts';
import { lastUserOf, newest } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

// For VS Code's own chat.
const { vscode, window } = withWindow({ settings: { 'chat.disableAIFeatures': false } });
const WAIT = 30_000;

test('@letta answers in VS Code’s own chat, with what the agent remembers, and its thread stands in the side bar', async () => {
  const { page, letta } = window();
  const { model } = vscode();
  await window().command('Chat: Open Chat');
  const chat = page.locator('.interactive-session');
  model.script(text('The **toucan** says hello.'));
  await chat.locator('.interactive-input-part .monaco-editor').first().click();
  await page.keyboard.type('@letta Who says hello?', { delay: 20 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await chat.getByText('The toucan says hello.').waitFor({ timeout: WAIT });
  const [system] = newest(model).body.messages;
  // The agent's own prompt, with its memory.
  expect(system && messageText(system)).toContain('<memory_blocks>');
  expect(lastUserOf(newest(model)).endsWith('Who says hello?')).toBe(true);
  await letta.open();
  await letta.panel('Threads');
  await letta.threads.filter({ hasText: 'Who says hello?' }).first().getByRole('button').first().click();
  await letta.transcript.getByText('The toucan says hello.').waitFor({ timeout: WAIT });
});

test('a selection to explain and a problem to fix stand in the composer, and nothing is sent before the person does', async () => {
  const { editor, letta } = window();
  const { model } = vscode();
  const before = model.requests.length;
  await editor.open('src/shelf.ts');
  await editor.selectLines(1, 2);
  await window().command('Letta: Explain with Letta');
  await expect
    .poll(() => letta.composer.inputValue(), { timeout: WAIT })
    .toMatch(/^Explain this code:\n\nsrc\/shelf\.ts:1-2\n```/);
  expect(model.requests.length).toBe(before);
  model.script(text('It is a shelf.'));
  await letta.composer.press('Enter');
  await letta.last.getByText('It is a shelf.').waitFor({ timeout: WAIT });
  expect(lastUserOf(newest(model))).toContain('Explain this code:');
});
