// How long some work keeps others from the event loop of this thread.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { worked } from '../support/worked.ts';

/** The longest that some work keeps others from the event loop, by the time this thread worked: not what a busy machine took. */
export async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let running = true;
  const ended = work().finally(() => {
    running = false;
  });
  let longest = 0;
  for (let last = worked(); running; ) {
    await nextTurn();
    const now = worked();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await ended;
  return longest;
}

/** The least `longestHold` of three runs: a collection of garbage falls here and there, what the work itself holds it holds each time. */
export async function surestHold(work: () => Promise<unknown>): Promise<number> {
  const holds: number[] = [];
  for (let n = 0; n < 3; n++) holds.push(await longestHold(work));
  return Math.min(...holds);
}
