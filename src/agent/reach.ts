// How far a message got that nobody answered, by what the server has stored.
import { personText } from '../letta/reminders.ts';
import { textParts, type WireEvent } from '../letta/wire.ts';

/** Not into the store, into it, or as far as the beginning of an answer. `messages`: the newest, oldest first. */
export function reachOf(
  messages: readonly WireEvent[],
  outgoing: { otid: string; text: string },
): 'missing' | 'stored' | 'answered' {
  const at = messages.findLastIndex(
    (m) =>
      m.message_type === 'user_message' &&
      (m.otid === outgoing.otid || personText(textParts(m.content)) === outgoing.text),
  );
  if (at < 0) return 'missing';
  return messages.slice(at + 1).some((m) => ANSWERS.has(m.message_type)) ? 'answered' : 'stored';
}

const ANSWERS: ReadonlySet<string> = new Set([
  'assistant_message',
  'reasoning_message',
  'tool_call_message',
  'tool_return_message',
  'approval_request_message',
]);
