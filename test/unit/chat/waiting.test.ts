// What waits for a person: answered once, by the id that was shown, or given up with the turn.
import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadSession } from '../../../src/chat/session.ts';
import type { QuestionAnswer } from '../../../src/chat/session-home.ts';
import { Waiting } from '../../../src/chat/waiting.ts';
import type { QuestionView } from '../../../src/protocol/asking.ts';
import type { Patch } from '../../../src/protocol/thread-views.ts';

describe('what waits', () => {
  it('is answered once', async () => {
    let changes = 0;
    const waiting = new Waiting<{ id: string }, string>('given up', () => changes++);
    const answer = waiting.ask({ id: 'a' }, new AbortController().signal);
    expect(waiting.views).toEqual([{ id: 'a' }]);
    expect(waiting.settle('b', 'x')).toBe(false);
    expect(waiting.settle('a', 'yes')).toBe(true);
    expect(waiting.settle('a', 'no')).toBe(false);
    expect(await answer).toBe('yes');
    expect(waiting.views).toEqual([]);
    expect(changes).toBe(2);
  });

  it('is given up when its turn is stopped, before or after it was asked', async () => {
    const waiting = new Waiting<{ id: string }, string>('given up', () => {});
    const stop = new AbortController();
    const answer = waiting.ask({ id: 'a' }, stop.signal);
    stop.abort();
    expect(await answer).toBe('given up');
    expect(await waiting.ask({ id: 'b' }, stop.signal)).toBe('given up');
    const other = waiting.ask({ id: 'c' }, new AbortController().signal);
    waiting.giveUp();
    expect(await other).toBe('given up');
  });
});

const QUESTION: QuestionView = {
  id: 'q',
  threadId: 'thread',
  callId: 'c',
  question: 'Sure?',
  options: [],
  multiple: false,
};

function open() {
  const patches: Patch[] = [];
  /** How many waited each time the session said that something had changed. */
  const told: number[] = [];
  let emit: (event: TurnEvent) => void = () => {};
  let ask: (view: QuestionView) => Promise<QuestionAnswer> = async () => null;
  let end: (outcome: TurnOutcome) => void = () => {};
  const backend: SessionBackend = {
    load: async () => ({ title: 'T', items: [], hasMore: false, todos: [{ content: 'Old', status: 'pending' }] }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: (_thread, _start, _ask, signal, sink, question) =>
      new Promise((resolve) => {
        emit = sink;
        ask = (view) => question(view, signal);
        end = resolve;
      }),
    titleFor: async () => 'T',
    changed: (changed) => void told.push(changed.asked),
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => ({ release: () => {} }),
  };
  const session = new ThreadSession('thread', backend, (patch) => patches.push(patch));
  const run = { emit: (event: TurnEvent) => emit(event), ask: () => ask(QUESTION), end: () => end({ kind: 'done' }) };
  return { session, patches, run, told };
}

describe('a session', () => {
  it('shows a question in its snapshot until it is answered, and counts it as waiting', async () => {
    const { session, run } = open();
    await session.load();
    await session.send('hi', []);
    const answer = run.ask();
    expect(session.snapshot().questions).toEqual([QUESTION]);
    expect(session.asked).toBe(1);
    expect(session.answerQuestion('other', null)).toBe(false);
    expect(session.answerQuestion('q', { choices: [], text: 'yes' })).toBe(true);
    expect(await answer).toEqual({ choices: [], text: 'yes' });
    expect(session.snapshot().questions).toEqual([]);
  });

  it('says at once that a question waits, and that it no longer does', async () => {
    const { session, run, told } = open();
    await session.load();
    await session.send('hi', []);
    void run.ask();
    expect(told.at(-1)).toBe(1);
    session.answerQuestion('q', null);
    expect(told.at(-1)).toBe(0);
  });

  it('skips a question when it is stopped', async () => {
    const { session, run } = open();
    await session.load();
    await session.send('hi', []);
    const answer = run.ask();
    const stopped = session.stop();
    expect(await answer).toBeNull();
    run.end();
    await stopped;
  });

  it('shows the plan that is stored, and the newest that a call has written', async () => {
    const { session, patches, run } = open();
    await session.load();
    expect(session.snapshot().todos).toEqual([{ content: 'Old', status: 'pending' }]);
    await session.send('hi', []);
    const todos = [{ content: 'New', status: 'completed' as const }];
    const part = {
      type: 'tool' as const,
      id: 'c',
      name: 'TodoWrite',
      title: 'Todos',
      input: '',
      body: { kind: 'todos' as const, todos },
    };
    run.emit({ type: 'tool', part: { ...part, state: 'running' } });
    expect(session.snapshot().todos).toEqual([{ content: 'Old', status: 'pending' }]);
    run.emit({ type: 'tool', part: { ...part, state: 'done' } });
    expect(session.snapshot().todos).toEqual(todos);
    expect(patches.flatMap(({ ops }) => ops)).toContainEqual({ op: 'todos', todos });
  });
});
