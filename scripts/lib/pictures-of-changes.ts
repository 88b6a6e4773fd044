// Pictures of what the agent changed: the list in the chat, gutter and peek, Source Control, the diff of all, going back.

import type { Workbench } from '../../test/e2e/harness/workbench.ts';
import { type ScriptedModel, toolCalls } from '../../test/support/scripted-model.ts';

export type Shot = (state: string) => Promise<void>;

/** Makes the side bar narrow, and wide again. */
export interface Widths {
  narrow(): Promise<void>;
  wide(): Promise<void>;
}

const WAIT = { timeout: 45_000 };

const edit = (path: string, edits: Record<string, string>) => ({
  name: 'Edit',
  args: { path, edits: Object.entries(edits).map(([from, to]) => ({ old_string: from, new_string: to })) },
});

/** Changes the sample workspace, takes the pictures, and undoes everything. */
export async function picturesOfChanges(
  window: Workbench,
  model: ScriptedModel,
  shot: Shot,
  { narrow, wide }: Widths,
): Promise<void> {
  const { editor, letta, page, quick } = window;
  const changes = letta.frame.getByRole('region', { name: 'Changed files' });
  await letta.newThread();
  await letta.chooseMode('acceptEdits');
  model.script(
    toolCalls([
      edit('src/shelf.ts', {
        '): Book {': '): Book | undefined {',
        'isSame(other, book)) ?': 'isSame(book, other)) ?',
      }),
      { name: 'Write', args: { path: 'src/notes.md', content: '# Notes\n\nDates are written YYYY-MM-DD.\n' } },
    ]),
    toolCalls([{ name: 'Bash', args: { command: 'touch src/built.txt && ls -la src && sleep 600' } }]),
  );
  await letta.send('Mend the shelf, and look around.');
  await letta.approval().waitFor(WAIT);
  await shot('11-command-asked');
  await narrow();
  await shot('11-command-asked-narrow');
  await wide();
  await letta.decide('Allow');
  await letta.frame
    .getByText(/^total \d+/)
    .first()
    .waitFor(WAIT);
  await shot('11-command-running');
  await letta.button('Stop').click();
  await letta.idle();

  await changes.getByRole('button', { name: '2 files changed' }).waitFor(WAIT);
  await shot('12-changed-files');
  await narrow();
  await shot('12-changed-files-narrow');
  await wide();

  await page
    .locator('.activitybar')
    .getByRole('tab', { name: /^Source Control/ })
    .click();
  await editor.open('src/shelf.ts');
  await editor.active.locator('.dirty-diff-glyph').first().waitFor(WAIT);
  await editor.goTo(1);
  await window.command('Show Next Change');
  await page.locator('.peekview-widget').waitFor(WAIT);
  await shot('13-peek-and-source-control');
  await page.keyboard.press('Escape');
  await changes.getByRole('button', { name: 'Review', exact: true }).click();
  await page.locator('.multiDiffEditor').first().waitFor(WAIT);
  await shot('14-diff-of-all');

  const question = letta.questions.last().getByRole('button', { name: 'Restore…' });
  await question.focus();
  await question.press('Enter');
  await quick.prompt('What goes back to before this message?').waitFor(WAIT);
  await shot('15-restore-what');
  await quick.widget.locator('.monaco-list-row', { hasText: 'You see each file before anything is written' }).click();
  await quick.prompt('Tick what to restore').waitFor(WAIT);
  await shot('15-restore-list');
  await page.keyboard.press('Escape');
  await quick.hidden();

  await changes.getByRole('button', { name: 'Undo all' }).click();
  await changes.waitFor({ state: 'detached', ...WAIT });
  await window.command('View: Close All Editors');
  await letta.chooseMode('standard');
}
