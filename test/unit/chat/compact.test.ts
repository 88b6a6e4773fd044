// A thread that is being compacted: held like by a turn, stopped like one, and what it says of itself.
import { describe, expect, it } from 'vitest';
import { type SessionBackend, ThreadSession } from '../../../src/chat/session.ts';
import type { Patch } from '../../../src/protocol/thread-views.ts';

const TOLD = 'Older messages were summarised to make room.';

async function open(counted?: number) {
  const patches: Patch[] = [];
  const sent: string[] = [];
  let held = 0;
  const backend: SessionBackend = {
    load: async () => ({
      title: 'T',
      items: [{ kind: 'user', id: 'u', text: 'hello', date: '2026-11-22T10:00:00Z' }],
      hasMore: false,
      tokens: async () => counted,
    }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: async (_thread, start, _ask, _signal, sink) => {
      sent.push(start.kind);
      sink({ type: 'usage', tokens: 7, spent: { prompt: 5, cached: 0, completion: 2 }, context: 1_007 });
      sink({ type: 'ended', outcome: { kind: 'done' } });
      return { kind: 'done' };
    },
    titleFor: async () => 'T',
    changed: () => {},
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => {
      held++;
      return { release: () => held-- };
    },
  };
  const session = new ThreadSession('thread', backend, (patch) => patches.push(patch));
  await session.load();
  await flushed();
  const lines = () => session.snapshot().items.flatMap((item) => (item.kind === 'notice' ? [item.text] : []));
  return { session, lines, sent, held: () => held };
}
const flushed = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a session that compacts', () => {
  it('holds the thread meanwhile, and says what was done and what is left', async () => {
    const { session, lines, held } = await open(90_000);
    expect(session.snapshot().tokens).toBe(90_000);
    const { promise, resolve } = Promise.withResolvers<number>();
    const compacting = session.compact(() => promise);
    expect(session.snapshot()).toMatchObject({ running: true });
    expect(lines()).toEqual(['Summarising older messages…']);
    expect(held()).toBe(1);
    await expect(session.send('now?', [])).rejects.toThrow(/still answering/);
    resolve(1_200);
    await compacting;
    expect(session.snapshot()).toMatchObject({ running: false, tokens: 1_200 });
    expect(lines()).toEqual([TOLD]);
    expect(held()).toBe(0);
    await session.send('now?', []);
    await flushed();
    expect(session.snapshot().tokens).toBe(1_007);
  });

  it('is as before when it fails, and says why; when it is stopped it says nothing', async () => {
    const { session, lines, held } = await open(500);
    await expect(session.compact(() => Promise.reject(new Error('Nothing to compact.')))).rejects.toThrow('Nothing');
    expect(session.snapshot()).toMatchObject({ running: false, tokens: 500 });
    expect(lines()).toEqual([]);
    const compacting = session.compact(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    await session.stop();
    await compacting;
    expect(session.snapshot()).toMatchObject({ running: false, tokens: 500 });
    expect(lines()).toEqual([]);
    expect(held()).toBe(0);
  });

  it('does not know how full the context is after a compaction that nobody has counted', async () => {
    const { session } = await open(90_000);
    await session.compact(async () => undefined);
    expect(session.snapshot().tokens).toBeUndefined();
  });
});
