// Threads come and go and nothing is lost: switching, search, rename, fork, delete; reloads and kills in mid-answer; a restart.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, type RecordedRequest, text, toolCalls } from '../../support/scripted-model.ts';
import { seedThreads } from '../../support/seed-threads.ts';
import { violations } from '../harness/axe.ts';
import { agentIds, partialText } from '../harness/database.ts';
import { chooseFile } from '../harness/folder-dialog.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { remindersOf, resultsOf, systemOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const { vscode, window: opened } = withWindow();
const WAIT = 30_000;

function titles(letta: LettaView): Promise<(string | null)[]> {
  return letta.threads.locator('.row-title').allTextContents();
}

async function expectTitles(letta: LettaView, ...expected: string[]): Promise<void> {
  await letta.panel('Threads');
  await expect.poll(() => titles(letta), { timeout: WAIT }).toEqual(expected);
}

function row(letta: LettaView, title: string) {
  return letta.threads.filter({ has: letta.button(title) });
}

test('threads are listed newest first, opened, searched, renamed, forked and deleted with Undo', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();

  model.script(text('One.'), text('Two.'));
  await letta.ask('Alpha question\nwith a second line');
  await letta.newThread();
  expect(await letta.articles.count()).toBe(0);
  await letta.ask('Beta question');
  await expectTitles(letta, 'Beta question', 'Alpha question');

  await letta.openThread('Alpha question');
  await letta.last.getByText('One.').waitFor({ timeout: WAIT });
  model.script(text('One more.'));
  await letta.ask('Alpha again');
  // The other thread's words are no part of this one.
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).not.toContain('Beta');
  await expectTitles(letta, 'Alpha question', 'Beta question');
  expect(await violations(letta)).toEqual([]);

  const search = letta.frame.getByRole('searchbox', { name: 'Search threads' });
  await search.fill('beta');
  await expectTitles(letta, 'Beta question');
  await search.fill('gamma');
  await expectTitles(letta);
  await search.fill('');
  await expectTitles(letta, 'Alpha question', 'Beta question');

  await row(letta, 'Beta question').getByRole('button', { name: 'Rename' }).click();
  await letta.frame.getByRole('textbox', { name: 'Thread title' }).fill('Gamma');
  await letta.button('Save').click();
  await expectTitles(letta, 'Alpha question', 'Gamma');
  model.script(text('Three.'));
  await letta.openThread('Gamma');
  await letta.ask('Another message');
  await expectTitles(letta, 'Gamma', 'Alpha question');

  await row(letta, 'Alpha question').getByRole('button', { name: 'Fork' }).click();
  await letta.composer.waitFor();
  await expect.poll(() => letta.articles.count(), { timeout: WAIT }).toBe(4);
  model.script(text('Forked.'));
  await letta.ask('Only in the fork');
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('Alpha again');
  await expectTitles(letta, 'Alpha question (fork)', 'Gamma', 'Alpha question');
  await letta.openThread('Alpha question');
  await letta.last.getByText('One more.').waitFor({ timeout: WAIT });
  expect(await letta.articles.count()).toBe(4);

  await letta.panel('Threads');
  await row(letta, 'Gamma').getByRole('button', { name: 'Delete' }).click();
  await expectTitles(letta, 'Alpha question (fork)', 'Alpha question');
  await window.pressInNotification('Deleted the thread “Gamma”.', 'Undo');
  await expectTitles(letta, 'Alpha question (fork)', 'Gamma', 'Alpha question');
  await letta.openThread('Gamma');
  await letta.last.getByText('Three.').waitFor({ timeout: WAIT });

  await letta.panel('Threads');
  await row(letta, 'Gamma').getByRole('button', { name: 'Delete' }).click();
  await expectTitles(letta, 'Alpha question (fork)', 'Alpha question');
});

