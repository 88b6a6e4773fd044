// Another home: the same window, the same code, the agent on a Letta server behind a URL and a key.
import { beforeEach, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';

const opened = withWindow({ home: 'selfHosted' });

beforeEach(() => tidy(opened.window(), ['human', 'project', 'conventions', 'lessons']));

test('an agent on a Letta server remembers, uses editor tools and is there after a reload', async () => {
  const window = opened.window();
  const { model, selfHosted } = opened.vscode();
  const { letta } = window;
  await letta.about.getByText(`Letta server at ${selfHosted.url}`, { exact: true }).waitFor();

  model.script(
    toolCalls([
      { name: 'memory_insert', args: { label: 'conventions', new_string: 'Names are nouns.' } },
      { name: 'Read', args: { path: 'package.json' } },
    ]),
    text('Noted.'),
  );
  const answer = await letta.ask('names are nouns here');
  await answer.getByText('Names are nouns.').first().waitFor();
  const results =
    model.requests
      .at(-1)
      ?.body.messages.filter((m) => m.role === 'tool')
      .map(messageText) ?? [];
  expect(results).toHaveLength(2);
  expect(results.join('\n')).toContain('"name"');

  // Kept there, not on this computer.
  expect(await selfHosted.valuesOf('conventions')).toContainEqual(expect.stringContaining('Names are nouns.'));

  await window.reload();
  await letta.open();
  await letta.transcript.getByText('Noted.').waitFor();
  model.script(text('Still me.'));
  await letta.newThread();
  await letta.ask('hello again');
  const [system] = model.requests.at(-1)?.body.messages ?? [];
  expect(system && messageText(system)).toContain('Names are nouns.');
});

test('a server that is gone is named, a note waits for it, and the person can go on once it is back', async () => {
  const window = opened.window();
  const { letta } = window;
  const { model, selfHosted } = opened.vscode();
  const note = 'Deploy on Tuesdays only, after <main> is "green"';
  await selfHosted.stop();
  await window.command('Letta: Remember This');
  await window.quick.answer(note, 'What should I remember?');
  await window.told(/The Letta server does not answer\. Your note is kept on this computer.*Deploy on Tuesdays only/);
  await letta.send('is anybody there?');
  await letta.last.getByText(/The Letta server does not answer/).waitFor({ timeout: 60_000 });
  await selfHosted.startAgain();
  model.script(text('Back again.'));
  await letta.last.getByRole('button', { name: 'Retry' }).click();
  await letta.transcript.getByText('Back again.').waitFor({ timeout: 60_000 });
  const sent = model.requests.at(-1)?.body.messages.filter((m) => messageText(m).includes('is anybody there?'));
  expect(sent).toHaveLength(1);

  await window.told(`Kept word for word in inbox: ${note}`, 60_000);
  expect(await selfHosted.valuesOf('inbox')).toEqual([note]);
});
