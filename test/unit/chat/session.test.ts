import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadSession } from '../../../src/chat/session.ts';
import type { Answer, SessionStart } from '../../../src/chat/session-home.ts';
import type { Patch } from '../../../src/protocol/thread-views.ts';
import type { ApprovalView, Item } from '../../../src/protocol/transcript-views.ts';

interface Run {
  start: SessionStart;
  emit(event: TurnEvent): void;
  ask(view: ApprovalView): Promise<Answer>;
  end(outcome: TurnOutcome): void;
  crash(error: Error): void;
  signal: AbortSignal;
}

function make(stored: Item[] = [], runId?: string, other = { works: false, holds: 0 }) {
  const runs: Run[] = [];
  const patches: Patch[] = [];
  let changes = 0;
  const backend: SessionBackend = {
    load: async () => ({
      title: 'T',
      items: structuredClone(stored),
      hasMore: false,
      elsewhere: other.works,
      ...(runId ? { runId } : {}),
    }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: (_thread, start, ask, signal, sink) =>
      new Promise((resolve, reject) => {
        runs.push({
          start,
          signal,
          emit: sink,
          ask: (view) => ask(view, signal),
          end: (outcome) => {
            sink({ type: 'ended', outcome });
            resolve(outcome);
          },
          crash: reject,
        });
      }),
    titleFor: async (_thread, text) => {
      if (text.startsWith('unnameable')) throw new Error('The server is gone.');
      return text.slice(0, 10);
    },
    changed: () => {
      changes++;
    },
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => {
      if (other.works) throw new Error('Another window is answering in this thread.');
      other.holds++;
      return { release: () => other.holds-- };
    },
  };
  const session = new ThreadSession('thread', backend, (patch) => patches.push(patch));
  const last = (): Run => {
    const run = runs.at(-1);
    if (!run) throw new Error('no run');
    return run;
  };
  return { session, patches, last, runs, changes: () => changes };
}

const approval: ApprovalView = {
  id: 'q1',
  threadId: 'thread',
  callId: 'c',
  title: 'Edit a',
  detail: 'a',
  reason: 'asks',
};
const flushed = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('ThreadSession', () => {
  it('shows the message at once and the answer in one item', async () => {
    const { session, last } = make();
    await session.load();
    await session.send('hello there', []);
    last().emit({ type: 'reasoning', id: 'r', delta: 'hm' });
    last().emit({ type: 'text', id: 't', delta: 'Hi' });
    last().emit({ type: 'text', id: 't', delta: ' you' });
    last().end({ kind: 'done' });
    await flushed();
    const { items, running, title } = session.snapshot();
    expect(running).toBe(false);
    expect(title).toBe('hello ther');
    expect(items.map((i) => i.kind)).toEqual(['user', 'agent']);
    expect(items[1]).toMatchObject({
      state: 'done',
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'Hi you' },
      ],
    });
  });

  it('has sent a message even where the thread could not be named after it', async () => {
    const { session, runs } = make();
    await session.load();
    await session.send('unnameable', []);
    expect(runs).toHaveLength(1);
    expect(session.running).toBe(true);
    expect(session.snapshot().title).toBe('T');
  });

  it('refuses a second message while an answer runs', async () => {
    const { session, runs } = make();
    await session.load();
    await session.send('one', []);
    await expect(session.send('two', [])).rejects.toThrow(/still answering/);
    expect(runs).toHaveLength(1);
  });

  it('goes on inside the interrupted answer', async () => {
    const stored: Item[] = [
      { kind: 'user', id: 'u', text: 'x', date: '' },
      { kind: 'agent', id: 'a', parts: [{ type: 'text', id: 'p', text: 'half' }], state: 'interrupted', date: '' },
    ];
    const { session, last } = make(stored);
    await session.load();
    session.resume('continue');
    expect(last().start).toEqual({ kind: 'continue' });
    last().emit({ type: 'text', id: 'p2', delta: ' done' });
    last().end({ kind: 'done' });
    await flushed();
    const { items } = session.snapshot();
    expect(items).toHaveLength(2);
    expect(items[1]).toMatchObject({ id: 'a', state: 'done', parts: [{ text: 'half' }, { text: ' done' }] });
  });

  it('takes up a run that is still going on the server', async () => {
    const { session, last } = make([{ kind: 'user', id: 'u', text: 'x', date: '' }], 'run-1');
    await session.load();
    expect(last().start).toEqual({ kind: 'attach', runId: 'run-1' });
    expect(session.running).toBe(true);
  });

  it('answers an approval once, and only by its id', async () => {
    const { session, last } = make();
    await session.load();
    await session.send('go', []);
    const answer = last().ask(approval);
    expect(session.snapshot().approvals.map((a) => a.id)).toEqual(['q1']);
    expect(session.decide('other', 'allow')).toBe(false);
    expect(session.decide('q1', 'allow')).toBe(true);
    expect(session.decide('q1', 'deny')).toBe(false);
    await expect(answer).resolves.toBe('allow');
    expect(session.snapshot().approvals).toEqual([]);
  });

  it('denies what waits when the person stops', async () => {
    const { session, last } = make();
    await session.load();
    await session.send('go', []);
    const answer = last().ask(approval);
    const stopped = session.stop();
    await expect(answer).resolves.toBe('deny');
    expect(last().signal.aborted).toBe(true);
    last().end({ kind: 'stopped' });
    await stopped;
    expect(session.snapshot().items[1]).toMatchObject({ state: 'stopped' });
  });

  it('ends a turn that crashed as failed, with Retry', async () => {
    const { session, last } = make();
    await session.load();
    await session.send('go', []);
    last().crash(new Error('boom'));
    await flushed();
    const snapshot = session.snapshot();
    expect(snapshot.running).toBe(false);
    expect(snapshot.items[1]).toMatchObject({ state: 'failed', failure: { message: 'boom', retry: true } });
  });

  it('sends patches whose operations rebuild what the snapshot says', async () => {
    const { session, patches, last } = make();
    await session.load();
    await session.send('go', []);
    const part = { type: 'tool', id: 'c1', name: 'Read', title: 'Read', state: 'running', input: '{}' } as const;
    last().emit({ type: 'tool', part });
    last().emit({ type: 'tool', part: { ...part, state: 'done', output: 'text' } });
    last().end({ kind: 'done' });
    await flushed();
    const snapshot = session.snapshot();
    expect(snapshot.rev).toBe(patches.at(-1)?.rev);
    const tools = patches.flatMap((p) => p.ops).filter((op) => op.op === 'part');
    expect(tools.map((op) => (op.op === 'part' && op.part.type === 'tool' ? op.part.state : ''))).toEqual([
      'running',
      'done',
    ]);
  });

  it('holds the thread while its turn runs, and lets it go however that ends', async () => {
    const other = { works: false, holds: 0 };
    const { session, last } = make([], undefined, other);
    await session.load();
    await session.send('one', []);
    expect(other.holds).toBe(1);
    last().end({ kind: 'done' });
    await flushed();
    expect(other.holds).toBe(0);
    session.resume('continue');
    last().crash(new Error('bug'));
    await flushed();
    expect(other.holds).toBe(0);
  });

  it('sends nothing and goes on with nothing while another window works on the thread', async () => {
    const other = { works: false, holds: 0 };
    const { session, runs } = make([], undefined, other);
    await session.load();
    other.works = true;
    await expect(session.send('mine', [])).rejects.toThrow('Another window');
    expect(() => session.resume('continue')).toThrow('Another window');
    expect(session.snapshot().items).toEqual([]);
    expect(runs).toEqual([]);
  });

  it('follows the other window to its end without holding the thread, then shows what is stored', async () => {
    const other = { works: true, holds: 0 };
    const stored: Item[] = [{ kind: 'user', id: 'u', text: 'Theirs', date: '2026-01-01T00:00:00Z' }];
    const { session, last, patches } = make(stored, undefined, other);
    await session.load();
    expect(last().start).toEqual({ kind: 'follow' });
    expect(session.snapshot()).toMatchObject({ running: true });
    stored.push({ kind: 'agent', id: 'a', parts: [], state: 'done', date: '2026-01-01T00:00:01Z' });
    other.works = false;
    last().end({ kind: 'interrupted' });
    await flushed();
    const { items, running, rev } = session.snapshot();
    expect(running).toBe(false);
    expect(items).toEqual(stored);
    expect(other.holds).toBe(0);
    // The view lacks a patch, and so asks for the snapshot.
    const revs = patches.map((patch) => patch.rev);
    expect(rev).toBe(revs.at(-1));
    expect(revs).not.toEqual(revs.map((_, n) => n + 1));
  });

  it('shows what another window began after it was opened, and follows that', async () => {
    const other = { works: false, holds: 0 };
    const stored: Item[] = [];
    const { session, runs, last, patches } = make(stored, undefined, other);
    await session.load();
    stored.push({ kind: 'user', id: 'u', text: 'Theirs', date: '2026-01-01T00:00:00Z' });
    other.works = true;
    await session.renew();
    expect(last().start).toEqual({ kind: 'follow' });
    await flushed();
    // The view lacks a patch, and so asks for the snapshot.
    expect(patches.at(0)?.rev).toBe(2);
    expect(session.snapshot()).toMatchObject({ running: true, items: [{ id: 'u' }, { kind: 'agent' }] });
    await session.renew();
    expect(runs).toHaveLength(1);
    // What came while it followed is read at its end.
    stored.push({ kind: 'agent', id: 'a', parts: [], state: 'done', date: '2026-01-01T00:00:01Z' });
    last().end({ kind: 'interrupted' });
    await flushed();
    expect(session.snapshot().items).toEqual(stored);
  });

  it('reads what another window changed when its own turn is over, never in the middle of it', async () => {
    const stored: Item[] = [];
    const { session, last } = make(stored);
    await session.load();
    await session.send('mine', []);
    const answering = session.snapshot().items.length;
    await session.renew();
    expect(session.snapshot().items).toHaveLength(answering);
    stored.push({ kind: 'user', id: 'u', text: 'Theirs', date: '2026-01-01T00:00:00Z' });
    last().end({ kind: 'done' });
    await flushed();
    expect(session.snapshot().items).toEqual(stored);
  });

  it('a message that is sent while a change is being read is not lost from the view', async () => {
    const { session } = make();
    await session.load();
    const renewing = session.renew();
    await session.send('mine', []);
    await renewing;
    expect(session.snapshot().items[0]).toMatchObject({ kind: 'user', text: 'mine' });
    expect(session.running).toBe(true);
  });
});
