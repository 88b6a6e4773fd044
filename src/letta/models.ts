// The models a Letta server offers, and which one an agent answers with.
import { APIError } from '@letta-ai/letta-client';
import * as z from 'zod/mini';
import type { ModelView } from '../protocol/about-views.ts';
import type { Connection } from './connection.ts';
import { toLettaError } from './errors.ts';

const DetailSchema = z.object({ detail: z.string() });
const MetadataSchema = z.object({
  metadata: z.object({
    local: z.boolean(),
    price: z.optional(z.nullable(z.object({ input: z.number(), output: z.number() }))),
  }),
});

/** The program that answers when no model is connected. */
export const DEMO_MODEL = 'demo/offline';

/** Where a model runs and what it costs is said by the embedded server alone. */
function toldOf(model: object): Pick<ModelView, 'local' | 'price'> {
  const parsed = MetadataSchema.safeParse(model);
  if (!parsed.success) return {};
  const { local, price } = parsed.data.metadata;
  return { local, ...(price ? { price: { input: price.input, output: price.output } } : {}) };
}

/**
 * Tries a key at its vendor, without keeping either.
 * @throws Error where the vendor refuses it, or does not answer
 */
export async function checkKey(
  connection: Connection,
  { name, baseUrl, key }: { name: string; baseUrl: string; key: string },
): Promise<void> {
  // What is no vendor that the server knows by name speaks OpenAI's format.
  const provider_type = ['anthropic', 'google_ai', 'openrouter'].includes(name) ? name : 'openai';
  try {
    await connection.client.post('/v1/providers/check', {
      body: { provider_type, api_key: key, base_url: baseUrl },
      maxRetries: 0,
    });
  } catch (error) {
    const said = error instanceof APIError ? DetailSchema.safeParse(error.error) : undefined;
    throw said?.success ? new Error(said.data.detail, { cause: error }) : toLettaError(error);
  }
}

/** Models in the server's order, the demo model last. @throws LettaError */
export async function listModels(connection: Connection): Promise<ModelView[]> {
  try {
    const models = await connection.client.models.list();
    const views = models.map((model): ModelView => {
      const handle = model.handle ?? `${model.provider_name ?? model.provider_type}/${model.name}`;
      return {
        handle,
        name: model.display_name ?? model.name,
        provider: model.provider_name ?? model.provider_type,
        contextWindow: model.max_context_window > 0 ? model.max_context_window : null,
        demo: handle === DEMO_MODEL,
        ...toldOf(model),
      };
    });
    return [...views.filter((view) => !view.demo), ...views.filter((view) => view.demo)];
  } catch (error) {
    throw toLettaError(error);
  }
}
