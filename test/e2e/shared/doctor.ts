// Memory that stays true: what is out of date is found, corrected and taken back; a line whose code changes is unverified.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { sandboxPossible } from '../../support/sandbox-possible.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { newest, remindersOf, systemOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';
import type { Case } from './case.ts';

export const PRICES = `/** In cents. */
export function priceOf(count: number): number {
  return count * 250;
}
`;

export function doctorCases({ vscode, window: opened }: Opened): Case[] {
  const cases: Case[] = [];
  const add = (name: string, onEachHome: boolean, run: () => Promise<void>): void =>
    void cases.push({ name, run, onEachHome });

  const WAIT = 30_000;

  const request = () => newest(vscode().model);

  async function write(letta: LettaView, label: string, words: string): Promise<void> {
    await letta.panel('Memory');
    await letta.blockValue(label).fill(words);
    const save = letta.block(label).getByRole('button', { name: 'Save' });
    await save.click();
    await expect.poll(() => save.isDisabled(), { timeout: WAIT }).toBe(true);
  }

  const rows = (window: Workbench): Locator => window.quick.widget.locator('.monaco-list-row');

  /** Ticks one row of the list that is open (or about to be) and confirms. */
  async function tick(window: Workbench, row: string): Promise<void> {
    const wanted = rows(window).filter({ hasText: row }).first();
    await wanted.waitFor({ timeout: WAIT });
    await wanted.click();
    await window.page.keyboard.press('Enter');
    await window.quick.hidden();
  }

  add(
    'Doctor finds lines that the workspace contradicts, corrects what is ticked, and takes it back',
    true,
    async () => {
      const window = opened();
      const { letta } = window;
      const lines = 'Prices are computed in src/prices.ts.\nThe old prices are in src/legacy-prices.ts.';
      await write(letta, 'project', lines);
      await write(letta, 'lessons', 'The person likes tea.\nThe person likes tea.');

      await window.command('Letta: Doctor');
      const stale = rows(window).filter({ hasText: 'src/legacy-prices.ts' });
      await stale.waitFor({ timeout: WAIT });
      await stale.getByText(/project, line 2/).waitFor();
      await stale.getByText(/Proposed: remove the line/).waitFor();
      await rows(window).filter({ hasText: 'The person likes tea.' }).waitFor();
      // What holds is no finding.
      expect(await rows(window).count()).toBe(2);
      await tick(window, 'src/legacy-prices.ts');
      await window.told('Corrected project.');
      await blockShows(letta, 'project', 'Prices are computed in src/prices.ts.');
      await blockShows(letta, 'lessons', 'The person likes tea.\nThe person likes tea.');

      await window.pressInNotification('Corrected project.', 'Undo');
      await window.told('Undone in project.');
      await blockShows(letta, 'project', lines);

      await write(letta, 'lessons', '');
      await write(letta, 'project', 'Prices are computed in src/prices.ts.');
      await window.command('Letta: Doctor');
      await window.told('found nothing wrong');
    },
  );

  add('Doctor runs remembered commands only after a yes, and says which of them fail', false, async () => {
    const window = opened();
    const { letta } = window;
    const outside = join(tmpdir(), `letta-outside-${process.pid}`);
    const lines = [
      'Run `node --eval "process.exit(3)"` to check prices.',
      `Run \`node --eval "fs.writeFileSync('${outside}', '')"\` to note prices.`,
    ];
    await write(letta, 'project', lines.join('\n'));
    await window.command('Letta: Doctor');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: WAIT });
    await dialog.getByText('node --eval "process.exit(3)"').waitFor();
    const boxed = sandboxPossible('socat');
    await dialog.getByText(boxed ? /run in a sandbox/ : /without a sandbox/).waitFor();
    await dialog.getByRole('button', { name: 'Run All 2' }).click();
    await rows(window).filter({ hasText: 'Command fails' }).waitFor({ timeout: WAIT });
    // What the sandbox kept from its work has not failed.
    expect(await rows(window).count()).toBe(1);
    expect(existsSync(outside)).toBe(!boxed);
    await rm(outside, { force: true });
    await window.page.keyboard.press('Escape');

    await window.command('Letta: Doctor');
    await dialog.getByRole('button', { name: 'Don’t Run' }).click();
    await window.told('found nothing wrong');
  });

  add('Forget finds what matches in blocks and archive, removes what is ticked, and brings it back', true, async () => {
    const window = opened();
    const { letta } = window;
    const { model } = vscode();
    model.script(
      toolCalls([
        { name: 'archival_memory_insert', args: { content: 'The staging server was called otter in 2024.' } },
      ]),
      insert('project', 'The staging server is called badger.'),
      insert('project', 'Money is counted in cents.'),
      text('Noted.'),
    );
    await letta.ask('Note the servers');
    await letta.panel('Memory');
    await blockShows(letta, 'project', 'The staging server is called badger.\nMoney is counted in cents.');

    await window.command('Letta: Forget…');
    await window.quick.answer('staging server', 'What should I forget?');
    await rows(window).filter({ hasText: 'otter' }).waitFor({ timeout: WAIT });
    expect(await rows(window).filter({ hasText: 'Money' }).count()).toBe(0);
    await rows(window).filter({ hasText: 'otter' }).click();
    await tick(window, 'badger');
    await window.told('Forgotten in project. Deleted an entry of the archive.');
    await blockShows(letta, 'project', 'Money is counted in cents.');
    model.script(text('No.'));
    await letta.panel('Chat');
    await letta.newThread();
    await letta.ask('Do you know the server?');
    expect(systemOf(request())).toContain('Money is counted in cents.');
    expect(JSON.stringify(request().body.messages)).not.toContain('badger');

    // The toast has hidden by now; it can still be taken back.
    await window.showNotifications();
    await window.pressInNotification('Forgotten in project.', 'Undo');
    await window.told('Undone in project. Put an entry of the archive back.');
    await letta.panel('Memory');
    await blockShows(letta, 'project', 'The staging server is called badger.\nMoney is counted in cents.');
    await window.command('Letta: Forget…');
    await window.quick.answer('otter', 'What should I forget?');
    await rows(window).filter({ hasText: 'The staging server was called otter' }).waitFor({ timeout: WAIT });
    await window.page.keyboard.press('Escape');
  });

  add(
    'a line about code is unverified once the code has changed, for the person and in the next request, until confirmed',
    false,
    async () => {
      const window = opened();
      const { letta } = window;
      const { model } = vscode();
      model.script(insert('project', '`priceOf` in src/prices.ts charges 250 cents a piece.'), text('Noted.'));
      await letta.ask('Note how prices work');
      await letta.panel('Memory');
      await blockShows(letta, 'project', '`priceOf` in src/prices.ts charges 250 cents a piece.');
      const doubts = letta.block('project').getByRole('list', { name: 'May no longer be true' });
      // Long enough for the line to be anchored: a question that the next look at memory answers.
      model.script(text('Yes.'));
      await letta.panel('Chat');
      await letta.ask('Is it so?');
      expect(remindersOf(request())).not.toContain('unverified');
      expect(await doubts.count()).toBe(0);

      await window.editor.open('src/prices.ts');
      await window.editor.selectLines(3, 3);
      await window.editor.insert('  return count * 300;');
      await window.editor.save();
      await letta.panel('Memory');
      await doubts.getByText(/priceOf in src\/prices\.ts has changed/).waitFor({ timeout: WAIT });
      model.script(text('I look again.'));
      await letta.panel('Chat');
      await letta.ask('What is the price?');
      expect(remindersOf(request())).toContain(
        'unverified since priceOf in src/prices.ts changed: `priceOf` in src/prices.ts charges 250 cents a piece.',
      );

      await letta.panel('Memory');
      await doubts.getByRole('button').first().click();
      await doubts.waitFor({ state: 'detached', timeout: WAIT });
      await letta.newThread();
      model.script(text('Fine.'));
      await letta.ask('And now?');
      expect(remindersOf(request())).not.toContain('unverified');
    },
  );

  add('what a thread taught can be undone with a preview, and one block or all reset with a backup', true, async () => {
    const window = opened();
    const { letta } = window;
    const { model } = vscode();
    await write(letta, 'conventions', 'Indent with tabs.');
    await letta.panel('Chat');
    const entry = {
      name: 'archival_memory_insert',
      args: { content: 'The naming rule comes from the guild.', tags: ['names'] },
    };
    model.script(insert('conventions', 'Name tests after what they show.'), toolCalls([entry]), text('Noted.'));
    await letta.ask('Note how tests are named');
    await letta.panel('Memory');
    const both = 'Indent with tabs.\nName tests after what they show.';
    await blockShows(letta, 'conventions', both);

    await window.command('Letta: Undo What This Thread Taught');
    const row = rows(window).filter({ hasText: 'Name tests after what they show.' });
    await row.waitFor({ timeout: WAIT });
    await row.hover();
    await row.locator('.codicon-diff').click();
    await window.editor.diff.waitFor({ timeout: WAIT });
    await rows(window).filter({ hasText: 'The naming rule comes from the guild.' }).waitFor();
    await window.quick.widget.getByRole('button', { name: 'OK' }).click();
    await window.told('Took back what this thread taught in conventions. Deleted an entry of the archive.');
    await letta.panel('Memory');
    await blockShows(letta, 'conventions', 'Indent with tabs.');
    await window.pressInNotification('Took back what this thread taught', 'Undo');
    await blockShows(letta, 'conventions', both);
    await window.told('Put an entry of the archive back.');

    await window.command('Letta: Reset Memory…');
    await tick(window, 'conventions');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('Reset conventions?').waitFor({ timeout: WAIT });
    await dialog.getByRole('button', { name: 'Reset' }).click();
    await blockShows(letta, 'conventions', '');
    await window.pressInNotification('Reset conventions.', 'Undo');
    await blockShows(letta, 'conventions', both);

    // All of it, and all of it back.
    await write(letta, 'human', 'Likes tea.');
    await window.command('Letta: Reset Memory…');
    await rows(window).first().waitFor({ timeout: WAIT });
    await window.quick.widget.getByRole('checkbox', { name: /toggle all/i }).click();
    await window.quick.widget.getByRole('button', { name: 'OK' }).click();
    await dialog.getByText(/Reset (?=.*human)(?=.*lessons).*conventions.*\?/).waitFor({ timeout: WAIT });
    await dialog.getByRole('button', { name: 'Reset' }).click();
    await blockShows(letta, 'conventions', '');
    await blockShows(letta, 'human', '');
    await window.pressInNotification(/Reset .*human/, 'Undo');
    await blockShows(letta, 'conventions', both);
    await blockShows(letta, 'human', 'Likes tea.');
  });

  return cases;
}
