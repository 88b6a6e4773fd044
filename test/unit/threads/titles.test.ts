// Titles of threads are read together and kept for a moment; where they cannot be read, nothing is named.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HIDDEN_TITLE } from '../../../src/threads/threads.ts';
import { ThreadTitles } from '../../../src/threads/titles.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const thread = (id: string, title: string) => ({ id, title, createdAt: '', updatedAt: '' });

it('reads them once in a while, those of flows by their plain names', async () => {
  const all = vi.fn(async () => [thread('t1', 'Fix it'), thread('t2', `${HIDDEN_TITLE}Remember`)]);
  const titles = new ThreadTitles({ all });
  const both = await Promise.all([titles.read(), titles.read()]);
  expect(both[1]).toEqual(
    new Map([
      ['t1', 'Fix it'],
      ['t2', 'Remember'],
    ]),
  );
  expect(all).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(11_000);
  await titles.read();
  expect(all).toHaveBeenCalledTimes(2);
});

it('is empty where they cannot be read', async () => {
  const titles = new ThreadTitles({ all: () => Promise.reject(new Error('unreachable')) });
  expect(await titles.read()).toEqual(new Map());
});

it('knows a thread that was made a moment ago where it is asked for what is there now', async () => {
  const threads = [thread('t1', 'Fix it')];
  const titles = new ThreadTitles({ all: async () => [...threads] });
  await titles.read();
  threads.push(thread('t2', 'Our pipeline'));
  expect([...(await titles.read()).keys()]).toEqual(['t1']);
  expect([...(await titles.shown()).keys()]).toEqual(['t1', 't2']);
});
