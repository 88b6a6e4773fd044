// However windows of two agents interleave and die, each message is carried out once, in order, and no day is charged less than it
// has paid.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayOf, left, NOTHING_SPENT, type Spending, setAside, settled } from '../../../src/flows/reflect-spending.ts';
import {
  answered,
  beat,
  begin,
  type Cursor,
  dueIn,
  finish,
  fresh,
  giveUp,
  LEASE_MS,
  type State,
  takeOver,
  turnEnded,
} from '../../../src/flows/reflect-state.ts';

const BUDGET = 40_000;
const START = new Date(2026, 10, 21, 12).getTime();

type Window =
  | { at: 'idle' }
  | { at: 'gathered'; from: Record<string, Cursor>; to: Record<string, Cursor> }
  | { at: 'begun'; id: string; tokens: number }
  | { at: 'asking'; id: string; aside: number; day: string }
  | { at: 'answered'; id: string };

/** What all agents have taken of the days, as it is on disk, and what was really paid. */
class Purse {
  state: Spending = NOTHING_SPENT;
  readonly paid = new Map<string, number>();
}

/** Of one agent: what is on disk, what was said, and what the windows hold in memory. */
class World {
  state: State = fresh(START);
  now = START;
  readonly said: Record<string, number> = { a: 0, b: 0 };
  /** Messages carried out, by thread, in the order in which they were. */
  readonly carried: Record<string, number[]> = { a: [], b: [] };
  private readonly runs = new Set<string>();
  /** What each run was given to read. */
  private readonly reads = new Map<string, Record<string, number[]>>();
  /** Messages that the model has given a kept answer for. */
  private readonly heard: Record<string, Set<number>> = { a: new Set(), b: new Set() };
  private readonly purse: Purse;
  private windows: { owner: string; does: Window }[] = [];
  private ids = 0;

  constructor(purse: Purse) {
    this.purse = purse;
    this.windows = [0, 1, 2].map(() => this.newWindow());
  }

  private newWindow(): { owner: string; does: Window } {
    return { owner: `w${++this.ids}`, does: { at: 'idle' } };
  }

  kill(n: number): void {
    this.windows[n % 3] = this.newWindow();
  }

  /** One step of a window; `choice` decides what the model and the person do. */
  step(n: number, choice: number): void {
    const window = this.windows[n % 3];
    if (!window) return;
    const { owner, does } = window;
    switch (does.at) {
      case 'idle': {
        const taken = takeOver(this.state, owner, this.now);
        if (taken?.run) {
          this.state = taken;
          window.does = { at: 'answered', id: taken.run.id };
          return;
        }
        const to = this.unread(1 + (choice % 3));
        if (Object.keys(to).length > 0) window.does = { at: 'gathered', from: this.state.cursors, to };
        return;
      }
      case 'gathered': {
        const id = `run${++this.ids}`;
        const tokens = 1_000 + (choice % 7) * 1_000;
        const begun = begin(this.state, does.from, {
          id,
          owner,
          now: this.now,
          to: does.to,
          more: false,
        });
        if (typeof begun === 'string') window.does = { at: 'idle' };
        else {
          const { run } = this.state;
          if (run && this.now - run.beat < LEASE_MS) throw new Error('Two windows run at once.');
          this.state = begun;
          this.reads.set(id, rangeOf(does.from, does.to));
          window.does = { at: 'begun', id, tokens };
        }
        return;
      }
      case 'begun': {
        const aside = setAside(this.purse.state, does.tokens, BUDGET, this.now);
        if (aside) {
          this.purse.state = aside;
          window.does = { at: 'asking', id: does.id, aside: does.tokens, day: aside.day };
        } else {
          this.state = giveUp(this.state, does.id, owner, { failed: false, now: this.now }) ?? this.state;
          window.does = { at: 'idle' };
        }
        return;
      }
      case 'asking':
        this.ask(window, does, choice);
        return;
      case 'answered':
        if (choice % 4 === 0) this.state = beat(this.state, does.id, owner, this.now) ?? this.state;
        else {
          this.carryOut(does.id);
          this.state = finish(this.state, does.id, owner, this.now) ?? this.state;
          window.does = { at: 'idle' };
        }
    }
  }

