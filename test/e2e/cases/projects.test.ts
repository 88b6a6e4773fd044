// Projects and the person: an agent a workspace, one person for all of them, and nothing of one project in another.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { insert } from '../harness/memory.ts';
import { lastUserOf, newest, systemOf } from '../harness/requests.ts';
import { withVsCode } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const vscode = withVsCode();
const WAIT = 30_000;

/** Asks and gives all that the model was sent meanwhile. */
async function askIn(window: Workbench, question: string): Promise<string> {
  const { model } = vscode();
  const before = model.requests.length;
  await window.letta.ask(question);
  return JSON.stringify(model.requests.slice(before).map(({ body }) => body));
}

const request = () => newest(vscode().model);

/** Read as a stranger would, beside whoever uses it. */
function rows(query: string): object[] {
  const db = new DatabaseSync(join(vscode().lettaDir, 'letta.db'), { readOnly: true });
  try {
    return db.prepare(query).all();
  } finally {
    db.close();
  }
}

const count = (what: 'agents' | 'blocks'): number => rows(`SELECT 1 FROM ${what}`).length;
/** Which agent has which block. */
const attached = () => rows('SELECT agent_id, block_id FROM agent_blocks ORDER BY agent_id, block_id');

test('two windows, two workspaces: what is said of the person is known in both, no word of one project in the other', async () => {
  const { model } = vscode();
  const zebra = await vscode().open({ files: { 'zebra-ledger.ts': 'export const zebra = 1;\n' } });
  await zebra.letta.open();
  await zebra.editor.open('zebra-ledger.ts');
  await zebra.letta.open();
  // The first agent of this home: there is nothing to choose, and nothing is asked.
  model.script(
    insert('project', 'Zebra invoices are rounded down.'),
    insert('human', 'Ada prefers short answers.'),
    text('Noted zebra.'),
  );
  await askIn(zebra, 'In the zebra ledger invoices are rounded down. I am Ada, keep it short.');
  expect(await zebra.letta.button('Use an existing agent…').count()).toBe(0);
  expect({ agents: count('agents'), blocks: count('blocks') }).toEqual({ agents: 1, blocks: 6 });

  const okapi = await vscode().open({ files: { 'okapi-router.ts': 'export const okapi = 1;\n' } });
  await okapi.editor.open('okapi-router.ts');
  await okapi.letta.open();
  // The chat is there at once; the choice is a line in it.
  await okapi.letta.about.getByText('New agent for this workspace').waitFor({ timeout: WAIT });
  expect(await violations(okapi.letta)).toEqual([]);
  model.script(insert('conventions', 'Okapi routes are nouns.'), text('Noted okapi.'));
  const asked = await askIn(okapi, 'Okapi routes are nouns.');
  expect(asked).not.toMatch(/zebra/i);
  expect(systemOf(request())).toContain('Ada prefers short answers.');
  expect(await okapi.letta.button('Use an existing agent…').count()).toBe(0);

  const attachments = attached();
  // Six blocks each; the person's is one for both.
  expect(attachments).toHaveLength(12);

  // Both ways, and into a thread that is open already.
  model.script(insert('human', 'Ada works in Lisbon.'), text('Noted.'));
  expect(await askIn(zebra, 'I work in Lisbon.')).not.toMatch(/okapi/i);
  model.script(text('In Lisbon.'));
  expect(await askIn(okapi, 'Where do I work?')).not.toMatch(/zebra/i);
  expect(lastUserOf(request())).toContain('Ada works in Lisbon.');
  // Switching between them attaches and detaches nothing.
  await zebra.page.bringToFront();
  model.script(text('Down.'));
  const again = await askIn(zebra, 'How are invoices rounded?');
  expect(again).not.toMatch(/okapi/i);
  expect(again).toContain('Zebra invoices are rounded down.');
  expect({ agents: count('agents'), blocks: count('blocks') }).toEqual({ agents: 2, blocks: 11 });
  expect(attached()).toEqual(attachments);

  // A third workspace takes the first one's agent instead; what was typed stays, what was made for it goes.
  const gnu = await vscode().open({ files: { 'gnu.ts': 'export const gnu = 1;\n' } });
  await gnu.letta.open();
  // Another window on the same folder: what is chosen here is chosen there, and what was typed there stays.
  const twin = await vscode().open({ folder: gnu.folder });
  await twin.letta.open();
  await twin.letta.about.getByText('New agent for this workspace').waitFor({ timeout: WAIT });
  await twin.letta.composer.fill('Typed beside it');
  await gnu.letta.composer.fill('What do you know of zebra invoices?');
  await gnu.letta.about.getByRole('button', { name: 'Use an existing agent…' }).click();
  await gnu.quick.prompt(/Which agent works in this workspace/).waitFor({ timeout: WAIT });
  await gnu.quick.widget
    .locator('.monaco-list-row', { hasText: 'Coding agent of workspace-1 in VS Code' })
    .click({ timeout: WAIT });
  await gnu.letta.about.getByText('An existing agent, chosen for this workspace').waitFor({ timeout: WAIT });
  expect(await gnu.letta.composer.inputValue()).toBe('What do you know of zebra invoices?');
  expect({ agents: count('agents'), blocks: count('blocks') }).toEqual({ agents: 2, blocks: 11 });
  expect(attached()).toEqual(attachments);
  await twin.letta.about.getByText('An existing agent, chosen for this workspace').waitFor({ timeout: WAIT });
  expect(await twin.letta.composer.inputValue()).toBe('Typed beside it');
  await twin.page.close();
  model.script(text('They are rounded down.'));
  await gnu.letta.button('Send').click();
  await gnu.letta.last.getByText('They are rounded down.').waitFor({ timeout: WAIT });
  expect(systemOf(request())).toContain('Zebra invoices are rounded down.');
  expect(systemOf(request())).not.toMatch(/okapi/i);
  await gnu.letta.about.getByText('An existing agent').waitFor({ state: 'hidden', timeout: WAIT });

  // It stays so after a reload, and can still be changed by the palette.
  await gnu.reload();
  await gnu.letta.open();
  await gnu.letta.last.getByText('They are rounded down.').waitFor({ timeout: WAIT });
  await gnu.command('Letta: Select Agent…');
  await gnu.quick.pickFirst('New agent for this workspace');
  await gnu.letta.about.getByText('New agent for this workspace').waitFor({ timeout: WAIT });
  model.script(text('Nothing yet.'));
  expect(await askIn(gnu, 'And now?')).not.toMatch(/zebra|okapi/i);
  expect(systemOf(request())).toContain('Ada works in Lisbon.');
  expect(count('agents')).toBe(3);

  // From the same list agents get another name, and go once the person has seen what is lost.
  await okapi.page.close();
  await gnu.page.bringToFront();
  const row = (name: string) => gnu.quick.widget.locator('.monaco-list-row', { hasText: name });
  const press = async (name: string, button: string) => {
    await row(name).hover({ timeout: WAIT });
    await row(name).getByRole('button', { name: button }).click({ timeout: WAIT });
  };
  await gnu.command('Letta: Select Agent…');
  await press('pinned to this workspace', 'Rename…');
  await gnu.quick.answer('Keeper of gnus', /Its new name/);
  await gnu.letta.about.getByText('Keeper of gnus').waitFor({ timeout: WAIT });
  await press('Coding agent of workspace-2 in VS Code', 'Delete…');
  const dialog = gnu.page.getByRole('dialog').filter({ hasText: 'Delete the agent' });
  await dialog.getByText(/Lost for good:/).waitFor({ timeout: WAIT });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await row('Keeper of gnus').waitFor({ timeout: WAIT });
  expect(await row('workspace-2').count()).toBe(0);
  await gnu.page.keyboard.press('Escape');
  expect(count('agents')).toBe(2);
});

