// Commands in real processes: their output and end, input, killing, and what 100 MB of output cost.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { linesFrom } from '../../../src/editor/terminal/excerpt.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import { outputOf } from '../../../src/tools/command-body.ts';
import { alive, makeWorld, never, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const ended = async (command: string) => {
  const run = await world.start(command);
  expect(await run.pause(20_000, never)).toBe('ended');
  return { run, exitCode: run.exitCode, text: (await run.look('begin')).text };
};

describe('a command', () => {
  it('tells its exit code and all that it wrote, errors too', async () => {
    const { exitCode, text } = await ended('echo out; echo problem >&2; exit 3');
    expect(exitCode).toBe(3);
    expect(text.split('\n').sort()).toEqual(['', 'out', 'problem']);
  });

  it('runs where it was told to, in bash, without a pager', async () => {
    const { text } = await ended('pwd; [[ -n $BASH_VERSION ]] && echo "$GIT_PAGER"');
    expect(text).toBe(`${world.folder}\ncat\n`);
  });

  it('is read in the character set of its locale', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.ISO-8859-1');
    try {
      expect((await ended(`printf 'gr\\xfcn\\n'`)).text).toMatch(/^grün$/m);
    } finally {
      vi.unstubAllEnvs();
    }
    const { run } = await ended(`printf 'gr\\xfcn\\n'`);
    expect(await outputOf(run, 'begin')).toMatch(/^gr\ufffdn\n\ufffd stands for bytes that are no characters/);
  });

  it('folds progress, drops colours, and keeps characters that come in pieces', async () => {
    const { text } = await ended(
      `printf '10%%\\r100%%\\n\\033[31mred\\033[0m\\n'; printf '\\xe2\\x82'; sleep 0.2; printf '\\xac\\n'`,
    );
    expect(text).toBe('100%\nred\n€\n');
  });

  it('that writes no text is marked, and its bytes are not shown', async () => {
    const { run, text } = await ended('head -c 20000 /dev/zero; echo end');
    expect(run.log.binary).toBe(true);
    expect(text.length).toBeLessThan(600);
  });

  it('that does not exist says so', async () => {
    const { exitCode, text } = await ended('no-such-program-here');
    expect(exitCode).toBe(127);
    expect(text).toContain('not found');
  });

  it('reads an end of input at once where nobody can answer', async () => {
    const { exitCode, run } = await ended('read -r answer');
    expect(exitCode).toBe(1);
    expect(run.deaf).toContain('background: true');
  });

  it('takes along what it has left running', async () => {
    const mark = `sleep 31${process.pid}`;
    const { exitCode } = await ended(`${mark} & echo started`);
    expect(exitCode).toBe(0);
    await expect.poll(() => alive(`^${mark}`)).toBe(false);
  });
});

it('ends with its shell, though something that left its group still holds its output', async () => {
  const mark = `33${process.pid}`;
  const run = await world.start(`setsid sleep ${mark} & sleep 0.5; echo started; exit 4`);
  expect(await run.pause(8_000, never)).toBe('ended');
  expect(run.exitCode).toBe(4);
  expect((await run.look('begin')).text).toBe('started\n');
  expect(await alive(`^sleep ${mark}`)).toBe(true);
  spawnSync('pkill', ['-f', `^sleep ${mark}$`]);
});

it('takes half a line of data for no question, whatever it ends with', async () => {
  const run = await world.start(`printf '%0400d? ' 7; sleep 30`);
  expect(await run.pause(4_500, never)).toBe('late');
  expect(run.waits).toBe(false);
  run.kill('agent');
  expect(await run.pause(5_000, never)).toBe('ended');
});

it('has a name that no command before a reload had', async () => {
  const folder = join(world.folder, 'reloaded');
  await mkdir(folder);
  const before = await makeWorld(folder);
  const first = await before.start('sleep 30', { background: true });
  const second = await before.start('true');
  await before.runs.dispose();
  const after = await makeWorld(folder);
  const third = await after.start('true');
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  expect(after.runs.get(first.id)).toBeUndefined();
  await after.runs.dispose();
});

