import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import { follow } from '../../../src/agent/follow.ts';
import { TurnHolds } from '../../../src/agent/turn-holds.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-holds-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const windows = () => [new TurnHolds(folder, () => {}, 'one'), new TurnHolds(folder, () => {}, 'two')] as const;
const nothing = () => {};

/** A window that takes the thread and is killed. */
async function killedHolder(): Promise<void> {
  const module = new URL('../../../src/agent/turn-holds.ts', import.meta.url).href;
  const script = `const { TurnHolds } = await import(${JSON.stringify(module)});
new TurnHolds(${JSON.stringify(folder)}).take('conv-1', () => {});
process.stdout.write('held');
setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(new TurnHolds(folder, () => {}, 'other').elsewhere('conv-1')).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('TurnHolds', () => {
  it('one window at a time works on a thread, each on its own threads', () => {
    const [one, two] = windows();
    const hold = one.take('conv-1', nothing);
    expect(hold).toBeDefined();
    expect(two.take('conv-1', nothing)).toBeUndefined();
    expect([one.elsewhere('conv-1'), two.elsewhere('conv-1')]).toEqual([false, true]);
    two.take('conv-2', nothing)?.release();
    hold?.release();
    expect(two.elsewhere('conv-1')).toBe(false);
    two.take('conv-1', nothing)?.release();
  });

  it('leaves no file behind', async () => {
    const [one, two] = windows();
    const hold = one.take('conv-1', nothing);
    two.askToStop('conv-1');
    hold?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('a killed window holds nothing, at once', async () => {
    await killedHolder();
    const [one] = windows();
    expect(one.elsewhere('conv-1')).toBe(false);
    const hold = one.take('conv-1', nothing);
    expect(hold).toBeDefined();
    hold?.release();
  });

  it('one of another computer holds until it was not renewed for ten seconds', async () => {
    const path = join(folder, 'conv-1');
    await writeFile(path, JSON.stringify({ window: 'far', host: 'elsewhere', pid: 1 }));
    const [one] = windows();
    expect(one.elsewhere('conv-1')).toBe(true);
    const past = new Date(Date.now() - 11_000);
    await utimes(path, past, past);
    expect(one.elsewhere('conv-1')).toBe(false);
    one.take('conv-1', nothing);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ window: 'one' });
  });

  it('a torn file holds nothing, and a folder that cannot be made keeps nobody from working', async () => {
    await writeFile(join(folder, 'conv-1'), '{"win');
    expect(windows()[0].take('conv-1', nothing)).toBeDefined();
    const nowhere = new TurnHolds(join(folder, 'conv-1', 'below'), () => {}, 'one');
    expect(nowhere.take('conv-2', nothing)).toBeDefined();
  });

  it('a window that is told to stop hears it within half a second', async () => {
    const [one, two] = windows();
    const stopped = Promise.withResolvers<void>();
    const hold = one.take('conv-1', stopped.resolve);
    const began = Date.now();
    const took = async (work: Promise<unknown>) => work.then(() => Date.now() - began);
    two.askToStop('conv-1');
    // A busy machine lets the one wait as it does the other.
    const [stopping, waiting] = await Promise.all([took(stopped.promise), took(after(250))]);
    expect(stopping).toBeLessThan(waiting + 250);
    hold?.release();
  });
});

describe('following another window', () => {
  const run = (id: string, status = 'running') => ({ id, status });
  const said = (events: TurnEvent[]) => events.flatMap((e) => (e.type === 'text' ? [e.delta] : []));

  function elsewhere() {
    let works = true;
    let last = run('run-1');
    const asked: string[] = [];
    const attached: string[] = [];
    const deps = {
      holds: { elsewhere: () => works, askToStop: (id: string) => void asked.push(id) },
      last: async () => last,
      attach: async (id: string, sink: (event: TurnEvent) => void): Promise<TurnOutcome> => {
        attached.push(id);
        sink({ type: 'text', id, delta: id });
        last = run(id, 'completed');
        const outcome: TurnOutcome = { kind: id === 'run-2' ? 'done' : 'interrupted' };
        sink({ type: 'ended', outcome });
        if (id === 'run-2') works = false;
        return outcome;
      },
      lookMs: 5,
    };
    return { deps, asked, attached, begins: (id: string) => (last = run(id)), ends: () => (works = false) };
  }

  it('goes on over what the other asks its person, from run to run, and ends once', async () => {
    const { deps, attached, begins } = elsewhere();
    const events: TurnEvent[] = [];
    const signal = new AbortController().signal;
    const following = follow(deps, { threadId: 'conv-1', runId: 'run-1', signal }, (event) => events.push(event));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(events.some((event) => event.type === 'ended')).toBe(false);
    begins('run-2');
    expect(await following).toEqual({ kind: 'done' });
    expect(attached).toEqual(['run-1', 'run-2']);
    expect(said(events)).toEqual(['run-1', 'run-2']);
    expect(events.filter((event) => event.type === 'ended')).toHaveLength(1);
  });

  it('takes up a window that is between two runs, and ends when it goes', async () => {
    const { deps, attached, ends } = elsewhere();
    deps.last = async () => run('run-0', 'completed');
    setTimeout(ends, 30);
    const signal = new AbortController().signal;
    expect(await follow(deps, { threadId: 'conv-1', signal }, nothing)).toEqual({ kind: 'interrupted' });
    expect(attached).toEqual([]);
  });

  it('Stop here stops the other window, also while it waits for its person', async () => {
    const { deps, asked, ends } = elsewhere();
    deps.last = async () => run('run-0', 'completed');
    const abort = new AbortController();
    const following = follow(deps, { threadId: 'conv-1', signal: abort.signal }, nothing);
    abort.abort();
    setTimeout(ends, 20);
    expect(await following).toEqual({ kind: 'stopped' });
    expect(asked).toEqual(['conv-1']);
  });

  it('a window that closes stops nothing', async () => {
    const { deps, asked } = elsewhere();
    const abort = new AbortController();
    const following = follow(deps, { threadId: 'conv-1', signal: abort.signal }, nothing);
    abort.abort('shutdown');
    expect(await following).toEqual({ kind: 'interrupted' });
    expect(asked).toEqual([]);
  });
});
