// POST /v1/messages/search: what was ever said, in one agent's conversations or in all.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Audience } from '../engine/audience.ts';
import { isoSeconds } from '../engine/render.ts';
import { invalid } from '../engine/request.ts';
import { endOfDay, WITHHELD_ROOM } from '../engine/tools/recall.ts';
import { type Conversation, publicId } from '../store/conversations.ts';
import type { FoundMessage } from '../store/message-search.ts';
import { searchableText } from '../store/message-text.ts';
import type { Store } from '../store/store.ts';
import { existingAgent } from './agents.ts';
import { existingConversation } from './conversations.ts';
import { audienceFor } from './for-model.ts';
import { checkId, dateOf, type RouteDeps, readBody } from './http.ts';

const schema = z.object({
  query: z.nullish(z.string()),
  agent_id: z.nullish(z.string()),
  /** `conv-…`, or `default` with an agent. */
  conversation_id: z.nullish(z.string()),
  limit: z.nullish(z.int().check(z.gte(1))),
  search_mode: z.nullish(z.enum(['vector', 'fts', 'hybrid'])),
  roles: z.nullish(z.array(z.string())),
  start_date: z.nullish(z.string()),
  end_date: z.nullish(z.string()),
  /** See `audienceFor`. */
  for_model: z.nullish(z.string()),
});

/** Named is the conversation it was written in, or, where that was deleted, a fork that has it still. */
function conversationOf(store: Store, message: FoundMessage): Conversation | undefined {
  return [message.owner, ...store.messages.ownersOf(message.n)]
    .map((owner) => store.conversations.get(owner))
    .find((conversation) => conversation !== undefined);
}

function view(store: Store, message: FoundMessage, audience: Audience) {
  const conversation = conversationOf(store, message);
  return {
    message_id: message.id,
    message_type: `${message.body.role}_message`,
    content: audience.text(searchableText(message.body) ?? ''),
    agent_id: message.agentId,
    conversation_id: publicId(conversation?.id ?? message.owner),
    conversation_summary: conversation?.summary ?? null,
    created_at: isoSeconds(message.createdAt),
    score: message.score,
  };
}

/** Words, their other forms and related words, whatever `search_mode` says. */
export function messageSearchRoutes(deps: RouteDeps): Hono {
  const { store } = deps;
  const app = new Hono({ strict: false });
  app.post('/search', async (c) => {
    const input = await readBody(c, schema);
    const agent = input.agent_id ? existingAgent(store, checkId('agent', input.agent_id)) : undefined;
    if (input.for_model && !agent) throw invalid('`for_model` needs an `agent_id`.');
    const audience = audienceFor(deps, agent?.id ?? '', input.for_model);
    const limit = Math.min(input.limit ?? 50, 100);
    const given = input.conversation_id === 'default' ? agent?.id : input.conversation_id;
    const found = store.messageSearch.find(input.query ?? '', {
      agentId: agent?.id,
      owner: given ? existingConversation(store, given).id : undefined,
      roles: input.roles ?? undefined,
      from: dateOf('start_date', input.start_date),
      to: endOfDay(input.end_date ?? undefined, dateOf('end_date', input.end_date)),
      limit: audience.isLocal ? limit : limit + WITHHELD_ROOM,
    });
    const shown = found.filter((message) => audience.finds(message)).slice(0, limit);
    return c.json(shown.map((message) => view(store, message, audience)));
  });
  return app;
}
