// Memory in sight: what the agent writes shows in the chat and in the Memory panel, can be corrected, reaches all threads.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { lastUserOf, newest, remindersOf, systemOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
const WAIT = 30_000;

const replace = (label: string, before: string, after: string) =>
  toolCalls([{ name: 'memory_replace', args: { label, old_string: before, new_string: after } }]);

const request = () => newest(vscode().model);

test('a convention told once shows in the chat, in the panel, and in the requests of every thread', async () => {
  const { letta } = window();
  const { model } = vscode();

  model.script(text('Hello.'));
  await letta.ask('First thread');
  await letta.newThread();
  model.script(insert('conventions', 'Indent with tabs.'), text('Noted.'));
  await letta.ask('Second thread: we indent with tabs');
  const added = letta.card('Remember conventions');
  await added.getByText('done', { exact: true }).waitFor();
  expect(await added.getByRole('insertion').allTextContents()).toEqual(['Indent with tabs.']);

  model.script(replace('conventions', 'Indent with tabs.', 'Indent with two spaces.'), text('Changed.'));
  await letta.ask('No, with two spaces');
  const changed = letta.card('Update memory conventions');
  await changed.getByText('done', { exact: true }).waitFor();
  await changed.getByText('conventions', { exact: true }).last().waitFor();
  expect(await changed.getByRole('deletion').allTextContents()).toEqual(['Indent with tabs.']);
  expect(await changed.getByRole('insertion').allTextContents()).toEqual(['Indent with two spaces.']);
  expect(await violations(letta)).toEqual([]);

  await letta.panel('Memory');
  for (const label of ['persona', 'human', 'project', 'conventions', 'lessons', 'inbox']) {
    await letta.block(label).waitFor();
  }
  const conventions = letta.block('conventions');
  await blockShows(letta, 'conventions', 'Indent with two spaces.');
  await conventions.getByText(/^Rules for code here/).waitFor();
  await conventions.getByText('23 / 6000 characters', { exact: true }).waitFor();

  // Told to the first thread, which wrote nothing itself.
  await letta.openThread('First thread');
  await letta.ask('What do we indent with?');
  expect(remindersOf(request())).toContain('+ Indent with two spaces.');
  expect(lastUserOf(request()).endsWith('What do we indent with?')).toBe(true);

  // Corrected by hand: Revert takes back what was typed, Save reaches threads that are open.
  await letta.panel('Memory');
  await letta.blockValue('conventions').fill('Indent with four spaces.');
  await conventions.getByText('24 / 6000 characters', { exact: true }).waitFor();
  await conventions.getByRole('button', { name: 'Revert' }).click();
  await blockShows(letta, 'conventions', 'Indent with two spaces.');
  await letta.blockValue('conventions').fill('Indent with three spaces.\nEnd files with a line break.');
  expect(await violations(letta)).toEqual([]);
  await conventions.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => conventions.getByRole('button', { name: 'Save' }).isDisabled(), { timeout: WAIT }).toBe(true);

  await letta.panel('Chat');
  await letta.ask('And now?');
  const told = remindersOf(request());
  expect(told).toContain('- Indent with two spaces.');
  expect(told).toContain('+ Indent with three spaces.');
  expect(told).toContain('+ End files with a line break.');
  await letta.ask('Again?');
  expect(remindersOf(request())).not.toContain('three spaces');

  await letta.openThread('Second thread: we indent with tabs');
  await letta.ask('You too?');
  expect(remindersOf(request())).toContain('+ Indent with three spaces.');

  await letta.newThread();
  await letta.ask('Third thread');
  expect(systemOf(request())).toContain('Indent with three spaces.\nEnd files with a line break.');
  expect(remindersOf(request())).not.toContain('three spaces');
});

