// The models a Letta server offers, and which one an agent answers with.
import * as z from 'zod/mini';
import type { ModelView } from '../protocol/about-views.ts';
import type { Connection } from './connection.ts';
import { toLettaError } from './errors.ts';

const LocalSchema = z.object({ metadata: z.object({ local: z.boolean() }) });

/** The program that answers when no model is connected. */
export const DEMO_MODEL = 'demo/offline';

/** Where a model runs is said by the embedded server alone. */
function localOf(model: object): { local?: boolean } {
  const parsed = LocalSchema.safeParse(model);
  return parsed.success ? { local: parsed.data.metadata.local } : {};
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
        ...localOf(model),
      };
    });
    return [...views.filter((view) => !view.demo), ...views.filter((view) => view.demo)];
  } catch (error) {
    throw toLettaError(error);
  }
}