describe('a command in the background', () => {
  it('is asked something, is answered, and goes on', async () => {
    const run = await world.start('printf "Your name? "; read -r name; echo "Hello $name"; read -r; echo never', {
      background: true,
    });
    expect(await run.pause(20_000, never)).toBe('waits');
    expect((await run.look('last')).text).toBe('Your name? ');
    run.input('Ada\n');
    expect(await run.pause(5_000, never, 500)).toBe('late');
    expect((await run.look('last')).text).toBe('Your name? Hello Ada\n');
    run.kill('agent');
    expect(await run.pause(5_000, never)).toBe('ended');
    expect((await run.look('last')).text).toBe('');
  });

  it('shows only what came since the last look, and a line that changed again', async () => {
    const run = await world.start(
      'echo one; printf "10%%"; read -r; printf "\\r90%%"; read -r; printf "\\r100%%\\ntwo\\n"; read -r',
      { background: true },
    );
    const seen = async () => (await run.look('last')).text;
    await expect.poll(() => run.log.line).toBe('10%');
    expect(await seen()).toBe('one\n10%');
    run.input('\n');
    await expect.poll(() => run.log.line).toBe('90%');
    expect(await seen()).toBe('90%');
    run.input('\n');
    await expect.poll(() => run.tail).toContain('two');
    expect(await seen()).toBe('100%\ntwo\n');
    expect(await seen()).toBe('');
    run.kill('agent');
    await run.whenEnded();
  });

  it('is news when it ends, once', async () => {
    const run = await world.start('sleep 0.2; exit 4', { background: true, threadId: 'other' });
    expect(world.runs.news('other')).toEqual([]);
    await run.whenEnded();
    expect(world.runs.news('other').map(({ exitCode }) => exitCode)).toEqual([4]);
    expect(world.changed).toContain(run);
    run.told = true;
    expect(world.runs.news('other')).toEqual([]);
  });

  it('is killed with everything that it has started', async () => {
    const mark = `32${process.pid}`;
    const run = await world.start(`trap '' TERM; setsid sleep ${mark} & sleep ${mark}; sleep ${mark}`, {
      background: true,
    });
    await expect.poll(() => alive(`^sleep ${mark}`)).toBe(true);
    run.kill('agent');
    expect(await run.pause(5_000, never)).toBe('ended');
    expect(run.exitCode).toBeUndefined();
    expect(run.endedBy).toBe('agent');
    await expect.poll(() => alive(`sleep ${mark}`)).toBe(false);
  });
});

it('goes on when its time is over, and stops waiting when the turn is stopped', async () => {
  const run = await world.start('echo begun; sleep 30');
  expect(await run.pause(500, never)).toBe('late');
  expect(run.ended).toBe(false);
  const stop = new AbortController();
  const pausing = run.pause(20_000, stop.signal);
  stop.abort();
  expect(await pausing).toBe('stopped');
  run.kill('person');
  await run.whenEnded();
  expect(run.endedBy).toBe('person');
});

it('keeps 100 MB in a file and costs less than 20 MB', async () => {
  globalThis.gc?.();
  const before = process.memoryUsage();
  let most = 0;
  const measure = setInterval(() => {
    const { heapUsed, external } = process.memoryUsage();
    most = Math.max(most, heapUsed + external);
  }, 20);
  const line = 'The quick brown fox jumps over the lazy dog, again and again and again.';
  const run = await world.start(`yes '${line}' | head -c 104857600`);
  expect(await run.pause(30_000, never)).toBe('ended');
  clearInterval(measure);
  const shown = await run.look('begin');
  expect(most - before.heapUsed - before.external).toBeLessThan(20 * 1024 * 1024);
  expect((await stat(run.log.path)).size).toBe(104_857_600);
  expect((await stat(run.log.path)).mode & 0o777).toBe(0o600);
  expect(shown.text.length).toBeLessThan(20_000);
  expect(shown.text).toMatch(/… \(104,8\d\d,\d{3} bytes left out\)/);
  expect(run.tail.length).toBeLessThanOrEqual(4_000);
  const { lines, more } = await linesFrom(run.log.path, 1_000_000, { lines: 2, characters: 10_000 });
  expect(lines).toEqual([line, line]);
  expect(more).toBe(true);
});

it('leaves nothing behind when the program that started it is killed', async () => {
  const mark = `33${process.pid}`;
  const script = join(import.meta.dirname, 'support.ts');
  await mkdir(join(world.folder, 'killed'));
  const child = spawn(process.execPath, [script, join(world.folder, 'killed'), `echo begun; sleep ${mark}`], {
    stdio: 'pipe',
  });
  const path = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  await expect.poll(() => alive(`^sleep ${mark}`)).toBe(true);
  await expect.poll(() => readFile(path.trim(), 'utf8')).toBe('begun\n');
  child.kill('SIGKILL');
  await expect.poll(() => alive(`^sleep ${mark}`)).toBe(false);
  expect(await readFile(path.trim(), 'utf8')).toBe('begun\n');
});

it('removes outputs that are a week old', async () => {
  const folder = join(world.folder, 'old');
  const first = new LogFolder(folder);
  await first.prepare();
  const [old, fresh] = [first.pathOf('t', 'old'), first.pathOf('t', 'fresh')];
  await writeFile(old, 'x');
  await writeFile(fresh, 'x');
  const longAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1_000);
  await utimes(old, longAgo, longAgo);
  await new LogFolder(folder).prepare();
  await expect(stat(old)).rejects.toThrow('ENOENT');
  expect((await stat(fresh)).size).toBe(1);
});
