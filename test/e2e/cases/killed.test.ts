// The extension host is killed (-9) at the worst moments: afterwards no thread is stuck and nothing is done twice.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/lib/processes.ts';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { liveRuns, partialText, storedMessages } from '../harness/database.ts';
import { usualHome } from '../harness/letta-server.ts';
import { lastUserOf } from '../harness/requests.ts';
import { countWith, toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';
import { killedBeforeTheRecord } from '../shared/killed-memory.ts';

/** A killed host's lease runs out after 10 s; before that nobody may say that its run is over. */
const WAIT = { timeout: 60_000 };

const { vscode, window: opened } = withWindow({
  async prepare(folder) {
    for (const name of ['a.txt', 'b.txt']) await writeFile(join(folder, name), 'One line.\n');
    for (const name of ['intended.ts', 'changed.ts']) await writeFile(join(folder, name), SOURCE);
  },
});

const edit = (path: string, from: string, to: string, id: string) => ({
  name: 'Edit',
  args: { path, edits: [{ old_string: from, new_string: to }] },
  id,
});

/** The records of the extension's intent journals, all threads together. */
function journal(): { kind: string; callId?: string }[] {
  const storage = join(vscode().folder, 'data', 'data', 'User', 'globalStorage');
  return readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .filter((path) => /[\\/]calls[\\/].*\.jsonl$/.test(path))
    .flatMap((path) => readFileSync(join(storage, path), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line));
}

const journaled = (kind: string, callId: string): boolean =>
  journal().some((record) => record.kind === kind && record.callId === callId);

/** Looked at so often that nothing much can happen after it before we know. */
async function reached(what: string, condition: () => boolean): Promise<void> {
  if (!(await waitUntil(condition, WAIT.timeout, 5))) throw new Error(`Not reached: ${what}.`);
}

const userMessages = (words: string): number =>
  storedMessages(vscode().lettaDir).filter(({ role, body }) => role === 'user' && body.includes(words)).length;

/** How often a call has a stored result. */
const storedResults = (callId: string): number =>
  storedMessages(vscode().lettaDir).filter(({ role, body }) => role === 'tool' && body.includes(`"${callId}"`)).length;

/** Waits until the thread is back and says that it was interrupted. */
async function interrupted({ letta }: Workbench): Promise<void> {
  await letta.open();
  await letta.last.getByText('Interrupted', { exact: true }).waitFor(WAIT);
  expect(liveRuns(vscode().lettaDir)).toEqual({ runs: 0, leases: 0 });
}

async function pressContinue({ letta }: Workbench): Promise<void> {
  await letta.last.getByRole('button', { name: 'Continue', exact: true }).click(WAIT);
}

test('while an answer streams: the text is there, marked, and Continue finishes it in the same article', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  const half = 'This is the first half of a long story.';
  model.script(gate(half, 'never', 'never'));
  await letta.send('Tell me a long story.');
  await letta.last.getByText(half).waitFor(WAIT);
  await window.killExtensionHost(() =>
    reached('the text is stored', () => partialText(vscode().lettaDir).includes(half)),
  );

  await interrupted(window);
  expect(await letta.last.textContent()).toContain(half);
  expect(await letta.articles.count()).toBe(2);
  expect(userMessages('Tell me a long story.')).toBe(1);

  model.script(text(' And this is the second.'));
  await pressContinue(window);
  await letta.last.getByText('And this is the second.').waitFor(WAIT);
  await letta.idle();

  expect(await letta.last.textContent()).toContain(half);
  expect(await letta.articles.count()).toBe(2);
  expect(await letta.last.getByText('Interrupted').count()).toBe(0);
  const request = await model.whenRequest(2);
  expect(countWith(request, 'Tell me a long story.')).toBe(1);
  expect(request.body.messages.some(({ role, content }) => role === 'assistant' && content === half)).toBe(true);
  expect(lastUserOf(request)).toMatch(/^<system-reminder>[\s\S]*<\/system-reminder>$/);
  expect(userMessages('Tell me a long story.')).toBe(1);
});

test('while an approval waits: Continue asks again, and Allow applies it once', async () => {
  const window = opened();
  const { editor, letta } = window;
  const { model } = vscode();
  model.script(toolCalls([edit('a.txt', 'One line.\n', 'One line.\nOne more.\n', 'k1')]));
  await letta.send('Add a line.');
  await letta.approval('a.txt').waitFor(WAIT);
  await editor.diff.waitFor(WAIT);

  await window.killExtensionHost();
  await interrupted(window);
  // Nobody waits for an answer any more: no question, and no diff of one.
  expect(await letta.approval().count()).toBe(0);
  expect(await readFile(join(window.folder, 'a.txt'), 'utf8')).toBe('One line.\n');

  model.script(text('Added.'));
  await pressContinue(window);
  await letta.approval('a.txt').waitFor(WAIT);
  expect(await editor.tab(/proposed/).count()).toBe(1);
  await letta.decide('Allow', 'a.txt');
  await letta.last.getByText('Added.').waitFor(WAIT);
  await letta.idle();

  expect(await readFile(join(window.folder, 'a.txt'), 'utf8')).toBe('One line.\nOne more.\n');
  expect(model.requests).toHaveLength(2);
  expect(toolResult(model.requests[1], 'k1')).toContain('Changed a.txt (saved).');
  expect(storedResults('k1')).toBe(1);
});

