// The view opens and a message is answered: the least that must work before anything else is looked at.
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();

test('a message reaches the model and its answer stands in the chat', async () => {
  vscode().model.script(text('Hello, I remember you.'));
  const answer = await window().letta.ask('hello there');
  expect(await answer.textContent()).toContain('Hello, I remember you.');
  expect(JSON.stringify(vscode().model.requests[0]?.body.messages.at(-1))).toContain('hello there');
});