test('threads are put away and back, forked from a message, exported, and named by the agent when all is quiet', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  await letta.newThread();
  // Other threads may be named at the same time.
  model.name('Birds by the pond', 'Herons wade.');
  model.script(text('Herons wade.'), text('Grebes dive.'));
  await letta.ask('Tell me about herons');
  await letta.ask('And about grebes?');

  await letta.panel('Threads');
  await row(letta, 'Tell me about herons').getByRole('heading', { name: 'Today' }).waitFor({ timeout: WAIT });
  await row(letta, 'Tell me about herons').hover();
  await row(letta, 'Tell me about herons').getByRole('button', { name: 'Archive' }).click();
  await expect.poll(() => titles(letta), { timeout: WAIT }).not.toContain('Tell me about herons');
  await letta.button('Archived threads').click();
  await expectTitles(letta, 'Tell me about herons');
  expect(await violations(letta)).toEqual([]);
  await row(letta, 'Tell me about herons').hover();
  await row(letta, 'Tell me about herons').getByRole('button', { name: 'Unarchive' }).click();
  await letta.frame.getByText('Nothing is archived.').waitFor({ timeout: WAIT });
  await letta.button('Archived threads').click();

  // Before the second question: it is in the composer, to be said otherwise.
  await letta.openThread('Tell me about herons');
  await expect.poll(() => letta.articles.count(), { timeout: WAIT }).toBe(4);
  const second = letta.questions.nth(1);
  await second.hover();
  await second.getByRole('button', { name: 'Fork from here' }).click();
  await expect.poll(() => letta.composer.inputValue(), { timeout: WAIT }).toBe('And about grebes?');
  await expect.poll(() => letta.articles.count(), { timeout: WAIT }).toBe(2);
  model.script(text('Coots fight.'));
  await letta.composer.fill('');
  await letta.ask('And about coots?');
  const asked = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect([asked.includes('Herons wade.'), asked.includes('Grebes')]).toEqual([true, false]);

  const file = join(window.folder, 'birds.md');
  await window.command('Letta: Export Thread…');
  await window.quick.widget.locator('.monaco-list-row', { hasText: 'Markdown' }).click();
  await chooseFile(window, file);
  await window.told('Exported “Tell me about herons (fork)”.');
  expect(readFileSync(file, 'utf8')).toMatch(
    /Tell me about herons\n[\s\S]*Herons wade\.[\s\S]*And about coots\?[\s\S]*Coots fight\./,
  );

  await letta.panel('Threads');
  // Threads of the cases before are named meanwhile as well.
  const askedFor = () =>
    model.titleRequests.filter(({ body }) => JSON.stringify(body.messages).includes('Herons wade.'));
  await expect.poll(() => askedFor().length, { timeout: 2 * WAIT }).toBe(1);
  await expect.poll(() => titles(letta), { timeout: WAIT }).not.toContain('Tell me about herons');
  expect(await titles(letta)).toContain('Birds by the pond');
});

test('a message from long ago is found by its words and opens in its place, and both ends go on from there', async () => {
  const window = opened();
  const { letta } = window;
  await letta.panel('Threads');
  const [agentId] = agentIds(vscode().lettaDir);
  seedThreads(vscode().lettaDir, 1, 600, agentId);

  await letta.frame.getByRole('searchbox', { name: 'Search threads' }).fill('"Message 77 of thread 0"');
  const hits = letta.frame.getByRole('list', { name: 'Found in messages' }).getByRole('listitem');
  await hits.filter({ hasText: 'Message 77 of' }).getByRole('button').first().click();
  const found = letta.articles.filter({ hasText: 'Message 77 of thread 0' });
  await expect.poll(() => inSight(letta, 'Message 77 of'), { timeout: WAIT }).toBe(true);
  expect(await found.count()).toBe(1);
  // Both ends go on from there.
  await letta.transcript.press('PageDown');
  const goesTo = async (key: string, isThere: (numbers: number[]) => boolean) => {
    const look = async () => {
      await letta.transcript.press(key);
      return isThere(await numbersInSight(letta));
    };
    await expect.poll(look, { timeout: 2 * WAIT, interval: 50 }).toBe(true);
  };
  await goesTo('PageDown', (numbers) => Math.max(...numbers) >= 131);
  await goesTo('PageUp', (numbers) => Math.min(...numbers) <= 11);
  await letta.frame.getByRole('button', { name: 'Scroll to the end' }).click();
  await expect.poll(() => inSight(letta, 'Message 599 of'), { timeout: WAIT }).toBe(true);
  await letta.panel('Threads');
  await letta.frame.getByRole('searchbox', { name: 'Search threads' }).fill('');
});

/** Which messages of a seeded thread are within the conversation's window. */
function numbersInSight(letta: LettaView): Promise<number[]> {
  return letta.transcript.evaluate((log) => {
    const { top, bottom } = log.getBoundingClientRect();
    return [...log.querySelectorAll('article')].flatMap((article) => {
      const box = article.getBoundingClientRect();
      const number = /Message (\d+) of/.exec(article.textContent ?? '')?.[1];
      return number !== undefined && box.bottom > top && box.top < bottom ? [Number(number)] : [];
    });
  });
}

/** Whether a message with that text is within the conversation's window. */
function inSight(letta: LettaView, text: string): Promise<boolean> {
  return letta.transcript.evaluate((log, wanted) => {
    const { top, bottom } = log.getBoundingClientRect();
    return [...log.querySelectorAll('article')].some((article) => {
      const box = article.getBoundingClientRect();
      return article.textContent?.includes(wanted) && box.bottom > top && box.top < bottom;
    });
  }, text);
}

/** How a window goes away in the middle of an answer. */
const BREAKS: [string, (window: Workbench) => Promise<void>][] = [
  ['the window is reloaded', (window) => window.reload()],
  [
    'the extension host is killed',
    async (window) => {
      // Closing flushes; a kill may take the last quarter of a second.
      await expect.poll(() => partialText(vscode().lettaDir), { timeout: WAIT }).toContain('The first half,');
      await window.killExtensionHost();
    },
  ],
];

