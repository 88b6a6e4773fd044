// What the view asks about an answer: the question is found, the new thread shown before it is asked there, a running thread left alone.
import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import { Answers } from '../../../src/chat/answers.ts';
import type { Asked, ChatAnswers, ChatHome } from '../../../src/chat/home.ts';
import { keptView } from '../../../src/chat/kept-view.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadSession } from '../../../src/chat/session.ts';
import { KeptViewSchema } from '../../../src/protocol/messages.ts';
import type { Patch, PinView } from '../../../src/protocol/thread-views.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';

const ITEMS: Item[] = [
  { kind: 'user', id: 'm-1', text: 'How do we indent?', date: '' },
  { kind: 'notice', id: 'n-1', text: 'Summarised.', date: '' },
  { kind: 'agent', id: 'answer-m-1', parts: [], state: 'done', date: '' },
];
const PIN: PinView = { kind: 'then', at: '2026-11-20T09:30:00.000Z' };

function make({ model = true }: { model?: boolean } = {}) {
  const happened: string[] = [];
  const asked: Asked[] = [];
  const patches: Patch[] = [];
  const sessions = new Map<string, ThreadSession>();
  const ended: (() => void)[] = [];
  const backend: SessionBackend = {
    load: async (threadId) => ({
      title: threadId,
      items: threadId === 'conv-1' ? structuredClone(ITEMS) : [],
      hasMore: false,
      ...(threadId === 'conv-fork' ? { pin: PIN } : {}),
    }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: (threadId, start, _ask, _signal, sink: (event: TurnEvent) => void) =>
      new Promise((resolve) => {
        happened.push(`asked in ${threadId}`);
        if (start.kind === 'message') happened.push(...start.reminders, start.text);
        ended.push(() => {
          const outcome: TurnOutcome = { kind: 'done' };
          sink({ type: 'ended', outcome });
          resolve(outcome);
        });
      }),
    titleFor: async (threadId) => threadId,
    changed: () => {},
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => ({ release: () => {} }),
  };
  const open = async (threadId: string) => {
    const session = sessions.get(threadId) ?? new ThreadSession(threadId, backend, (patch) => patches.push(patch));
    sessions.set(threadId, session);
    await session.load();
    return session;
  };
  const home: Pick<ChatHome, 'answers' | 'settleModel'> = {
    settleModel: async () => model,
    answers: async () =>
      ({
        about: async (of) => {
          asked.push(of);
          return undefined;
        },
        forkFor: async (of, memory) => {
          asked.push(of);
          happened.push(`forked with ${memory}`);
          return { threadId: 'conv-fork', reminders: ['What was said before.'] };
        },
        pin: async (threadId, pinned) => {
          happened.push(`${pinned ? 'pinned' : 'unpinned'} ${threadId}`);
          return pinned ? { pin: PIN } : { title: 'Named anew' };
        },
      }) as Partial<ChatAnswers> as ChatAnswers,
  };
  const answers = new Answers({
    home: async () => home as ChatHome,
    open,
    threadsChanged: async () => void happened.push('listed'),
    log: (line) => happened.push(line),
  });
  const handlers = answers.handlers(async (threadId) => {
    happened.push(`shown ${threadId}`);
    return (await open(threadId)).snapshot();
  });
  return { answers, handlers, happened, asked, patches, open, ended };
}

const here = { threadId: 'conv-1', itemId: 'answer-m-1' };
const turns = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('what is asked about an answer', () => {
  it('is asked with the question that it answers', async () => {
    const { handlers, asked } = make();
    expect(await handlers['answer.about'](here)).toEqual({});
    expect(asked).toMatchObject([{ threadId: 'conv-1', question: { id: 'm-1' }, answer: { id: 'answer-m-1' } }]);
  });

  it('is refused of what is no answer', async () => {
    const { handlers } = make();
    for (const itemId of ['m-1', 'n-1', 'answer-m-9'])
      await expect(handlers['answer.about']({ threadId: 'conv-1', itemId })).rejects.toThrow('no longer shown');
  });
});

describe('asking again', () => {
  it('shows the new thread with its pin, then asks the same question there, once', async () => {
    const { handlers, happened } = make();
    const snapshot = await handlers['answer.askAgain']({ ...here, memory: 'then' });
    expect(snapshot).toMatchObject({ threadId: 'conv-fork', pin: PIN, running: false });
    await turns();
    expect(happened).toEqual([
      'forked with then',
      'shown conv-fork',
      'asked in conv-fork',
      'What was said before.',
      'How do we indent?',
    ]);
  });

  it('makes no thread where no model answers', async () => {
    const { handlers, happened } = make({ model: false });
    await expect(handlers['answer.askAgain']({ ...here, memory: 'none' })).rejects.toThrow('No model');
    expect(happened).toEqual([]);
  });
});

describe('pinning', () => {
  it('marks the thread, and letting it go takes mark and name away', async () => {
    const { answers, open, happened } = make();
    expect(await answers.togglePin('conv-1')).toBe(true);
    expect((await open('conv-1')).snapshot().pin).toEqual(PIN);
    expect(await answers.togglePin('conv-1')).toBe(false);
    const snapshot = (await open('conv-1')).snapshot();
    expect(snapshot.pin).toBeUndefined();
    expect(snapshot.title).toBe('Named anew');
    expect(happened).toEqual(['pinned conv-1', 'listed', 'unpinned conv-1', 'listed']);
  });

  it('waits for no turn: while one runs it is refused', async () => {
    const { answers, open, happened, ended } = make();
    const session = await open('conv-1');
    await session.send('Go on', []);
    await expect(answers.togglePin('conv-1')).rejects.toThrow('still answering');
    for (const end of ended) end();
    await turns();
    await answers.togglePin('conv-1');
    expect(happened.filter((each) => each.startsWith('pinned'))).toEqual(['pinned conv-1']);
  });
});

it('the mark of a pinned thread stands in the next page at once', () => {
  const about = {
    agentId: 'agent-1',
    agentName: 'Letta',
    homeLabel: 'here',
    homeKind: 'embedded' as const,
    model: 'x/y',
    demo: false,
    trusted: true,
  };
  const thread = { threadId: 'conv-1', title: 'T', rev: 1, items: [], hasMore: false, running: false, approvals: [] };
  const kept = keptView({ about, models: [], mode: 'standard' }, { ...thread, pin: PIN });
  expect(KeptViewSchema.parse(structuredClone(kept)).thread.pin).toEqual(PIN);
});
