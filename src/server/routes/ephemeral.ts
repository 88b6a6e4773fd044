// Conversations without an agent (Letta Code's `--ephemeral`), and the search for conversations by what they are about.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Conversation } from '../store/conversations.ts';
import { newId } from '../store/ids.ts';
import { newAgent } from './agent-input.ts';
import { existingAgent } from './agents.ts';
import { existingConversation, startConversation, viewConversation } from './conversations.ts';
import { checkId, type RouteDeps, readBody } from './http.ts';

/** Marks the hidden agent that stands behind such a conversation: here every conversation has one. */
const TAG = 'ephemeral';
const KEPT_MS = 24 * 60 * 60 * 1000;

const schema = z.object({
  model: z.string().check(z.minLength(1)),
  system: z.string(),
  model_settings: z.nullish(z.record(z.string(), z.unknown())),
  context_window_limit: z.nullish(z.int().check(z.gte(1))),
});

const searchSchema = z.object({
  query: z.nullish(z.string()),
  agent_id: z.nullish(z.string()),
  limit: z.nullish(z.int().check(z.gte(1))),
  search_target: z.nullish(z.enum(['summary', 'description'])),
});
const MOST_SEARCHED = 1_000;

/** Under /v1/conversations. */
export function ephemeralRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.post('/ephemeral', async (c) => {
    const input = await readBody(c, schema);
    const model = await engine.modelFor(input.model);
    const [agentId, id] = [newId('agent'), newId('conv')];
    return c.json(
      store.write('durable', () => {
        tidy();
        const defaults = { name: 'Ephemeral conversation', system: input.system };
        const fields = newAgent(
          store,
          { ...input, model, include_base_tools: false, tags: [TAG], hidden: true },
          defaults,
        );
        store.agents.create(agentId, fields);
        store.conversations.create(agentId, agentId, {});
        startConversation(store, existingAgent(store, agentId), id, { hidden: true });
        return viewConversation(store, existingConversation(store, id));
      }),
    );
  });

  /** Nobody comes back for them: those of yesterday go. */
  function tidy(): void {
    const query = { tags: [TAG], orderBy: 'created_at', descending: false, limit: 100, showHidden: true } as const;
    for (const { id, settings, createdAt, lastRunAt } of store.agents.list({ ...query, tags: [TAG] }))
      if (settings.hidden === true && Math.max(createdAt, lastRunAt ?? 0) < Date.now() - KEPT_MS)
        store.agents.delete(id);
  }

  app.post('/search', async (c) => {
    const input = await readBody(c, searchSchema);
    const words = [...new Set((input.query ?? '').toLowerCase().split(/\s+/).filter(Boolean))];
    const about = (conversation: Conversation) =>
      `${conversation.summary ?? ''} ${conversation.description ?? ''}`.trim();
    const scored = store.conversations
      .list({
        agentId: input.agent_id ? existingAgent(store, checkId('agent', input.agent_id)).id : undefined,
        archive: 'all',
        orderBy: 'last_message_at',
        descending: true,
        limit: MOST_SEARCHED,
      })
      .flatMap((conversation) => {
        const text = about(conversation).toLowerCase();
        const found = words.filter((word) => text.includes(word)).length;
        return found === 0 ? [] : [{ conversation, score: found / words.length }];
      });
    const best = scored.sort((a, b) => b.score - a.score).slice(0, Math.min(input.limit ?? 20, 100));
    return c.json(
      best.map(({ conversation, score }) => ({
        embedded_text: about(conversation),
        conversation: viewConversation(store, conversation),
        rrf_score: score,
      })),
    );
  });
  return app;
}
