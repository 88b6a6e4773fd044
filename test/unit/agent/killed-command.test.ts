// The program is killed (-9) while a command of the agent runs: the command is not run again, and the agent is told what is known.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerBash } from './command-turn.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'killed-command-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8').catch(() => '');

async function outputSoFar(): Promise<string> {
  const [name = ''] = await readdir(join(folder, 'commands')).catch((): string[] => []);
  return read('commands', name);
}

/** Kills it once the condition holds. */
async function killedWhen(command: string, condition: () => Promise<boolean>): Promise<void> {
  const program = join(import.meta.dirname, 'command-turn.ts');
  const child = spawn(process.execPath, [program, folder, command], { stdio: 'inherit' });
  await expect.poll(condition, { timeout: 20_000, interval: 20 }).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
}

it.each(['run', 'settle'] as const)('in the middle of it, and the turn goes on with %s', async (mode) => {
  const command = `echo ran >> ${join(folder, 'ran.txt')}; echo half done; sleep 60; echo never`;
  await killedWhen(command, async () => (await outputSoFar()) === 'half done\n');

  const { answers, cards, seen } = await answerBash(folder, command, mode);

  expect(answers).toEqual([
    {
      type: 'tool',
      tool_call_id: 'call-1',
      status: 'error',
      tool_return:
        'Interrupted, outcome unknown. Check what happened before you go on; do not repeat it blindly.\nIt had written:\nhalf done',
    },
  ]);
  expect(cards.at(-1)?.state).toBe('interrupted');
  // What it wrote is shown to the model, so it counts as read.
  expect(seen).toContain('terminal');
  expect(await read('ran.txt')).toBe('ran\n');
});

it('after it has ended: the answer that was noted is the answer', async () => {
  const command = `echo ran >> ${join(folder, 'ran.txt')}; echo all`;
  const first = await answerBash(folder, command);
  const second = await answerBash(folder, command);
  expect(first.answers).toEqual(second.answers);
  expect(first.answers[0]).toMatchObject({ status: 'success' });
  expect(await read('ran.txt')).toBe('ran\n');
});
