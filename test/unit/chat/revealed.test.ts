// Nothing can be answered that the view was not shown, and nothing twice.
import { expect, it } from 'vitest';
import { Revealed } from '../../../src/chat/revealed.ts';
import type { Snapshot } from '../../../src/protocol/thread-views.ts';
import type { ApprovalView } from '../../../src/protocol/transcript-views.ts';

const approval = (id: string): ApprovalView => ({
  id,
  threadId: 't1',
  callId: 'c1',
  title: 'Edit',
  detail: 'a.ts',
  reason: 'Edits are asked.',
});
const question = (id: string) => ({
  id,
  threadId: 't1',
  callId: 'c2',
  question: 'Which?',
  options: [],
  multiple: false,
});
const snapshot: Snapshot = {
  threadId: 't1',
  title: '',
  rev: 1,
  items: [],
  hasMore: false,
  running: true,
  approvals: [approval('a1')],
  questions: [question('q1')],
};

it('knows what a snapshot or a patch has shown, each once', () => {
  const revealed = new Revealed();
  expect(revealed.take('a1')).toBe(false);
  expect(revealed.snapshot(snapshot)).toBe(snapshot);
  revealed.patch({
    threadId: 't1',
    rev: 2,
    ops: [
      { op: 'title', title: 'x' },
      { op: 'approvals', approvals: [approval('a2')] },
      { op: 'questions', questions: [question('q2')] },
    ],
  });
  for (const id of ['a1', 'q1', 'a2', 'q2']) {
    expect(revealed.take(id)).toBe(true);
    expect(revealed.take(id)).toBe(false);
  }
  expect(revealed.take('other')).toBe(false);
});
