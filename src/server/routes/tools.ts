// /v1/tools, and an agent's tools under /v1/agents/{id}/tools.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { invalid } from '../engine/request.ts';
import { knownToolName } from '../engine/tools/known-tools.ts';
import { serverTools } from '../engine/tools/registry.ts';
import type { Agent, AgentFields, ToolRule } from '../store/agents.ts';
import type { JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import { withApprovals } from './agent-input.ts';
import { viewAgent, viewCustomTool, viewTool } from './agent-view.ts';
import { existingAgent } from './agents.ts';
import { boolQuery, idParam, listQuery, type Page, pageFrom, pageOf, type RouteDeps, readBody } from './http.ts';

const approvalSchema = z.object({ requires_approval: z.nullish(z.boolean()) });
const runSchema = z.object({
  args: z.nullish(z.record(z.string(), z.unknown())),
  source_sha256: z.nullish(z.string()),
});

export function toolRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const custom = () => import('./custom-tools.ts');

  app.post('/add-base-tools', (c) => c.json([...serverTools.keys()].map((name) => viewTool(store, name))));

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const name = c.req.query('name');
    const names = listQuery(c, 'names');
    const ids = listQuery(c, 'tool_ids');
    const types = listQuery(c, 'tool_types');
    const exclude = listQuery(c, 'exclude_tool_types');
    const search = c.req.query('search')?.toLowerCase();
    const ofServer = [...serverTools.keys()].map((each) => viewTool(store, each));
    const ofClients = boolQuery(c, 'return_only_letta_tools') ? [] : store.tools.list().map(viewCustomTool);
    const found = [...ofServer, ...ofClients].filter(
      (tool) =>
        (name === undefined || tool.name === name) &&
        (!names || names.includes(String(tool.name))) &&
        (!ids || ids.includes(String(tool.id))) &&
        (!types || types.includes(String(tool.tool_type))) &&
        !exclude?.includes(String(tool.tool_type)) &&
        (!search || String(tool.name).toLowerCase().includes(search)),
    );
    return c.json(pageOfTools(found, page));
  });

  app.get('/count', (c) => c.json(serverTools.size + store.tools.list().length));

  // Looked for with the first question: to try a sandbox takes a moment.
  app.get('/sandbox', async (c) => {
    const { sandboxHere } = await import('../python/box.ts');
    return c.json({ sandbox: sandboxHere() ?? null });
  });

  app.get('/:tool_id', (c) => c.json(viewTool(store, existingName(store, idParam(c, 'tool', 'tool_id')))));

  app.post('/', async (c) => {
    const { createTool, toolSchema } = await custom();
    return c.json(await createTool(store, await readBody(c, toolSchema)));
  });

  app.put('/', async (c) => {
    const { toolSchema, upsertTool } = await custom();
    return c.json(await upsertTool(store, await readBody(c, toolSchema)));
  });

  app.patch('/:tool_id', async (c) => {
    const id = idParam(c, 'tool', 'tool_id');
    existingName(store, id);
    const { changeTool, toolSchema } = await custom();
    return c.json(await changeTool(store, id, await readBody(c, toolSchema)));
  });

  app.delete('/:tool_id', async (c) => {
    const id = idParam(c, 'tool', 'tool_id');
    existingName(store, id);
    (await custom()).deleteTool(store, id);
    return c.json({ message: `Tool ${id} deleted` });
  });
  return app;
}

export function agentToolRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/:agent_id/tools', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const tools = agent.tools.map((name) => viewTool(store, name));
    return c.json(pageOfTools(tools, pageOf(c, { limit: 10, descending: true })));
  });

  app.patch('/:agent_id/tools/attach/:tool_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = existingName(store, idParam(c, 'tool', 'tool_id'));
    return c.json(
      update(store, agent.id, ({ tools, toolRules }) => ({
        tools: [...new Set([...tools, name])],
        toolRules: tools.includes(name) ? toolRules : withApprovals(store, [name], toolRules),
      })),
    );
  });

  app.patch('/:agent_id/tools/detach/:tool_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = existingName(store, idParam(c, 'tool', 'tool_id'));
    return c.json(update(store, agent.id, ({ tools }) => ({ tools: tools.filter((each) => each !== name) })));
  });

  app.patch('/:agent_id/tools/approval/:tool_name', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = attachedName(agent, c.req.param('tool_name'));
    const given = boolQuery(c, 'requires_approval') ?? (await readBody(c, approvalSchema)).requires_approval;
    if (typeof given !== 'boolean') throw invalid('`requires_approval` must be given.');
    const withRule = (rules: readonly ToolRule[]): ToolRule[] => {
      const others = rules.filter((rule) => rule.type !== 'requires_approval' || rule.tool_name !== name);
      return given ? [...others, { type: 'requires_approval', tool_name: name }] : others;
    };
    return c.json(update(store, agent.id, ({ toolRules }) => ({ toolRules: withRule(toolRules) })));
  });

  app.post('/:agent_id/tools/:tool_name/run', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = attachedName(agent, c.req.param('tool_name'));
    const { args, source_sha256: hash } = await readBody(c, runSchema);
    const { runNamedTool } = await import('./custom-tools.ts');
    const approved = hash ?? undefined;
    return c.json(
      await runNamedTool({ store, mode: engine.ownTools }, agent, name, args ?? {}, approved, c.req.raw.signal),
    );
  });
  return app;
}

/** @throws ApiError 404 */
function existingName(store: Store, id: string): string {
  const name = knownToolName(store, id);
  if (name === undefined) throw new ApiError(404, `Tool with ID ${id} not found`);
  return name;
}

/** @throws ApiError 404 */
function attachedName(agent: Agent, name: string): string {
  if (!agent.tools.includes(name)) throw new ApiError(404, `Tool ${name} is not attached to agent ${agent.id}`);
  return name;
}

/** Changes the agent as it is now: others may have changed it since it was looked at. */
function update(store: Store, agentId: string, change: (agent: Agent) => Partial<AgentFields>) {
  return store.write('durable', () => {
    const agent = existingAgent(store, agentId);
    store.agents.update(agentId, { ...agent, ...change(agent) });
    return viewAgent(store, existingAgent(store, agentId));
  });
}

/** A page of a list that is in ascending order. */
function pageOfTools(tools: readonly JsonObject[], page: Page): JsonObject[] {
  return pageFrom(page.descending ? [...tools].reverse() : tools, page);
}
