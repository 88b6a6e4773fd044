// What fills memory from outside: getting to know a repository, and rules brought along from other tools.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHOP } from '../../support/planted-shop.ts';
import { text } from '../../support/scripted-model.ts';
import { systemOf } from '../harness/requests.ts';
import { withVsCode } from '../harness/with-vscode.ts';
import {
  ABOUT_SHOP,
  bringLettaCode,
  bringRules,
  expectCited,
  expectLettaCodeUntouched,
  initialize,
  RULES,
  RULES_FILES,
  reviews,
  told,
  value,
} from '../shared/bringing.ts';

const vscode = withVsCode();
const WAIT = 30_000;

test('the agent gets to know the repository: what it says enters memory with its places, what nothing supports does not', async () => {
  const window = await vscode().open({ files: { ...SHOP.files } });
  const { letta } = window;
  await initialize(vscode(), window);
  const project = await value(letta, 'project');
  const conventions = await value(letta, 'conventions');

  vscode().model.script(text(ABOUT_SHOP));
  await window.editor.focus();
  await window.command('Letta: Initialize Memory');
  await told(window, /^.*Nothing new was written\./);
  expect(await value(letta, 'project')).toBe(project);
  expect(await value(letta, 'conventions')).toBe(conventions);
  expect(await reviews(letta).getByRole('listitem').count()).toBe(1);
});

test('rules of other tools are shown with what is skipped, wait for review, and reach the next thread once accepted', async () => {
  const window = await vscode().open({ files: { ...RULES_FILES, 'src/a.ts': 'export {};\n' } });
  const { letta, page } = window;
  const { model } = vscode();
  await letta.open();
  await bringRules(vscode(), window);

  // A rule that is new in a file that was brought along is proposed, and only that one.
  const waiting = reviews(letta).getByRole('listitem');
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

test('a Letta Code agent comes along: memory through review, into a block that is made for it, conversations into the archive, skills as the agent’s own', async () => {
  const window = await vscode().open();
  const { letta, page } = window;
  await letta.open();
  await bringLettaCode(vscode(), window);

  // A second time there is nothing left to bring, and nothing in the folder was changed.
  await window.editor.focus();
  await window.command('Letta: Bring Your Letta Code Agent');
  const row = (text: string) => window.quick.widget.locator('.monaco-list-row', { hasText: text });
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
  await expectLettaCodeUntouched(vscode());
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
