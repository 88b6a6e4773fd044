// Turns that run and compactions are told to whoever waits for a quiet moment.
import { expect, it } from 'vitest';
import { COMPACTED, type TurnEvent } from '../../../src/agent/events.ts';
import { TurnWatch } from '../../../src/agent/turn-watch.ts';

it('counts turns that run beside each other, and tells which of them was compacted, also when it fails', async () => {
  const told: [string, boolean][] = [];
  let began = 0;
  const watch = new TurnWatch(
    () => began++,
    (threadId, compacted) => told.push([threadId, compacted]),
  );
  const events: TurnEvent[] = [];
  let end = () => {};
  const long = watch.during(
    'long',
    (event) => events.push(event),
    async (sink) => {
      sink({ type: 'notice', text: COMPACTED });
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return 1;
    },
  );
  const failing = watch.during(
    'short',
    () => {},
    async (sink) => {
      sink({ type: 'notice', text: 'Something else.' });
      throw new Error('no');
    },
  );
  await expect(failing).rejects.toThrow('no');
  expect(watch.running).toBe(true);
  end();
  expect(await long).toBe(1);
  expect(watch.running).toBe(false);
  expect(began).toBe(2);
  expect(told).toEqual([
    ['short', false],
    ['long', true],
  ]);
  expect(events).toHaveLength(1);
});

it('a turn of another window runs here, and is counted there', async () => {
  const told: string[] = [];
  const watch = new TurnWatch(
    () => {},
    (threadId) => told.push(threadId),
  );
  const followed = watch.during(
    'theirs',
    () => {},
    async () => watch.running,
    false,
  );
  expect(await followed).toBe(true);
  expect(watch.running).toBe(false);
  expect(told).toEqual([]);
});
