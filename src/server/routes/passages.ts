// /v1/agents/{id}/archival-memory.
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import type { ArchiveFound } from '../embeddings/archive-recall.ts';
import { addPassage } from '../engine/archive.ts';
import { ApiError } from '../engine/errors.ts';
import { recompile } from '../engine/recompile.ts';
import { endOfDay, WITHHELD_ROOM } from '../engine/tools/recall.ts';
import type { JsonObject } from '../store/json.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import type { Passage } from '../store/passages.ts';
import { existingAgent } from './agents.ts';
import { audienceFor } from './for-model.ts';
import {
  boolQuery,
  checkId,
  dateOf,
  dateQuery,
  endDateQuery,
  idParam,
  intQuery,
  listQuery,
  pageOf,
  type RouteDeps,
  readBody,
} from './http.ts';

export const passageSchema = z.object({
  text: z.string().check(z.minLength(1)),
  tags: z.nullish(z.array(z.string())),
  created_at: z.nullish(z.string()),
  metadata: z.nullish(z.record(z.string(), z.unknown())),
});

export function viewPassage(passage: Omit<Passage, 'n'>): JsonObject {
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

/** How it was searched: `embedding_model` compared the meaning, or `words_only` says why none did. */
function viewMatch({ mode, by }: ArchiveFound): JsonObject {
  return mode === 'hybrid' ? { search_mode: mode, embedding_model: by } : { search_mode: mode, words_only: by };
}

/** Tags and dates, of a list as well as of a search. */
function filterQuery(c: Context) {
  return {
    tags: listQuery(c, 'tags'),
    tagMode: c.req.query('tag_match_mode') === 'all' ? ('all' as const) : ('any' as const),
    from: dateQuery(c, 'start_datetime'),
    to: endDateQuery(c, 'end_datetime'),
  };
}

const searchSchema = z.object({
  agent_id: z.string(),
  query: z.nullish(z.string()),
  limit: z.nullish(z.int().check(z.gte(1))),
  tags: z.nullish(z.array(z.string())),
  tag_match_mode: z.nullish(z.enum(['any', 'all'])),
  start_date: z.nullish(z.string()),
  end_date: z.nullish(z.string()),
});

/** Under /v1/passages. */
export function passageSearchRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.post('/search', async (c) => {
    const input = await readBody(c, searchSchema);
    const agent = existingAgent(store, checkId('agent', input.agent_id));
    const { recall } = engine.embeddings;
    const query = input.query ?? '';
    const prepared = await recall.prepare(agent, query, c.req.raw.signal);
    const search = {
      agentId: agent.id,
      query,
      tags: input.tags ?? undefined,
      tagMode: input.tag_match_mode ?? 'any',
      from: dateOf('start_date', input.start_date),
      to: endOfDay(input.end_date ?? undefined, dateOf('end_date', input.end_date)),
      limit: Math.min(input.limit ?? 10, 100),
    };
    const found = recall.search(search, prepared);
    return c.json(
      found.passages.map((passage) => ({
        passage: viewPassage(passage),
        score: passage.score,
        metadata: {
          ...viewMatch(found),
          matched: passage.matched,
          fts_rank: passage.wordRank,
          vector_rank: passage.vectorRank,
        },
      })),
    );
  });
  return app;
}

/** Under /v1/agents. */
export function passageRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/:agent_id/archival-memory', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const { after, before, limit } = pageOf(c, { limit: 100, descending: false });
    const ascending = boolQuery(c, 'ascending') ?? true;
    const search = c.req.query('search');
    return c.json(
      store.passages
        .list({ agentId: agent.id, after, before, search, ascending, limit, ...filterQuery(c) })
        .map(viewPassage),
    );
  });

  app.post('/:agent_id/archival-memory', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const input = await readBody(c, passageSchema);
    const at = input.created_at ? Date.parse(input.created_at) : Date.now();
    if (Number.isNaN(at)) throw new ApiError(422, '`created_at` must be an ISO 8601 date.');
    const passage = store.write('durable', () => {
      const added = addPassage(store, agent.id, input.text, input.tags ?? [], at, input.metadata ?? {});
      recompile(store, agent, agent.id, true);
      return added;
    });
    return c.json([viewPassage(passage)]);
  });

  app.get('/:agent_id/archival-memory/search', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const query = c.req.query('query') ?? '';
    const audience = audienceFor({ store, engine }, agent.id, c.req.query('for_model'));
    const most = intQuery(c, 'top_k', 1, 100) ?? 5;
    const limit = audience.isLocal ? most : most + WITHHELD_ROOM;
    const search = { agentId: agent.id, query, ...filterQuery(c), limit };
    const { recall } = engine.embeddings;
    const found = recall.search(search, await recall.prepare(agent, query, c.req.raw.signal));
    const shown = found.passages.filter((passage) => audience.isLocal || !isLocalOnly(passage)).slice(0, most);
    const results = shown.map((passage) => ({
      id: passage.id,
      content: audience.text(passage.text),
      timestamp: new Date(passage.createdAt).toISOString(),
      tags: passage.tags,
      metadata: passage.metadata,
      score: passage.score,
      matched: passage.matched,
    }));
    return c.json({ count: results.length, results, ...viewMatch(found) });
  });

  app.get('/:agent_id/archival-memory/tags', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    return c.json(store.passages.tags(agent.id, intQuery(c, 'limit', 1, 10_000) ?? 1_000));
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
