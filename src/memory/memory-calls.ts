// The calls of memory tools that an agent's threads have stored, read from their history on any Letta server.
import type { Connection } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { type Cursor, readHistory } from '../letta/history.ts';
import { ARCHIVE, isWriting, memoryChange } from '../letta/memory-tools.ts';
import { personText } from '../letta/reminders.ts';
import { approvalsOf, callsOf, returnsOf, textParts, type WireEvent } from '../letta/wire.ts';
import type { CallNote } from './store/types.ts';

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The block a call writes; undefined for calls that write none. */
export function blockWritten(tool: string, args: unknown): string | undefined {
  if (!isWriting(tool)) return undefined;
  if (tool === 'memory_apply_patch') {
    const label = typeof args === 'object' && args !== null && 'label' in args ? args.label : undefined;
    return typeof label === 'string' && label ? label : undefined;
  }
  const label = memoryChange(tool, args)?.label;
  return label === ARCHIVE ? undefined : label || undefined;
}

type Open = Omit<CallNote, 'at'> & { at: number; done?: boolean };

/** @param messages of one thread, oldest first */
export function memoryCalls(messages: readonly WireEvent[], agentId: string, threadId: string): CallNote[] {
  const calls: Open[] = [];
  const open = new Map<string, Open>();
  let cause: CallNote['cause'];
  let sub = 0;
  const settle = (result: { callId: string; status: string; text: string }, date: string | undefined): void => {
    const call = open.get(result.callId);
    if (!call || call.done) return;
    call.done = true;
    delete call.maybe;
    if (result.status === 'error') calls.splice(calls.indexOf(call), 1);
    else {
      call.returned = result.text;
      call.at = timeOf(date) ?? call.at;
    }
  };
  for (const event of messages) {
    switch (event.message_type) {
      case 'user_message': {
        const text = personText(textParts(event.content));
        if (text !== null) cause = { text, ...(event.id === undefined ? {} : { messageId: event.id }) };
        break;
      }
      case 'tool_call_message':
      case 'approval_request_message':
        for (const { id, name, arguments: text } of callsOf(event)) {
          const args = json(text);
          const label = name === undefined ? undefined : blockWritten(name, args);
          if (id === undefined || name === undefined || label === undefined) continue;
          const known = open.get(id);
          // One call is told twice: when it was asked for, and when it ran.
          if (known && !known.done && known.tool === name) continue;
          const call: Open = {
            agentId,
            label,
            threadId,
            callId: id,
            tool: name,
            args,
            at: timeOf(event.date) ?? 0,
            sub: sub++,
            maybe: true,
            fromHistory: true,
            ...(event.run_id === undefined ? {} : { runId: event.run_id }),
            ...(event.id === undefined ? {} : { messageId: event.id }),
            ...(cause ? { cause } : {}),
          };
          calls.push(call);
          open.set(id, call);
        }
        break;
      case 'tool_return_message':
        for (const result of returnsOf(event)) settle(result, event.date);
        break;
      case 'approval_response_message':
        for (const answer of approvalsOf(event)) if (answer.answered) settle(answer, event.date);
        break;
    }
  }
  return calls.map(({ done: _, ...call }) => call);
}

const timeOf = (date: string | undefined): number | undefined => {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
};

/** How far a thread was read: the time of its newest message, in milliseconds. */
export interface ReadTo {
  get(threadId: string): Promise<number>;
  set(threadId: string, time: number): Promise<void>;
}

const PAGE = 100;
const MOST_THREADS = 10_000;

interface ThreadTime {
  id: string;
  createdAt: number;
  /** NaN where the server does not tell. */
  changedAt: number;
}

/** All conversations of the agent, hidden and archived ones too, the oldest first: a fork comes after what it forked. */
async function threadsOf(connection: Connection, agentId: string): Promise<ThreadTime[]> {
  const found = new Map<string, ThreadTime>();
  let after: string | undefined;
  for (;;) {
    const page = await connection.client.conversations.list({
      agent_id: agentId,
      limit: PAGE,
      archive_status: 'all',
      ...(after === undefined ? {} : { after }),
    });
    const before = found.size;
    for (const raw of page) {
      found.set(raw.id, {
        id: raw.id,
        createdAt: Date.parse(raw.created_at ?? ''),
        changedAt: Date.parse(raw.last_message_at ?? raw.updated_at ?? ''),
      });
    }
    after = page.at(-1)?.id;
    // A server that ignores the cursor gives the same page for ever.
    if (page.length < PAGE || found.size === before || found.size >= MOST_THREADS || after === undefined) break;
  }
  const own: ThreadTime = { id: 'default', createdAt: 0, changedAt: Number.NaN };
  return [own, ...[...found.values()].sort((a, b) => a.createdAt - b.createdAt)];
}

/**
 * Reads what is new in the agent's threads since they were read last, and hands each thread's calls over. A thread that
 * cannot be read is left for the next time and named in the result.
 * @throws LettaError when the threads cannot be listed.
 */
export async function readNewCalls(
  connection: Connection,
  agentId: string,
  readTo: ReadTo,
  take: (calls: CallNote[]) => Promise<void>,
): Promise<{ failed: string[] }> {
  let threads: ThreadTime[];
  try {
    threads = await threadsOf(connection, agentId);
  } catch (error) {
    throw toLettaError(error);
  }
  const failed: string[] = [];
  for (const { id, changedAt } of threads) {
    try {
      const since = await readTo.get(id);
      if (changedAt <= since) continue;
      const { messages, newest } = await readSince(connection, agentId, id, since);
      const calls = memoryCalls(messages, agentId, id);
      if (calls.length > 0) await take(calls);
      if (newest > since) await readTo.set(id, newest);
    } catch {
      // An agent that nobody talked to without a thread has no conversation of its own on some servers.
      if (id !== 'default') failed.push(id);
    }
  }
  return { failed };
}

/** Messages newer than a time, and those of the page before: a call and its return stand close together. */
async function readSince(
  connection: Connection,
  agentId: string,
  threadId: string,
  since: number,
): Promise<{ messages: WireEvent[]; newest: number }> {
  const pages: WireEvent[][] = [];
  let newest = 0;
  let cursor: Cursor | null = null;
  do {
    const page = await readHistory(connection, agentId, threadId, {
      limit: PAGE,
      ...(cursor ? { before: cursor } : {}),
    });
    pages.unshift(page.messages);
    for (const message of page.messages) newest = Math.max(newest, timeOf(message.date) ?? 0);
    const reached = (timeOf(page.messages[0]?.date) ?? 0) <= since;
    cursor = page.cursor;
    if (reached && pages.length > 1) break;
  } while (cursor !== null);
  return { messages: pages.flat(), newest };
}
