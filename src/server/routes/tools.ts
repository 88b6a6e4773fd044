// /v1/tools, and an agent's tools under /v1/agents/{id}/tools.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { invalid } from '../engine/request.ts';
import { serverTools, toolId, toolNameOf } from '../engine/tools/registry.ts';
import type { Agent, AgentFields, ToolRule } from '../store/agents.ts';
import type { Store } from '../store/store.ts';
import { viewAgent, viewTool } from './agent-view.ts';
import { existingAgent } from './agents.ts';
import { boolQuery, idParam, listQuery, type Page, pageOf, type RouteDeps, readBody } from './http.ts';

const approvalSchema = z.object({ requires_approval: z.nullish(z.boolean()) });

export function toolRoutes(_deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.post('/add-base-tools', (c) => c.json([...serverTools.keys()].map(viewTool)));

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const name = c.req.query('name');
    const names = listQuery(c, 'names');
    const ids = listQuery(c, 'tool_ids');
    const types = listQuery(c, 'tool_types');
    const exclude = listQuery(c, 'exclude_tool_types');
    const search = c.req.query('search')?.toLowerCase();
    const found = [...serverTools.values()].filter(
      (tool) =>
        (name === undefined || tool.name === name) &&
        (!names || names.includes(tool.name)) &&
        (!ids || ids.includes(toolId(tool.name))) &&
        (!types || types.includes(tool.type)) &&
        !exclude?.includes(tool.type) &&
        (!search || tool.name.includes(search)),
    );
    return c.json(
      pageOfNames(
        found.map((tool) => tool.name),
        page,
      ).map(viewTool),
    );
  });

  app.get('/:tool_id', (c) => c.json(viewTool(knownTool(idParam(c, 'tool', 'tool_id')))));

  const noCustomTools = () => {
    throw new ApiError(400, 'INVALID_ARGUMENT: This server runs no tools of its users. Send them as client_tools.');
  };
  app.put('/', noCustomTools);
  app.post('/', noCustomTools);
  return app;
}

export function agentToolRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/:agent_id/tools', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    return c.json(pageOfNames(agent.tools, pageOf(c, { limit: 10, descending: true })).map(viewTool));
  });

  app.patch('/:agent_id/tools/attach/:tool_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = knownTool(idParam(c, 'tool', 'tool_id'));
    return c.json(update(store, agent.id, ({ tools }) => ({ tools: [...new Set([...tools, name])] })));
  });

  app.patch('/:agent_id/tools/detach/:tool_id', (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = knownTool(idParam(c, 'tool', 'tool_id'));
    return c.json(update(store, agent.id, ({ tools }) => ({ tools: tools.filter((each) => each !== name) })));
  });

  app.patch('/:agent_id/tools/approval/:tool_name', async (c) => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const name = c.req.param('tool_name');
    if (!agent.tools.includes(name)) throw new ApiError(404, `Tool ${name} is not attached to agent ${agent.id}`);
    const given = boolQuery(c, 'requires_approval') ?? (await readBody(c, approvalSchema)).requires_approval;
    if (typeof given !== 'boolean') throw invalid('`requires_approval` must be given.');
    const withRule = (rules: readonly ToolRule[]): ToolRule[] => {
      const others = rules.filter((rule) => rule.type !== 'requires_approval' || rule.tool_name !== name);
      return given ? [...others, { type: 'requires_approval', tool_name: name }] : others;
    };
    return c.json(update(store, agent.id, ({ toolRules }) => ({ toolRules: withRule(toolRules) })));
  });
  return app;
}

function knownTool(id: string): string {
  const name = toolNameOf(id);
  if (name === undefined) throw new ApiError(404, `Tool with ID ${id} not found`);
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
function pageOfNames(names: readonly string[], page: Page): string[] {
  const ordered = page.descending ? [...names].reverse() : [...names];
  const at = (id: string | undefined) => (id === undefined ? -1 : ordered.findIndex((name) => toolId(name) === id));
  const end = page.before === undefined ? ordered.length : Math.max(0, at(page.before));
  return ordered.slice(at(page.after) + 1, end).slice(0, page.limit);
}
