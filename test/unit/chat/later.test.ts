import { expect, it } from 'vitest';
import { Answers } from '../../../src/chat/answers.ts';
import { later, OF_ANSWERS, OF_MEMORY } from '../../../src/chat/later.ts';
import { memoryRequests } from '../../../src/chat/memory-requests.ts';

it('loads handlers with the first request for one of them, once, and leaves none out', async () => {
  let loads = 0;
  const real = memoryRequests({
    home: async () => ({ memoryInUse: () => false }) as never,
    nothingWaits: () => true,
    undone: () => {},
  });
  const handlers = later(OF_MEMORY, async () => {
    loads++;
    return real;
  });
  expect(Object.keys(handlers).sort()).toEqual(Object.keys(real).sort());
  expect(loads).toBe(0);
  expect(await Promise.all([handlers['review.list']({}), handlers['review.list']({})])).toEqual([[], []]);
  expect(loads).toBe(1);
});

it('knows what is asked about answers', () => {
  const real = new Answers({} as never).handlers(async () => ({}) as never);
  const handlers = later(OF_ANSWERS, async () => real);
  expect(Object.keys(handlers).sort()).toEqual(Object.keys(real).sort());
});
