// Changes of several files at once: what the card shows, what is on disk afterwards, what the model is told.
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/lib/processes.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 60_000 };

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'crlf.txt'), 'one\r\ntwo\r\n');
    await writeFile(join(folder, 'keep.txt'), 'keep me\n');
    await writeFile(join(folder, 'old.txt'), 'old\n');
  },
});
const at = (path: string): string => join(window().folder, path);
const onDisk = (path: string): Promise<string> => readFile(at(path), 'utf8');

const patch = (id: string, ...lines: string[]) => ({
  name: 'Files',
  args: { operation: 'patch', patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n') },
  id,
});

test('a rename across two files is shown with both diffs, and applied in both when it is allowed', async () => {
  const { editor, letta } = window();
  await editor.open('src/shelf.ts');
  await editor.active.locator('.squiggly-error').first().waitFor(WAIT);
  const [book, shelf] = [await onDisk('src/book.ts'), await onDisk('src/shelf.ts')];
  const args = { operation: 'rename', path: 'src/book.ts', symbol: 'isSame', new_name: 'isSameBook' };
  vscode().model.script(toolCalls([{ name: 'Refactor', args, id: 'c1' }]), text('Renamed.'));

  await letta.send('Rename isSame.');
  const approval = letta.approval('Rename isSame to isSameBook src/book.ts');
  await approval.waitFor(WAIT);
  const files = approval.getByRole('list', { name: 'Files that would change' }).getByRole('listitem');
  expect(await files.count()).toBe(2);
  expect(await files.nth(0).textContent()).toContain('+export function isSameBook(a: Book, b: Book)');
  expect(await files.nth(1).textContent()).toContain("+import { type Book, isSameBook } from './book.ts';");
  // Both are told of; neither has been touched.
  expect([await onDisk('src/book.ts'), await onDisk('src/shelf.ts')]).toEqual([book, shelf]);

  await letta.decide('Allow');
  await letta.idle();

  expect(await onDisk('src/book.ts')).toBe(book.replaceAll('isSame', 'isSameBook'));
  expect(await onDisk('src/shelf.ts')).toBe(shelf.replaceAll('isSame', 'isSameBook'));
  const result = toolResult(vscode().model.requests[1], 'c1');
  expect(result).toContain('Changed src/book.ts (saved).\nChanged src/shelf.ts (saved).');
  expect(result).toContain('Problems: none added, none removed.');
  const card = letta.card('Rename isSame to isSameBook src/book.ts');
  await card.getByText('done', { exact: true }).waitFor();
  expect(await card.getByRole('list', { name: 'Changed files' }).getByRole('listitem').count()).toBe(2);
});

test('a patch of several files is one question; a deletion that is refused leaves the file where it is', async () => {
  const { letta } = window();
  vscode().model.script(
    toolCalls([
      patch(
        'c2',
        '*** Update File: crlf.txt',
        '@@',
        '-two',
        '+2',
        '*** Update File: old.txt',
        '*** Move to: archive/old.txt',
        '*** Add File: notes/new.txt',
        '+new',
      ),
    ]),
    toolCalls([{ name: 'Files', args: { operation: 'delete', path: 'keep.txt' }, id: 'c3' }]),
    text('Two of three.'),
  );

  await letta.send('Tidy up.');
  const approval = letta.approval('Patch 3 files');
  await approval.waitFor(WAIT);
  const listed = await approval.getByRole('list', { name: 'Files that would change' }).textContent();
  for (const name of ['crlf.txt', 'old.txt → archive/old.txt', 'notes/new.txt']) expect(listed).toContain(name);
  await letta.decide('Allow', 'Patch');
  await letta.approval('Delete keep.txt').waitFor(WAIT);
  expect(await onDisk('crlf.txt')).toBe('one\r\n2\r\n');
  expect(await onDisk('archive/old.txt')).toBe('old\n');
  expect(existsSync(at('old.txt'))).toBe(false);
  expect(await onDisk('notes/new.txt')).toBe('new\n');
  await letta.decide('Deny', 'Delete keep.txt');
  await letta.idle();

  expect(await onDisk('keep.txt')).toBe('keep me\n');
  const { requests } = vscode().model;
  expect(toolResult(requests[1], 'c2')).toContain('Moved old.txt → archive/old.txt (saved).');
  expect(toolResult(requests[2], 'c3')).toMatch(/declined/i);
  await letta.card('Delete keep.txt').getByText('denied', { exact: true }).waitFor();
});

test('killed between a change of several files and its answer: told as applied, done once', async () => {
  const { letta } = window();
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  const lines = ['*** Update File: src/book.ts', '*** Move to: src/volume.ts', '*** Delete File: keep.txt'];
  model.script(
    toolCalls([
      patch(
        'c4',
        ...lines,
        '*** Update File: src/shelf.ts',
        '@@',
        '-// A shelf of books. Nothing here changes a shelf: every function returns a new one.',
        '+// A shelf.',
      ),
    ]),
  );
  await letta.send('Rename the file.');
  await window().killExtensionHost(async () => {
    const done = () => readFileSync(at('src/shelf.ts'), 'utf8').startsWith('// A shelf.\n');
    if (!(await waitUntil(done, WAIT.timeout, 5))) throw new Error('The patch was never applied.');
  });

  await letta.open();
  await letta.last.getByText('Interrupted', { exact: true }).waitFor(WAIT);
  model.script(text('It is done.'));
  await letta.last.getByRole('button', { name: 'Continue', exact: true }).click(WAIT);
  await letta.last.getByText('It is done.').waitFor(WAIT);
  await letta.idle();

  expect(toolResult(model.requests[1], 'c4')).toMatch(/^Applied: .*volume\.ts.* is as intended/);
  expect(existsSync(at('src/book.ts'))).toBe(false);
  expect(await onDisk('src/volume.ts')).toContain('isSameBook');
  // The import of what moved was part of the change: VS Code had nothing to ask.
  expect(await onDisk('src/shelf.ts')).toContain("from './volume.ts'");
  expect(await window().page.getByRole('dialog').count()).toBe(0);
  expect(existsSync(at('keep.txt'))).toBe(false);
  await letta.card('Patch 3 files').getByText('done', { exact: true }).waitFor();
});
