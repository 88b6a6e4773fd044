// Code, formulas and paths in an answer: in the editor's colours, and put to use by a person.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { withWindow } from '../harness/with-vscode.ts';

const WAIT = { timeout: 45_000 };
const { vscode, window } = withWindow({
  prepare: (folder) => writeFile(join(folder, 'count.ts'), 'export const first = 1;\nexport const last = 9;\n'),
});

const FENCE = '```';
const ANSWER = `In count.ts:2:14, or \`count.ts\`, and \\(x^2\\) \u001b[31mred\u001b[0m a\u202eb שלום:

${FENCE}ts count.ts
export const first = 'one'; // changed
export const last = 9;
${FENCE}

${FENCE}sh
echo ran > ran.txt
${FENCE}`;

test('code is coloured by the theme, formulas are MathML, paths open their line, and nothing is hidden', async () => {
  const { letta, editor } = window();
  await window().theme('Dark Modern');
  await letta.open();
  vscode().model.script(text(ANSWER));
  await letta.ask('Show me');
  const { last } = letta;
  const colourOf = (word: string) =>
    last
      .locator('pre code span[style]', { hasText: word })
      .first()
      .evaluate((node) => getComputedStyle(node).color);
  const code = last.locator('pre code').first();
  await code.locator('span[style]').first().waitFor(WAIT);
  expect(await code.textContent()).toBe("export const first = 'one'; // changed\nexport const last = 9;");
  expect(await colourOf("'one'")).toBe('rgb(206, 145, 120)');
  expect(await colourOf('changed')).toBe('rgb(106, 153, 85)');
  await window().theme('Light Modern');
  await expect.poll(() => colourOf("'one'"), WAIT).toBe('rgb(163, 21, 21)');
  await window().theme('Dark High Contrast');
  await expect.poll(() => colourOf('changed'), WAIT).toBe('rgb(124, 166, 104)');
  await window().theme('Dark Modern');
  await expect.poll(() => colourOf("'one'"), WAIT).toBe('rgb(206, 145, 120)');

  expect(await last.locator('math msup').count()).toBe(1);
  expect(await last.textContent()).toContain('red a⟨U+202E⟩b');
  expect(await last.locator('[style*="url"], script').count()).toBe(0);

  const paths = last.getByRole('link', { name: 'count.ts' });
  await expect.poll(() => paths.count(), WAIT).toBe(3);
  await paths.first().click();
  await expect.poll(() => editor.activeTab.textContent(), WAIT).toContain('count.ts');
  await window()
    .page.getByRole('button', { name: /Ln 2, Col 14/ })
    .waitFor(WAIT);
});

test('code is inserted at the cursor, applied to its file after the approval, and run after a question', async () => {
  const { letta, editor, folder, page } = window();
  const file = join(folder, 'count.ts');
  await writeFile(file, 'export const first = 1;\nexport const last = 9;\n');
  vscode().model.script(text(ANSWER));
  await editor.open('count.ts');
  await letta.open();
  await letta.ask('Again');
  const { last } = letta;

  await last.getByRole('button', { name: 'Apply to file' }).click();
  await letta.approval().waitFor(WAIT);
  expect(await readFile(file, 'utf8')).toContain('first = 1;');
  await letta.decide('Allow');
  await expect
    .poll(() => readFile(file, 'utf8'), WAIT)
    .toBe("export const first = 'one'; // changed\nexport const last = 9;\n");

  await editor.open('count.ts');
  await editor.goTo(2);
  await last.getByRole('button', { name: 'Insert at cursor' }).last().click();
  await expect.poll(() => editor.text(), WAIT).toContain('echo ran > ran.txtexport const last = 9;');
  await editor.undo();
  await expect.poll(() => editor.text(), WAIT).not.toContain('echo ran');

  await letta.open();
  await last.getByRole('button', { name: 'Run in terminal' }).click();
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.getByText('echo ran > ran.txt').waitFor(WAIT);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await last.getByRole('button', { name: 'Run in terminal' }).click();
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await expect.poll(() => readFile(join(folder, 'ran.txt'), 'utf8').catch(() => ''), WAIT).toBe('ran\n');
  await rm(join(folder, 'ran.txt'));
});