test('while an approval waits: a new message settles it as not done, and is answered', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  model.script(toolCalls([edit('b.txt', 'One', 'No', 'k2')]));
  await letta.send('Change the line.');
  await letta.approval('b.txt').waitFor(WAIT);

  await window.killExtensionHost();
  await interrupted(window);
  model.script(text('As you like.'));
  const answer = await letta.ask('Leave it after all.');

  expect(await answer.textContent()).toContain('As you like.');
  expect(await letta.approval().count()).toBe(0);
  expect(await readFile(join(window.folder, 'b.txt'), 'utf8')).toBe('One line.\n');
  expect(toolResult(model.requests[1], 'k2')).toMatch(/^Error: .*Nothing was changed/);
  expect(lastUserOf(await model.whenRequest(2))).toContain('Leave it after all.');
  expect(storedResults('k2')).toBe(1);
});

test('between edits of memory and their record: each is there once, with its author', async () => {
  await killedBeforeTheRecord(vscode(), opened(), async () => {
    // A server of its own has gone on meanwhile.
    if (usualHome === 'selfHosted') return opened().letta.button('Stop').click(WAIT);
    await interrupted(opened());
    vscode().model.script(text('Noted.'));
    await pressContinue(opened());
    await opened().letta.last.getByText('Noted.').waitFor(WAIT);
    expect(storedResults('lesson')).toBe(1);
  });
});

const SOURCE = 'export interface Book {\n  title: string;\n}\n';
const CHANGED = SOURCE.replace('title: string;\n', 'title: string;\n  isbn: string;\n');
const addField = (path: string, id: string) => edit(path, 'title: string;\n', 'title: string;\n  isbn: string;\n', id);

// Each with a file of its own: nothing may have looked at it before.
test('between intent and change: it is told as not applied, and not applied by itself', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  model.script(toolCalls([addField('intended.ts', 'k3')]));
  await letta.send('Add a field.');
  // Before it changes a source file that nobody has opened, the tool hears what is wrong in it: a second or more.
  await window.killExtensionHost(() => reached('the intent is written', () => journaled('intent', 'k3')));
  expect(journaled('result', 'k3')).toBe(false);
  expect(await readFile(join(window.folder, 'intended.ts'), 'utf8')).toBe(SOURCE);

  await interrupted(window);
  model.script(toolCalls([addField('intended.ts', 'k4')]), text('Added at last.'));
  await pressContinue(window);
  await letta.last.getByText('Added at last.').waitFor(WAIT);
  await letta.idle();

  expect(toolResult(model.requests[1], 'k3')).toMatch(/^Error: Interrupted, not applied: .*intended\.ts is unchanged/);
  expect(toolResult(model.requests[2], 'k4')).toContain('Changed intended.ts (saved).');
  expect(await readFile(join(window.folder, 'intended.ts'), 'utf8')).toBe(CHANGED);
  expect([storedResults('k3'), storedResults('k4')]).toEqual([1, 1]);
});

test('between change and answer: it is told as applied, and not applied again', async () => {
  const window = opened();
  const { letta } = window;
  const { model } = vscode();
  await letta.chooseMode('acceptEdits');
  model.script(toolCalls([addField('changed.ts', 'k5')]));
  await letta.send('Add a field.');
  const file = join(window.folder, 'changed.ts');
  await window.killExtensionHost(() => reached('the file is changed', () => readFileSync(file, 'utf8') === CHANGED));
  expect([journaled('intent', 'k5'), journaled('result', 'k5')]).toEqual([true, false]);

  await interrupted(window);
  model.script(text('It is there.'));
  await pressContinue(window);
  await letta.last.getByText('It is there.').waitFor(WAIT);
  await letta.idle();

  expect(toolResult(model.requests[1], 'k5')).toMatch(/^Applied: .*changed\.ts is as intended/);
  expect(model.requests).toHaveLength(2);
  expect(await readFile(file, 'utf8')).toBe(CHANGED);
  expect(storedResults('k5')).toBe(1);
  await letta.card('Edit changed.ts').getByText('done', { exact: true }).waitFor();
});
