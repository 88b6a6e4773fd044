// /v1/agents: make, read, list, change, delete; and what hangs directly on an agent.
import { rm } from 'node:fs/promises';
import { Hono } from 'hono';
import { contextOverview } from '../engine/context-overview.ts';
import { DEFAULT_SYSTEM } from '../engine/default-system.ts';
import { ApiError } from '../engine/errors.ts';
import { recompile, systemTextOf } from '../engine/recompile.ts';
import { invalid } from '../engine/request.ts';
import type { Agent, AgentQuery } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { type AgentInput, agentSchema, mergeAgent, newAgent, newBlock } from './agent-input.ts';
import { viewAgent, viewSecrets } from './agent-view.ts';
import { boolQuery, checkId, idParam, listQuery, pageOf, type RouteDeps, readBody } from './http.ts';

/** @throws ApiError 404 */
export function existingAgent(store: Store, id: string): Agent {
  const agent = store.agents.get(id);
  if (!agent) throw new ApiError(404, `Agent with ID ${id} not found`);
  return agent;
}

export function agentRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  addRecords(app, deps);
  addPrompt(app, deps);
  addEmpty(app, deps);
  return app;
}

/** Make, read, list, change, delete. */
function addRecords(app: Hono, { store, engine }: RouteDeps): void {
  app.post('/', async (c) => {
    const input = await readBody(c, agentSchema);
    const id = newId('agent');
    const fields = newAgent(store, input, { name: `Agent ${id.slice(6, 10)}`, system: DEFAULT_SYSTEM });
    if (fields.model !== null) fields.model = await engine.modelFor(fields.model);
    return c.json(
      store.write('durable', () => {
        store.agents.create(id, fields);
        putSecrets(store, id, input);
        for (const block of input.memory_blocks ?? []) {
          const blockId = newId('block');
          const made = newBlock(block);
          store.blocks.create(blockId, made);
          store.blocks.attach(id, { id: blockId, label: made.label });
        }
        attachAll(store, id, input.block_ids ?? []);
        store.conversations.create(id, id, {});
        const agent = existingAgent(store, id);
        recompile(store, agent, id);
        return viewAgent(store, agent);
      }),
    );
  });

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const orderBy = c.req.query('order_by') ?? 'created_at';
    const query: AgentQuery = {
      ...page,
      orderBy: orderBy === 'updated_at' || orderBy === 'last_run_completion' ? orderBy : 'created_at',
      name: c.req.query('name'),
      tags: listQuery(c, 'tags'),
      matchAllTags: boolQuery(c, 'match_all_tags'),
      text: c.req.query('query_text'),
      lastStopReason: c.req.query('last_stop_reason'),
      showHidden: boolQuery(c, 'show_hidden_agents'),
    };
    return c.json(store.agents.list(query).map((agent) => viewAgent(store, agent)));
  });

  app.get('/count', (c) => c.json(store.agents.list({ orderBy: 'created_at', descending: true, limit: 1e9 }).length));

  app.get('/:agent_id', (c) => {
    const withSecrets = listQuery(c, 'include')?.includes('agent.secrets');
    return c.json(viewAgent(store, existingAgent(store, idParam(c, 'agent', 'agent_id')), withSecrets));
  });

  app.patch('/:agent_id', async (c) => {
    const id = idParam(c, 'agent', 'agent_id');
    const input = await readBody(c, agentSchema);
    if (input.model && input.model !== existingAgent(store, id).model) input.model = await engine.modelFor(input.model);
    return c.json(
      store.write('durable', () => {
        // As it is now: others may have changed something else of it meanwhile.
        store.agents.update(id, mergeAgent(store, existingAgent(store, id), input));
        putSecrets(store, id, input);
        if (input.block_ids) {
          for (const block of store.blocks.ofAgent(id))
            if (!input.block_ids.includes(block.id)) store.blocks.detach(id, block.id);
          attachAll(store, id, input.block_ids);
        }
        return viewAgent(store, existingAgent(store, id));
      }),
    );
  });

  app.delete('/:agent_id', async (c) => {
    const id = idParam(c, 'agent', 'agent_id');
    existingAgent(store, id);
    await engine.cancel(store.runs.live(id));
    store.write('durable', () => store.agents.delete(id));
    await rm(store.repositoryOf(id), { recursive: true, force: true });
    return c.json({ message: `Agent ${id} deleted` });
  });
}

/** What its model is told. */
function addPrompt(app: Hono, { store, engine }: RouteDeps): void {
  app.post('/:agent_id/recompile', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    if (boolQuery(c, 'dry_run')) return c.json(systemTextOf(store, agent, agent.id, Date.now()));
    const keep = boolQuery(c, 'update_timestamp') === false;
    return c.json(store.write('durable', () => recompile(store, agent, agent.id, keep)));
  });

  app.get('/:agent_id/context', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const conversation = c.req.query('conversation_id') || 'default';
    const owner = conversation === 'default' ? agent.id : checkId('conv', conversation);
    if (store.conversations.get(owner)?.agentId !== agent.id)
      throw new ApiError(404, `Conversation ${owner} not found`);
    const { handle, window } = await engine.windowOf(owner);
    const audience = await engine.audienceOf(agent, owner, handle);
    return c.json(contextOverview(store, agent, owner, { handle, window, audience, scale: engine.scale }));
  });
}

/** Their secrets, and what agents here never have and clients ask for. */
function addEmpty(app: Hono, { store }: RouteDeps): void {
  app.get('/:agent_id/secrets', (c) => {
    return c.json(viewSecrets(store, existingAgent(store, idParam(c, 'agent', 'agent_id')).id));
  });
  app.get('/:agent_id/mcp-servers', (c) => {
    existingAgent(store, idParam(c, 'agent', 'agent_id'));
    return c.json([]);
  });
  app.get('/:agent_id/repositories', (c) => {
    existingAgent(store, idParam(c, 'agent', 'agent_id'));
    return c.json({ repositories: [] });
  });
}

function putSecrets(store: Store, agentId: string, input: AgentInput): void {
  const secrets = input.secrets ?? input.tool_exec_environment_variables;
  if (secrets) store.secrets.replace(agentId, secrets);
}

function attachAll(store: Store, agentId: string, blockIds: readonly string[]): void {
  for (const blockId of blockIds) {
    const block = store.blocks.get(checkId('block', blockId));
    if (!block) throw new ApiError(404, `Block with ID ${blockId} not found`);
    attachBlock(store, agentId, block);
  }
}

/** @throws ApiError 409 where the agent has another block with that label */
export function attachBlock(store: Store, agentId: string, block: { id: string; label: string }): void {
  if (block.label === '') throw invalid('A block needs a label to be attached.');
  const holder = store.blocks.byLabel(agentId, block.label);
  if (holder && holder.id !== block.id)
    throw new ApiError(409, `CONFLICT: Agent ${agentId} has a block with label ${block.label} already`);
  store.blocks.attach(agentId, block);
}
