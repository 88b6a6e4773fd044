// A command that goes on behind its answer: its card stays true, in whichever answer of the thread it stands.
import { expect, it } from 'vitest';
import { Projection } from '../../../src/chat/projection.ts';
import type { PatchOp } from '../../../src/protocol/thread-views.ts';
import type { AgentItem, ToolBody } from '../../../src/protocol/transcript-views.ts';

const body = (state: 'background' | 'ended'): ToolBody => ({
  kind: 'command',
  command: 'npm run dev',
  callId: 'call-1',
  terminal: 't1',
  state,
  output: 'ready',
  seconds: 1,
});

const answer = (id: string, callId: string): AgentItem => ({
  kind: 'agent',
  id,
  state: 'done',
  date: '2026-01-01T00:00:00Z',
  parts: [
    { type: 'tool', id: callId, name: 'Bash', title: 'Bash', state: 'done', input: '', body: body('background') },
  ],
});

it('is shown anew, and only that one', () => {
  const ops: PatchOp[] = [];
  const projection = new Projection((op) => ops.push(op));
  projection.reset([answer('a1', 'call-1'), answer('a2', 'call-2')]);
  projection.refresh('call-1', body('ended'));
  expect(ops).toEqual([
    { op: 'part', itemId: 'a1', part: { ...answer('a1', 'call-1').parts[0], body: body('ended') } },
  ]);
  const states = projection.items.map((item) =>
    item.kind === 'agent' && item.parts[0]?.type === 'tool' && item.parts[0].body?.kind === 'command'
      ? item.parts[0].body.state
      : undefined,
  );
  expect(states).toEqual(['ended', 'background']);
  projection.refresh('call-3', body('ended'));
  expect(ops).toHaveLength(1);
});