/** A tool that has run, half an answer, then the break; afterwards the rest. */
test.each(BREAKS)('an answer goes on where it stopped when %s', async (_, breakOff) => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  // Another thread was open before: the one that was cut off is the one that comes back.
  await letta.ask('An older thread');
  await letta.newThread();
  model.reset();
  const call = toolCalls([{ name: 'OpenFiles', args: {} }], { text: 'I look first.' });
  model.script(call, gate('The first half, ', 'which nobody waits for.'));
  await letta.send('Tell me a long story');
  await letta.last.getByText('The first half,').waitFor({ timeout: WAIT });
  await breakOff(window);
  await letta.open();

  await letta.last.getByText('Interrupted', { exact: true }).waitFor({ timeout: WAIT });
  expect(await letta.articles.count()).toBe(2);
  expect(await letta.last.textContent()).toContain('The first half,');
  await letta.card('Open files').getByText('done', { exact: true }).waitFor();
  expect(await violations(letta)).toEqual([]);
  // Nothing goes on by itself.
  expect(model.requests).toHaveLength(2);

  model.script(text('and the second half.'));
  await letta.last.getByRole('button', { name: 'Continue' }).click();
  await letta.last.getByText('and the second half.').waitFor({ timeout: WAIT });
  await letta.idle();
  const isWhole = async () => {
    expect(await letta.articles.count()).toBe(2);
    expect(await letta.last.textContent()).toMatch(/I look first\.[\s\S]*The first half,[\s\S]*and the second half\./);
    expect(await letta.last.getByText('Interrupted', { exact: true }).count()).toBe(0);
    expect(await letta.card('Open files').count()).toBe(1);
  };
  await isWhole();
  const last = model.requests[2];
  expect(model.requests).toHaveLength(3);
  if (!last) throw new Error('No third request.');
  expect(resultsOf(last, 'OpenFiles')).toHaveLength(1);
  expect(partialOf(last)).toContain('The first half,');
  expect(remindersOf(last)).toMatch(/interrupted/i);

  await window.reload();
  await letta.open();
  await letta.last.getByText('and the second half.').waitFor({ timeout: WAIT });
  await isWhole();
  model.script(text('Yes.'));
  await letta.ask('Are you well?');
  expect(await letta.articles.count()).toBe(4);
});

const partialOf = (request: RecordedRequest): string =>
  JSON.stringify(request.body.messages.filter(({ role }) => role === 'assistant').at(-1));

/** Runs in every frame from its first moment: writes and sends as soon as the last thread stands there, the host in step or not. */
function sendEarly(): void {
  const timer = setInterval(() => {
    const box = document.querySelector('textarea');
    if (!box || !document.querySelector('[role="log"][aria-busy="true"] article')) return;
    clearInterval(timer);
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(box, 'Sent before the host ran');
    box.dispatchEvent(new Event('input', { bubbles: true }));
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  }, 2);
}

test('after a reload the thread stands there before the host runs, and what is sent then arrives once', async () => {
  // One that never showed another panel: VS Code keeps what a view keeps only now and then.
  const window = await vscode().open({ initScript: sendEarly });
  const { letta } = window;
  const { model } = vscode();
  await letta.open();
  model.script(text('A first answer.'));
  await letta.ask('A first question');
  // Kept a moment after the turn has ended.
  await window.page.waitForTimeout(1_000);
  const before = model.requests.length;
  model.script(text('Answered all the same.'));
  await window.reload();
  await letta.last.getByText('Answered all the same.').waitFor({ timeout: WAIT });
  await letta.idle();
  expect(await letta.articles.count()).toBe(4);
  expect(model.requests).toHaveLength(before + 1);
  const messages = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect(messages.split('Sent before the host ran')).toHaveLength(2);
  expect(messages).toContain('A first answer.');
  expect(await letta.composer.inputValue()).toBe('');
});

// The last: it ends the window of the others.
test('agent, memory and history are there after a restart', async () => {
  const window = opened();
  const { model } = vscode();
  const name = await window.letta.about.getByRole('heading').textContent();
  const write = { name: 'memory_insert', args: { label: 'lessons', new_string: 'Restarts lose nothing.' } };
  model.script(toolCalls([write]), text('I keep it.'));
  await window.letta.ask('A lesson for you');
  await window.letta.newThread();
  model.script(text('Second answer.'));
  await window.letta.ask('The other thread');
  await vscode().restart();

  const { letta } = await vscode().open({ folder: window.folder });
  await letta.open();
  await letta.last.getByText('Second answer.').waitFor({ timeout: WAIT });
  expect(await letta.last.getAttribute('aria-label')).toBe(name);
  await letta.panel('Threads');
  await expect
    .poll(async () => (await titles(letta)).slice(0, 2), { timeout: WAIT })
    .toEqual(['The other thread', 'A lesson for you']);
  await letta.openThread('A lesson for you');
  await letta.card('Remember lessons').getByRole('insertion').getByText('Restarts lose nothing.').waitFor();
  await letta.panel('Memory');
  await expect.poll(() => letta.blockValue('lessons').inputValue(), { timeout: WAIT }).toBe('Restarts lose nothing.');
  await letta.newThread();
  await letta.ask('What did you learn?');
  expect(model.requests.map(systemOf).at(-1)).toContain('Restarts lose nothing.');
});
