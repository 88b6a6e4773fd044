// A list that lacks something is asked for again, ever later, until it lacks nothing or two minutes are over.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ListingAgain } from '../../../src/letta/listing-again.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function make(cameAtTry: number) {
  let tries = 0;
  const read = vi.fn(async () => {
    tries++;
    if (tries === 1) throw new Error('still down');
  });
  return { read, again: new ListingAgain(read, () => tries < cameAtTry) };
}
const TWO_MINUTES = 120_000;

describe('a list that lacks something', () => {
  it('is asked for again until it lacks nothing, also after a try that failed', async () => {
    const { read, again } = make(3);
    again.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(read).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(read).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(TWO_MINUTES);
    expect(read).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given up after a while, and asked for anew once it was read for a reason of its own', async () => {
    const { read, again } = make(100);
    again.start();
    await vi.advanceTimersByTimeAsync(10 * TWO_MINUTES);
    expect(read).toHaveBeenCalledTimes(5);
    again.start();
    again.start();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(read).toHaveBeenCalledTimes(6);
    again.dispose();
    await vi.advanceTimersByTimeAsync(TWO_MINUTES);
    expect(read).toHaveBeenCalledTimes(6);
  });

  it('is left alone where it lacks nothing', async () => {
    const { read, again } = make(0);
    again.start();
    await vi.advanceTimersByTimeAsync(TWO_MINUTES);
    expect(read).not.toHaveBeenCalled();
  });
});
