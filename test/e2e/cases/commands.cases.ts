// Commands as a person lives with them: asked for, seen while they run, answered, killed, stopped.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxPossible } from '../../support/sandbox-possible.ts';
import { type RecordedRequest, type ReplySource, text, toolCalls } from '../../support/scripted-model.ts';
import { lastUserOf } from '../harness/requests.ts';
import { toolNames, toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** A shell takes its time on a busy machine. */
const WAIT = { timeout: 45_000 };

// What only reads would pass unasked.
const { vscode, window } = withWindow({ settings: { 'letta.permissions.ask': ['Bash'] } });

const bash = (id: string, command: string, more: object = {}) =>
  toolCalls([{ name: 'Bash', args: { command, ...more }, id }]);

/** A call of Terminal on the one that an earlier call has begun. */
const terminal =
  (id: string, begunBy: string, args: object): ReplySource =>
  (request: RecordedRequest) => {
    const name = /terminal (t\d+)/.exec(toolResult(request, begunBy))?.[1];
    return toolCalls([{ name: 'Terminal', args: { ...args, terminal: name }, id }]);
  };

const stoppedAfter = (words: string): RegExp =>
  new RegExp(
    `Stopped by the person after [\\d.]+ s\\.\\n${words}(\\nTerminated)?\\nThe person stopped this command\\.`,
  );

const letTheShellRun = async (title: string) => {
  await window().letta.approval(title).waitFor(WAIT);
  await window().letta.decide('Allow', title);
};

test('a command is asked about, its output is seen while it runs, and the agent gets all of it', async () => {
  const { letta, page, folder } = window();
  const { model } = vscode();
  const command = `echo first; until [ -e go.txt ]; do sleep 0.1; done; echo second; exit 3`;
  model.script(bash('b1', command), text('It failed with 3.'));

  await letta.send('Run it.');
  const approval = letta.approval('Bash');
  await approval.waitFor(WAIT);
  expect(await approval.textContent()).toContain(command);
  expect(existsSync(join(folder, 'go.txt'))).toBe(false);
  await letta.decide('Allow', 'Bash');

  const card = letta.card('Bash echo first');
  await card.getByLabel('Last output').getByText('first').waitFor(WAIT);
  await card.getByText(/^Running, /).waitFor(WAIT);
  // It runs where a person looks: in a terminal of VS Code.
  await page.locator('.terminal-wrapper .xterm:visible').first().waitFor(WAIT);
  await writeFile(join(folder, 'go.txt'), '');
  await letta.idle();

  const [first, second] = model.requests;
  expect(toolNames(first)).toEqual(expect.arrayContaining(['Bash', 'Terminal']));
  expect(toolResult(second, 'b1')).toMatch(/Exit code 3 after [\d.]+ s\.\nfirst\nsecond$/);
  await card.getByText(/^Exit code 3, /).waitFor(WAIT);
  await card.getByText('failed', { exact: true }).waitFor(WAIT);
});

test('one that waits for input says so, and the agent answers it with the person’s consent', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(
    bash(
      'b2',
      'read -r -p "Deploy? [y/n] " answer; echo "You said $answer"; read -r -p "Sure? " answer; echo "$answer it is"',
    ),
    terminal('t2', 'b2', { operation: 'input', input: 'yes' }),
    terminal('t3', 'b2', { operation: 'input', input: 'very' }),
    text('Deployed.'),
  );

  await letta.send('Deploy.');
  await letTheShellRun('Bash');
  await letta.approval(': yes').waitFor(WAIT);
  await letta
    .card('Bash read')
    .getByText(/^Waiting for input/)
    .waitFor(WAIT);
  await letta.decide('Allow', ': yes');
  await letTheShellRun(': very');
  await letta.idle();

  const { requests } = model;
  expect(toolResult(requests[1], 'b2')).toMatch(/It seems to wait for input.*\nDeploy\? \[y\/n\]$/s);
  expect(toolResult(requests[2], 't2')).toMatch(/You said yes\nSure\?$/);
  expect(toolResult(requests[3], 't3')).toMatch(/exit code 0 after [\d.]+ s\.\n.*very it is$/s);
});

test('one in the background is killed by the agent; of one that ends by itself the agent is told with the next message', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  model.script(
    bash('b3', 'echo serving; sleep 300', { background: true }),
    terminal('t4', 'b3', { operation: 'kill' }),
    bash('b4', 'until [ -e done.txt ]; do sleep 0.1; done; exit 4', { background: true }),
    text('Both begun, one ended.'),
    text('I see.'),
  );

  await letta.send('Serve, and watch.');
  await letTheShellRun('Bash echo serving');
  await letTheShellRun('Bash until');
  await letta.idle();
  expect(toolResult(model.requests[1], 'b3')).toContain('Runs in the background as terminal t');
  expect(toolResult(model.requests[2], 't4')).toMatch(/: killed after [\d.]+ s\./);
  await letta
    .card('Bash echo serving')
    .getByText(/^Stopped after/)
    .waitFor(WAIT);

  const card = letta.card('Bash until');
  await card.getByText(/^Running in the background/).waitFor(WAIT);
  await writeFile(join(folder, 'done.txt'), '');
  await card.getByText(/^Exit code 4, /).waitFor(WAIT);
  await letta.ask('What happened?');
  const [, , , , last] = model.requests;
  const told = last ? lastUserOf(last) : '';
  expect(told).toMatch(/<system-reminder>\nThe command in terminal t\d+ \(until .*\) has ended: exit code 4 after/);
  expect(told.endsWith('What happened?')).toBe(true);
  expect(existsSync(join(folder, 'done.txt'))).toBe(true);
});

