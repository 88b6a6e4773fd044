// What fills memory from outside: getting to know a repository, and rules brought along from other tools.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

const told = async (window: Workbench, message: string | RegExp): Promise<string> =>
  (await (await window.told(message, 2 * WAIT)).textContent()) ?? '';

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
  await window.quick.widget.getByRole('button', { name: 'OK' }).click();

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

  // The thread that is open is told; the next one has it in its prompt.
  await letta.panel('Chat');
  model.script(text('Hello.'), text('Hello again.'));
  await letta.ask('Hello');
  await letta.newThread();
  await letta.ask('Hello');
  const [open, next] = model.requests;
  if (!open || !next) throw new Error('The model was not asked.');
  expect(remindersOf(open)).toContain('Amounts are whole cents, never floats.');
  expect(systemOf(next)).toContain('Amounts are whole cents, never floats.');
  for (const request of [open, next]) expect(JSON.stringify(request.body)).not.toContain('Errors carry a reason');

  // A rule that is new in a file that was brought along is proposed, and only that one.
  await writeFile(join(window.folder, 'AGENTS.md'), `${RULES}- Names of events are in the past tense.\n`);
  await told(window, 'AGENTS.md has 1 new rule, which waits for your review.');
  await window.pressInNotification('AGENTS.md has 1 new rule', 'Review');
  await expect.poll(() => waiting.count(), { timeout: WAIT }).toBe(1);
  await waiting.filter({ hasText: 'past tense' }).waitFor();

  // What the files leave open is asked; a person may rather not say.
  model.script(text('Nothing more.'));
  await window.editor.focus();
  await window.command('Letta: Initialize Memory');
  await window.quick.answer('A till for small shops', 'What is this project for, in one sentence?');
  await window.quick.prompt('Which command runs the tests?').waitFor({ timeout: WAIT });
  await page.keyboard.press('Escape');
  await told(window, 'Wrote 1 line in project');
  await expect
    .poll(() => value(letta, 'project'), { timeout: WAIT })
    .toBe('- Purpose: A till for small shops (told by the person)');
});

const KEY = 'sk-proj-Zk3xQ9vT7bLm2Wc8Rf5Yh1Nd6Gj4Pa0Us';
const CONVERSATION = 'conversations/conv-1';
const LETTA_CODE: Record<string, string> = {
  'agents/ada.json': JSON.stringify({ id: 'agent-local-1', name: 'Ada', description: 'Knows the shop', model: 'a/b' }),
  'memfs/agent-local-1/memory/MEMORY.md': '# Index\n',
  'memfs/agent-local-1/memory/style.md': '---\ndescription: How code looks\n---\nCode is indented with tabs.\n',
  'memfs/agent-local-1/memory/skills/deploy/SKILL.md': '---\nname: deploy\ndescription: d\n---\nDo it.\n',
  'memfs/agent-local-1/memory/skills/deploy/scripts/run.sh': 'touch "$HOME/ran"\n',
  [`${CONVERSATION}/conversation.json`]: JSON.stringify({ agent_id: 'agent-local-1', title: 'Invoices' }),
  [`${CONVERSATION}/messages.jsonl`]: [
    { type: 'message', message: { role: 'user', content: `Invoices are numbered per year. My key is ${KEY}` } },
    { type: 'message', message: { role: 'assistant', content: 'Noted.' } },
  ]
    .map((row) => JSON.stringify(row))
    .join('\n'),
  'providers/auth.json': JSON.stringify({ openai: KEY }),
};

test('a Letta Code agent comes along: memory through review, into a block that is made for it, conversations into the archive, skills as the agent’s own', async () => {
  const folder = join(vscode().home, '.letta', 'lc-local-backend');
  for (const [path, content] of Object.entries(LETTA_CODE)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const window = await vscode().open();
  const { letta, page } = window;
  await letta.open();
  await window.command('Letta: Bring Your Letta Code Agent');
  const row = (text: string) => window.quick.widget.locator('.monaco-list-row', { hasText: text });
  await row('Knows the shop').click({ timeout: WAIT });
  await row('Keys are never read').waitFor({ timeout: WAIT });
  for (const unticked of ['a skill of this agent', 'Invoices'])
    await row(unticked).locator('input, .monaco-checkbox').first().click();
  await window.quick.widget.getByRole('button', { name: 'OK' }).click();

  const dialog = page.locator('.monaco-dialog-box');
  await dialog.filter({ hasText: 'deploy: SKILL.md, scripts/run.sh' }).waitFor({ timeout: WAIT });
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await told(window, 'Copied 1 skill for this agent.');
  await dialog.filter({ hasText: 'Put 2 messages of 1 conversation into the archive?' }).waitFor({ timeout: WAIT });
  await dialog.getByRole('button', { name: 'Put into the Archive' }).click();
  await told(window, 'Put 1 entry into the archive.');

  const waiting = reviews(letta).getByRole('listitem');
  await waiting.filter({ hasText: 'indented with tabs' }).getByRole('button', { name: 'Accept' }).click();
  await dialog.getByRole('button', { name: 'Create style' }).click({ timeout: WAIT });
  await expect.poll(() => value(letta, 'style'), { timeout: WAIT }).toBe('Code is indented with tabs.');
  await reviews(letta).waitFor({ state: 'detached', timeout: WAIT });
  const archive = letta.frame.getByRole('list', { name: 'Archive' });
  await archive
    .getByText(/Invoices are numbered per year/)
    .first()
    .waitFor({ timeout: WAIT });
  expect(await archive.textContent()).not.toContain(KEY);

  // A second time there is nothing left to bring, and nothing in the folder was changed.
  await window.editor.focus();
  await window.command('Letta: Bring Your Letta Code Agent');
  await row('Knows the shop').click({ timeout: WAIT });
  await row('It was brought along already.').waitFor({ timeout: WAIT });
  await row('It stands in memory already.').waitFor();
  await row('This agent has a skill “deploy” already.').waitFor();
  await page.keyboard.press('Escape');
  expect(existsSync(join(vscode().home, 'ran'))).toBe(false);
  await letta.panel('Skills');
  await letta.skills.filter({ hasText: 'this agent · agent/' }).waitFor({ timeout: WAIT });
  await letta.panel('Chat');
  await letta.newThread();
  await letta.ask('Hello');
  const asked = vscode().model.requests.at(-1);
  expect(asked && systemOf(asked)).toMatch(/\/agent-skills\/[\w-]+\n└── deploy\/SKILL\.md \(d\)/);
  for (const [path, content] of Object.entries(LETTA_CODE))
    expect(await readFile(join(folder, path), 'utf8')).toBe(content);
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
