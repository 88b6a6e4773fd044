// What a server has stored of a conversation: pages of messages, the last run, and the calls it waits for.
import type { Connection } from './connection.ts';
import { known, toLettaError } from './errors.ts';
import { inBody, isDefault, type RunState, readRun } from './stream.ts';
import { approvalsOf, callsOf, readEvent, returnsOf, type WireEvent } from './wire.ts';

/** A page, oldest first. `cursor` is where the next older page ends; null when there is nothing older. */
export interface HistoryPage {
  messages: WireEvent[];
  cursor: Cursor | null;
}

export interface Cursor {
  /** Id of the oldest message read, and its time in milliseconds (NaN when not known). */
  oldest: string;
  time: number;
  /** Ids of the page it closes: an answer that holds one of them did not go back in time. */
  seen: ReadonlySet<string>;
}

/** Which way a server reads a cursor beside `order=desc`: some by the order asked for, some always by time. */
type CursorSense = 'after' | 'before';
const senses = new WeakMap<Connection, CursorSense>();

const PAGE = 50;

interface Query {
  limit?: number;
  before?: Cursor;
  /** Handle of the model that they are handed on to: the embedded server leaves out what it may not see. */
  forModel?: string;
}

/**
 * Stored messages of a conversation, the newest page or the one before a cursor. One stored message may be several
 * here (reasoning, text, calls), so a page holds at least `limit` (default 50) unless it is the oldest.
 * @throws LettaError
 */
export async function readHistory(
  connection: Connection,
  agentId: string,
  threadId: string,
  { limit = PAGE, before, forModel }: Query = {},
): Promise<HistoryPage> {
  try {
    const ask = (cursor: { after?: string; before?: string }) =>
      list(connection, agentId, threadId, limit, { ...cursor, ...(forModel ? { for_model: forModel } : {}) });
    if (!before) return page(await ask({}), limit, undefined);
    const known = senses.get(connection);
    for (const sense of known ? [known] : (['after', 'before'] as const)) {
      const messages = await ask({ [sense]: before.oldest });
      const older = messages.filter((m) => m.id !== undefined && !before.seen.has(m.id));
      if (messages.length === 0 || older.length < messages.length) continue;
      if (timeOf(older.at(-1)) > before.time) continue;
      senses.set(connection, sense);
      return page(older, limit, before);
    }
    return { messages: [], cursor: null };
  } catch (error) {
    throw toLettaError(error);
  }
}

/**
 * The stored messages around one of them, oldest first.
 * @param at its id, or the otid that it was sent with
 * @returns undefined where the message is not in the conversation, or the server cannot look there
 * @throws LettaError
 */
export async function readAround(
  connection: Connection,
  agentId: string,
  threadId: string,
  at: string,
  limit = PAGE,
): Promise<HistoryPage | undefined> {
  const messages = await known(() => request(connection, agentId, threadId, { limit, around: at }));
  // A server that does not know `around` gives its newest page.
  if (!messages.some((message) => message.id === at || message.otid === at)) return undefined;
  return page(messages, 1, undefined);
}

/** What came after a message, oldest first. `ended`: nothing came later. @throws LettaError */
export async function readAfter(
  connection: Connection,
  agentId: string,
  threadId: string,
  after: string,
  limit = PAGE,
): Promise<{ messages: WireEvent[]; ended: boolean }> {
  const messages = await known(() => request(connection, agentId, threadId, { limit, order: 'asc', after }));
  return { messages, ended: new Set(messages.map(({ id }) => id)).size < limit / 2 };
}

async function list(
  connection: Connection,
  agentId: string,
  threadId: string,
  limit: number,
  query: { after?: string; before?: string; for_model?: string },
): Promise<WireEvent[]> {
  return oldestFirst(await request(connection, agentId, threadId, { limit, order: 'desc', ...query }));
}