test('two windows on one thread: the second follows what the first does, answers nothing in its place, and can stop it', async () => {
  const { model } = vscode();
  const one = await vscode().open({ files: { 'yak.ts': 'export const yak = 1;\n' } });
  await one.letta.open();
  model.script(text('Hello.'), toolCalls([{ name: 'Write', args: { path: 'made.ts', content: 'made' }, id: 'w1' }]));
  await one.letta.ask('First words');
  await one.letta.send('Write a file');
  await one.letta.approval('Write made.ts').waitFor({ timeout: WAIT });
  const asked = model.requests.length;

  const two = await vscode().open({ folder: one.folder });
  await two.letta.open();
  await two.letta.running();
  await two.letta.last.getByText('made.ts').first().waitFor({ timeout: WAIT });
  expect(await two.letta.button('Continue').count()).toBe(0);
  expect(await two.letta.approval().count()).toBe(0);
  await two.letta.composer.fill('Beside it');
  await two.letta.composer.press('Enter');
  const waiting = two.letta.frame.getByRole('region', { name: 'Waiting messages' });
  await waiting.getByText('Beside it').waitFor({ timeout: WAIT });

  await two.letta.button('Stop').click();
  await one.letta.approval().waitFor({ state: 'hidden', timeout: WAIT });
  await one.letta.idle();
  await two.letta.idle();
  expect(existsSync(join(one.folder, 'made.ts'))).toBe(false);
  expect(model.requests).toHaveLength(asked);

  model.script(text('Beside it indeed.'));
  // After Stop nothing goes by itself.
  await waiting.getByRole('button', { name: 'Send now' }).click();
  await two.letta.last.getByText('Beside it indeed.').waitFor({ timeout: WAIT });

  // What the first begins now, with the second open beside it, is seen there from its start over the approval to its end.
  await one.letta.last.getByText('Beside it indeed.').waitFor({ timeout: WAIT });
  model.script(toolCalls([{ name: 'Write', args: { path: 'made.ts', content: 'made' }, id: 'w2' }]), text('Made it.'));
  await one.letta.send('Write it after all');
  await two.letta.questions.getByText('Write it after all').waitFor({ timeout: WAIT });
  await two.letta.running();
  await one.letta.decide('Allow', 'Write made.ts');
  await two.letta.last.getByText('Made it.').waitFor({ timeout: WAIT });
  await two.letta.idle();
  expect(await two.letta.approval().count()).toBe(0);
  expect(model.requests).toHaveLength(asked + 3);

  // So is what it writes to memory, and which threads there are.
  await two.letta.panel('Memory');
  const project = two.letta.frame.getByRole('region', { name: 'project' });
  await project.waitFor({ timeout: WAIT });
  model.script(insert('project', 'Yaks are counted twice.'), text('Noted.'));
  await one.letta.ask('Yaks are counted twice.');
  await expect
    .poll(() => two.letta.blockValue('project').inputValue(), { timeout: WAIT })
    .toContain('Yaks are counted twice.');
  await two.letta.panel('Threads');
  await one.letta.newThread();
  model.script(text('Another.'));
  await one.letta.ask('A thread beside it');
  await two.letta.threads.filter({ hasText: 'A thread beside it' }).waitFor({ timeout: WAIT });
  await one.letta.panel('Threads');
  const row = one.letta.threads.filter({ hasText: 'A thread beside it' });
  await row.getByRole('button', { name: 'Rename' }).click();
  await one.letta.frame.getByRole('textbox', { name: 'Thread title' }).fill('Renamed beside it');
  await one.letta.button('Save').click();
  await two.letta.threads.filter({ hasText: 'Renamed beside it' }).waitFor({ timeout: WAIT });
});
