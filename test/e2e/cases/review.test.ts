// What the agent changed, in the person's hands: the proposal edited before it is allowed, changes kept and undone one by one, by
// file and all, brought back with Ctrl+Z, still waiting after the window was reloaded; and what the agent learns of it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const PADDING = Array.from({ length: 6 }, (_, i) => `same ${i + 1}\n`).join('');
const three = (a: string, b: string, c: string) => `${a}\n${PADDING}${b}\n${PADDING}${c}\n`;

const { vscode, window } = withWindow({
  files: {
    'proposal.txt': 'alpha\nbeta\ngamma\n',
    'reload.txt': 'alpha\nbeta\ngamma\n',
    'three.txt': three('first', 'second', 'third'),
    'whole.txt': 'let a = 1;\nlet b = 2;\n',
  },
});

const onDisk = (path: string): Promise<string> => readFile(join(window().folder, path), 'utf8');
const stands = (path: string, content: string) => expect.poll(() => onDisk(path).catch(() => null), WAIT).toBe(content);

const edit = (path: string, edits: Record<string, string>, id: string) => ({
  name: 'Edit',
  args: { path, edits: Object.entries(edits).map(([from, to]) => ({ old_string: from, new_string: to })) },
  id,
});

/** The list above the composer. */
const changes = (): Locator => window().letta.frame.getByRole('region', { name: 'Changed files' });
const listed = (): Promise<string[]> =>
  changes().getByRole('list', { name: 'Files changed by the agent' }).getByRole('listitem').allInnerTexts();

test('the person changes a proposal: that is what is written, and the model is told exactly what was changed', async () => {
  const { editor, letta, page } = window();
  const { model } = vscode();
  model.script(toolCalls([edit('proposal.txt', { beta: 'BETA' }, 'p1')]), text('As you like it.'));

  await letta.send('Make beta loud.');
  const approval = letta.approval('proposal.txt');
  await approval.waitFor(WAIT);
  await editor.diff.waitFor(WAIT);
  await editor.diff.locator('.editor.modified .view-line', { hasText: /BETA/ }).click();
  await page.keyboard.press('End');
  await editor.insert(', but kindly');
  await approval.getByText('You changed this proposal: Allow does what is shown here.').waitFor(WAIT);
  await approval.getByText('+BETA, but kindly').waitFor(WAIT);
  expect(await onDisk('proposal.txt')).toBe('alpha\nbeta\ngamma\n');
  await letta.decide('Allow');
  await letta.idle();

  await editor.diff.waitFor({ state: 'detached', ...WAIT });
  expect(await onDisk('proposal.txt')).toBe('alpha\nBETA, but kindly\ngamma\n');
  const result = toolResult(model.requests[1], 'p1');
  expect(result).toContain('The person changed your proposal before allowing it.');
  expect(result).toMatch(/^-BETA$/m);
  expect(result).toMatch(/^\+BETA, but kindly$/m);
  expect(result).toContain('Changed proposal.txt (saved).');
  await changes().getByRole('button', { name: 'Keep all' }).click();
  await changes().waitFor({ state: 'detached', ...WAIT });
});

