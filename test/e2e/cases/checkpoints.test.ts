// Going back to before a message: files with a look at each, the conversation as a fork, and Undo.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { countWith, toolResult, userTexts } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

const WAIT = { timeout: 45_000 };
const START = { 'a.txt': 'a as it was\n', 'b.txt': 'b as it was\r\n', 'mine.txt': 'mine\n', '.gitignore': 'out/\n' };

const { vscode, window } = withWindow({
  files: { ...START, 'out/built.js': 'built\n' },
  async prepare(folder) {
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    for (const args of [
      ['init', '-q'],
      ['add', '-A'],
      [...who, 'commit', '-q', '-m', 'first'],
    ])
      execFileSync('git', args, { cwd: folder });
  },
});

const onDisk = (path: string): Promise<string> => readFile(join(window().folder, path), 'utf8');
const edit = (path: string, from: string, to: string, id: string) => ({
  name: 'Edit',
  args: { path, edits: [{ old_string: from, new_string: to }] },
  id,
});
const rows = (): Locator => window().quick.widget.locator('.monaco-list-row');
const rowOf = (name: string): Locator => rows().filter({ hasText: name });

async function restoreFrom(message: string): Promise<void> {
  const question = window().letta.questions.filter({ hasText: message });
  const button = question.getByRole('button', { name: 'Restore…' });
  await button.focus();
  await button.press('Enter');
  await window().quick.prompt('What goes back to before this message?').waitFor(WAIT);
}

async function confirm(question: string): Promise<Locator> {
  const dialog = window().page.locator('.monaco-dialog-box', { hasText: question });
  await dialog.waitFor(WAIT);
  return dialog;
}

test('what the agent changed goes back to before a message, as shown; Undo brings it again; the conversation forks', async () => {
  const { letta, quick, editor, folder } = window();
  const { model } = vscode();
  model.script(text('Hello.'));
  await letta.ask('Hello there');
  await letta.chooseMode('acceptEdits');
  model.script(
    toolCalls([
      edit('a.txt', 'a as it was', 'a of the agent', 'c1'),
      edit('b.txt', 'b as it was', 'b of the agent', 'c2'),
      { name: 'Write', args: { path: 'made/new.txt', content: 'made\n' }, id: 'c3' },
    ]),
    text('Changed.'),
  );
  await letta.ask('Change both files');
  expect(await onDisk('a.txt')).toBe('a of the agent\n');
  // The person goes on in files of their own, and what is built is nobody's.
  await writeFile(join(folder, 'mine.txt'), 'mine, and more\n');
  await writeFile(join(folder, 'out', 'built.js'), 'built again\n');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });

  await restoreFrom('Change both files');
  expect(await violations(letta)).toEqual([]);
  await rowOf('You see each file before anything is written').click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  for (const [name, says] of [
    ['a.txt', 'will be written'],
    ['b.txt', 'will be written'],
    ['made/new.txt', 'will be deleted'],
    ['mine.txt', 'will be written'],
  ] as const)
    await rowOf(name).filter({ hasText: says }).waitFor(WAIT);
  expect(await rows().count()).toBe(4);
  expect(await onDisk('a.txt')).toBe('a of the agent\n');
  // Each can be looked at while the list stays.
  await rowOf('a.txt').hover();
  await rowOf('a.txt').getByRole('button', { name: 'Show the difference' }).click();
  await editor.diff.waitFor(WAIT);
  await expect.poll(() => editor.text(editor.diff.locator('.original')), WAIT).toContain('a of the agent');
  expect(await editor.text(editor.diff.locator('.modified'))).toContain('a as it was');
  // The person's own stays as it is.
  await rowOf('mine.txt').click();
  await quick.widget.getByRole('button', { name: 'OK' }).click();
  const dialog = await confirm('Restore 3 files to before “Change both files”?');
  expect(await dialog.textContent()).toContain('made/new.txt: will be deleted');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await window().notification('Restored 3 files').first().waitFor(WAIT);

  expect(await onDisk('a.txt')).toBe(START['a.txt']);
  expect(await onDisk('b.txt')).toBe(START['b.txt']);
  expect(existsSync(join(folder, 'made'))).toBe(false);
  expect(await onDisk('mine.txt')).toBe('mine, and more\n');
  expect(await onDisk('out/built.js')).toBe('built again\n');

  await window().pressInNotification('Restored 3 files', 'Undo');
  await window().notification('The restore was undone.').first().waitFor(WAIT);
  expect(await onDisk('a.txt')).toBe('a of the agent\n');
  expect(await onDisk('b.txt')).toBe('b of the agent\r\n');
  expect(await onDisk('made/new.txt')).toBe('made\n');
  expect(
    [git('stash', 'list'), git('diff', '--cached'), git('for-each-ref')].map((each) => each.split('\n').length),
  ).toEqual([1, 1, 2]);

  // From the palette, both: all files this time.
  await window().command('Letta: Restore Checkpoint…');
  await quick.prompt('Go back to before which message?').waitFor(WAIT);
  await rowOf('Before restoring').first().waitFor(WAIT);
  await rows().filter({ hasText: '4 files differ now' }).filter({ hasNotText: 'Before restoring' }).click();
  await quick.prompt('What goes back to before this message?').waitFor(WAIT);
  await rowOf('Files and conversation').click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  await rowOf('mine.txt').waitFor(WAIT);
  await quick.widget.getByRole('button', { name: 'OK' }).click();
  await (await confirm('Restore 4 files')).getByRole('button', { name: 'Restore', exact: true }).click();
  await expect.poll(() => letta.composer.inputValue(), WAIT).toBe('Change both files');
  await expect.poll(() => letta.questions.count(), WAIT).toBe(1);
  expect(await onDisk('mine.txt')).toBe('mine\n');
  expect(await onDisk('a.txt')).toBe(START['a.txt']);

  model.reset();
  model.script(text('Anew.'));
  await letta.ask('Change only a.txt');
  const [request] = model.requests;
  expect(countWith(request, 'Hello there')).toBe(1);
  expect(userTexts(request).filter((each) => each.includes('Change both files'))).toEqual([]);
  expect(JSON.stringify(request?.body.messages)).not.toContain('a of the agent');
  await letta.panel('Threads');
  await letta.threads.filter({ hasText: 'Change both files (restored)' }).waitFor(WAIT);
});

