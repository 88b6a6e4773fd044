// History is read back page by page on servers that read a cursor by the order asked for, and on those that read it by time.
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/letta/connection.ts';
import { pendingCalls, readHistory } from '../../../src/letta/history.ts';
import { readEvent, type WireEvent } from '../../../src/letta/wire.ts';

type Kind = 'by order' | 'by time';

/** 130 stored messages, each several variants, oldest first. */
const stored = Array.from({ length: 130 }, (_, i) => ({
  id: `message-${i}`,
  date: new Date(1_000_000 * 1_000 + i * 1_000).toISOString(),
}));
const variants = (m: { id: string; date: string }) => [
  { ...m, message_type: 'reasoning_message', reasoning: 'r', otid: `${m.id}-0` },
  { ...m, message_type: 'assistant_message', content: m.id, otid: `${m.id}-1` },
];

function server(kind: Kind, turned: boolean) {
  const asked: string[] = [];
  const fetch = async (input: string | URL | Request) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(url.search);
    const limit = Number(url.searchParams.get('limit'));
    const after = url.searchParams.get('after');
    const before = url.searchParams.get('before');
    const place = (id: string) => stored.findIndex((m) => m.id === id);
    let rows = stored;
    const older = kind === 'by order' ? after : before;
    const newer = kind === 'by order' ? before : after;
    if (older) rows = rows.slice(0, place(older));
    if (newer) rows = rows.slice(place(newer) + 1);
    const page = rows.slice(-limit).reverse();
    return Response.json(page.flatMap((m) => (turned ? variants(m).reverse() : variants(m))));
  };
  return { connection: connect({ kind: 'selfHosted', url: 'http://letta.test', fetch }), asked };
}

const texts = (messages: readonly WireEvent[]) =>
  messages.filter((m) => m.message_type === 'assistant_message').map((m) => m.id);

describe('readHistory', () => {
  it.each([
    ['by order', false],
    ['by order', true],
    ['by time', false],
    ['by time', true],
  ] as const)('gives every message once, in order (%s, parts turned round: %s)', async (kind, turned) => {
    const { connection } = server(kind, turned);
    let page = await readHistory(connection, 'agent-1', 'conv-1', { limit: 50 });
    let all = page.messages;
    for (let i = 0; page.cursor && i < 10; i++) {
      page = await readHistory(connection, 'agent-1', 'conv-1', { limit: 50, before: page.cursor });
      all = [...page.messages, ...all];
    }
    expect(page.cursor).toBeNull();
    expect(texts(all)).toEqual(stored.map((m) => m.id));
    expect(all.slice(0, 2).map((m) => m.message_type)).toEqual(['reasoning_message', 'assistant_message']);
  });

  it('learns once how the server reads a cursor', async () => {
    const { connection, asked } = server('by time', false);
    let page = await readHistory(connection, 'agent-1', 'conv-1', { limit: 20 });
    for (let i = 0; i < 4 && page.cursor; i++) {
      page = await readHistory(connection, 'agent-1', 'conv-1', { limit: 20, before: page.cursor });
    }
    expect(asked.length).toBe(6);
  });
});

describe('pendingCalls', () => {
  const read = (events: unknown[]) => events.map(readEvent).filter((e) => e !== undefined);
  const request = (...ids: string[]) => ({
    message_type: 'approval_request_message',
    tool_call: null,
    tool_calls: ids.map((id) => ({ tool_call_id: id, name: 'Read', arguments: '{}' })),
  });

  it('are those asked for and not answered', () => {
    expect(pendingCalls(read([request('a', 'b')])).map((c) => c.callId)).toEqual(['a', 'b']);
    const returned = { message_type: 'tool_return_message', tool_call_id: 'a', tool_return: 'x', status: 'success' };
    expect(pendingCalls(read([request('a'), returned, request('b')])).map((c) => c.callId)).toEqual(['b']);
  });

  it('are none once they were denied, answered, or followed by a message', () => {
    const denied = {
      message_type: 'approval_response_message',
      approvals: [{ type: 'approval', tool_call_id: 'a', approve: false }],
    };
    expect(pendingCalls(read([request('a'), denied]))).toEqual([]);
    const legacy = { message_type: 'approval_response_message', approve: false, approval_request_id: 'message-1' };
    expect(pendingCalls(read([request('a'), legacy]))).toEqual([]);
    expect(pendingCalls(read([request('a'), { message_type: 'user_message', content: 'hi' }]))).toEqual([]);
  });
});
