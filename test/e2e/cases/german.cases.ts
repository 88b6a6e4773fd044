// A person whose VS Code speaks German: palette, view and what the host says do, too. Comes last in its file: the window stays German.
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
/** A reload on a busy machine. */
const WAIT = 90_000;

test('in German: the palette, the view before and after the host has come, and what the host says', async () => {
  const { page, letta } = window();
  // What a language pack does; this server brings none, so the workbench itself stays English.
  await page.addInitScript(() => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: 'de' }));
  await window().reload();
  await window().command('Letta: Chat öffnen');
  const composer = letta.frame.getByRole('textbox', { name: 'Nachricht an den Agenten' });
  const about = letta.frame.getByRole('region', { name: 'Über diesen Agenten' });
  await about.getByText(`Eingebettetes Zuhause auf diesem Computer (${hostname()})`).first().waitFor({ timeout: WAIT });
  expect(await letta.frame.locator('html').getAttribute('lang')).toBe('de');
  expect(await letta.frame.getByRole('tab').allTextContents()).toEqual(['Chat', 'Threads', 'Gedächtnis', 'Skills']);

  vscode().model.script(text('Ich lese englisch mit.'));
  await composer.fill('Wie geht es?');
  await letta.frame.getByRole('button', { name: 'Senden', exact: true }).click();
  await letta.frame.getByRole('article').last().getByText('Ich lese englisch mit.').waitFor({ timeout: WAIT });
  // Models are spoken to as ever.
  const { messages } = vscode().model.requests.at(-1)?.body ?? { messages: [] };
  expect(JSON.stringify(messages[0])).not.toMatch(/Gedächtnis|Arbeitsbereich/);

  await letta.frame.getByRole('tab', { name: 'Gedächtnis' }).click();
  await letta.frame.getByRole('searchbox', { name: 'Gedächtnis durchsuchen' }).waitFor({ timeout: WAIT });
});
