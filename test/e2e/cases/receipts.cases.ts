// What stands behind an answer: its receipt, the same question with another memory, pinned threads, and traces to read.
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { insert } from '../harness/memory.ts';
import { newest, systemOf } from '../harness/requests.ts';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { aboutAnswer, all, pinMark, ReceiptSteps } from '../shared/receipts.ts';

const opened = withWindow();
const { vscode, window } = opened;
const steps = new ReceiptSteps(opened);
const WAIT = 30_000;

const request = () => newest(vscode().model);

test('an answer says what it was given with, and is asked again with today’s, that day’s and no memory', async () => {
  const { editor, letta } = window();
  await tidy(window(), ['project', 'conventions', 'lessons']);
  await steps.askAgain(async (receipt) => {
    expect(await violations(letta)).toEqual([]);
    await receipt.getByRole('button', { name: 'Compare conventions' }).click();
    await editor.diff.waitFor({ timeout: WAIT });
  });

  // What the fork is, its name says, too; and the memory of an answer is still its own after a reload.
  await letta.panel('Threads');
  const named = letta.threads.getByRole('button', { name: /^How do we indent\? \(memory of .*\)$/ });
  await named.waitFor({ timeout: WAIT });
  await letta.threads.getByRole('button', { name: 'How do we indent? (no memory)', exact: true }).waitFor();
  await window().reload();
  await letta.open();
  await letta.panel('Threads');
  await named.click();
  await pinMark(letta).waitFor({ timeout: WAIT });
  vscode().model.script(text('Still with tabs.'));
  await letta.ask('And now?');
  expect(systemOf(request())).toContain('Indent with tabs.');
  expect(all(request())).not.toContain('two spaces');
});

test('a pinned thread keeps its memory, refuses writes, also in a fork, and follows memory again when it is let go', async () => {
  const { letta } = window();
  await steps.pin(async () => {
    expect(await violations(letta)).toEqual([]);
    await letta.panel('Threads');
    const row = letta.threads.filter({ has: letta.button('Shall we begin?') });
    await row.getByText('Memory is pinned.').waitFor({ state: 'attached' });
    await row.getByRole('button', { name: 'Fork' }).click();
    await pinMark(letta).waitFor({ timeout: WAIT });
    await steps.refused('Indent with nine spaces.');
    expect(all(request())).not.toContain('four spaces');
  });
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
  await (await aboutAnswer(letta)).getByRole('button', { name: 'Why did you do that?' }).click();
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
