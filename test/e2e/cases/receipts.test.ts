// What stands behind an answer: its receipt, the same question with another memory, pinned threads, and traces to read.
import { expect, test } from 'vitest';
import { type RecordedRequest, text } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { insert } from '../harness/memory.ts';
import { newest, remindersOf, resultsOf, systemOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
const WAIT = 30_000;

const request = () => newest(vscode().model);

const all = (asked: RecordedRequest) => JSON.stringify(asked.body.messages);

async function write(letta: LettaView, label: string, words: string): Promise<void> {
  await letta.panel('Memory');
  await letta.blockValue(label).fill(words);
  const save = letta.block(label).getByRole('button', { name: 'Save' });
  await save.click();
  await expect.poll(() => save.isDisabled(), { timeout: WAIT }).toBe(true);
  await letta.frame.getByText(`Saved ${label}.`).first().waitFor({ state: 'attached', timeout: WAIT });
  await letta.panel('Chat');
}

/** What is said about the newest answer. */
async function about(letta: LettaView) {
  const button = letta.last.getByRole('button', { name: 'About this answer' });
  await button.focus();
  // It stays open for who comes back.
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.press('Enter');
  const region = letta.last.getByRole('region', { name: 'About this answer' });
  await region.getByRole('button', { name: 'Why did you do that?' }).waitFor({ timeout: WAIT });
  return region;
}

const mark = (letta: LettaView) => letta.frame.getByRole('region', { name: 'Pinned memory' });

/** Asks the question of the newest answer again; @returns the request that the model got. */
async function again(letta: LettaView, memory: string, said: RegExp): Promise<RecordedRequest> {
  const before = vscode().model.requests.length;
  await (await about(letta)).getByRole('button', { name: `Ask again with ${memory}` }).click();
  await mark(letta).getByText(said).waitFor({ timeout: WAIT });
  await expect.poll(() => vscode().model.requests.length, { timeout: WAIT }).toBe(before + 1);
  await letta.idle();
  return request();
}

async function expectRefused(letta: LettaView, line: string): Promise<void> {
  vscode().model.script(insert('conventions', line), text('It is pinned.'));
  await letta.ask(`Remember: ${line}`);
  expect(resultsOf(request(), 'memory_insert').at(-1)).toContain('Memory is pinned in this thread');
  await letta.panel('Memory');
  await letta.blockValue('conventions').waitFor();
  expect(await letta.blockValue('conventions').inputValue()).not.toContain(line);
  await letta.panel('Chat');
}

test('an answer says what it was given with, and is asked again with today’s, that day’s and no memory', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(text('Hello.'));
  await letta.ask('Hello there');
  await write(letta, 'conventions', 'Indent with tabs.');
  model.script(text('With tabs, as you told me.'));
  await letta.ask('How do we indent?');
  await write(letta, 'conventions', 'Indent with two spaces.');

  const receipt = await about(letta);
  await receipt.getByText(/scripted/).waitFor();
  const blocks = receipt.getByRole('list', { name: 'Memory of this answer' });
  await blocks
    .getByRole('listitem')
    .filter({ hasText: /^conventions 17 characters.*, changed since/ })
    .waitFor();
  await blocks
    .getByRole('listitem')
    .filter({ hasText: /^persona .*, unchanged$/ })
    .waitFor();
  expect(await violations(letta)).toEqual([]);
  await receipt.getByRole('button', { name: 'Compare conventions' }).click();
  await window().editor.diff.waitFor({ timeout: WAIT });

  model.script(text('I do not know.'));
  const none = await again(letta, 'no memory', /Asked again with no memory/);
  expect(all(none)).toContain('Hello there');
  expect(all(none).match(/How do we indent\?/g)).toHaveLength(1);
  expect(all(none)).not.toContain('Indent with');
  await expectRefused(letta, 'Forget nothing.');

  await letta.openThread('Hello there');
  model.script(text('With tabs.'));
  const then = await again(letta, 'that day’s memory', /Asked again with the memory of/);
  expect(systemOf(then)).toContain('Indent with tabs.');
  expect(all(then)).not.toContain('two spaces');
  expect(all(then)).toContain('Hello there');

  await letta.openThread('Hello there');
  model.script(text('With two spaces.'));
  const today = await again(letta, 'today’s memory', /Asked again with today’s memory/);
  expect(systemOf(today)).toContain('Indent with two spaces.');
  expect(all(today)).not.toContain('Indent with tabs.');

  // What the fork is, its name says, too; and the memory of an answer is still its own after a reload.
  await letta.panel('Threads');
  const named = letta.threads.getByRole('button', { name: /^How do we indent\? \(memory of .*\)$/ });
  await named.waitFor({ timeout: WAIT });
  await letta.threads.getByRole('button', { name: 'How do we indent? (no memory)', exact: true }).waitFor();
  await window().reload();
  await letta.open();
  await letta.panel('Threads');
  await named.click();
  await mark(letta).waitFor({ timeout: WAIT });
  model.script(text('Still with tabs.'));
  await letta.ask('And now?');
  expect(systemOf(request())).toContain('Indent with tabs.');
  expect(all(request())).not.toContain('two spaces');
});

