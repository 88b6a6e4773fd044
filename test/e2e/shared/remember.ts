// Letta: Remember This, from the palette: where a note goes, what the person is told, and that no note is ever lost.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { gate, hang, text, toolCalls } from '../../support/scripted-model.ts';
import { asKept } from '../harness/letta-server.ts';
import { insert } from '../harness/memory.ts';
import { lastUserOf, remindersOf, systemOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';
import type { Case } from './case.ts';

export const CODE = `// Money is counted in cents: <T extends "a" & 'b'> never as a float.
export const price = (cents: number): string => \`\${cents / 100} €\`;
`;

export function rememberCases({ vscode, window: opened }: Opened): Case[] {
  const cases: Case[] = [];
  const add = (name: string, onEachHome: boolean, run: () => Promise<void>): void =>
    void cases.push({ name, run, onEachHome });

  const WAIT = 30_000;
  const LABELS = ['persona', 'human', 'project', 'conventions', 'lessons', 'inbox'];

  const replace = (label: string, before: string, after: string) =>
    toolCalls([{ name: 'memory_replace', args: { label, old_string: before, new_string: after } }]);

  /** Remember This without a selection. */
  async function type(window: Workbench, note: string): Promise<void> {
    await window.command('Letta: Remember This');
    await window.quick.answer(note, 'What should I remember?');
    await window.quick.hidden();
  }

  /** How many threads there are, asked of the server anew: the list follows what happens a moment later. */
  async function listed({ letta }: Workbench): Promise<number> {
    await letta.panel('Threads');
    await letta.threads.first().waitFor({ timeout: WAIT });
    const search = letta.frame.getByRole('searchbox', { name: 'Search threads' });
    await search.fill('no thread is called so');
    await letta.threads.first().waitFor({ state: 'detached', timeout: WAIT });
    await search.fill('');
    await letta.threads.first().waitFor({ timeout: WAIT });
    return letta.threads.count();
  }

  async function expectValue(window: Workbench, label: string, value: string): Promise<void> {
    await expect
      .poll(async () => asKept(await window.letta.blockValue(label).inputValue()), { timeout: WAIT })
      .toBe(value);
  }

  add(
    'a selection goes to the block the agent picks; the notification leads there and takes it back',
    true,
    async () => {
      const window = opened();
      const { model } = vscode();
      const threads = await listed(window);
      await window.editor.open('src/money.ts');
      await window.editor.selectLines(1, 2);
      model.script(insert('conventions', 'Money is counted in cents.'), text('Stored.'));
      await window.command('Letta: Remember This');
      await window.told('Remembered in conventions: Money is counted in cents.');

      const [request] = model.requests;
      if (!request) throw new Error('The model was not asked.');
      for (const label of LABELS) expect(remindersOf(request)).toMatch(new RegExp(`^- ${label} \\(.*\\): \\S`, 'm'));
      expect(remindersOf(request)).toContain('Rules for code here: style, naming');
      expect(remindersOf(request)).toContain('src/money.ts, lines 1 to 2');
      expect(lastUserOf(request).endsWith(CODE.trim())).toBe(true);

      await window.pressInNotification('Remembered in conventions', 'View');
      await window.letta.block('conventions').waitFor({ timeout: WAIT });
      await expectValue(window, 'conventions', 'Money is counted in cents.');

      await window.editor.selectLines(2, 2);
      model.script(insert('lessons', 'Prices are shown with two digits.'), text('Stored.'));
      await window.command('Letta: Remember This');
      await window.told('Remembered in lessons: Prices are shown with two digits.');
      await expectValue(window, 'lessons', 'Prices are shown with two digits.');
      await window.pressInNotification('Remembered in lessons', 'Undo');
      await window.told('Undone in lessons.');
      await expectValue(window, 'lessons', '');
      await expectValue(window, 'conventions', 'Money is counted in cents.');
      // A flow leaves no thread behind.
      expect(await listed(window)).toBe(threads);
      expect(await window.letta.threads.getByText('Remember').count()).toBe(0);
    },
  );

  add(
    'a note that contradicts replaces the old line and both are shown; the same note twice is stored once',
    false,
    async () => {
      const window = opened();
      const { letta } = window;
      const { model } = vscode();
      model.script(insert('conventions', 'Indent with tabs.'), text('Stored.'));
      await type(window, 'Indent with tabs');
      await window.told('Remembered in conventions: Indent with tabs.');

      model.script(replace('conventions', 'Indent with tabs.', 'Indent with two spaces.'), text('Replaced.'));
      await type(window, 'Indent with two spaces');
      await window.told('Remembered in conventions: Indent with two spaces.');
      expect(model.requests.map(systemOf)[2]).toContain('Indent with tabs.');
      await window.pressInNotification('Remembered in conventions: Indent with two spaces.', 'View');
      await expectValue(window, 'conventions', 'Indent with two spaces.');
      const block = letta.block('conventions');
      await block.getByRole('group', { name: 'Last change by the agent' }).waitFor();
      expect(await block.getByRole('deletion').allTextContents()).toEqual(['Indent with tabs.']);
      expect(await block.getByRole('insertion').allTextContents()).toEqual(['Indent with two spaces.']);

      await type(window, 'Indent with two spaces');
      await window.told('Already in conventions: Indent with two spaces');
      await expectValue(window, 'conventions', 'Indent with two spaces.');

      // In other words: the agent, not the text, sees that it is known.
      model.script(text('ALREADY: conventions'));
      await type(window, 'Always use 2 spaces for indentation');
      await window.told('Already in conventions: Always use 2 spaces for indentation');
      await expectValue(window, 'conventions', 'Indent with two spaces.');

      model.script(replace('conventions', 'Indent with two spaces.', 'Indent with tabs again.'), text('Replaced.'));
      await type(window, 'Indent with tabs again');
      await window.told('Remembered in conventions: Indent with tabs again.');
      await expectValue(window, 'conventions', 'Indent with tabs again.');
      await window.pressInNotification('Remembered in conventions: Indent with tabs again.', 'Undo');
      await window.told('Undone in conventions.');
      await expectValue(window, 'conventions', 'Indent with two spaces.');
      expect(await block.getByRole('group', { name: 'Last change by the agent' }).count()).toBe(0);
    },
  );

  /** What the extension has on disk of notes that have not arrived. */
  function onTheirWay(): string {
    const storage = join(vscode().folder, 'data', 'data', 'User', 'workspaceStorage');
    return readdirSync(storage, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('notes.json'))
      .map((path) => readFileSync(join(storage, path), 'utf8'))
      .join('\n');
  }

  add('several notes at once queue, each knowing what the one before it stored; a kill loses none', false, async () => {
    const window = opened();
    const { model } = vscode();
    model.script(
      gate('', insert('project', 'The first fact.'), 'first'),
      text('Stored.'),
      insert('project', 'The second fact.'),
      text('Stored.'),
      insert('project', 'The third fact.'),
      text('Stored.'),
    );
    await type(window, 'Note one');
    await model.whenRequest(1, WAIT);
    await type(window, 'Note two');
    await type(window, 'Note three');
    expect(model.requests).toHaveLength(1);
    model.release('first');
    for (const which of ['first', 'second', 'third']) await window.told(`Remembered in project: The ${which} fact.`);
    const notes = [0, 2, 4].map((n) => model.requests[n]);
    expect(notes.map((request) => request && lastUserOf(request).split('\n').at(-1))).toEqual([
      'Note one',
      'Note two',
      'Note three',
    ]);
    expect(notes[2] && systemOf(notes[2])).toContain('The first fact.\nThe second fact.');
    await window.letta.open();
    await window.letta.panel('Memory');
    await expectValue(window, 'project', 'The first fact.\nThe second fact.\nThe third fact.');
    model.script(hang());
    const asked = model.requests.length;
    await type(window, 'Note four, while the model thinks');
    await model.whenRequest(asked + 1, WAIT);
    await type(window, 'Note five, waiting behind it');
    // Both are on their way when the extension host is killed.
    await window.killExtensionHost(() => expect.poll(onTheirWay, { timeout: WAIT }).toContain('Note five'));
    await window.letta.open();
    await window.told('Kept word for word in inbox: Note four, while the model thinks');
    await window.told('Kept word for word in inbox: Note five, waiting behind it');
    await window.letta.panel('Memory');
    await expectValue(window, 'inbox', 'Note four, while the model thinks\nNote five, waiting behind it');
  });

  add('with no model reachable the note is kept word for word in inbox, and the person is told', false, async () => {
    const window = opened();
    const note = 'Deploy on Tuesdays only, after <main> is "green" & tagged';
    await vscode().model.offline();
    await type(window, note);
    await window.told(`No model reachable. Kept word for word in inbox: ${note}`);
    await window.pressInNotification('Kept word for word', 'View');
    await window.letta.block('inbox').waitFor({ timeout: WAIT });
    await expectValue(window, 'inbox', note);
    await window.editor.focus();
    await type(window, note);
    await window.told(`Already in inbox: ${note}`);
    await expectValue(window, 'inbox', note);
    await type(window, 'Another one');
    await window.pressInNotification('Kept word for word in inbox: Another one', 'Undo');
    await window.told('Undone in inbox.');
    await expectValue(window, 'inbox', note);
    await vscode().model.online();
  });

  return cases;
}
