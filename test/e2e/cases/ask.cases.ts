// What the agent asks, plans, fetches and hands on, as a person sees it, and what of it the model reads.

import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { toolNames, toolResult, userTexts } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'told.txt'), 'The told file.\n');
  },
});

const call = (name: string, args: object, id: string) => toolCalls([{ name, args, id }]);
const question = (name: string) => window().letta.frame.getByRole('group', { name: `Question: ${name}`, exact: true });

test('a question is answered with an option, with several, in words, or not at all', async () => {
  const { letta } = window();
  const { model } = vscode();
  const options = [{ label: 'Tabs', description: 'As the rest' }, { label: 'Spaces' }];
  model.script(
    call('AskUserQuestion', { question: 'Tabs or spaces?', options }, 'q1'),
    call('AskUserQuestion', { question: 'Which of these?', options, multiple: true }, 'q2'),
    call('AskUserQuestion', { question: 'Why?' }, 'q3'),
    call('AskUserQuestion', { question: 'Sure?' }, 'q4'),
    text('I see.'),
  );

  await letta.send('Ask me.');
  const first = question('Tabs or spaces?');
  await first.waitFor(WAIT);
  await letta.card('Question Tabs or spaces?').getByText('running').waitFor();
  expect(toolNames(model.requests[0])).toEqual(
    expect.arrayContaining(['Fetch', 'AskUserQuestion', 'TodoWrite', 'Show', 'Task']),
  );
  // Nobody has chosen any.
  expect(toolNames(model.requests[0])).not.toContain('OtherTools');
  // What was asked waits while the person looks at something else.
  await letta.panel('Memory');
  await letta.tab('Chat').click();
  await first.getByRole('button', { name: 'Tabs', exact: true }).click();

  const second = question('Which of these?');
  await second.getByRole('checkbox', { name: 'Spaces' }).check();
  await second.getByRole('checkbox', { name: 'Tabs' }).check();
  await second.getByRole('textbox', { name: 'Your answer' }).fill('both');
  await second.getByRole('textbox', { name: 'Your answer' }).press('Enter');

  const third = question('Why?');
  await third.getByRole('textbox', { name: 'Your answer' }).fill('Because <b>I</b> say so.');
  await third.getByRole('button', { name: 'Answer', exact: true }).click();

  await question('Sure?').getByRole('button', { name: 'Skip', exact: true }).click();
  await letta.idle();

  const last = model.requests[4];
  expect(toolResult(last, 'q1')).toBe('The person chose: Tabs');
  expect(toolResult(last, 'q2')).toBe('The person chose: Tabs; Spaces\nThe person wrote: both');
  expect(toolResult(last, 'q3')).toBe('The person wrote: Because <b>I</b> say so.');
  expect(toolResult(last, 'q4')).toContain('skipped');
  expect(await letta.card('Question Why?').textContent()).toContain('Because <b>I</b> say so.');
  expect(
    await window()
      .letta.frame.getByRole('group', { name: /^Question: / })
      .count(),
  ).toBe(0);
});

test('a question that comes while the chat is hidden is told by a notification that leads to it', async () => {
  const { letta } = window();
  const { model } = vscode();
  const later = gate('', call('AskUserQuestion', { question: 'Still there?' }, 'h1'));
  model.script(later, text('Good.'));
  await letta.send('Ask me later.');
  await letta.running();
  await window().command('View: Hide Secondary Side Bar');
  await letta.composer.waitFor({ state: 'hidden', ...WAIT });
  model.release(later.id);
  const toast = window().notification('Letta asks: Still there?').first();
  await toast.waitFor(WAIT);
  await toast.getByText('Show', { exact: true }).click();
  await toast.waitFor({ state: 'hidden', ...WAIT });
  await question('Still there?').getByRole('textbox', { name: 'Your answer' }).fill('Yes.');
  await question('Still there?').getByRole('button', { name: 'Answer', exact: true }).click();
  await letta.idle();
  expect(toolResult(model.requests[1], 'h1')).toBe('The person wrote: Yes.');
});

test('a plan is shown while it is not done, outlives a reload, and is told again once messages were summarised', async () => {
  const { letta } = window();
  const { model } = vscode();
  const todos = (done: number) => ({
    todos: ['Read it', 'Mend it', 'Test it'].map((content, n) => ({
      content,
      status: n < done ? 'completed' : n === done ? 'in_progress' : 'pending',
    })),
  });
  const plan = () => window().letta.frame.getByRole('region', { name: 'Plan' });
  // A prompt that no model can hold: what stands before it is summarised.
  const full = text('Half done.', { usage: { prompt: 1_000_000 } });
  model.script(call('TodoWrite', todos(1), 't1'), full, text('They planned.'));
  await letta.ask('Plan it.');
  expect(toolResult(model.requests[1], 't1')).toBe('Noted: 1 of 3 done.');
  await plan().getByText('1 of 3 done').waitFor(WAIT);
  await plan().getByText('Mend it').waitFor();
  const steps = await letta.card('Todos 1 of 3 done').getByRole('listitem').allTextContents();
  // Before the words stands an icon.
  expect(steps.map((step) => step.replace(/^\P{L}+/u, ''))).toEqual([
    'done: Read it',
    'in progress: Mend it',
    'to do: Test it',
  ]);
  await letta.transcript.getByText('Older messages were summarised').waitFor(WAIT);

  await window().reload();
  await letta.open();
  await plan().getByRole('button').click(WAIT);
  await plan().getByRole('listitem').filter({ hasText: 'to do: Test it' }).waitFor(WAIT);

  model.script(call('TodoWrite', todos(3), 't2'), text('All done.'));
  await letta.ask('Go on.');
  const told = userTexts(model.requests[3]).at(-1) ?? '';
  expect(told).toContain('[x] Read it\n[>] Mend it\n[ ] Test it');
  expect(told).toMatch(/Go on\.$/);
  await plan().waitFor({ state: 'detached', ...WAIT });
});

