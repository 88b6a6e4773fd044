// A hidden copy of a thread that waits for the result of a call: up to before the step that made the call, which a copy could never answer.
import { type Connection, ONCE } from '../letta/connection.ts';
import { known, toLettaError } from '../letta/errors.ts';
import { pendingCalls, readHistory } from '../letta/history.ts';
import { callsOf } from '../letta/wire.ts';
import { HIDDEN_TITLE } from './threads.ts';

/** The call that waits is among the newest messages. */
const RECENT = 20;

/** @returns the new thread's id; no list shows it. @throws LettaError */
export async function forkPending(
  connection: Connection,
  agentId: string,
  threadId: string,
  title: string,
): Promise<string> {
  const { messages } = await readHistory(connection, agentId, threadId, { limit: RECENT });
  const waiting = new Set(pendingCalls(messages).map(({ callId }) => callId));
  const asking = messages.find((message) => callsOf(message).some(({ id }) => id && waiting.has(id)));
  const at = messages.findIndex(({ id }) => id === asking?.id);
  const last = messages.slice(0, Math.max(0, at)).findLast(({ message_type }) => message_type !== 'system_message');
  const fork = await forkAt(connection, agentId, threadId, last?.id ?? undefined);
  const { conversations } = connection.client;
  await known(async () => conversations.update(fork, { summary: `${HIDDEN_TITLE}${title}` }, ONCE));
  return fork;
}

/** Where a server cannot fork at a message, the whole thread comes along: its first turn then settles what waits. */
async function forkAt(connection: Connection, agentId: string, threadId: string, lastId: string | undefined) {
  const { conversations } = connection.client;
  const fork = async (more: { message_id?: string }) =>
    (await conversations.fork(threadId, { agent_id: agentId, ...more }, ONCE)).id;
  try {
    return await fork(lastId === undefined ? {} : { message_id: lastId });
  } catch (error) {
    const reason = toLettaError(error);
    if (lastId === undefined || (reason.reason !== 'not_found' && reason.reason !== 'bad_request')) throw reason;
    return known(() => fork({}));
  }
}
