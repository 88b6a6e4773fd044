// A reflection begins by itself in an idle moment, gives way to a turn, and costs nothing where it is off.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Reflection } from '../../../src/flows/reflect.ts';
import { ReflectLedger } from '../../../src/flows/reflect-ledger.ts';
import { EVERY_TURNS, IDLE_MS, ReflectWhen } from '../../../src/flows/reflect-when.ts';
import { eventually } from '../../support/eventually.ts';

let folder: string;
let when: ReflectWhen;
let ledger: ReflectLedger;
/** Tokens of the day. */
let left: number;
let on: boolean;
let turnRuns: boolean;
let runs: AbortSignal[];
let outcome: Reflection;
let logged: string[];
let hold: Promise<void>;

const done = (more: boolean): Reflection => ({ kind: 'done', tokens: 1, more, waiting: 0, applied: [], dropped: [] });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true });
  folder = mkdtempSync(join(tmpdir(), 'when-'));
  [on, turnRuns, runs, logged, outcome, hold] = [true, false, [], [], done(false), Promise.resolve()];
  left = 500;
  ledger = new ReflectLedger(join(folder, 'state.json'));
  when = new ReflectWhen({
    ledger,
    left: async () => left,
    on: () => on,
    turnRuns: () => turnRuns,
    run: async (signal) => {
      runs.push(signal);
      await hold;
      return outcome;
    },
    now: Date.now,
    log: (line) => logged.push(line),
  });
});
afterEach(() => {
  when.dispose();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** Time passes, and what it started comes to an end on disk. */
async function idle(ms = IDLE_MS): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await eventually(() => new Promise((resolve) => setImmediate(resolve)));
  await vi.advanceTimersByTimeAsync(100);
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await when.turnEnded(false);
}

it('runs after so many turns, once the window was idle', async () => {
  await turns(EVERY_TURNS - 1);
  await idle();
  expect(runs).toHaveLength(0);
  await turns(1);
  await idle(IDLE_MS - 1_000);
  expect(runs).toHaveLength(0);
  await idle(1_000);
  await eventually(() => expect(runs).toHaveLength(1));
});

it('runs after a compaction, and again later where it came to nothing, without another turn', async () => {
  outcome = { kind: 'failed', reason: 'The model is away.' };
  await when.turnEnded(true);
  await idle();
  await eventually(() => expect(runs).toHaveLength(1));
  expect(logged[0]).toContain('The model is away.');
  // As the run itself leaves it behind.
  await ledger.change((state) => ({ ...state, notBefore: Date.now() + 5 * 60_000 }));
  await idle(4 * 60_000);
  expect(runs).toHaveLength(1);
  await idle(60_000);
  await eventually(() => expect(runs).toHaveLength(2));
});

it('rests for an hour when the person stops it', async () => {
  outcome = { kind: 'stopped' };
  await when.turnEnded(true);
  await idle();
  await eventually(() => expect(runs).toHaveLength(1));
  when.soon();
  await idle();
  await idle(50 * 60_000);
  expect(runs).toHaveLength(1);
  await idle(10 * 60_000);
  await eventually(() => expect(runs).toHaveLength(2));
});

it('gives way to a turn: none begins beside it, and the run under way is stopped', async () => {
  turnRuns = true;
  await when.turnEnded(true);
  await idle();
  expect(runs).toHaveLength(0);
  turnRuns = false;
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  when.soon();
  await idle();
  await eventually(() => expect(runs).toHaveLength(1));
  when.turnBegan();
  expect(runs[0]?.aborted).toBe(true);
  release();
});

it('does nothing where it is off, and rests until tomorrow when the day has no tokens left', async () => {
  on = false;
  await when.turnEnded(true);
  await idle();
  expect(runs).toHaveLength(0);
  on = true;
  outcome = { kind: 'budget' };
  for (let n = 0; n < 3; n++) {
    when.soon();
    await idle();
  }
  await eventually(() => expect(runs).toHaveLength(1));
  expect(logged).toHaveLength(1);
  // Another agent's run has given back what it did not need.
  left = 9_000;
  when.soon();
  await idle();
  await eventually(() => expect(runs).toHaveLength(2));
  vi.setSystemTime(Date.now() + 86_400_000);
  when.soon();
  await idle();
  await eventually(() => expect(runs).toHaveLength(3));
});
