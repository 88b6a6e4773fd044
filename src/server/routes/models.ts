// /v1/models: what the registry can reach now.
import { Hono } from 'hono';
import { DEFAULT_WINDOW } from '../engine/engine.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { JsonObject } from '../store/json.ts';
import { listQuery, type RouteDeps } from './http.ts';

function viewModel(entry: ModelEntry): JsonObject {
  const window = entry.contextWindow ?? DEFAULT_WINDOW;
  return {
    handle: entry.handle,
    name: entry.id,
    display_name: entry.name,
    model: entry.id,
    model_type: 'llm',
    model_endpoint_type: 'openai',
    model_endpoint: null,
    provider_type: 'openai',
    provider_name: entry.provider,
    provider_category: 'base',
    context_window: window,
    max_context_window: window,
    max_tokens: entry.maxOutputTokens,
    max_output_tokens: entry.maxOutputTokens,
    enable_reasoner: true,
    parallel_tool_calls: true,
    tier: null,
    temperature: null,
    put_inner_thoughts_in_kwargs: false,
    metadata: { demo: entry.demo, context_window_known: entry.contextWindow !== null },
  };
}

export function modelRoutes({ engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/', async (c) => {
    const provider = c.req.query('provider_name');
    const type = c.req.query('provider_type');
    const categories = listQuery(c, 'provider_category');
    if ((type && type !== 'openai') || (categories && !categories.includes('base'))) return c.json([]);
    const entries = await engine.models.list(c.req.raw.signal);
    return c.json(entries.filter((entry) => !provider || entry.provider === provider).map(viewModel));
  });
  app.get('/embedding', (c) => c.json([]));
  return app;
}