  private ask(window: { owner: string; does: Window }, does: Extract<Window, { at: 'asking' }>, choice: number): void {
    const { owner } = window;
    const { id, aside, day } = does;
    const tokens = Math.min(aside, 500 + (choice % 10) * 700);
    if (choice % 5 === 0) {
      this.state = beat(this.state, id, owner, this.now) ?? this.state;
      return;
    }
    // The model has answered, whatever becomes of the answer.
    const { purse } = this;
    purse.paid.set(day, (purse.paid.get(day) ?? 0) + tokens);
    // Nobody may know what it has taken, and a kill may come before it is noted.
    if (choice % 2) purse.state = settled(purse.state, day, aside, tokens) ?? purse.state;
    if (choice % 5 === 1) {
      this.state = giveUp(this.state, id, owner, { failed: choice % 3 > 0, now: this.now }) ?? this.state;
      window.does = { at: 'idle' };
      return;
    }
    const kept = answered(this.state, id, owner, { answer: { tokens, proposals: [] }, now: this.now, scale: 1 });
    if (kept) {
      this.state = kept;
      for (const [thread, read] of Object.entries(this.reads.get(id) ?? {}))
        for (const n of read) {
          if (this.heard[thread]?.has(n)) throw new Error(`The model is asked twice about ${thread}${n}.`);
          this.heard[thread]?.add(n);
        }
    }
    window.does = kept ? { at: 'answered', id } : { at: 'idle' };
  }

  private unfinished(): boolean {
    return this.state.run?.answer !== undefined || Object.keys(this.unread(1)).length > 0;
  }

  private unread(most: number): Record<string, Cursor> {
    const to: Record<string, Cursor> = {};
    for (const [thread, said] of Object.entries(this.said)) {
      const read = Number(this.state.cursors[thread]?.id ?? 0);
      if (said > read) to[thread] = { id: String(Math.min(said, read + most)), at: '' };
    }
    return to;
  }

  /** As the review list does: what was put there for a run is put there once. */
  private carryOut(id: string): void {
    if (this.runs.has(id)) return;
    this.runs.add(id);
    for (const [thread, read] of Object.entries(this.reads.get(id) ?? {})) this.carried[thread]?.push(...read);
  }

  check(): void {
    // Plain comparisons: this runs a hundred thousand times.
    for (const messages of Object.values(this.carried))
      if (messages.some((n, i) => n !== i + 1)) expect(messages).toEqual(messages.map((_, i) => i + 1));
    const { day, spent } = this.purse.state;
    const paid = this.purse.paid.get(day) ?? 0;
    if (spent < paid || spent > BUDGET) expect({ spent, paid }).toBeNull();
  }

  /** A single window is left, and has all the time and tokens it needs. */
  drain(): void {
    for (const n of [0, 1, 2]) this.kill(n);
    for (let i = 0; this.unfinished(); i++) {
      if (i > 2_000) throw new Error('It comes to no end.');
      this.now += LEASE_MS;
      if (i % 5 === 0) this.now += 24 * 3_600_000;
      // An answer, never a failure.
      this.step(0, 2);
      this.check();
    }
  }
}

/** The messages behind `from`, up to `to`. */
function rangeOf(from: Record<string, Cursor>, to: Record<string, Cursor>): Record<string, number[]> {
  const of = (thread: string, end: number): number[] => {
    const start = Number(from[thread]?.id ?? 0);
    return Array.from({ length: end - start }, (_, i) => start + i + 1);
  };
  return Object.fromEntries(Object.entries(to).map(([thread, { id }]) => [thread, of(thread, Number(id))]));
}

