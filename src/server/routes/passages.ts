// /v1/agents/{id}/archival-memory.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { addPassage } from '../engine/archive.ts';
import { ApiError } from '../engine/errors.ts';
import { recompile } from '../engine/recompile.ts';
import type { JsonObject } from '../store/json.ts';
import type { Passage } from '../store/passages.ts';
import { existingAgent } from './agents.ts';
import { boolQuery, dateQuery, idParam, intQuery, listQuery, pageOf, type RouteDeps, readBody } from './http.ts';

const schema = z.object({
  text: z.string().check(z.minLength(1)),
  tags: z.nullish(z.array(z.string())),
  created_at: z.nullish(z.string()),
});

function viewPassage(passage: Omit<Passage, 'n'>): JsonObject {
  return {
    id: passage.id,
    text: passage.text,
    tags: passage.tags,
    metadata: passage.metadata,
    archive_id: passage.archiveId,
    embedding: null,
    embedding_config: null,
    source_id: null,
    file_id: null,
    file_name: null,
    is_deleted: false,
    created_at: new Date(passage.createdAt).toISOString(),
    updated_at: null,
    created_by_id: null,
    last_updated_by_id: null,
  };
}

export function passageRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/:agent_id/archival-memory', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const { after, before, limit } = pageOf(c, { limit: 100, descending: false });
    const ascending = boolQuery(c, 'ascending') ?? true;
    const search = c.req.query('search');
    return c.json(store.passages.list({ agentId: agent.id, after, before, search, ascending, limit }).map(viewPassage));
  });

  app.post('/:agent_id/archival-memory', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const input = await readBody(c, schema);
    const at = input.created_at ? Date.parse(input.created_at) : Date.now();
    if (Number.isNaN(at)) throw new ApiError(422, '`created_at` must be an ISO 8601 date.');
    const passage = store.write('durable', () => {
      const added = addPassage(store, agent.id, input.text, input.tags ?? [], at);
      recompile(store, agent, agent.id, true);
      return added;
    });
    return c.json([viewPassage(passage)]);
  });

  app.get('/:agent_id/archival-memory/search', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const found = store.passages.search({
      agentId: agent.id,
      query: c.req.query('query') ?? '',
      tags: listQuery(c, 'tags'),
      tagMode: c.req.query('tag_match_mode') === 'all' ? 'all' : 'any',
      from: dateQuery(c, 'start_datetime'),
      to: dateQuery(c, 'end_datetime'),
      limit: intQuery(c, 'top_k', 1, 100) ?? 5,
    });
    const results = found.map((passage) => ({
      id: passage.id,
      content: passage.text,
      timestamp: new Date(passage.createdAt).toISOString(),
      tags: passage.tags,
    }));
    return c.json({ count: results.length, results });
  });

  app.delete('/:agent_id/archival-memory/:memory_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const passage = store.passages.get(idParam(c, 'passage', 'memory_id'));
    if (passage?.agentId !== agent.id) throw new ApiError(404, `Passage ${c.req.param('memory_id')} not found`);
    store.write('durable', () => {
      store.passages.delete(passage);
      recompile(store, agent, agent.id, true);
    });
    return c.json({ message: `Passage ${passage.id} deleted` });
  });
  return app;
}
