// A turn as VS Code's own chat shows it, made of the same operations that the side bar gets.
import { expect, test } from 'vitest';
import { Relay } from '../../../src/native/relay.ts';
import type { PatchOp } from '../../../src/protocol/thread-views.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';

function shown(...ops: PatchOp[]) {
  const told: string[] = [];
  let ended = 0;
  const relay = new Relay(
    {
      text: (text) => void told.push(text),
      progress: (text) => void told.push(`[${text}]`),
      waits: (title) => void told.push(`<${title}>`),
    },
    () => void ended++,
  );
  for (const op of ops) relay.take([op]);
  return { told, ended, failure: relay.failure };
}

const append = (partId: string, text: string): PatchOp => ({
  op: 'append',
  itemId: 'a',
  partType: 'text',
  partId,
  text,
});
const part = (id: string, text: string): PatchOp => ({ op: 'part', itemId: 'a', part: { type: 'text', id, text } });
const tool = (state: ToolPart['state'], more: Partial<ToolPart> = {}): PatchOp => ({
  op: 'part',
  itemId: 'a',
  part: { type: 'tool', id: 't', name: 'Read', title: 'Read', state, input: '', ...more },
});

test('text is told once, however it comes, and texts stand apart', () => {
  const { told } = shown(part('x', 'One'), append('x', ' two'), part('x', 'One two three'), append('y', 'Four'));
  expect(told.join('')).toBe('One two three\n\nFour');
});

test('what the agent thinks and what the person said is not repeated', () => {
  const item: PatchOp = { op: 'item', item: { kind: 'user', id: 'u', text: 'Hello', date: '' } };
  const thought: PatchOp = { op: 'append', itemId: 'a', partType: 'reasoning', partId: 'r', text: 'Hm.' };
  expect(shown(item, thought).told).toEqual([]);
});

test('a tool is named once, when it is known what it is about; a change of memory is told', () => {
  const memory = { label: 'project', before: '', after: 'x' };
  const about = { target: 'src/a.ts' };
  expect(shown(tool('running'), tool('running', about), tool('done', about)).told).toEqual(['[Read src/a.ts]']);
  expect(shown(tool('done', { memory })).told).toEqual(['[Read]', '[Memory changed: project]']);
});

test('an approval and a question are shown once each', () => {
  const approval = { id: '1', threadId: 't', callId: 'c', title: 'Bash ls', detail: '', reason: '' };
  const question = { id: '2', threadId: 't', callId: 'c', question: 'Which one?', options: [], multiple: false };
  const waits: PatchOp[] = [
    { op: 'approvals', approvals: [approval] },
    { op: 'approvals', approvals: [approval] },
    { op: 'approvals', approvals: [] },
    { op: 'questions', questions: [question] },
  ];
  expect(shown(...waits).told).toEqual(['<Bash ls>', '<Which one?>']);
});

test('it ends once, when the turn does, and keeps what went wrong', () => {
  const running = (running: boolean): PatchOp => ({ op: 'running', running });
  const failed: PatchOp = {
    op: 'state',
    itemId: 'a',
    state: 'failed',
    failure: { message: 'The model does not answer.', hint: 'Try again.', retry: true },
  };
  expect(shown(running(false)).ended).toBe(0);
  expect(shown(running(true), failed, running(false), running(false))).toMatchObject({
    ended: 1,
    failure: 'The model does not answer. Try again.',
  });
});