test('a pinned thread keeps its memory, refuses writes, also in a fork, and follows memory again when it is let go', async () => {
  const { letta } = window();
  const { model } = vscode();
  await write(letta, 'conventions', 'Indent with tabs.');
  model.script(text('Yes.'));
  await letta.ask('Shall we begin?');
  await window().command('Letta: Pin Memory in This Thread');
  await mark(letta)
    .getByText(/Memory is pinned in this thread/)
    .waitFor({ timeout: WAIT });
  expect(await violations(letta)).toEqual([]);
  await write(letta, 'conventions', 'Indent with four spaces.');
  await expectRefused(letta, 'Indent with eight spaces.');
  expect(systemOf(request())).toContain('Indent with tabs.');
  expect(systemOf(request())).toContain('Memory is pinned in this thread.');
  expect(all(request())).not.toContain('four spaces');

  await letta.panel('Threads');
  const row = letta.threads.filter({ has: letta.button('Shall we begin?') });
  await row.getByText('Memory is pinned.').waitFor({ state: 'attached' });
  await row.getByRole('button', { name: 'Fork' }).click();
  await mark(letta).waitFor({ timeout: WAIT });
  await expectRefused(letta, 'Indent with nine spaces.');
  expect(all(request())).not.toContain('four spaces');

  await mark(letta).getByRole('button', { name: 'Unpin memory' }).click();
  await mark(letta).waitFor({ state: 'detached', timeout: WAIT });
  model.script(insert('conventions', 'End files with a line break.'), text('Noted.'));
  await letta.ask('Now remember it');
  expect(`${systemOf(request())}${remindersOf(request())}`).toContain('Indent with four spaces.');
  await letta.panel('Memory');
  const value = () => letta.blockValue('conventions').inputValue();
  await expect.poll(value, { timeout: WAIT }).toBe('Indent with four spaces.\nEnd files with a line break.');
});

test('why an answer came out so, and what may stand behind a symptom, opens as a document with ways to each part', async () => {
  const { letta } = window();
  const { editor } = window();
  /** Long lines are wrapped where they are drawn. */
  const shown = async () => (await editor.text()).replace(/\s+/g, ' ');
  const { model } = vscode();
  model.script(insert('lessons', 'Deploys hang when the certificate has expired.'), text('Noted.'));
  await letta.ask('Remember that deploys hang when the certificate has expired');
  await letta.newThread();
  model.script(text('The certificate may have expired: renew it, then deploy again.'));
  await letta.ask('Why does the deploy hang?');
  await (await about(letta)).getByRole('button', { name: 'Why did you do that?' }).click();
  await editor.activeTab.filter({ hasText: 'Why did you do that' }).waitFor({ timeout: WAIT });
  await expect.poll(shown, { timeout: WAIT }).toContain('## Lines of memory');
  const why = await shown();
  expect(why).toContain('You asked “Why does the deploy hang?”');
  expect(why).toMatch(/- lessons, line \d+ \(\d+ %\): “Deploys hang when the certificate has expired\.” `block-/);
  expect(why).toMatch(/Written by the agent, .* in Remember that deploys hang.*`rev-/);
  expect(why).toContain('after you said “Remember that deploys hang when the certificate has expired”');

  await letta.panel('Chat');
  await letta.composer.fill('/doctor the deploy hangs');
  await letta.button('Send').click();
  await editor.activeTab.filter({ hasText: 'Doctor' }).waitFor({ timeout: WAIT });
  await expect.poll(shown, { timeout: WAIT }).toContain('“Deploys hang when the certificate has expired.”');
  // The way to the block: the first line of the first section.
  expect((await shown()).indexOf('- lessons, line 1')).toBe(
    (await shown()).indexOf('## Lines of memory ') + '## Lines of memory '.length,
  );
  await editor.goTo(7, 5);
  await window().command('Open Link');
  await expect.poll(() => letta.tab('Memory').getAttribute('aria-selected'), { timeout: WAIT }).toBe('true');
  await letta.blockValue('lessons').and(letta.frame.locator(':focus')).waitFor({ timeout: WAIT });
});
