// Messages of the person's threads in which the words of a search stand.
import type { Connection } from '../letta/connection.ts';
import { type FoundMessage, findMessages, snippet, wordsOf } from '../letta/found-messages.ts';
import type { MessageHit } from '../protocol/thread-views.ts';
import { HIDDEN_TITLE, type Threads, UNTITLED } from './threads.ts';

const MOST = 50;
/** Asked for: some are in threads of flows, which are not the person's to open. */
const ASKED = 100;

/** Best first. Empty where the server has no search over messages; then titles have to do. */
export async function findInThreads(
  connection: Connection,
  agentId: string,
  threads: Pick<Threads, 'get'>,
  query: string,
): Promise<MessageHit[]> {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const found = await findMessages(connection, agentId, query, ASKED).catch(() => []);
  const titles = await titlesOf(found, agentId, threads);
  return found
    .flatMap(({ message_id: messageId, content, conversation_id, created_at: at }) => {
      const threadId = conversation_id ?? agentId;
      const title = titles.get(threadId);
      if (title === undefined || title.startsWith(HIDDEN_TITLE)) return [];
      return [{ threadId, title, messageId, text: snippet(content, words), at }];
    })
    .slice(0, MOST);
}

/** By thread. A server that does not tell them with the hits is asked for each; a thread that it does not know is left out. */
async function titlesOf(
  found: readonly FoundMessage[],
  agentId: string,
  threads: Pick<Threads, 'get'>,
): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  const unknown = new Set<string>();
  for (const { conversation_id, conversation_summary } of found) {
    if (conversation_id && conversation_summary !== undefined)
      titles.set(conversation_id, conversation_summary || UNTITLED);
    else unknown.add(conversation_id ?? agentId);
  }
  await Promise.all(
    [...unknown].map(async (id) => {
      const title = await threads.get(id).then(
        (thread) => thread.title,
        () => undefined,
      );
      if (title !== undefined) titles.set(id, title);
    }),
  );
  return titles;
}
