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
