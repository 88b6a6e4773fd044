// The count of what waits belongs to an agent: that of another one is counted anew.
import { expect, it } from 'vitest';
import { ReviewCount } from '../../../src/chat/review-count.ts';

function workspace(stored?: unknown) {
  const values = new Map<string, unknown>([['letta.reviewsWaiting', stored]]);
  return {
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
}

it('is there after a reload, and known to be of another agent', async () => {
  const state = workspace();
  const first = new ReviewCount(state);
  expect(first.count).toBe(0);
  expect(first.isOfAnother('ada')).toBe(false);
  await first.set('ada', 3);
  const next = new ReviewCount(state);
  expect(next.count).toBe(3);
  expect(next.isOfAnother('ada')).toBe(false);
  expect(next.isOfAnother('bob')).toBe(true);
});

it('begins anew where what is stored says no agent', () => {
  expect(new ReviewCount(workspace(7)).count).toBe(0);
});
