// What fills memory from outside: getting to know a repository, and rules brought along from other tools.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHOP } from '../../support/planted-shop.ts';
import { text } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { remindersOf, systemOf } from '../harness/requests.ts';
import { withVsCode } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const vscode = withVsCode();
const WAIT = 30_000;

const reviews = (letta: LettaView) => letta.frame.getByRole('list', { name: 'Waiting for review' });

async function told(window: Workbench, message: string | RegExp): Promise<string> {
  const toast = window.notification(message).first();
  await toast.waitFor({ timeout: 2 * WAIT });
  return (await toast.textContent()) ?? '';
}

const value = (letta: LettaView, label: string): Promise<string> => letta.blockValue(label).inputValue();

/** Each line of memory names places, and what it says stands in the repository. */
function expectCited(block: string): void {
  for (const line of block.split('\n')) {
    const places = [...line.matchAll(/([\w./-]+):(\d+)/g)];
    expect(places.length, line).toBeGreaterThan(0);
    for (const [, path = '', at] of places)
      expect(SHOP.files[path]?.split('\n')[Number(at) - 1], line).toEqual(expect.stringMatching(/\S/));
  }
}

test('the agent gets to know the repository: what it says enters memory with its places, what nothing supports does not', async () => {
  const window = await vscode().open({ files: { ...SHOP.files } });
  const { letta } = window;
  const { model } = vscode();
  const answer = [
    'project: Takes orders and sends invoices for a small web shop (README.md:3)',
    'project: Tests run with `pnpm test` (package.json:11)',
    'conventions: Errors extend DomainError and are named …Failure (src/failures/credit-line-failure.ts:4)',
    'conventions: Deploys happen on Fridays only (README.md:3)',
  ].join('\n');
  model.script(text(answer));
  await window.command('Letta: Initialize Memory');
  await told(window, 'Wrote 1 line in project, 1 line in conventions. 1 line waits for review.');

  const [request] = model.requests;
  if (!request) throw new Error('The model was not asked.');
  expect(remindersOf(request)).toContain('[src/failures/credit-line-failure.ts:4]');
  await window.pressInNotification('Wrote 1 line in project', 'View');
  await letta.block('project').waitFor({ timeout: WAIT });
  await expect.poll(() => value(letta, 'project'), { timeout: WAIT }).toContain('(README.md:3)');
  const project = await value(letta, 'project');
  const conventions = await value(letta, 'conventions');
  for (const block of [project, conventions]) expectCited(block);
  expect(conventions).toContain('DomainError');
  expect(conventions).not.toContain('Fridays');
  // A command is for a person to let in, with what it rests on.
  const held = reviews(letta).getByRole('listitem').filter({ hasText: 'pnpm test' });
  await held
    .getByText(/package\.json:11/)
    .first()
    .waitFor({ timeout: WAIT });

  model.script(text(answer));
  await window.editor.focus();
  await window.command('Letta: Initialize Memory');
  await told(window, /^.*Nothing new was written\./);
  expect(await value(letta, 'project')).toBe(project);
  expect(await value(letta, 'conventions')).toBe(conventions);
  expect(await reviews(letta).getByRole('listitem').count()).toBe(1);
});

const RULES = `# Rules

- Amounts are whole cents, never floats.
- Errors carry a reason a caller can test.
- Ask before a new dependency is added.
`;

test('rules of other tools are shown with what is skipped, wait for review, and reach the next thread once accepted', async () => {
  const window = await vscode().open({
    files: {
      'AGENTS.md': RULES,
      'CLAUDE.md': '- Errors carry a reason a caller can test.\n',
      'src/a.ts': 'export {};\n',
    },
  });
  const { letta, page } = window;
  const { model } = vscode();
  await letta.open();
  await window.command('Letta: Bring Along…');
  await window.quick.prompt(/3 found, 1 skipped/).waitFor({ timeout: WAIT });
  const row = (text: string) => window.quick.widget.locator('.monaco-list-row', { hasText: text });
  await row('The same stands in AGENTS.md:4').waitFor();
  await row('Ask before a new dependency').locator('input, .monaco-checkbox').first().click();
  await page.keyboard.press('Enter');

  const waiting = reviews(letta).getByRole('listitem');
  await expect.poll(() => waiting.count(), { timeout: WAIT }).toBe(2);
  expect(await value(letta, 'conventions')).toBe('');
  const first = waiting.filter({ hasText: 'Amounts are whole cents' });
  await first
    .getByText(/AGENTS\.md:3/)
    .first()
    .waitFor();
  await first.getByRole('button', { name: 'Accept' }).click();
  await expect
    .poll(() => value(letta, 'conventions'), { timeout: WAIT })
    .toBe('Amounts are whole cents, never floats.');
  await waiting.first().getByRole('button', { name: 'Reject' }).click();
  await reviews(letta).waitFor({ state: 'detached', timeout: WAIT });

  await letta.panel('Chat');
  await letta.newThread();
  model.script(text('Hello.'));
  await letta.ask('Hello');
  const request = model.requests.at(-1);
  if (!request) throw new Error('The model was not asked.');
  expect(systemOf(request)).toContain('Amounts are whole cents, never floats.');
  expect(JSON.stringify(request.body)).not.toContain('Errors carry a reason');

  // A rule that is new in a file that was brought along is proposed, and only that one.
  await writeFile(join(window.folder, 'AGENTS.md'), `${RULES}- Names of events are in the past tense.\n`);
  await told(window, 'AGENTS.md has 1 new rule, which waits for your review.');
  await window.pressInNotification('AGENTS.md has 1 new rule', 'Review');
  await expect.poll(() => waiting.count(), { timeout: WAIT }).toBe(1);
  await waiting.filter({ hasText: 'past tense' }).waitFor();
});

test('with no model reachable the strongest claims are written, once, and Undo takes all of it back', async () => {
  const window = await vscode().open({ files: { ...SHOP.files } });
  const { letta } = window;
  await letta.open();
  // The last case of this file: nobody listens at the endpoint from here on.
  await vscode().model.close();
  await window.command('Letta: Initialize Memory');
  const said = await told(window, /Wrote \d+ lines in project, \d+ lines in conventions\. \d+ lines wait for review\./);
  expect(said).toContain('Written without the agent’s words');
  await letta.panel('Memory');
  await expect.poll(() => value(letta, 'project'), { timeout: WAIT }).toContain('package.json:');
  const project = await value(letta, 'project');
  const conventions = await value(letta, 'conventions');
  for (const block of [project, conventions]) expectCited(block);
  const waiting = await reviews(letta).getByRole('listitem').count();
  expect(waiting).toBeGreaterThan(0);

  await window.editor.focus();
  await window.command('Letta: Initialize Memory');
  await told(window, 'Nothing new was written.');
  expect(await value(letta, 'project')).toBe(project);
  expect(await value(letta, 'conventions')).toBe(conventions);
  expect(await reviews(letta).getByRole('listitem').count()).toBe(waiting);

  await window.showNotifications();
  await window.pressInNotification(/Wrote \d+ lines in project/, 'Undo');
  await told(window, /Undone in/);
  await expect.poll(() => value(letta, 'project'), { timeout: WAIT }).toBe('');
  await expect.poll(() => value(letta, 'conventions'), { timeout: WAIT }).toBe('');
  await reviews(letta).waitFor({ state: 'detached', timeout: WAIT });
});
