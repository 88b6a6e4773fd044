// /v1/archives. Here an archive belongs to one agent and is made with its first passage: it can be read and added to by its
// own id, and not be made, shared or taken away by itself.
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { addPassage } from '../engine/archive.ts';
import { ApiError } from '../engine/errors.ts';
import { recompile } from '../engine/recompile.ts';
import type { Agent } from '../store/agents.ts';
import type { Store } from '../store/store.ts';
import { existingAgent } from './agents.ts';
import { checkId, dateOf, idParam, pageFrom, pageOf, type RouteDeps, readBody } from './http.ts';
import { passageSchema, viewPassage } from './passages.ts';

const MOST_AGENTS = 10_000;
const NOT_BY_ITSELF =
  'INVALID_ARGUMENT: An archive belongs to its agent here. It is made with the first passage: POST /v1/agents/{agent_id}/archival-memory.';

interface Archive {
  id: string;
  agent: Agent;
}

const batchSchema = z.object({ passages: z.array(passageSchema).check(z.maxLength(1_000)) });

function viewArchive({ id, agent }: Archive) {
  return {
    id,
    name: `${agent.name}'s archive`,
    description: null,
    vector_db_provider: 'native',
    embedding_config: null,
    metadata: {},
    created_at: new Date(agent.createdAt).toISOString(),
    updated_at: null,
    created_by_id: null,
    last_updated_by_id: null,
  };
}

function existingArchive(store: Store, id: string): Archive {
  const agentId = store.passages.agentOf(id);
  if (agentId === undefined) throw new ApiError(404, `Archive with ID ${id} not found`);
  return { id, agent: existingAgent(store, agentId) };
}

/** Under /v1/archives. */
export function archiveRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const archiveOf = (c: Context) => existingArchive(store, idParam(c, 'archive', 'archive_id'));
  const add = ({ agent }: Archive, inputs: readonly z.infer<typeof passageSchema>[]) =>
    store.write('durable', () => {
      const added = inputs.map(({ text, tags, created_at: at, metadata }) =>
        addPassage(store, agent.id, text, tags ?? [], dateOf('created_at', at), metadata ?? {}),
      );
      recompile(store, agent, agent.id, true);
      return added.map(viewPassage);
    });
  const refuse = () => {
    throw new ApiError(400, NOT_BY_ITSELF);
  };

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const agentId = c.req.query('agent_id');
    const name = c.req.query('name');
    const query = { orderBy: 'created_at', descending: page.descending, limit: MOST_AGENTS } as const;
    const agents = agentId ? [existingAgent(store, checkId('agent', agentId))] : store.agents.list(query);
    const archives = agents
      .flatMap((agent): Archive[] => {
        const id = store.passages.archiveOf(agent.id);
        return id === undefined ? [] : [{ id, agent }];
      })
      .map(viewArchive)
      .filter((archive) => !name || archive.name === name);
    return c.json(pageFrom(archives, page));
  });

  app.get('/:archive_id', (c) => c.json(viewArchive(archiveOf(c))));

  app.post('/:archive_id/passages', async (c) => {
    const archive = archiveOf(c);
    return c.json(add(archive, [await readBody(c, passageSchema)])[0]);
  });

  app.post('/:archive_id/passages/batch', async (c) => {
    const archive = archiveOf(c);
    return c.json(add(archive, (await readBody(c, batchSchema)).passages));
  });

  app.delete('/:archive_id/passages/:passage_id', (c) => {
    const { id, agent } = archiveOf(c);
    const passage = store.passages.get(idParam(c, 'passage', 'passage_id'));
    if (passage?.archiveId !== id) throw new ApiError(404, `Passage ${c.req.param('passage_id')} not found`);
    store.write('durable', () => {
      store.passages.delete(passage);
      recompile(store, agent, agent.id, true);
    });
    return c.body(null, 204);
  });

  app.post('/', refuse);
  app.patch('/:archive_id', refuse);
  app.delete('/:archive_id', refuse);
  return app;
}
