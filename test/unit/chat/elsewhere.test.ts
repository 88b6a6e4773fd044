import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Elsewhere, type ElsewhereDeps, type Heard } from '../../../src/chat/elsewhere.ts';
import { hearOthers } from '../../../src/chat/hear-others.ts';
import type { ThreadSession } from '../../../src/chat/session.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function make({ visible = true, inUse = true } = {}) {
  const done: string[] = [];
  const note = (what: string) => async (of: string) => void done.push(`${what} ${of}`);
  const session = (threadId: string) =>
    ({ running: threadId === 'runs', renew: () => note('renew')(threadId) }) as unknown as ThreadSession;
  const deps: ElsewhereDeps = {
    home: async () => ({ about: () => ({ agentId: 'agent-1' }) as never, memoryInUse: () => inUse }),
    sessions: {
      get: (id) => (id === 'closed' ? undefined : session(id)),
      forget: (id) => void done.push(`forget ${id}`),
    },
    reviews: { count: 2, set: async (_agent, count) => void done.push(`count ${count}`) },
    seen: () => (visible ? ['shown'] : []),
    leave: note('leave'),
    refresh: note('refresh'),
    changed: () => void done.push('badge'),
    log: (line) => void done.push(line),
  };
  const elsewhere = new Elsewhere(deps);
  const hear = async (...events: Heard[]) => {
    elsewhere.take(events);
    await vi.runAllTimersAsync();
  };
  return { deps, done, hear };
}

const run = (thread: string, kind = 'run.started'): Heard => ({ kind, conversation_id: thread, subject: 'run-1' });

it('what another window says in a thread is read once, however many events tell of it', async () => {
  const { hear, done } = make();
  await hear(run('one'), run('one', 'run.ended'), run('closed'));
  expect(done).toEqual(['renew one', 'refresh threads']);
});

it('a thread that was deleted elsewhere makes room for another, and is not read', async () => {
  const { hear, done } = make();
  await hear(run('gone'), { kind: 'conversation.deleted', conversation_id: 'gone', subject: 'gone' });
  expect(done).toEqual(['forget gone', 'leave gone', 'refresh threads']);
});

it('shows what changed in memory, where somebody looks and memory is open', async () => {
  const events: Heard[] = [
    { kind: 'block.updated', conversation_id: null, subject: 'block-1' },
    { kind: 'passage.created', conversation_id: null, subject: 'passage-1' },
  ];
  const seen = make();
  await seen.hear(...events);
  expect(seen.done).toEqual(['refresh blocks', 'refresh archive']);
  for (const unseen of [make({ visible: false }), make({ inUse: false })]) {
    await unseen.hear(...events);
    expect(unseen.done).toEqual([]);
  }
});

it('knows how much waits for review without opening memory for it', async () => {
  const event = { kind: 'reviews.changed', conversation_id: null, subject: '4' };
  const seen = make({ inUse: false });
  await seen.hear(event);
  expect(seen.done).toEqual(['refresh reviews']);
  const unseen = make({ visible: false, inUse: false });
  await unseen.hear(event);
  expect(unseen.done).toEqual(['count 4', 'badge']);
});

it('tells its home what is shown, where it works, and what waits, and is loaded with the first event', async () => {
  const { deps, done } = make();
  const others = hearOthers(deps);
  expect([others.shown(), others.working('runs'), others.working('one'), others.reviewsWaiting()]).toEqual([
    ['shown'],
    true,
    false,
    2,
  ]);
  expect(hearOthers(make({ visible: false }).deps).shown()).toEqual([]);
  others.heard([run('one')]);
  await vi.waitFor(() => expect(done).toEqual(['renew one', 'refresh threads']));
});
