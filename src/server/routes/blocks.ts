// /v1/blocks, and an agent's blocks under /v1/agents/{id}/core-memory.
import { Hono } from 'hono';
import { ApiError } from '../engine/errors.ts';
import { recompile, recompileHolders } from '../engine/recompile.ts';
import type { Block } from '../store/blocks.ts';
import { newId } from '../store/ids.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import type { Store } from '../store/store.ts';
import { type BlockInput, blockSchema, mergeBlock, newBlock } from './agent-input.ts';
import { viewAgent, viewBlock } from './agent-view.ts';
import { attachBlock, existingAgent } from './agents.ts';
import { audienceFor } from './for-model.ts';
import { boolQuery, idParam, listQuery, pageFrom, pageOf, type RouteDeps, readBody } from './http.ts';

function existingBlock(store: Store, id: string): Block {
  const block = store.blocks.get(id);
  if (!block) throw new ApiError(404, `Block with ID ${id} not found`);
  return block;
}

/** Changes a block from outside; read-only ones too. The default conversations that show it follow at once. */
function patchBlock(store: Store, block: Block, input: BlockInput): Block {
  return store.write('durable', () => {
    const fields = mergeBlock(existingBlock(store, block.id), input);
    for (const agentId of store.blocks.agentsOf(block.id)) {
      const holder = store.blocks.byLabel(agentId, fields.label);
      if (holder && holder.id !== block.id)
        throw new ApiError(409, `CONFLICT: Agent ${agentId} has a block with label ${fields.label} already`);
    }
    store.blocks.update(block.id, fields);
    recompileHolders(store, block.id);
    return existingBlock(store, block.id);
  });
}

export function blockRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.post('/', async (c) => {
    const fields = newBlock(await readBody(c, blockSchema));
    const id = newId('block');
    store.write('durable', () => store.blocks.create(id, fields));
    return c.json(viewBlock(existingBlock(store, id)));
  });

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: false });
    const blocks = store.blocks.list({
      ...page,
      label: c.req.query('label'),
      labelSearch: c.req.query('label_search'),
      descriptionSearch: c.req.query('description_search'),
      valueSearch: c.req.query('value_search'),
      tags: listQuery(c, 'tags'),
      matchAllTags: boolQuery(c, 'match_all_tags'),
    });
    // There are no templates here.
    return c.json(boolQuery(c, 'templates_only') ? [] : blocks.map(viewBlock));
  });

  app.get('/:block_id', (c) => c.json(viewBlock(existingBlock(store, idParam(c, 'block', 'block_id')))));

  app.patch('/:block_id', async (c) => {
    const block = existingBlock(store, idParam(c, 'block', 'block_id'));
    return c.json(viewBlock(patchBlock(store, block, await readBody(c, blockSchema))));
  });

  app.delete('/:block_id', (c) => {
    const block = existingBlock(store, idParam(c, 'block', 'block_id'));
    store.write('durable', () => {
      const holders = store.blocks.agentsOf(block.id);
      store.blocks.delete(block.id);
      for (const agentId of holders) {
        const agent = store.agents.get(agentId);
        if (agent) recompile(store, agent, agentId, true);
      }
    });
    return c.json(null);
  });

  app.get('/:block_id/agents', (c) => {
    const block = existingBlock(store, idParam(c, 'block', 'block_id'));
    const page = pageOf(c, { limit: 50, descending: true });
    const agents = store.blocks.agentsOf(block.id).flatMap((id) => store.agents.get(id) ?? []);
    if (page.descending) agents.reverse();
    return c.json(pageFrom(agents, page).map((agent) => viewAgent(store, agent)));
  });
  return app;
}

export function agentBlockRoutes(deps: RouteDeps): Hono {
  const { store } = deps;
  const app = new Hono({ strict: false });
  const labelled = (agentId: string, label: string): Block => {
    const block = store.blocks.byLabel(existingAgent(store, agentId).id, label);
    if (!block) throw new ApiError(404, `Block with label ${label} not found for agent ${agentId}`);
    return block;
  };

  app.get('/:agent_id/core-memory/blocks', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const page = pageOf(c, { limit: 100, descending: false });
    const audience = audienceFor(deps, agent.id, c.req.query('for_model'));
    const blocks = store.blocks.ofAgent(agent.id).filter((block) => audience.isLocal || !isLocalOnly(block));
    if (page.explicitOrder && page.descending) blocks.reverse();
    return c.json(pageFrom(blocks, page).map((block) => viewBlock({ ...block, value: audience.text(block.value) })));
  });

  app.patch('/:agent_id/core-memory/blocks/attach/:block_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const block = existingBlock(store, idParam(c, 'block', 'block_id'));
    store.write('durable', () => attachBlock(store, agent.id, block));
    return c.json(viewAgent(store, agent));
  });

  app.patch('/:agent_id/core-memory/blocks/detach/:block_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const block = existingBlock(store, idParam(c, 'block', 'block_id'));
    store.write('durable', () => store.blocks.detach(agent.id, block.id));
    return c.json(viewAgent(store, agent));
  });

  // Labels may hold slashes.
  app.get('/:agent_id/core-memory/blocks/:label{.+}', (c) =>
    c.json(viewBlock(labelled(idParam(c, 'agent', 'agent_id'), labelParam(c.req.param('label'))))),
  );

  app.patch('/:agent_id/core-memory/blocks/:label{.+}', async (c) => {
    const block = labelled(idParam(c, 'agent', 'agent_id'), labelParam(c.req.param('label')));
    return c.json(viewBlock(patchBlock(store, block, await readBody(c, blockSchema))));
  });
  return app;
}

const labelParam = (label: string): string => label.replace(/\/$/, '');