type Act = { does: 'say' | 'step' | 'kill' | 'wait'; agent: number; n: number; choice: number };
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    does: fc.constantFrom(
      'say' as const,
      'step' as const,
      'step' as const,
      'step' as const,
      'kill' as const,
      'wait' as const,
    ),
    agent: fc.nat({ max: 1 }),
    n: fc.nat({ max: 5 }),
    choice: fc.nat({ max: 1_000 }),
  }),
  { minLength: 10, maxLength: 120, size: 'max' },
);

it('reads nothing twice, leaves nothing out, and charges the day', () => {
  fc.assert(
    fc.property(acts, (list) => {
      const purse = new Purse();
      const worlds = [new World(purse), new World(purse)];
      for (const { does, n, choice, agent } of list) {
        const world = worlds[agent] ?? new World(purse);
        if (does === 'say') world.said[n % 2 ? 'a' : 'b'] = (world.said[n % 2 ? 'a' : 'b'] ?? 0) + 1 + (choice % 3);
        if (does === 'step') world.step(n, choice);
        if (does === 'kill') world.kill(n);
        if (does === 'wait') {
          const ms = choice % 4 === 0 ? LEASE_MS + 1 : (choice % 9_000) + (choice % 50 === 0 ? 86_400_000 : 0);
          for (const each of worlds) each.now += ms;
        }
        world.check();
      }
      for (const world of worlds) {
        for (const each of worlds) each.now = Math.max(...worlds.map(({ now }) => now));
        world.drain();
        for (const [thread, said] of Object.entries(world.said)) expect(world.carried[thread]).toHaveLength(said);
      }
    }),
    { numRuns: 400 },
  );
});

const begun = (state: State): State => {
  const next = begin(state, state.cursors, {
    id: 'r1',
    owner: 'w1',
    now: START,
    to: { a: { id: '1', at: '' } },
    more: false,
  });
  if (typeof next === 'string') throw new Error(next);
  return next;
};

it('waits longer after each failure, and not at all after a stop', () => {
  const wait = (failures: number): number => {
    const next = giveUp(begun({ ...fresh(START), failures }), 'r1', 'w1', { failed: true, now: START });
    return (next?.notBefore ?? 0) - START;
  };
  expect([0, 1, 2].map(wait)).toEqual([5, 15, 45].map((minutes) => minutes * 60_000));
  expect(wait(30)).toBe(86_400_000);
  const stopped = giveUp(begun(fresh(START)), 'r1', 'w1', { failed: false, now: START });
  expect(stopped).toMatchObject({ failures: 0, notBefore: 0 });
});

it('is due after so many turns, after a compaction, and not before a failed run may be tried again', () => {
  let state = fresh(START);
  for (let n = 0; n < 24; n++) state = turnEnded(state, false);
  expect(dueIn(state, 25, START)).toBeNull();
  expect(dueIn(turnEnded(state, false), 25, START)).toBe(0);
  expect(dueIn(turnEnded(fresh(START), true), 25, START)).toBe(0);
  expect(dueIn({ ...turnEnded(fresh(START), true), notBefore: START + 7 }, 25, START)).toBe(7);
  expect(dueIn({ ...fresh(START), more: true }, 25, START)).toBe(0);
});

it('has a whole budget again the next day', () => {
  const state = { day: dayOf(START), spent: BUDGET };
  expect(left(state, BUDGET, START)).toBe(0);
  expect(left(state, BUDGET, START + 86_400_000)).toBe(BUDGET);
});

it('is taken over only when its owner is silent, and then the old owner has no say', () => {
  const answer = { tokens: 5_000, proposals: [] };
  const kept = answered(begun(fresh(START)), 'r1', 'w1', { answer, now: START, scale: 1 });
  if (!kept) throw new Error('The answer was not kept.');
  expect(takeOver(kept, 'w2', START + LEASE_MS - 1)).toBeNull();
  const taken = takeOver(kept, 'w2', START + LEASE_MS);
  if (!taken) throw new Error('Nobody took it over.');
  expect(finish(taken, 'r1', 'w1', START)).toBeNull();
  expect(finish(taken, 'r1', 'w2', START)?.cursors).toEqual({ a: { id: '1', at: '' } });
});
