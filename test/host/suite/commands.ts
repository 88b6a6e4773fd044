// Commands in real terminals: shell integration, its absence, what the person runs beside it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { ChildRunner } from '../../../src/editor/terminal/child-runner.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import type { Run, RunSpec } from '../../../src/editor/terminal/run.ts';
import { Runs } from '../../../src/editor/terminal/runs.ts';
import { TerminalHistory } from '../../../src/editor/terminal/vscode-history.ts';
import { Mirrors } from '../../../src/editor/terminal/vscode-mirror.ts';
import { ShellRunner } from '../../../src/editor/terminal/vscode-shell-runner.ts';
import type { HostCase } from '../runner/case.ts';
import { rootFolder, until } from '../support.ts';

interface Shell {
  start(command: string, more?: Partial<RunSpec>): Promise<Run>;
  /** Runs to its end. */
  ended(command: string, more?: Partial<RunSpec>): Promise<{ exitCode: number | undefined; text: string }>;
}

const never = new AbortController().signal;
const ours = (): vscode.Terminal[] => vscode.window.terminals.filter(({ name }) => name === 'Letta');

/** Lines of 1,000 characters: 40 MB. */
const LINES = 40_000;
/** Bytes that may stay of them. */
const MOST_KEPT = 20 * 1024 * 1024;

/** Bytes that this process holds once nothing is left to be collected. */
async function kept(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function withShell(run: (shell: Shell) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'letta-host-runs-'));
  const mirrors = new Mirrors();
  const logged: string[] = [];
  const child = new ChildRunner({ mirror: (options) => mirrors.open(options) });
  const runner = new ShellRunner(child, (line) => logged.push(line));
  const runs = new Runs({ logs: new LogFolder(folder), runner, boxed: child, changed: () => {} });
  let calls = 0;
  const start: Shell['start'] = (command, more = {}) => {
    calls += 1;
    const spec = { threadId: 'thread', callId: `call-${calls}`, background: false, boxed: false };
    return runs.start({ ...spec, cwd: rootFolder(), command, ...more });
  };
  try {
    await run({
      start,
      ended: async (command, more) => {
        const started = await start(command, more);
        const pause = await started.pause(30_000, never);
        const { text } = await started.look('begin');
        assert.equal(pause, 'ended', `${command} ended; it had written ${JSON.stringify(text)} ${logged.join()}`);
        return { exitCode: started.exitCode, text };
      },
    });
  } finally {
    await runs.dispose();
    runner.dispose();
    mirrors.dispose();
    rmSync(folder, { recursive: true, force: true });
    await until('no terminal of ours is left', () => ours().length === 0);
  }
}

