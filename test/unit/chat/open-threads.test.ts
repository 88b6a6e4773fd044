// Open threads are read once, kept while they matter, and not kept when they cannot be read.
import { expect, it, vi } from 'vitest';
import type { TurnOutcome } from '../../../src/agent/events.ts';
import { OpenThreads } from '../../../src/chat/open-threads.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';

function world(load = vi.fn(async (threadId: string) => ({ title: threadId, items: [], hasMore: false }))) {
  const ends: ((outcome: TurnOutcome) => void)[] = [];
  const backend: SessionBackend = {
    load,
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: () => new Promise((resolve) => ends.push(resolve)),
    titleFor: async (threadId) => threadId,
    changed: () => {},
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => ({ release: () => {} }),
  };
  const threads = new OpenThreads(
    async () => backend,
    () => {},
  );
  return { threads, load, ends };
}

it('reads a thread once, whoever asks', async () => {
  const { threads, load } = world();
  const [one, other] = await Promise.all([threads.open('t1'), threads.open('t1')]);
  expect(one).toBe(other);
  expect(await threads.open('t1')).toBe(one);
  expect(load).toHaveBeenCalledOnce();
});

it('tries again after a thread could not be read', async () => {
  const load = vi.fn(async (threadId: string) => ({ title: threadId, items: [], hasMore: false }));
  load.mockRejectedValueOnce(new Error('unreachable'));
  const { threads } = world(load);
  await expect(threads.open('t1')).rejects.toThrow('unreachable');
  expect(threads.get('t1')).toBeUndefined();
  expect((await threads.open('t1')).title).toBe('t1');
});

it('forgets those opened longest ago, never the shown one or one that runs', async () => {
  const { threads, ends } = world();
  for (let n = 0; n < 12; n++) await threads.open(`t${n}`);
  await threads.get('t1')?.send('Go', []);
  threads.forgetIdle(['t0']);
  expect(threads.running.map(({ threadId }) => threadId)).toEqual(['t1']);
  expect(threads.all.map(({ threadId }) => threadId)).toEqual([
    't0',
    't1',
    't4',
    't5',
    't6',
    't7',
    't8',
    't9',
    't10',
    't11',
  ]);
  ends[0]?.({ kind: 'done' });
});
