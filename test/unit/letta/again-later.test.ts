import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AgainLater } from '../../../src/letta/again-later.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('asks soon at first, then less and less, at least every minute', () => {
  const asked: number[] = [];
  const start = Date.now();
  const again = new AgainLater(() => {
    asked.push((Date.now() - start) / 1_000);
    again.later();
  });
  again.later();
  vi.advanceTimersByTime(240_000);
  expect(asked).toEqual([2, 6, 14, 29, 59, 119, 179, 239]);
});

it('asks once however many have failed, soon again after an answer, and never when it is disposed', () => {
  let asked = 0;
  const again = new AgainLater(() => asked++);
  again.later();
  again.later();
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(1);
  again.later();
  again.answered();
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(1);
  again.later();
  vi.advanceTimersByTime(2_000);
  expect(asked).toBe(2);
  again.later();
  again.dispose();
  again.later();
  vi.advanceTimersByTime(600_000);
  expect(asked).toBe(2);
});