async function request(
  connection: Connection,
  agentId: string,
  threadId: string,
  query: {
    limit: number;
    order?: 'asc' | 'desc';
    after?: string;
    before?: string;
    for_model?: string;
    around?: string;
  },
): Promise<WireEvent[]> {
  const asked = { ...query, ...inBody(agentId, threadId) };
  const answer = await connection.client.conversations.messages.list(threadId, asked);
  return answer.items.map(readEvent).filter((event) => event !== undefined);
}

/**
 * Newest-first pages keep the parts of one message in their own order on some servers and turn them round on others,
 * so whole messages are turned round and the parts are put in the order in which a model makes them.
 */
function oldestFirst(events: WireEvent[]): WireEvent[] {
  const groups: WireEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.[0]?.id !== undefined && last[0].id === event.id) last.push(event);
    else groups.push([event]);
  }
  // The prompt stands first and is dated when it was compiled last: in a fork that is after all the rest.
  const dated = groups.filter(([message]) => message?.message_type !== 'system_message');
  const first = dated[0]?.[0]?.date;
  const final = dated.at(-1)?.[0]?.date;
  const ascending = first !== undefined && final !== undefined && Date.parse(first) < Date.parse(final);
  if (!ascending) groups.reverse();
  return groups.flatMap((group) => [...group].sort((a, b) => rank(a) - rank(b)));
}

const timeOf = (event: WireEvent | undefined): number => Date.parse(event?.date ?? '');

const RANK: Record<string, number> = { reasoning_message: 0, hidden_reasoning_message: 0, assistant_message: 1 };
const rank = (event: WireEvent): number => RANK[event.message_type] ?? 2;

function page(messages: WireEvent[], limit: number, before: Cursor | undefined): HistoryPage {
  const ids = new Set(messages.map((m) => m.id).filter((id) => id !== undefined));
  const oldest = messages[0]?.id;
  // Rows that hold nothing a client sees are counted by the server and missing here: half a page may be all of one.
  const more = oldest !== undefined && ids.size >= limit / 2;
  if (!more) return { messages, cursor: null };
  return {
    messages,
    cursor: { oldest, time: timeOf(messages[0]), seen: new Set([...ids, ...(before ? [before.oldest] : [])]) },
  };
}

/** The newest run of a conversation. Null when it has none, or the server cannot tell. */
export async function lastRun(connection: Connection, agentId: string, threadId: string): Promise<RunState | null> {
  const own = isDefault(agentId, threadId);
  try {
    const answer = await connection.client.runs.list({
      ...(own ? { agent_id: agentId } : { conversation_id: threadId }),
      order: 'desc',
      limit: own ? 20 : 1,
    });
    const run = own ? answer.items.find((item) => !item.conversation_id) : answer.items[0];
    return run ? readRun(run) : null;
  } catch {
    return null;
  }
}

export interface PendingCall {
  callId: string;
  name: string;
  /** As the model wrote them: JSON, hopefully. */
  arguments: string;
}

/** The calls among these messages that the server waits for: asked for, and neither answered nor run. */
export function pendingCalls(messages: readonly WireEvent[]): PendingCall[] {
  const waiting = new Map<string, PendingCall>();
  for (const event of messages) {
    switch (event.message_type) {
      case 'approval_request_message':
        for (const call of callsOf(event)) {
          if (call.id) waiting.set(call.id, { callId: call.id, name: call.name ?? '', arguments: call.arguments });
        }
        break;
      case 'approval_response_message':
        for (const answer of approvalsOf(event)) waiting.delete(answer.callId);
        if (event.approve !== undefined && approvalsOf(event).length === 0) waiting.clear();
        break;
      case 'tool_return_message':
        for (const result of returnsOf(event)) waiting.delete(result.callId);
        break;
      case 'user_message':
        // Nothing can be said to an agent while it waits, so what stands before a later message is settled.
        waiting.clear();
        break;
    }
  }
  return [...waiting.values()];
}
