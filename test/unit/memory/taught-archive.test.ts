// Which entries of the archive are a thread's own, told from what its messages say.
import { expect, it } from 'vitest';
import type { WireEvent } from '../../../src/letta/wire.ts';
import { entriesOf, insertionsOf } from '../../../src/memory/taught-archive.ts';

const minute = (n: number): string => new Date(Date.UTC(2026, 0, 1, 12, n)).toISOString();
const asked = (id: string, content: unknown, at: number, name = 'archival_memory_insert'): WireEvent => ({
  message_type: 'approval_request_message',
  id: `m-${id}`,
  date: minute(at),
  tool_calls: [{ tool_call_id: id, name, arguments: JSON.stringify({ content }) }],
});
const returned = (id: string, at: number, status = 'success'): WireEvent => ({
  message_type: 'tool_return_message',
  id: `r-${id}`,
  date: minute(at),
  tool_call_id: id,
  status,
  tool_return: 'ok',
});
const passage = (id: string, text: string, at: number) => ({ id, text, tags: [], at: minute(at) });

it('counts what ran: not what failed, was refused, still waits, or writes elsewhere', () => {
  const messages = [
    asked('a', 'kept', 1),
    returned('a', 2),
    asked('b', 'failed', 3),
    returned('b', 4, 'error'),
    asked('c', 'waits', 5),
    asked('d', 'a block', 6, 'memory_insert'),
    returned('d', 7),
    asked('e', 7, 8),
    returned('e', 9),
    asked('f', 'refused', 10),
    {
      message_type: 'approval_response_message',
      id: 'x',
      date: minute(11),
      approvals: [{ type: 'approval', tool_call_id: 'f', approve: false, reason: 'held for review' }],
    } as WireEvent,
    returned('f', 12, 'error'),
  ];
  expect(insertionsOf(messages).map(({ text }) => text)).toEqual(['kept']);
});

it('leaves to the other thread what a fork has copied from it', () => {
  const messages = [asked('a', 'before the fork', 1), returned('a', 2), asked('b', 'after it', 20), returned('b', 21)];
  expect(insertionsOf(messages, Date.parse(minute(10))).map(({ text }) => text)).toEqual(['after it']);
});

it('finds the entry with the same words that is nearest in time, each once', () => {
  const insertions = [
    { text: 'twice', at: Date.parse(minute(10)) },
    { text: 'gone', at: Date.parse(minute(11)) },
    { text: 'twice', at: Date.parse(minute(30)) },
  ];
  const mine = [passage('p-10', 'twice', 10), passage('p-30', 'twice', 30)];
  const others = [passage('p-50', 'twice', 50), passage('p-1', 'twice, but changed', 10)];
  expect(entriesOf(insertions, [...others, ...mine])).toEqual(mine);
  expect(entriesOf(insertions, [])).toEqual([]);
});
