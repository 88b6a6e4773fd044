// When the model fails: what a person reads, that the conversation stays usable, and that nothing is sent twice.
import { describe, expect, test } from 'vitest';
import { cutAfter, hang, httpError, malformedArgs, text, toolCalls } from '../../support/scripted-model.ts';
import { storedMessages } from '../harness/database.ts';
import { countWith, toolResult, userTexts } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const { vscode, window } = withWindow({ modelTimeoutSeconds: 5 });

/** How often the person's words are stored. */
const storedTimes = (words: string): number =>
  storedMessages(vscode().lettaDir).filter(({ role, body }) => role === 'user' && body.includes(words)).length;

async function pressRetry(): Promise<void> {
  const { letta } = window();
  await letta.last.getByRole('button', { name: 'Retry', exact: true }).click(WAIT);
  await letta.idle();
}

describe('an endpoint that refuses', () => {
  for (const [status, said] of [
    [401, /refused the (API )?key/],
    [429, /limit/],
    [500, /did not answer|failed/],
  ] as const) {
    test(`HTTP ${status} is told in words, and Retry sends the same message once it is over`, async () => {
      const { letta } = window();
      const { model } = vscode();
      const words = `A question that meets ${status}.`;
      // Who asks to wait ten minutes is not asked again by itself.
      model.script(httpError(status, undefined, { 'retry-after': '600' }));
      const failed = await letta.ask(words);
      expect(await failed.textContent()).toMatch(said);
      expect(await failed.textContent()).not.toContain('{');
      expect(await failed.getByRole('button', { name: 'Retry', exact: true }).isEnabled()).toBe(true);
      // No second try that nobody asked for.
      expect(model.requests).toHaveLength(1);

      model.script(text('Now it works.'));
      await pressRetry();

      await letta.last.getByText('Now it works.').waitFor(WAIT);
      expect(await letta.last.getByRole('button', { name: 'Retry' }).count()).toBe(0);
      expect(model.requests).toHaveLength(2);
      expect(countWith(model.requests[1], words)).toBe(1);
      expect(await letta.questions.count()).toBe(1);
      expect(storedTimes(words)).toBe(1);
    });
  }
});

test('an endpoint that is down is named; after it is back Retry goes on, and so does the conversation', async () => {
  const { letta } = window();
  const { model } = vscode();
  await model.offline();
  try {
    const failed = await letta.ask('Is anybody there?');
    expect(await failed.textContent()).toMatch(/cannot be reached|did not answer/);
    expect(model.requests).toHaveLength(0);
  } finally {
    await model.online();
  }
  model.script(text('Yes, again.'), text('Still here.'));
  await pressRetry();
  await letta.last.getByText('Yes, again.').waitFor(WAIT);
  expect(countWith(model.requests[0], 'Is anybody there?')).toBe(1);

  await letta.ask('Good.');
  expect(userTexts(model.requests[1]).filter((said) => said.includes('Is anybody there?'))).toHaveLength(1);
  expect(storedTimes('Is anybody there?')).toBe(1);
});

test('an answer that breaks off keeps what came; Retry goes on from there without asking the question again', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(cutAfter(30, 'The first thirty characters or so, and then the end.'));
  const broken = await letta.ask('Tell me everything.');
  const kept = 'The first thirty characters or';
  expect(await broken.textContent()).toContain(kept);
  await broken.getByText('broke off in the middle of its answer').waitFor(WAIT);

  model.script(text(' — and here is the rest.'));
  await pressRetry();

  await letta.last.getByText('and here is the rest.').waitFor(WAIT);
  // One answer: what came before and what came after the break.
  expect(await letta.last.textContent()).toContain(kept);
  expect(await letta.articles.count()).toBe(2);
  expect(countWith(model.requests[1], 'Tell me everything.')).toBe(1);
  expect(countWith(model.requests[1], kept)).toBe(1);
  expect(storedTimes('Tell me everything.')).toBe(1);
});

test('a model that hangs is stopped at once, and the next message is answered', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(hang('Thinking aloud'));
  await letta.send('Take your time.');
  await letta.last.getByText('Thinking aloud').waitFor(WAIT);
  await letta.button('Stop').click();
  await letta.idle();

  expect(await letta.last.textContent()).toContain('Stopped');
  expect((await model.whenSettled(1, WAIT.timeout)).outcome).toBe('aborted');
  model.script(text('Here I am.'));
  const answer = await letta.ask('Are you there?');
  expect(await answer.textContent()).toContain('Here I am.');
  expect(countWith(model.requests[1], 'Thinking aloud')).toBe(1);
});

test('a model that hangs is given up after the time that its endpoint has; Retry asks it again', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(hang(), text('Awake now.'));
  const failed = await letta.ask('Good morning.');
  expect(await failed.textContent()).toContain('sent nothing for 5 seconds');
  expect((await model.whenSettled(1, WAIT.timeout)).outcome).toBe('aborted');
  await pressRetry();
  await letta.last.getByText('Awake now.').waitFor(WAIT);
  expect(countWith(model.requests[1], 'Good morning.')).toBe(1);
  expect(storedTimes('Good morning.')).toBe(1);
});

test('arguments that are no JSON and tools that do not exist come back to the model as errors', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(
    malformedArgs('Read', '{"path": "README.md', { id: 'm1' }),
    toolCalls([
      { name: 'Teleport', args: { to: 'Berlin' }, id: 'm2' },
      { name: 'Read', args: { file: 'README.md' }, id: 'm3' },
      { name: 'Read', args: { path: 'README.md', limit: 1 }, id: 'm4' },
    ]),
    text('I have learned.'),
  );

  const answer = await letta.ask('Do something.');

  expect(toolResult(model.requests[1], 'm1')).toMatch(/^Error: .*not a? ?valid JSON/);
  expect(toolResult(model.requests[2], 'm2')).toMatch(/^Error: [Tt]here is no tool named Teleport.*Read/);
  expect(toolResult(model.requests[2], 'm3')).toMatch(/^Error: The arguments of Read do not fit/);
  expect(toolResult(model.requests[2], 'm4')).toContain('# Shelf');
  expect(await answer.textContent()).toContain('I have learned.');
  await letta.card('Teleport').getByText('failed', { exact: true }).waitFor();
});