export const cases: HostCase[] = [
  {
    name: 'a command runs in one visible terminal through shell integration, with exit code and whole output',
    run: () =>
      withShell(async ({ ended }) => {
        assert.deepEqual(await ended('pwd'), { exitCode: 0, text: `${rootFolder()}\n` });
        assert.deepEqual(
          ours().map(({ shellIntegration }) => shellIntegration !== undefined),
          [true],
        );
        assert.deepEqual(await ended('false'), { exitCode: 1, text: '' });
        assert.equal((await ended('no-such-program')).exitCode, 127);
        // Fast commands are what loses its output elsewhere.
        for (let n = 1; n <= 15; n += 1) {
          assert.deepEqual(await ended(`echo word-${n}`), { exitCode: 0, text: `word-${n}\n` });
        }
        assert.equal(ours().length, 1);
      }),
  },
  {
    name: 'what is hard to type arrives as it was written',
    run: () =>
      withShell(async ({ ended }) => {
        for (const [command, text] of [
          ['echo one\necho two', 'one\ntwo\n'],
          ["cat <<'END'\n$HOME \"it's\"\n\tindented\nEND", '$HOME "it\'s"\n\tindented\n'],
          ['echo "wow!!" !x', 'wow!! !x\n'],
          ['(cd / && pwd); pwd', `/\n${rootFolder()}\n`],
          ["printf '%s|' 'a b' \"c'd\" e\\\\f ü€😀; echo", "a b|c'd|e\\f|ü€😀|\n"],
          ['echo done # a comment', 'done\n'],
          ['exit 7', ''],
        ] as const) {
          const result = await ended(command);
          assert.equal(result.text, text, command);
          assert.equal(result.exitCode, command === 'exit 7' ? 7 : 0, command);
        }
        // Nothing of it changed the shell.
        assert.equal(ours().length, 1);
      }),
  },
  {
    name: 'no command changes the next one, and a folder of its own gets a terminal of its own',
    run: () =>
      withShell(async ({ ended }) => {
        await ended('cd /; export MINE=1');
        assert.equal((await ended('pwd; echo "<$MINE>"')).text, `${rootFolder()}\n<>\n`);
        const sub = join(rootFolder(), 'sub-folder');
        mkdirSync(sub, { recursive: true });
        assert.equal((await ended('pwd', { cwd: sub })).text, `${sub}\n`);
        assert.equal((await ended('pwd', { threadId: 'other' })).text, `${rootFolder()}\n`);
        assert.equal(ours().length, 3);
      }),
  },
  {
    name: 'a question is seen, answered, and the answer read',
    run: () =>
      withShell(async ({ start }) => {
        const run = await start('read -r -p "Your name? " name; echo "Hello $name"');
        assert.equal(await run.pause(20_000, never), 'waits');
        assert.equal((await run.look('last')).text, 'Your name? ');
        run.input('Ada\n');
        assert.equal(await run.pause(10_000, never), 'ended');
        assert.equal((await run.look('last')).text, 'Your name? Ada\nHello Ada\n');
        assert.equal(run.exitCode, 0);
      }),
  },
  {
    name: 'a command in the background does not keep others waiting, and is killed with all that it started',
    run: () =>
      withShell(async ({ start, ended }) => {
        const mark = `sleep 41${process.pid}`;
        const run = await start(`echo begun; trap '' INT TERM; ${mark} & ${mark}`, { background: true });
        await until('it has begun', () => run.tail === 'begun');
        assert.equal((await ended('echo beside')).text, 'beside\n');
        assert.equal(run.ended, false);
        assert.equal(spawnSync('pgrep', ['-f', `^${mark}`]).status, 0);
        run.kill('agent');
        assert.equal(await run.pause(10_000, never), 'ended');
        assert.notEqual(spawnSync('pgrep', ['-f', `^${mark}`]).status, 0);
        assert.equal(run.endedBy, 'agent');
        // The next one in the same terminal begins at once, and is not taken along.
        assert.equal((await ended('sleep 1.5; echo alive')).text, 'alive\n');
        assert.equal(ours().length, 2);
      }),
  },
  {
    name: 'closing the terminal ends its command',
    run: () =>
      withShell(async ({ start }) => {
        const run = await start('echo begun; sleep 60', { background: true });
        await until('it has begun', () => run.tail === 'begun');
        for (const terminal of ours()) terminal.dispose();
        assert.equal(await run.pause(10_000, never), 'ended');
        assert.equal(run.exitCode, undefined);
      }),
  },
  {
    name: 'progress is folded, and a longer output arrives whole',
    run: () =>
      withShell(async ({ ended, start }) => {
        const bar = 'for n in 10 50 100; do printf "\\r%s%%" $n; sleep 0.05; done; echo';
        assert.equal((await ended(bar)).text, '100%\n');
        const run = await start('seq 1 200000');
        assert.equal(await run.pause(40_000, never), 'ended');
        const shown = await run.look('begin');
        assert.match(shown.text, /^1\n2\n/);
        assert.match(shown.text, /\n200000\n$/);
        const { linesFrom } = await import('../../../src/editor/terminal/excerpt.ts');
        const { lines } = await linesFrom(run.log.path, 123_456, { lines: 1, characters: 1_000 });
        assert.deepEqual(lines, ['123456']);
      }),
  },
  {
    name: '40 MB of output through shell integration: head, tail and a path to all of it, and memory that does not grow with it',
    timeout: 120_000,
    run: (say) =>
      withShell(async ({ start, ended }) => {
        // What the first command loads is not what this one keeps.
        await ended('seq 1 20000');
        // Nobody looks: drawing all of it would take most of the time.
        await vscode.commands.executeCommand('workbench.action.closePanel');
        const before = await kept();
        const run = await start(`yes "$(printf '%01000d' 7)" | head -n ${LINES}; echo the end`);
        // On a busy machine the terminal may stand still for as long as a question would: one goes on waiting, as the agent does.
        let pause = await run.pause(100_000, never);
        while (pause === 'waits') pause = await run.pause(100_000, never);
        assert.equal(pause, 'ended');
        assert.equal(run.exitCode, 0);
        const { text, left } = await run.look('begin');
        assert.match(text, /^0{999}7\n/);
        assert.match(text, /\nthe end\n$/);
        assert.ok(text.length < 100_000, `${text.length} characters are shown`);
        assert.ok(left > 39_000_000, `${left} bytes are left out`);
        assert.ok(statSync(run.log.path).size >= LINES * 1_001, 'all of it is there');
        // What VS Code itself has queued for a window that is busy goes with time; what is kept stays.
        let grown = (await kept()) - before;
        for (let tries = 0; tries < 30 && grown >= MOST_KEPT; tries += 1) grown = (await kept()) - before;
        say(`${Math.round(grown / 1024)} KB more are kept`);
        assert.ok(grown < MOST_KEPT, `the extension host keeps ${grown} bytes more`);
      }),
  },
  {
    name: 'without shell integration the command runs beside a terminal that shows it',
    run: async () => {
      const settings = vscode.workspace.getConfiguration('terminal.integrated.shellIntegration');
      await settings.update('enabled', false, vscode.ConfigurationTarget.Workspace);
      try {
        await withShell(async ({ ended, start }) => {
          assert.deepEqual(await ended('echo plain; exit 3'), { exitCode: 3, text: 'plain\n' });
          assert.deepEqual(
            ours().map(({ creationOptions }) => 'pty' in creationOptions),
            [true],
          );
          const run = await start('read -r line; echo "got $line"', { background: true });
          run.input('this\n');
          assert.equal(await run.pause(10_000, never), 'ended');
          assert.equal((await run.look('begin')).text, 'got this\n');
          assert.equal(ours().length, 1);
        });
      } finally {
        await settings.update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
      }
    },
  },
  {
    name: 'what the person runs is known afterwards, what the agent runs is not listed there',
    run: () =>
      withShell(async ({ ended }) => {
        const history = new TerminalHistory();
        const terminal = vscode.window.createTerminal({ name: 'Mine', shellPath: 'bash' });
        try {
          await until('the shell is known', () => terminal.shellIntegration !== undefined, 20_000);
          terminal.shellIntegration?.executeCommand('sleep 0.3 && echo from the person');
          await until('it has ended', () => history.list()[0]?.running === false, 20_000);
          await ended('echo from the agent');
          const [own, ...more] = history.list();
          assert.deepEqual(more, []);
          assert.equal(own?.exitCode, 0);
          assert.equal(own?.terminal, 'Mine');
          assert.match(own?.output() ?? '', /^from the person/);
        } finally {
          terminal.dispose();
          history.dispose();
        }
      }),
  },
];
