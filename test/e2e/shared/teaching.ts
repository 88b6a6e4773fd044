// Notes from where they stand, and lines that end, on whichever home.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { type RecordedRequest, text } from '../../support/scripted-model.ts';
import { insert } from '../harness/memory.ts';
import { lastUserOf, newest, remindersOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';

const WAIT = 30_000;

const WHY = 'Why does it matter? (optional)';

export class TeachingSteps {
  private readonly opened: Opened;

  constructor(opened: Opened) {
    this.opened = opened;
  }

  get reviews(): Locator {
    const { letta } = this.opened.window();
    return letta.frame.getByRole('list', { name: 'Waiting for review' }).getByRole('listitem');
  }

  told(message: string): Promise<Locator> {
    return this.opened.window().told(message);
  }

  /** Answers the question for a reason, which Enter skips. */
  async because(why: string): Promise<void> {
    const { quick } = this.opened.window();
    await quick.answer(why, WHY);
    await quick.hidden();
  }

  /** The request that a note led to: the first of its turn. @param before how many there were before it */
  noted(before: number): RecordedRequest {
    const found = this.opened.vscode().model.requests[before];
    if (!found) throw new Error('The model was not asked.');
    return found;
  }

  /** The light bulb on a problem. *lessons* is empty before. */
  async problem(): Promise<void> {
    const window = this.opened.window();
    const { editor, page } = window;
    const { model } = this.opened.vscode();
    await editor.open('package.json');
    await editor.goTo(1);
    await editor.insert('{ "broken": 1 "wrong": 2 }\n');
    await page.locator('.squiggly-error').first().waitFor({ timeout: WAIT });
    await editor.goTo(1, 16);
    const before = model.requests.length;
    await window.command('Quick Fix...');
    await page
      .locator('.action-widget .monaco-list-row', { hasText: 'Remember this problem with Letta' })
      .click({ timeout: WAIT });
    model.script(insert('lessons', 'JSON here needs commas: the build reads package.json.'), text('Stored.'));
    await this.because('it broke the build');
    await this.told('Remembered in lessons: JSON here needs commas');
    const asked = this.noted(before);
    expect(lastUserOf(asked)).toMatch(/Expected comma/i);
    expect(remindersOf(asked)).toContain('package.json, lines 1 to 1');
    expect(remindersOf(asked)).toContain("Why it matters, in the person's words: it broke the build");
    await window.command('File: Revert File');
    await window.command('View: Close All Editors');
  }

  /** What is selected in the terminal, whatever the clipboard holds: it waits for review, for *project*. */
  async terminal(): Promise<void> {
    const window = this.opened.window();
    const { page } = window;
    const { model } = this.opened.vscode();
    await window.command('Terminal: Create New Terminal');
    await page.locator('.terminal.xterm').first().waitFor({ timeout: WAIT });
    await page.keyboard.type('echo okapi-$((40+2))\n');
    await page.locator('.xterm-rows', { hasText: 'okapi-42' }).waitFor({ timeout: WAIT });
    await page.evaluate(() => navigator.clipboard.writeText('kept on the clipboard'));
    await window.command('Terminal: Select All');
    const before = model.requests.length;
    model.script(insert('project', 'The okapi answers 42.'), text('Stored.'));
    await window.command('Letta: Remember Terminal Selection');
    await this.because('');
    // What a program has written is for the person to read once more.
    await this.told('Waits for your review, for project: The okapi answers 42.');
    const asked = this.noted(before);
    expect(lastUserOf(asked)).toContain('okapi-42');
    expect(remindersOf(asked)).toContain('It was selected in the terminal');
    expect(remindersOf(asked)).not.toContain('Why it matters');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('kept on the clipboard');
    await window.command('Terminal: Kill All Terminals');
  }

  /** A line of *project* in the Memory panel, which is open, with its lines shown. */
  line(text: string): Locator {
    const { letta } = this.opened.window();
    const lines = letta.block('project').getByRole('list', { name: 'Lines of project' });
    return lines.getByRole('listitem').filter({ hasText: text });
  }

  get doubts(): Locator {
    return this.opened.window().letta.block('project').getByRole('list', { name: 'May no longer be true' });
  }

  async expires(line: Locator, ...picks: string[]): Promise<void> {
    const { quick } = this.opened.window();
    await line.getByRole('button', { name: 'Expires…' }).click();
    for (const pick of picks)
      await quick.widget.locator('.monaco-list-row', { hasText: pick }).click({ timeout: WAIT });
  }

  /** A line whose day is over, as the person and the model see it. Its lines are shown in the Memory panel. */
  async dayIsOver(text_: string): Promise<void> {
    const { letta, quick } = this.opened.window();
    const { model } = this.opened.vscode();
    await letta.panel('Memory');
    await this.expires(this.line(text_), 'On a day…');
    await quick.answer('2020-02-30', /YYYY-MM-DD/);
    await quick.prompt('Write a day that exists').waitFor({ timeout: WAIT });
    await quick.answer('2020-01-31');
    await this.doubts.getByText('It held until 2020-01-31.').waitFor({ timeout: WAIT });
    await letta.newThread();
    model.script(text('Perhaps.'));
    await letta.ask('Is the payment API mocked?');
    expect(remindersOf(newest(model))).toContain(`It held until 2020-01-31. ${text_}`);
    await letta.panel('Memory');
    await this.expires(this.line(text_), 'Never');
    await this.doubts.getByText('It held until 2020-01-31.').waitFor({ state: 'hidden', timeout: WAIT });
  }
}