test('the person ends one on its card and the agent goes on; Stop ends another with its turn', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  model.script(bash('b5', 'echo begun; sleep 300'), text('Then not.'));
  await letta.send('Wait a while.');
  await letTheShellRun('Bash');
  const card = letta.card('Bash echo begun');
  await card.getByLabel('Last output').getByText('begun').waitFor(WAIT);
  await card.getByRole('button', { name: 'Stop command', exact: true }).click();
  await letta.idle();
  expect(toolResult(model.requests[1], 'b5')).toMatch(stoppedAfter('begun'));
  await card.getByText('stopped', { exact: true }).waitFor(WAIT);
  expect(await letta.last.textContent()).toContain('Then not.');

  model.script(bash('b6', 'echo again; sleep 5; touch too-late.txt; sleep 300'), text('Understood.'));
  await letta.send('Once more.');
  await letTheShellRun('Bash');
  await letta.card('Bash echo again').getByLabel('Last output').getByText('again').waitFor(WAIT);
  await letta.button('Stop').click();
  await letta.idle();
  await letta
    .card('Bash echo again')
    .getByText(/^Stopped after/)
    .waitFor(WAIT);
  await letta.ask('What did you do?');
  expect(toolResult(model.requests.at(-1), 'b6')).toMatch(stoppedAfter('again'));
  expect(existsSync(join(folder, 'too-late.txt'))).toBe(false);
});

test('where the machine has a sandbox a command runs in it unasked and writes nothing outside of the workspace; else it is asked about', async () => {
  const { letta, folder } = window();
  const { model, home, folder: own } = vscode();
  const outside = join(home, 'outside.txt');
  const script = `#!/bin/sh\necho built > built.txt && cat built.txt\necho loose > ${outside}\n`;
  await writeFile(join(folder, 'build.sh'), script, { mode: 0o755 });
  const machine = join(own, 'data', 'data', 'Machine', 'settings.json');
  const settings = await readFile(machine, 'utf8');
  const boxed = {
    'letta.terminal.sandbox': 'whenAvailable',
    'letta.permissions.mode': 'acceptEdits',
    'letta.permissions.ask': [],
  };
  // Asked of the machine itself: where it could be boxed in, a question would be a failure.
  const possible = sandboxPossible('socat', 'rg');
  try {
    await writeFile(machine, JSON.stringify({ ...JSON.parse(settings), ...boxed }));
    await letta.modeIs('acceptEdits');
    model.script(bash('s1', './build.sh'), text('Not outside, then.'));
    await letta.send('Build it.');
    if (!possible) {
      await letta.approval('Bash').waitFor(WAIT);
      await letta.decide('Deny', 'Bash');
    }
    await expect.poll(() => model.requests.length, WAIT).toBe(2);
    await letta.idle();
  } finally {
    await writeFile(machine, settings);
  }
  await letta.modeIs('standard');
  expect(existsSync(outside)).toBe(false);
  if (!possible) return;
  const told = toolResult(model.requests[1], 's1');
  expect(told).toMatch(/^(?:Error: )?Exit code [1-9]\d* after [\d.]+ s\.\nbuilt\n/);
  expect(told).toMatch(/Read-only file system|Permission denied/);
  expect(told).toContain('It ran in a sandbox, which seems to have kept it from something.');
  expect(await readFile(join(folder, 'built.txt'), 'utf8')).toBe('built\n');
  await letta
    .card('Bash ./build.sh')
    .getByText(/, in the sandbox$/)
    .waitFor(WAIT);
});

test('the extension host is killed under a command: it is not run again, and the agent is told what is known', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  const command = 'echo ran >> ran.txt; echo so far; sleep 271';
  model.script(bash('b7', command), text('I will look first.'));
  await letta.send('Run it once.');
  await letTheShellRun('Bash');
  await letta.card('Bash echo ran').getByLabel('Last output').getByText('so far').waitFor(WAIT);
  await window().killExtensionHost();

  await window().command('Letta: Open Chat');
  await letta.last.getByRole('button', { name: 'Continue', exact: true }).click({ timeout: 60_000 });
  await expect.poll(() => model.requests.length, WAIT).toBe(2);
  await letta.idle();
  expect(toolResult(model.requests[1], 'b7')).toMatch(/Interrupted, outcome unknown.*\nIt had written:\nso far$/s);
  expect(await readFile(join(folder, 'ran.txt'), 'utf8')).toBe('ran\n');
  // Nobody follows what ran there: its terminal is closed, and what ran in it has ended.
  await expect.poll(() => spawnSync('pgrep', ['-f', '^sleep 271$']).status, WAIT).toBe(1);
});