test('a folder too large to be listed is deleted as one; what a checkpoint lacks is told, the rest comes back', async () => {
  const { letta, quick, folder } = window();
  const { model } = vscode();
  await mkdir(join(folder, 'many', 'out'), { recursive: true });
  const names = Array.from({ length: 600 }, (_, index) => `${index}.txt`);
  await Promise.all(names.map((name) => writeFile(join(folder, 'many', name), `${name}\n`)));
  await writeFile(join(folder, 'many', 'out', 'built.js'), 'built\n');
  await letta.chooseMode('acceptEdits');
  const args = { operation: 'delete', path: 'many' };
  model.script(toolCalls([{ name: 'Files', args, id: 'm1' }]), text('Gone.'));
  await letta.ask('Delete the many files');
  expect(existsSync(join(folder, 'many'))).toBe(false);
  const told = toolResult(model.requests[1], 'm1');
  expect(told).toContain('Deleted many/ (602 files and folders)');
  expect(told).toContain('cannot bring back 1 of its files: many/out/built.js (ignored by .gitignore');
  await letta.card('Delete many').getByText('done', { exact: true }).waitFor(WAIT);

  await restoreFrom('Delete the many files');
  await rowOf('You see each file before anything is written').click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  await quick.widget.getByRole('button', { name: 'OK' }).click();
  const dialog = await confirm('Restore 600 files to before “Delete the many files”?');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await window().notification('Restored 600 files').first().waitFor(WAIT);
  expect((await readdir(join(folder, 'many'))).sort()).toEqual(names.toSorted());
  expect(await onDisk('many/599.txt')).toBe('599.txt\n');
});

test('the conversation alone goes back, files stay; a restore that was undone is done again from the list', async () => {
  const { letta, quick, folder } = window();
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  await writeFile(join(folder, 'b.txt'), START['b.txt']);
  model.script(
    text('Ready.'),
    toolCalls([edit('b.txt', 'b as it was', 'b of the second turn', 'd1')]),
    text('Changed b.'),
  );
  await letta.ask('Are you ready?');
  await letta.ask('Change b.txt now');
  const changed = START['b.txt'].replace('b as it was', 'b of the second turn');
  expect(await onDisk('b.txt')).toBe(changed);

  await restoreFrom('Change b.txt now');
  await rowOf('You see each file before anything is written').click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  // Other files of the workspace may stand otherwise by now: they are not what this is about.
  await rowOf('b.txt').filter({ hasText: 'will be written' }).waitFor(WAIT);
  await quick.widget.getByRole('button', { name: 'OK' }).click();
  await (await confirm('before “Change b.txt now”?')).getByRole('button', { name: 'Restore', exact: true }).click();
  await expect.poll(() => onDisk('b.txt'), WAIT).toBe(START['b.txt']);
  await window().pressInNotification('to before “Change b.txt now”', 'Undo');
  await expect.poll(() => onDisk('b.txt'), WAIT).toBe(changed);

  // Redo: undoing was a restore too, with a checkpoint before it.
  await window().command('Letta: Restore Checkpoint…');
  await quick.prompt('Go back to before which message?').waitFor(WAIT);
  await rows().filter({ hasText: 'Before restoring' }).filter({ hasText: 'differ now' }).first().click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  await rowOf('b.txt').filter({ hasText: 'will be written' }).waitFor(WAIT);
  await quick.widget.getByRole('button', { name: 'OK' }).click();
  await (await confirm('Restore ')).getByRole('button', { name: 'Restore', exact: true }).click();
  await expect.poll(() => onDisk('b.txt'), WAIT).toBe(START['b.txt']);
  await writeFile(join(folder, 'b.txt'), changed);

  await restoreFrom('Change b.txt now');
  await rowOf('A new thread, forked before the message').filter({ hasNotText: 'Files' }).click();
  await expect.poll(() => letta.composer.inputValue(), WAIT).toBe('Change b.txt now');
  await expect.poll(() => letta.questions.allTextContents(), WAIT).toEqual([expect.stringContaining('Are you ready?')]);
  expect(await onDisk('b.txt')).toBe(changed);
  await letta.panel('Threads');
  await letta.threads.filter({ hasText: 'Change b.txt now (restored)' }).waitFor(WAIT);
});
