// What fills memory from outside, on whichever home: the repository, rules of other tools, an agent of Letta Code.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { SHOP } from '../../support/planted-shop.ts';
import { text } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { remindersOf, systemOf } from '../harness/requests.ts';
import type { VsCode } from '../harness/vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const WAIT = 30_000;

export const reviews = (letta: LettaView): Locator => letta.frame.getByRole('list', { name: 'Waiting for review' });

export const told = async (window: Workbench, message: string | RegExp): Promise<string> =>
  (await (await window.told(message, 2 * WAIT)).textContent()) ?? '';

export const value = (letta: LettaView, label: string): Promise<string> => letta.blockValue(label).inputValue();

/** Each line of memory names places, and what it says stands in the repository. */
export function expectCited(block: string): void {
  for (const line of block.split('\n')) {
    const places = [...line.matchAll(/([\w./-]+):(\d+)/g)];
    expect(places.length, line).toBeGreaterThan(0);
    for (const [, path = '', at] of places)
      expect(SHOP.files[path]?.split('\n')[Number(at) - 1], line).toEqual(expect.stringMatching(/\S/));
  }
}

/** What the agent says of the shop: two lines with their places, one that is a command, one that nothing supports. */
export const ABOUT_SHOP = [
  'project: Takes orders and sends invoices for a small web shop (README.md:3)',
  'project: Tests run with `pnpm test` (package.json:11)',
  'conventions: Errors extend DomainError and are named …Failure (src/failures/credit-line-failure.ts:4)',
  'conventions: Deploys happen on Fridays only (README.md:3)',
].join('\n');

/** In a workspace that holds the shop, with empty memory. @returns what waits for review afterwards: the command */
export async function initialize(vscode: VsCode, window: Workbench): Promise<Locator> {
  const { letta } = window;
  const { model } = vscode;
  const before = model.requests.length;
  model.script(text(ABOUT_SHOP));
  await window.command('Letta: Initialize Memory');
  await told(window, 'Wrote 1 line in project, 1 line in conventions. 1 line waits for review.');

  const request = model.requests[before];
  if (!request) throw new Error('The model was not asked.');
  expect(remindersOf(request)).toContain('[src/failures/credit-line-failure.ts:4]');
  await window.pressInNotification('Wrote 1 line in project', 'View');
  await letta.block('project').waitFor({ timeout: WAIT });
  await expect.poll(() => value(letta, 'project'), { timeout: WAIT }).toContain('(README.md:3)');
  const conventions = await value(letta, 'conventions');
  for (const block of [await value(letta, 'project'), conventions]) expectCited(block);
  expect(conventions).toContain('DomainError');
  expect(conventions).not.toContain('Fridays');
  // A command is for a person to let in, with what it rests on.
  const held = reviews(letta).getByRole('listitem').filter({ hasText: 'pnpm test' });
  await held
    .getByText(/package\.json:11/)
    .first()
    .waitFor({ timeout: WAIT });
  return held;
}

export const RULES = `# Rules

- Amounts are whole cents, never floats.
- Errors carry a reason a caller can test.
- Ask before a new dependency is added.
`;

export const RULES_FILES: Record<string, string> = {
  'AGENTS.md': RULES,
  'CLAUDE.md': '- Errors carry a reason a caller can test.\n',
};

/** In a workspace with these files, with empty memory: three rules are found, one is let in. */
export async function bringRules(vscode: VsCode, window: Workbench): Promise<void> {
  const { letta } = window;
  const { model } = vscode;
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
  const before = model.requests.length;
  model.script(text('Hello.'), text('Hello again.'));
  await letta.ask('Hello');
  await letta.newThread();
  await letta.ask('Hello');
  const [open, next] = model.requests.slice(before);
  if (!open || !next) throw new Error('The model was not asked.');
  expect(remindersOf(open)).toContain('Amounts are whole cents, never floats.');
  expect(systemOf(next)).toContain('Amounts are whole cents, never floats.');
  for (const request of [open, next]) expect(JSON.stringify(request.body)).not.toContain('Errors carry a reason');
}

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

const lettaCodeFolder = (vscode: VsCode): string => join(vscode.home, '.letta', 'lc-local-backend');

/** Nothing in the folder was changed. */
export async function expectLettaCodeUntouched(vscode: VsCode): Promise<void> {
  for (const [path, content] of Object.entries(LETTA_CODE))
    expect(await readFile(join(lettaCodeFolder(vscode), path), 'utf8')).toBe(content);
}

/** Brings the agent of a Letta Code on this computer along; its memory becomes a new block, *style*, its skill one of this agent. */
export async function bringLettaCode(vscode: VsCode, window: Workbench): Promise<void> {
  for (const [path, content] of Object.entries(LETTA_CODE)) {
    await mkdir(dirname(join(lettaCodeFolder(vscode), path)), { recursive: true });
    await writeFile(join(lettaCodeFolder(vscode), path), content);
  }
  const { letta, page } = window;
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
}
