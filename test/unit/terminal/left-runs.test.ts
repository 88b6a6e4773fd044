// Background commands whose window went: the next one tells of them once, and not of those of a window that lives.
import { spawn } from 'node:child_process';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LeftRun, LeftRuns } from '../../../src/editor/terminal/left-runs.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import { leftNews } from '../../../src/tools/command-body.ts';
import { makeWorld, never, type World } from './support.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.remove());

async function look(mine = false): Promise<LeftRuns> {
  const left = new LeftRuns(new LogFolder(join(world.folder, 'logs')), () => mine);
  await left.find();
  return left;
}
const found = async (mine = false): Promise<LeftRun[]> => (await look(mine)).of('thread');
const notes = (): Promise<string[]> => readdir(join(world.folder, 'logs', 'background')).catch(() => []);

it('tells of a command that a reload ended: which, and where its output is kept', async () => {
  await world.start('echo listening on 4000; sleep 60', { background: true, callId: 'server' });
  const run = world.runs.byCall('server');
  await expect.poll(() => run?.tail).toBe('listening on 4000');
  await expect.poll(notes).toHaveLength(1);
  expect(await found(), 'its window lives').toEqual([]);
  await world.runs.dispose();
  const [left] = await found();
  expect(left).toMatchObject({ id: 't1', threadId: 'thread', command: 'echo listening on 4000; sleep 60' });
  const window = await look();
  const [{ text, told } = { text: '', told: () => {} }] = leftNews(window, 'thread');
  expect(text).toContain('terminal t1 (echo listening on 4000; sleep 60) was ended by a reload of the window');
  expect(text).toContain(`${run?.log.path} and ends with:\nlistening on 4000`);
  expect(await readFile(run?.log.path ?? '', 'utf8')).toBe('listening on 4000\n');
  expect(await found(true), 'this window knows it').toEqual([]);
  told();
  expect(leftNews(window, 'thread')).toEqual([]);
  expect(leftNews(window, 'another')).toEqual([]);
  await expect.poll(notes).toEqual([]);
});

it('tells of one whose window was killed, once it is sure of that', async () => {
  const script = join(import.meta.dirname, 'support.ts');
  const child = spawn(process.execPath, [script, world.folder, 'echo begun; sleep 60', 'background'], {
    stdio: 'pipe',
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect.poll(notes).toHaveLength(1);
  child.kill('SIGKILL');
  expect(await found()).toEqual([]);
  const long = new Date(Date.now() - 11_000);
  const [name = ''] = await notes();
  await utimes(join(world.folder, 'logs', 'background', name), long, long);
  expect(await found()).toMatchObject([{ command: 'echo begun; sleep 60' }]);
});

it('tells how one had ended that the agent did not hear of; of one it heard of, nothing', async () => {
  const [told, untold] = [
    await world.start('exit 3', { background: true }),
    await world.start('exit 4', { background: true }),
  ];
  await Promise.all([told.pause(10_000, never), untold.pause(10_000, never)]);
  await expect.poll(notes).toHaveLength(2);
  told.told = true;
  await expect.poll(notes).toHaveLength(1);
  await world.runs.dispose();
  const left = await found();
  expect(left.map(({ command }) => command)).toEqual(['exit 4']);
  expect(leftNews(await look(), 'thread')[0]?.text).toMatch(
    /had ended before the window was reloaded: exit code 4 after .* wrote|written nothing/,
  );
});

it('notes nothing of a command that is waited for', async () => {
  const run = await world.start('echo done');
  await run.pause(10_000, never);
  expect(await notes()).toEqual([]);
});
