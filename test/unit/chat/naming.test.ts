import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Naming, QUIET_MS } from '../../../src/chat/naming.ts';

function make() {
  const named: string[] = [];
  let running = false;
  const naming = new Naming<string>({
    running: () => running,
    name: async (threadId, first) => void named.push(`${threadId}: ${first}`),
  });
  return { naming, named, run: (value: boolean) => (running = value) };
}

describe('naming threads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits until all has been quiet for a while, and names each thread once', async () => {
    const { naming, named } = make();
    naming.ended('a', 'first words');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    naming.ended('b', 'others');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    expect(named).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(named).toEqual(['a: first words', 'b: others']);
    naming.ended('a');
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(named).toHaveLength(2);
  });

  it('leaves the model to a turn that runs, and waits for its end', async () => {
    const { naming, named, run } = make();
    naming.ended('a', 'first words');
    run(true);
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(named).toEqual([]);
    run(false);
    naming.ended('c');
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(named).toEqual(['a: first words']);
  });

  it('ends with its window', async () => {
    const { naming, named } = make();
    naming.ended('a', 'first words');
    naming.dispose();
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(named).toEqual([]);
  });
});
