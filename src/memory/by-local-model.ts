// Whether what a call would write must stay with local models: one asked for it that could read what is kept to those.
import { type Connection, keepsLocal } from '../letta/connection.ts';
import { readHistory } from '../letta/history.ts';
import { callsOf } from '../letta/wire.ts';

/** A call that waits is the last thing its thread says. */
const NEWEST = 10;

/** Letta API: messages of a conversation; the mark is the embedded server's. What cannot be told counts as such a call. */
export async function isForLocalModels(
  connection: Connection,
  agentId: string,
  { threadId, callId }: { threadId: string; callId: string },
): Promise<boolean> {
  if (!keepsLocal(connection)) return false;
  try {
    const { messages } = await readHistory(connection, agentId, threadId, { limit: NEWEST });
    const asked = messages.findLast(
      (event) => event.message_type === 'approval_request_message' && callsOf(event).some((call) => call.id === callId),
    );
    return asked === undefined || asked.local_only === true;
  } catch {
    return true;
  }
}
