// A waiting approval whose proposal the person changes: the view gets the new card under the same id, a settled one stays settled.
import { expect, it } from 'vitest';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadSession } from '../../../src/chat/session.ts';
import type { Amended, Answer } from '../../../src/chat/session-home.ts';
import type { ApprovalView } from '../../../src/protocol/transcript-views.ts';

const view: ApprovalView = { id: 'q', threadId: 't', callId: 'c', title: 'Edit a', detail: '', reason: 'asks' };

it('shows what it has become, and answers by its id', async () => {
  let amend: (next: ApprovalView) => void = () => {};
  const amended: Amended = (given) => {
    amend = given;
  };
  let answer: Promise<Answer> | undefined;
  const backend: SessionBackend = {
    load: async () => ({ title: '', items: [], hasMore: false }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: async (_thread, _start, ask, signal) => {
      answer = ask(view, signal, amended);
      await answer;
      return { kind: 'done' };
    },
    titleFor: async () => '',
    changed: () => {},
    queueFolder: '/nowhere/queue',
    next: () => {},
    ended: () => {},
    take: () => ({ release: () => {} }),
  };
  const session = new ThreadSession('t', backend, () => {});
  await session.load();
  await session.send('go', []);
  expect(session.approvals).toEqual([view]);

  amend({ ...view, id: 'another', edited: true });
  expect(session.approvals).toEqual([{ ...view, edited: true }]);

  expect(session.decide('another', 'allow')).toBe(false);
  expect(session.decide('q', 'allow')).toBe(true);
  await expect(answer).resolves.toBe('allow');
  amend({ ...view, edited: true });
  expect(session.approvals).toEqual([]);
});
