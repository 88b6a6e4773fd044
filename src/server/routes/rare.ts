// Routes that the extension itself never asks for. They lie in a chunk of their own, loaded with the first such request.
import { Hono } from 'hono';
import { agentFileRoutes } from './agent-file.ts';
import { existingAgent } from './agents.ts';
import { answerRoutes } from './answers.ts';
import { archiveRoutes } from './archives.ts';
import { ephemeralRoutes } from './ephemeral.ts';
import { eventRoutes } from './events.ts';
import { generateRoutes } from './generate.ts';
import { gitRoutes } from './git.ts';
import { idParam, type RouteDeps } from './http.ts';
import { messageListRoutes } from './message-list.ts';
import { openAiRoutes } from './openai.ts';
import { passageSearchRoutes } from './passages.ts';
import { providerRoutes } from './providers.ts';
import { runPartRoutes, stepRoutes } from './steps.ts';

/** What there is none of here, and what clients list all the same. */
const EMPTY = ['mcp-servers', 'folders', 'sources', 'identities', 'groups', 'jobs'];
const EMPTY_OF_AGENT = ['folders', 'sources', 'identities', 'groups', 'schedule'];

export function rareRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.route('/openai/v1', openAiRoutes(deps));
  app.route('/v1/agents', agentFileRoutes(deps));
  app.route('/v1/events', eventRoutes(deps));
  app.route('/v1/git', gitRoutes(deps));
  app.route('/v1/agents', generateRoutes(deps));
  app.route('/v1/archives', archiveRoutes(deps));
  app.route('/v1/conversations', ephemeralRoutes(deps));
  app.route('/v1/messages', messageListRoutes(deps));
  app.route('/v1/models', answerRoutes(deps));
  app.route('/v1/passages', passageSearchRoutes(deps));
  app.route('/v1/runs', runPartRoutes(deps));
  app.route('/v1/steps', stepRoutes(deps));
  for (const name of EMPTY) app.get(`/v1/${name}`, (c) => c.json([]));
  for (const name of EMPTY_OF_AGENT)
    app.get(`/v1/agents/:agent_id/${name}`, (c) => {
      existingAgent(deps.store, idParam(c, 'agent', 'agent_id'));
      return c.json([]);
    });
  app.get('/v1/agents/:agent_id/files', (c) => {
    existingAgent(deps.store, idParam(c, 'agent', 'agent_id'));
    return c.json({ files: [], next_cursor: null, has_more: false });
  });
  app.route('/v1/providers', providerRoutes(deps));
  app.notFound((c) => c.json({ detail: `Not Found: ${c.req.method} ${c.req.path}` }, 404));
  return app;
}