describe('with pages on this computer', () => {
  const sites: Server[] = [];
  const serve = async (answer: (path: string) => { location: string } | string): Promise<number> => {
    const server = createServer((request, response) => {
      const said = answer(request.url ?? '');
      if (typeof said === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(said);
      else response.writeHead(302, said).end();
    });
    sites.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  let port = 0;
  beforeAll(async () => {
    const other = await serve(() => '<p>Elsewhere</p>');
    port = await serve((path) =>
      path === '/away'
        ? { location: `http://127.0.0.1:${other}/` }
        : '<title>Notes</title><h2>Version 3</h2><p>Use <code>run()</code>.</p><script>steal()</script>',
    );
  });
  afterAll(async () => {
    for (const site of sites) {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    }
  });

  test('a page is asked about by its host, read as Markdown, and leads to no other host', async () => {
    const { letta } = window();
    const { model } = vscode();
    const url = `http://localhost:${port}`;
    model.script(
      call('Fetch', { url: `${url}/notes` }, 'f1'),
      call('Fetch', { url: `${url}/away` }, 'f2'),
      call('Fetch', { url: 'http://169.254.169.254/latest/meta-data' }, 'f3'),
      text('Read.'),
    );
    await letta.send('Read the notes.');
    const approval = letta.approval(`Fetch ${url}/notes`);
    await approval.waitFor(WAIT);
    expect(await approval.textContent()).toContain('which is no public address');
    expect(await approval.textContent()).toContain(`Fetch(${url}/*)`);
    await letta.decide('Allow', '/notes');
    await letta.approval('/away').waitFor(WAIT);
    await letta.decide('Allow', '/away');
    await letta.approval('169.254').waitFor(WAIT);
    await letta.decide('Allow', '169.254');
    await letta.idle();

    const last = model.requests[3];
    const notes = toolResult(last, 'f1');
    expect(notes).toContain(`Notes\n${url}/notes`);
    expect(notes).toContain('## Version 3\n\nUse `run()`.');
    expect(notes).not.toContain('steal');
    expect(toolResult(last, 'f2')).toMatch(/redirects to http:\/\/127\.0\.0\.1:\d+\/\. Call Fetch with that address/);
    expect(toolResult(last, 'f3')).toContain('no address of a web server');
  });
});

test('a subagent works on its card, asks in its own name, and only its last message comes back', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  model.script(
    call('Task', { description: 'tell it', prompt: 'Tell the file.', tools: ['Read', 'Edit'] }, 's1'),
    call('Edit', { path: 'told.txt', edits: [{ old_string: 'told', new_string: 'retold' }] }, 's2'),
    text('I have told it.'),
    text('It was told.'),
  );
  await letta.send('Have it told.');
  const approval = letta.approval('(subagent: tell it)');
  await approval.waitFor(WAIT);
  expect(await approval.getAttribute('aria-label')).toContain('Edit');
  await letta.decide('Allow', '(subagent: tell it)');
  await letta.idle();

  expect(await readFile(join(folder, 'told.txt'), 'utf8')).toBe('The retold file.\n');
  const [, first, second, back] = model.requests;
  expect(userTexts(first).at(-1)).toMatch(/You are a subagent now[\s\S]*Tell the file\.$/);
  expect(toolNames(first)).not.toContain('Task');
  expect(toolResult(second, 's2')).toContain('Changed told.txt');
  expect(toolResult(back, 's1')).toBe('I have told it.');
  const card = letta.card('Task tell it');
  await card.getByText('1 step').click();
  expect(await card.getByRole('list', { name: 'Steps of the subagent' }).textContent()).toContain('Edit told.txt');
  await letta.panel('Threads');
  expect(await letta.threads.filter({ hasText: 'tell it' }).count()).toBe(0);
});

test('a place in a file comes into sight, and the keyboard stays in the composer', async () => {
  const { letta, editor } = window();
  vscode().model.script(call('Show', { path: 'src/shelf.ts', line: 20 }, 'v1'), text('There.'));
  await letta.ask('Show me line 20.');
  expect(toolResult(vscode().model.requests[1], 'v1')).toBe('The person sees src/shelf.ts, lines 20-20.');
  expect(await editor.activeTab.textContent()).toContain('shelf.ts');
  await letta.composer.and(letta.frame.locator(':focus')).waitFor(WAIT);
});