test('two of three changes are kept, one is undone in the peek view, a file is undone and brought back with Ctrl+Z', async () => {
  const { editor, letta, page, quick } = window();
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  model.script(
    toolCalls([
      edit('three.txt', { first: 'FIRST', second: 'SECOND', third: 'THIRD' }, 'r1'),
      edit('whole.txt', { 'let a': 'const a', 'let b': 'const b' }, 'r2'),
      { name: 'Write', args: { path: 'made.txt', content: 'made\n' }, id: 'r3' },
    ]),
    text('Three files.'),
  );
  await letta.ask('Change them all.');
  await changes().getByRole('button', { name: '3 files changed' }).waitFor(WAIT);
  expect(await changes().textContent()).toContain('+6 −5');
  expect((await listed()).map((item) => item.split('\n')[0])).toEqual(['three.txt', 'whole.txt', 'made.txt']);
  expect(await violations(letta)).toEqual([]);

  // The gutter shows three changes; the first is kept by its line, the second undone in the peek view.
  await editor.open('three.txt');
  await expect.poll(() => editor.active.locator('.dirty-diff-glyph').count(), WAIT).toBeGreaterThanOrEqual(3);
  await editor.goTo(1);
  await window().command('Letta: Keep Change');
  await expect.poll(async () => (await listed())[0], WAIT).toContain('+2');
  expect(await onDisk('three.txt')).toBe(three('FIRST', 'SECOND', 'THIRD'));
  await editor.goTo(5);
  await window().command('Show Next Change');
  const peek = page.locator('.peekview-widget');
  await peek.getByText('second', { exact: true }).first().waitFor(WAIT);
  await peek.locator('.peekview-actions .action-label.codicon-discard').click();
  await stands('three.txt', three('FIRST', 'second', 'THIRD'));
  // A reason for undoing it becomes a proposal for memory.
  await window().pressInNotification('Undid what the agent did in three.txt', 'Say Why…');
  await quick.answer('the second line is read by the importer', /Becomes a proposal for memory/);
  await quick.hidden();
  await editor.focus();
  await page.keyboard.press('Escape');
  await peek.waitFor({ state: 'detached', ...WAIT });
  await editor.goTo(15);
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Alt+K');
  await expect
    .poll(async () => (await listed()).map((item) => item.split('\n')[0]), WAIT)
    .toEqual(['whole.txt', 'made.txt']);
  expect(await onDisk('three.txt')).toBe(three('FIRST', 'second', 'THIRD'));

  // Each file opens its diff, whose title has the buttons.
  await changes().getByRole('button', { name: 'whole.txt', exact: true }).click();
  await editor.diff.waitFor(WAIT);
  await expect.poll(() => editor.text(editor.diff.locator('.modified')), WAIT).toContain('const a = 1;');
  const title = page.locator('.editor-group-container.active .editor-actions');
  await title.locator('.action-label[aria-label^="Undo Changes in File"]').click();
  await stands('whole.txt', 'let a = 1;\nlet b = 2;\n');
  await expect.poll(listed, WAIT).toHaveLength(1);

  // Ctrl+Z brings it back, as a change that waits.
  await editor.open('whole.txt');
  await editor.undo();
  await expect.poll(() => editor.text(), WAIT).toContain('const a = 1;');
  await expect.poll(listed, WAIT).toHaveLength(2);
  // Redo undoes it again, and the list follows that way too.
  await editor.redo();
  await expect.poll(() => editor.text(), WAIT).toContain('let a = 1;');
  await expect.poll(listed, WAIT).toHaveLength(1);
  await editor.undo();
  await expect.poll(() => editor.text(), WAIT).toContain('const a = 1;');
  await expect.poll(listed, WAIT).toHaveLength(2);
  await editor.save();
  await stands('whole.txt', 'const a = 1;\nconst b = 2;\n');

  // Once more from the chat; a new file is deleted by undoing it.
  await changes().getByRole('button', { name: 'Undo whole.txt' }).click();
  await stands('whole.txt', 'let a = 1;\nlet b = 2;\n');
  await changes().getByRole('button', { name: 'Undo made.txt' }).click();
  await changes().waitFor({ state: 'detached', ...WAIT });
  await expect(onDisk('made.txt')).rejects.toThrow('ENOENT');

  await letta.panel('Memory');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' }).getByRole('listitem');
  const proposed = waiting.filter({ hasText: 'The second line is read by the importer.' });
  await proposed.getByText('You undid “SECOND” in three.txt').waitFor(WAIT);
  await letta.panel('Chat');
});

test('what waits still waits after a reload, before the chat is opened; what was typed there is not undone unasked', async () => {
  const { editor, letta, page } = window();
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  model.script(toolCalls([edit('reload.txt', { alpha: 'ALPHA', gamma: 'GAMMA' }, 's1')]), text('Two lines.'));
  await letta.ask('Change two lines.');
  await changes().getByRole('button', { name: '1 file changed' }).waitFor(WAIT);
  const changed = 'ALPHA\nbeta\nGAMMA\n';
  expect(await onDisk('reload.txt')).toBe(changed);

  await window().reload();
  await editor.open('reload.txt');
  await expect.poll(() => editor.active.locator('.dirty-diff-glyph').count(), WAIT).toBeGreaterThanOrEqual(2);
  await editor.goTo(3, 6);
  await editor.insert(', mine');
  await editor.save();
  await stands('reload.txt', changed.replace('GAMMA', 'GAMMA, mine'));

  await letta.open();
  await changes().getByRole('button', { name: 'Undo all' }).click();
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.getByText('You have typed into what would be undone.').waitFor(WAIT);
  expect(await onDisk('reload.txt')).toBe(changed.replace('GAMMA', 'GAMMA, mine'));
  await dialog.getByRole('button', { name: 'Undo Only the Others' }).click();
  await stands('reload.txt', 'alpha\nbeta\nGAMMA, mine\n');
  await changes().getByRole('button', { name: 'Review', exact: true }).click();
  await expect.poll(() => editor.activeTab.textContent(), WAIT).toContain('Letta Changes');
  await changes().getByRole('button', { name: 'Keep all' }).click();
  await changes().waitFor({ state: 'detached', ...WAIT });
  expect(await onDisk('reload.txt')).toBe('alpha\nbeta\nGAMMA, mine\n');
});
