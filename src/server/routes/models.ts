// /v1/models: what the registry can reach now.
import { Hono } from 'hono';
import { DEFAULT_WINDOW } from '../engine/engine.ts';
import { EMBEDDING_BATCH, EMBEDDING_CHUNK, type EmbeddingModel } from '../models/embedding.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { JsonObject } from '../store/json.ts';
import { listQuery, type RouteDeps } from './http.ts';

const typeOf = (entry: ModelEntry) => entry.providerType ?? 'openai';
const categoryOf = (entry: ModelEntry) => (entry.byok ? 'byok' : 'base');

function viewModel(entry: ModelEntry): JsonObject {
  const window = entry.contextWindow ?? DEFAULT_WINDOW;
  return {
    handle: entry.handle,
    name: entry.id,
    display_name: entry.name,
    model: entry.id,
    model_type: 'llm',
    model_endpoint_type: typeOf(entry),
    model_endpoint: null,
    provider_type: typeOf(entry),
    provider_name: entry.provider,
    provider_category: categoryOf(entry),
    context_window: window,
    max_context_window: window,
    max_tokens: entry.maxOutputTokens,
    max_output_tokens: entry.maxOutputTokens,
    enable_reasoner: true,
    parallel_tool_calls: true,
    tier: null,
    temperature: null,
    put_inner_thoughts_in_kwargs: false,
    metadata: {
      demo: entry.demo,
      local: entry.local,
      context_window_known: entry.contextWindow !== null,
      price: entry.price ?? null,
    },
  };
}

/** Undefined where the model gives no vectors, whatever its name says. */
function viewEmbedding(model: EmbeddingModel, dim: number | undefined): JsonObject | undefined {
  if (dim === undefined) return undefined;
  return {
    handle: model.handle,
    name: model.id,
    display_name: model.id,
    model_type: 'embedding',
    embedding_model: model.id,
    embedding_dim: dim,
    embedding_endpoint_type: 'openai',
    embedding_endpoint: model.baseUrl,
    embedding_chunk_size: EMBEDDING_CHUNK,
    batch_size: EMBEDDING_BATCH,
    provider_name: model.provider,
    provider_type: 'openai',
    provider_category: 'base',
  };
}

export function modelRoutes({ engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/', async (c) => {
    const provider = c.req.query('provider_name');
    const type = c.req.query('provider_type');
    const categories = listQuery(c, 'provider_category');
    const entries = await engine.models.list(c.req.raw.signal);
    // Who asks what there is may just have started one that embeds.
    engine.embeddings.wake();
    const wanted = entries.filter(
      (entry) =>
        (!provider || entry.provider === provider) &&
        (!type || typeOf(entry) === type) &&
        (!categories || categories.includes(categoryOf(entry))),
    );
    return c.json(wanted.map(viewModel));
  });
  app.get('/embedding', async (c) => {
    const models = await engine.models.embeddings.list(c.req.raw.signal);
    const dims = await engine.embeddings.dimensions(models, c.req.raw.signal);
    return c.json(models.flatMap((model, at) => viewEmbedding(model, dims[at]) ?? []));
  });
  return app;
}
