// The way of docs/keyboard.md, by keys alone: no mouse is touched.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { lastUserOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
const WAIT = { timeout: 30_000 };
/** More stops than a view has between any two of its things. */
const MOST_STOPS = 60;

/** Presses a key until what is wanted has the keyboard. */
async function go(key: 'Tab' | 'Shift+Tab' | 'ArrowRight', to: Locator): Promise<void> {
  const { letta, page } = window();
  await to.waitFor(WAIT);
  const focused = letta.frame.locator(':focus');
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if ((await to.and(focused).count()) > 0) return;
    await page.keyboard.press(key);
  }
  const last = await focused.evaluate((element) => element.outerHTML.slice(0, 200)).catch(() => 'nothing in the view');
  throw new Error(`${to} did not get the keyboard by ${key}; last it was at ${last}.`);
}

test('a person with keys alone asks, allows, keeps a change, and goes through threads, memory and skills', async () => {
  const { letta, page, folder } = window();
  const { model } = vscode();
  const composer = letta.composer.and(letta.frame.locator(':focus'));
  const file = join(folder, 'src', 'shelf.ts');
  const before = await readFile(file, 'utf8');
  const edit = { old_string: '): Book {', new_string: '): Book | undefined {' };

  // The chat, and a message.
  await page.keyboard.press('Control+Alt+l');
  await composer.waitFor(WAIT);
  model.script(
    toolCalls([{ name: 'Edit', args: { path: 'src/shelf.ts', edits: [edit] } }]),
    text('It may be undefined now.'),
  );
  await page.keyboard.type('What may be undefined?');
  await page.keyboard.press('Enter');

  // What asks stands above the text box.
  await letta.approval('Edit src/shelf.ts').waitFor(WAIT);
  await page.keyboard.press('Control+Alt+l');
  await composer.waitFor(WAIT);
  await go('Shift+Tab', letta.approval().getByRole('button', { name: 'Allow', exact: true }));
  await page.keyboard.press('Enter');
  await letta.last.getByText('It may be undefined now.').waitFor(WAIT);
  await letta.idle();
  expect(model.requests[0] && lastUserOf(model.requests[0])).toContain('What may be undefined?');
  expect(await readFile(file, 'utf8')).toBe(before.replace(edit.old_string, edit.new_string));

  // The change is looked at and taken back.
  const changes = letta.frame.getByRole('region', { name: 'Changed files' });
  await page.keyboard.press('Control+Alt+l');
  await composer.waitFor(WAIT);
  const undo = changes.getByRole('button', { name: 'Undo src/shelf.ts' });
  await go('Shift+Tab', undo);
  await page.keyboard.press('Enter');
  // Files of other cases may be listed as well.
  await undo.waitFor({ ...WAIT, state: 'detached' });
  expect(await readFile(file, 'utf8')).toBe(before);

  // From panel to panel: the tabs are one stop, arrows move between them.
  await page.keyboard.press('Control+Alt+l');
  await composer.waitFor(WAIT);
  await go('Shift+Tab', letta.tab('Chat'));
  await go('ArrowRight', letta.tab('Threads'));
  await go('Tab', letta.threads.first().getByRole('button').first());
  await page.keyboard.press('Enter');
  await letta.last.getByText('It may be undefined now.').waitFor(WAIT);

  await go('Shift+Tab', letta.tab('Chat'));
  await go('ArrowRight', letta.tab('Memory'));
  await go('Tab', letta.blockValue('inbox'));
  await page.keyboard.type('Kept by keys.');
  await go('Tab', letta.block('inbox').getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await letta.block('inbox').getByText('13 / ').waitFor(WAIT);

  await go('Shift+Tab', letta.tab('Memory'));
  await go('ArrowRight', letta.tab('Skills'));
  const skill = letta.skills.first();
  await go('Tab', skill.getByRole('button', { name: 'Preview' }));
  await page.keyboard.press('Enter');
  await letta.frame.getByRole('region', { name: /^What the model sees of / }).waitFor(WAIT);

  // What was written is in the next prompt, and the chat is one key away.
  await page.keyboard.press('Control+Alt+l');
  await composer.waitFor(WAIT);
  model.script(text('Yes.'));
  await page.keyboard.type('Do you know it?');
  await page.keyboard.press('Enter');
  await letta.last.getByText('Yes.').waitFor(WAIT);
  await letta.idle();
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('Kept by keys.');
});
