// Another home: the same window, the same code, the agent on a Letta server behind a URL and a key.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { blockShows } from '../harness/memory.ts';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';

const opened = withWindow({ home: 'selfHosted' });

beforeEach(() => tidy(opened.window(), ['human', 'project', 'conventions', 'lessons']));

test('an agent on a Letta server remembers, uses editor tools and is there after a reload', async () => {
  const window = opened.window();
  const { model, selfHosted } = opened.vscode();
  const { letta } = window;
  await letta.about.getByText(`Letta server at ${selfHosted.url}`, { exact: true }).waitFor();

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
  expect(await selfHosted.valuesOf('conventions')).toContainEqual(expect.stringContaining('Names are nouns.'));

  await window.reload();
  await letta.open();
  await letta.transcript.getByText('Noted.').waitFor();
  model.script(text('Still me.'));
  await letta.newThread();
  await letta.ask('hello again');
  const [system] = model.requests.at(-1)?.body.messages ?? [];
  expect(system && messageText(system)).toContain('Names are nouns.');
});

test('a server that is gone is named, a note waits for it, and the person can go on once it is back', async () => {
  const window = opened.window();
  const { letta } = window;
  const { model, selfHosted } = opened.vscode();
  const note = 'Deploy on Tuesdays only, after <main> is "green"';
  await selfHosted.stop();
  await window.command('Letta: Remember This');
  await window.quick.answer(note, 'What should I remember?');
  await window.told(/The Letta server does not answer\. Your note is kept on this computer.*Deploy on Tuesdays only/);
  await letta.send('is anybody there?');
  await letta.last.getByText(/The Letta server does not answer/).waitFor({ timeout: 60_000 });
  await selfHosted.startAgain();
  model.script(text('Back again.'));
  await letta.last.getByRole('button', { name: 'Retry' }).click();
  await letta.transcript.getByText('Back again.').waitFor({ timeout: 60_000 });
  const sent = model.requests.at(-1)?.body.messages.filter((m) => messageText(m).includes('is anybody there?'));
  expect(sent).toHaveLength(1);

  await window.told(`Kept word for word in inbox: ${note}`, 60_000);
  expect(await selfHosted.valuesOf('inbox')).toEqual([note]);
});

test('a server that is down at the start: what was seen last can be read, a note waits, and it goes on by itself', async () => {
  const window = opened.window();
  const { letta } = window;
  const { model, selfHosted } = opened.vscode();
  const down = letta.frame.getByRole('alert', { name: 'The agent’s home does not answer' });
  model.script(
    toolCalls([{ name: 'memory_insert', args: { label: 'lessons', new_string: 'Ports are strings.' } }]),
    text('Kept before the night.'),
  );
  await letta.ask('before the night');
  await letta.panel('Memory');
  await blockShows(letta, 'lessons', 'Ports are strings.');
  await letta.panel('Chat');
  await selfHosted.stop();
  await window.reload(true);
  await letta.open();

  await down.getByText(`Nothing answers at ${selfHosted.url}.`).waitFor();
  await letta.transcript.getByText('Kept before the night.').waitFor();
  await letta.panel('Memory');
  await blockShows(letta, 'lessons', 'Ports are strings.');
  await letta.panel('Threads');
  await letta.threads.getByRole('button', { name: 'before the night', exact: true }).waitFor();
  await letta.panel('Chat');
  await letta.send('are you there?');
  await letta.frame
    .getByRole('tabpanel', { name: 'Chat' })
    .getByText(/Your message is still in the composer/)
    .waitFor();
  expect(await letta.composer.inputValue()).toBe('are you there?');
  const note = 'Never release on a Friday';
  await window.command('Letta: Remember This');
  await window.quick.answer(note, 'What should I remember?');
  await window.told(/Your note is kept on this computer.*Never release on a Friday/);

  // The key of this VS Code went with the page.
  await selfHosted.startAgain(true);
  await down.waitFor({ state: 'hidden', timeout: 90_000 });
  await window.told(`Kept word for word in inbox: ${note}`, 60_000);
  expect(await selfHosted.valuesOf('inbox')).toContainEqual(expect.stringContaining(note));
  model.script(text('Good morning.'));
  await letta.button('Send').click();
  await letta.transcript.getByText('Good morning.').waitFor();
});

test('a home of one’s own: what is wrong with its address is named; signing out leads back and leaves nothing here', async () => {
  const window = opened.window();
  const { letta, quick } = window;
  const { selfHosted, folder } = opened.vscode();
  /** A notification that closes takes the keyboard along: the box gets it back with the key. */
  const answer = async (value: string, prompt: string | RegExp) => {
    await quick.prompt(prompt).waitFor();
    const box = quick.widget.locator('input').first();
    await box.fill(value);
    await box.press('Enter');
  };
  await selfHosted.stop();
  await selfHosted.startAgain();
  await window.command('Letta: Select Home…');
  await quick.widget.locator('.monaco-list-row', { hasText: 'Your own Letta server' }).click();
  await answer('http://127.0.0.1:1', 'Address of your Letta server');
  await answer('', /API key/);
  await window.pressInNotification('Nothing answers at http://127.0.0.1:1.', 'Change…');
  await answer(selfHosted.url, 'Address of your Letta server');
  await answer(selfHosted.token ?? '', /API key/);
  await quick.hidden();
  await letta.about.getByText(`Letta server at ${selfHosted.url}`, { exact: true }).waitFor();

  await window.command('Letta: Sign Out');
  const dialog = window.page.locator('.monaco-dialog-box', { hasText: `Sign out of ${selfHosted.url}?` });
  await dialog.getByRole('button', { name: 'Sign Out', exact: true }).click();
  await letta.about.getByText(/^Embedded home on this computer/).waitFor();
  const storage = join(folder, 'data', 'data', 'User', 'globalStorage', 'letta-vscode.letta-vscode');
  await expect.poll(() => readdir(join(storage, 'last-seen')), { timeout: 30_000 }).toEqual([]);
});
