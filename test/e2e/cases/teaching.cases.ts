// What a person teaches in passing: notes from everywhere, refusals with a reason, lines written otherwise, lines that end.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { lastUserOf, newest, remindersOf, resultsOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { TeachingSteps } from '../shared/teaching.ts';

const opened = withWindow();
const { vscode, window } = opened;
const steps = new TeachingSteps(opened);
const WAIT = 30_000;

const request = () => newest(vscode().model);

const told = (message: string) => steps.told(message);

const reviews = () => steps.reviews;

const value = (label: string, expected: string) => blockShows(window().letta, label, expected);

test('a problem, the terminal and a message are remembered where they stand, with a word of why', async () => {
  const { letta, quick, page } = window();
  const { model } = vscode();
  await steps.problem();

  // What the toast says can be put into other words at once.
  await window().pressInNotification('Remembered in lessons', 'Edit');
  await quick.answer('JSON needs commas.', 'Enter stores it.');
  await told('Changed in lessons.');

  await steps.terminal();

  // A message, by the keyboard alone.
  await letta.open();
  model.script(text('They are.'));
  await letta.ask('Names are nouns here.');
  const action = letta.questions.last().getByRole('button', { name: 'Remember this' });
  await action.focus();
  const before = model.requests.length;
  model.script(insert('conventions', 'Names are nouns.'), text('Stored.'));
  await page.keyboard.press('Enter');
  await steps.because('');
  await told('Remembered in conventions: Names are nouns.');
  expect(lastUserOf(steps.noted(before)).endsWith('Names are nouns here.')).toBe(true);
  expect(await violations(letta)).toEqual([]);

  await letta.panel('Memory');
  await value('lessons', 'JSON needs commas.');
  await reviews().filter({ hasText: 'The okapi answers 42.' }).getByRole('button', { name: 'Accept' }).click();
  await value('project', 'The okapi answers 42.');

  // Taken back, with what was wrong about it: that waits for a look.
  await window().pressInNotification('Remembered in conventions', 'Undo');
  await window().pressInNotification('Undone in conventions.', 'Say Why…');
  await quick.answer('Names are verbs in the scripts folder', 'e.g. only in the tests');
  await value('conventions', '');
  const item = reviews().filter({ hasText: 'Names are verbs in the scripts folder.' });
  await item.getByText('From your corrections').waitFor({ timeout: WAIT });
  await item.getByText('You took back “Names are nouns.”').waitFor();
  await item.getByRole('button', { name: 'Accept' }).click();
  await value('conventions', 'Names are verbs in the scripts folder.');
});

test('a refusal with a reason is told to the agent and proposed once; so is a word written otherwise', async () => {
  const { editor, letta } = window();
  const { model } = vscode();
  const write = (path: string, content: string) => toolCalls([{ name: 'Write', args: { path, content } }]);
  const refuse = async (path: string, reason: string) => {
    model.script(write(path, 'const a = 1.5;\n'), text('Understood.'));
    await letta.send(`Write ${path}`);
    const approval = letta.approval(path);
    await approval.getByRole('textbox', { name: 'Why not?' }).fill(reason);
    await approval.getByRole('button', { name: 'Deny', exact: true }).click();
    await letta.last.getByText('Understood.').waitFor({ timeout: WAIT });
    await letta.idle();
  };

  await refuse('src/price.ts', 'money is counted in cents, never as a float');
  expect(resultsOf(request(), 'Write').join('\n')).toContain(
    'The person declined this and said: money is counted in cents, never as a float',
  );
  await refuse('src/later.ts', 'not now');
  await refuse('src/again.ts', 'Money is counted in cents, never as a float.');

  // The agent writes, the person corrects the same word twice, and speaks again.
  await letta.chooseMode('acceptEdits');
  model.script(write('src/users.ts', 'export const a = getUser(1);\nexport const b = getUser(2);\n'), text('Written.'));
  await letta.ask('Write src/users.ts');
  await editor.open('src/users.ts');
  await editor.selectLines(1, 2);
  await editor.insert('export const a = fetchUser(1);\nexport const b = fetchUser(2);');
  await editor.save();
  await letta.open();
  model.script(text('Going on.'));
  await letta.ask('Go on');
  await letta.chooseMode('standard');

  await letta.panel('Memory');
  const cents = reviews().filter({ hasText: 'Money is counted in cents, never as a float.' });
  await cents.getByText('You declined “Write src/price.ts”').waitFor({ timeout: WAIT });
  const users = reviews().filter({ hasText: 'Write `fetchUser`, not `getUser`' });
  await users.getByText('src/users.ts:1, src/users.ts:2').waitFor({ timeout: WAIT });
  // One of each: what was said twice waits once, and what says nothing lasting not at all.
  expect(await reviews().count()).toBe(2);
  // Nothing of it is in a prompt before somebody has looked.
  await letta.newThread();
  model.script(text('Hello.'));
  await letta.ask('Hello');
  expect(JSON.stringify(request().body)).not.toMatch(/counted in cents|fetchUser/);
  await letta.panel('Memory');
  await cents.getByRole('button', { name: 'Accept' }).click();
  await users.getByRole('button', { name: 'Reject' }).click();
  await expect.poll(() => reviews().count(), { timeout: WAIT }).toBe(0);
  await letta.panel('Chat');
  model.script(text('In cents.'));
  await letta.ask('How is money counted?');
  expect(lastUserOf(request())).toContain('Money is counted in cents, never as a float.');
});

test('a line holds until its day, or its branch, is over; then the person and the agent are told until it is confirmed', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  git('branch', 'feature/mock');

  const LINE = 'The payment API is mocked.';
  model.script(insert('project', LINE), text('Noted.'));
  await letta.ask('The payment API is mocked for now.');
  await letta.panel('Memory');
  const block = letta.block('project');
  await block.getByRole('button', { name: 'Lines' }).click();
  const line = steps.line(LINE);
  const { doubts } = steps;

  await steps.expires(line, 'When a branch is merged or gone', 'feature/mock');
  await line.getByText('Until branch feature/mock').waitFor({ timeout: WAIT });
  expect(await doubts.getByText('feature/mock').count()).toBe(0);
  git('branch', '-q', '-D', 'feature/mock');
  await letta.panel('Chat');
  model.script(text('Yes.'), text('It may be over.'));
  await letta.ask('Is it mocked?');
  // It was looked at after the turn; the next message says it.
  await letta.panel('Memory');
  await doubts.getByText('Its branch feature/mock is gone.').waitFor({ timeout: WAIT });
  await letta.panel('Chat');
  await letta.ask('Still?');
  expect(remindersOf(request())).toContain(`Its branch feature/mock is gone. ${LINE}`);

  await letta.panel('Memory');
  await doubts.getByRole('listitem').filter({ hasText: LINE }).getByRole('button', { name: 'Confirm' }).click();
  await doubts.getByText('feature/mock').waitFor({ state: 'hidden', timeout: WAIT });
  await letta.newThread();
  model.script(text('Yes.'));
  await letta.ask('And now?');
  expect(lastUserOf(request())).not.toContain('feature/mock');

  await steps.dayIsOver(LINE);
});