test('what the agent writes while a person edits the same block is shown beside it, and neither text is lost', async () => {
  const { letta } = window();
  const { model } = vscode();
  const project = letta.block('project');
  const agentWrites = async (line: string, typed: string) => {
    await letta.panel('Chat');
    model.script(gate('Let me note that.', insert('project', line), 'write'), text('Noted.'));
    await letta.send(`Note: ${line}`);
    await letta.last.getByText('Let me note that.').waitFor({ timeout: WAIT });
    await letta.panel('Memory');
    await letta.blockValue('project').fill(typed);
    model.release('write');
    await project
      .getByRole('alert')
      .getByText(/Changed while you were editing/)
      .waitFor({ timeout: WAIT });
  };

  await agentWrites('The build is npm run build.', 'Mine.');
  await project.getByRole('alert').getByText('The build is npm run build.').waitFor();
  await blockShows(letta, 'project', 'Mine.');
  expect(await violations(letta)).toEqual([]);
  await project.getByRole('button', { name: 'Take theirs' }).click();
  await blockShows(letta, 'project', 'The build is npm run build.');
  await project.getByRole('button', { name: 'Put it back' }).click();
  await blockShows(letta, 'project', 'Mine.');
  await project.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => project.getByRole('button', { name: 'Save' }).isDisabled(), { timeout: WAIT }).toBe(true);
  await letta.panel('Chat');
  await letta.idle();

  await agentWrites('Tests run with vitest.', 'Mine, longer.');
  await project.getByRole('button', { name: 'Keep mine' }).click();
  await project.getByRole('alert').waitFor({ state: 'detached' });
  await blockShows(letta, 'project', 'Mine, longer.');
  await letta.panel('Chat');
  await letta.idle();
  await letta.newThread();
  await letta.ask('What is stored?');
  expect(systemOf(request())).toContain('Mine, longer.');
  expect(systemOf(request())).not.toContain('Tests run with vitest.');
});

test('what was archived after a file was read is marked in the archive, confirmed there, and undone from its card', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  await writeFile(join(folder, 'hours.txt'), 'Open until six.\n');
  await letta.newThread();
  model.script(
    toolCalls([{ name: 'Read', args: { path: 'hours.txt' } }]),
    toolCalls([{ name: 'archival_memory_insert', args: { content: 'The shop closes at six.', tags: ['hours'] } }]),
    text('Noted.'),
  );
  await letta.ask('When do we close?');
  const card = letta.card('Archive');
  await card.getByText('In memory, but nobody has reviewed it.').waitFor({ timeout: WAIT });
  await card.getByRole('button', { name: 'Show in Memory' }).click();
  const entry = letta.frame.getByRole('list', { name: 'Archive' }).getByRole('listitem');
  const shop = entry.filter({ hasText: 'The shop closes at six.' });
  await shop.getByText('Unreviewed: files of the workspace').waitFor({ timeout: WAIT });
  await shop.getByRole('button', { name: 'Confirm' }).click();
  await shop.getByText('Unreviewed').waitFor({ state: 'detached', timeout: WAIT });
  await letta.panel('Chat');
  await card.getByRole('button', { name: 'Undo' }).click();
  await card.getByText('Undone: it is not in memory any more.').waitFor({ timeout: WAIT });
  await letta.panel('Memory');
  await entry.first().waitFor({ state: 'detached', timeout: WAIT });
  await letta.frame.getByRole('searchbox', { name: 'Search archive' }).fill('');
});

test('what a workspace shares waits for review when it comes with a pull', async () => {
  const { letta, folder } = window();
  await letta.panel('Memory');
  const path = join(folder, '.letta', 'memory', 'project.md');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '---\nname: project\ndescription: The team’s\n---\nThe till mails receipts.\n');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' });
  const item = waiting.getByRole('listitem').filter({ hasText: 'The till mails receipts.' });
  await item.waitFor({ timeout: WAIT });
  await item.getByText('Shared with the workspace').first().waitFor();
  await item.getByRole('button', { name: 'Reject' }).click();
  await item.waitFor({ state: 'detached', timeout: WAIT });
  await rm(path);
});
