// Reflection that begins by itself: turns on a real server are counted, a compaction there counts, and the model is asked.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TurnWatch } from '../../../src/agent/turn-watch.ts';
import { type Reflection, reflect } from '../../../src/flows/reflect.ts';
import { EVERY_TURNS, IDLE_MS, ReflectWhen } from '../../../src/flows/reflect-when.ts';
import { gate, messageText, text } from '../../support/scripted-model.ts';
import { proposes, ReflectWorld } from './reflect-world.ts';

let world: ReflectWorld;
let when: ReflectWhen;
let watch: TurnWatch;
let outcomes: Reflection[];
let ended: Promise<void>[] = [];

beforeEach(async () => {
  world = await ReflectWorld.make();
  outcomes = [];
  const backend = world.backend();
  when = new ReflectWhen({
    left: async () => 50_000,
    ledger: backend.ledger,
    on: () => true,
    turnRuns: () => watch.running,
    run: async (signal) => {
      const outcome = await reflect(backend, signal);
      outcomes.push(outcome);
      return outcome;
    },
    now: Date.now,
    log: (line) => world.logged.push(line),
  });
  watch = new TurnWatch(
    () => when.turnBegan(),
    (_, compacted) => void ended.push(when.turnEnded(compacted)),
  );
});
afterEach(async () => {
  vi.useRealTimers();
  when.dispose();
  await Promise.all(ended);
  ended = [];
  await world.close();
});

/** A turn of this window, watched as the extension does. */
async function say(words: string, threadId: string): Promise<void> {
  world.model.script(text('Noted.'));
  await watch.during(
    threadId,
    () => {},
    async (sink) => void (await world.turn(words, threadId, sink)),
  );
  await Promise.all(ended);
}

/** The window is left alone: the timer that was set for it fires at once. */
async function idle(): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  when.soon();
  vi.advanceTimersByTime(IDLE_MS);
  vi.useRealTimers();
}

const asked = () => world.model.requests.at(-1)?.body.messages.map(messageText).join('\n') ?? '';
const done = () => expect.poll(() => outcomes.map(({ kind }) => kind)).toEqual(['done']);

it('after so many turns, once; what was said is in the request, and its proposals are carried out', async () => {
  const threadId = await world.threads.create({ title: 'Long' });
  for (let n = 1; n < EVERY_TURNS; n++) await say(`Rule ${n} holds here.`, threadId);
  const before = world.model.requests.length;
  await idle();
  await say(`Rule ${EVERY_TURNS} holds here.`, threadId);
  expect(world.model.requests).toHaveLength(before + 1);

  world.model.script(proposes({ block: 'conventions', new: 'Rule 25 holds.', cites: ['m1'] }));
  await idle();
  await done();
  expect(world.model.requests).toHaveLength(before + 2);
  for (const n of [1, 12, EVERY_TURNS]) expect(asked()).toContain(`Rule ${n} holds here.`);
  expect(world.model.requests.at(-1)?.body.tools ?? []).toEqual([]);
  expect(world.carried.flatMap(({ answer }) => answer.proposals.map(({ after }) => after))).toEqual(['Rule 25 holds.']);

  // Nothing was said since: the next idle moment asks nobody.
  await idle();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(world.model.requests).toHaveLength(before + 2);
});

it('after a compaction on the server, though only few turns were taken', async () => {
  const threadId = await world.threads.create({ title: 'Full' });
  await world.connection.client.conversations.update(threadId, { context_window_limit: 8_000 } as object);
  // Until the window is full: then the server summarises before it answers.
  for (let n = 0; n < 12 && !world.events.some(({ type }) => type === 'notice'); n++)
    await say(`We settled point ${n}. ${'It was a long talk about details of no weight. '.repeat(60)}`, threadId);
  expect(world.events.some((event) => event.type === 'notice')).toBe(true);

  world.model.script(proposes());
  await idle();
  await done();
  expect(asked()).toContain('We settled point 0.');
});

it('gives way to a turn that begins meanwhile, and comes back to it', async () => {
  const threadId = await world.threads.create({ title: 'Long' });
  for (let n = 1; n <= EVERY_TURNS; n++) await say(`Rule ${n} holds here.`, threadId);
  world.model.script(gate('{"edi', 'ts":[]}', 'slow'));
  const before = world.model.requests.length;
  await idle();
  await world.model.whenRequest(before + 1, 20_000);
  await say('Wait, one more.', threadId);
  await expect.poll(() => outcomes.map(({ kind }) => kind)).toEqual(['stopped']);
  world.model.release('slow');

  world.model.script(proposes());
  await idle();
  await expect.poll(() => outcomes.map(({ kind }) => kind)).toEqual(['stopped', 'done']);
  expect(asked()).toContain('Wait, one more.');
});
