// Routes that the extension itself never asks for. They lie in a chunk of their own, loaded with the first such request.
import { Hono } from 'hono';
import type { RouteDeps } from './http.ts';
import { openAiRoutes } from './openai.ts';

export function rareRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.route('/openai/v1', openAiRoutes(deps));
  app.notFound((c) => c.json({ detail: `Not Found: ${c.req.method} ${c.req.path}` }, 404));
  return app;
}
