// Asks an endpoint which models it serves and how large their context windows are.
import * as z from 'zod/mini';
import { type EmbeddingModel, embeddingModelOf, isEmbeddingName } from './embedding.ts';
import type { Endpoint } from './endpoint.ts';
import { isLocalModel } from './locality.ts';
import type { ModelEntry } from './registry.ts';

const count = z.catch(z.optional(z.number().check(z.positive())), undefined);

/** The fields in which the servers we know of say what a model can hold. */
const ListedModel = z.looseObject({
  id: z.string(),
  name: z.catch(z.optional(z.string()), undefined),
  display_name: z.catch(z.optional(z.string()), undefined),
  /** LM Studio: `llm`, `vlm` or `embeddings`. */
  type: z.catch(z.optional(z.string()), undefined),
  context_length: count,
  max_model_len: count,
  context_window: count,
  loaded_context_length: count,
  max_context_length: count,
  max_input_tokens: count,
  /** llama.cpp. */
  meta: z.catch(z.optional(z.looseObject({ n_ctx: count, n_ctx_train: count })), undefined),
  max_completion_tokens: count,
  max_output_tokens: count,
  /** OpenRouter. */
  architecture: z.catch(z.optional(z.looseObject({ input_modalities: z.optional(z.array(z.string())) })), undefined),
  /** Mistral; Anthropic. */
  capabilities: z.catch(
    z.optional(
      z.looseObject({
        vision: z.optional(z.boolean()),
        image_input: z.optional(z.looseObject({ supported: z.boolean() })),
      }),
    ),
    undefined,
  ),
  /** OpenRouter. */
  top_provider: z.catch(z.optional(z.looseObject({ context_length: count, max_completion_tokens: count })), undefined),
});
type ListedModel = z.infer<typeof ListedModel>;

const Listing = z.union([z.looseObject({ data: z.array(z.unknown()) }), z.array(z.unknown())]);
const OllamaRunning = z.looseObject({
  models: z.array(z.looseObject({ model: z.string(), context_length: count })),
});

/** Models that answer no chat: listed by some endpoints beside the others. They still resolve by handle. */
const NOT_CHAT =
  /(^|[-/_.:])(embed|embedding|embeddings|whisper|tts|dall-e|gpt-image|imagen|veo|sora|moderation|rerank|reranker|realtime|transcribe|davinci|babbage|aqa)([-/_.:]|$)/i;

async function getJson(
  url: string,
  headers: Record<string, string>,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(url, { headers, signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  return response.json();
}

function headersOf(endpoint: Endpoint): Record<string, string> {
  if (endpoint.apiKey === undefined) return {};
  // Anthropic takes a bearer token for chat completions only; its list wants its own headers.
  if (endpoint.kind === 'anthropic') return { 'x-api-key': endpoint.apiKey, 'anthropic-version': '2023-06-01' };
  return { authorization: `Bearer ${endpoint.apiKey}` };
}

/** Whether a model takes pictures, where its endpoint says so. */
function visionOf({ type, architecture, capabilities }: ListedModel): boolean | undefined {
  if (type === 'vlm') return true;
  if (type === 'llm') return false;
  return (
    architecture?.input_modalities?.includes('image') ?? capabilities?.vision ?? capabilities?.image_input?.supported
  );
}

function entryOf(endpoint: Endpoint, model: ListedModel, served: number | undefined): ModelEntry {
  // Gemini lists `models/gemini-…` and takes the name without the prefix.
  const id = endpoint.kind === 'gemini' ? model.id.replace(/^models\//, '') : model.id;
  const vision = visionOf(model);
  return {
    handle: `${endpoint.name}/${id}`,
    provider: endpoint.name,
    id,
    name: model.display_name ?? model.name ?? id,
    contextWindow:
      served ??
      model.loaded_context_length ??
      model.meta?.n_ctx ??
      model.max_model_len ??
      model.context_length ??
      model.context_window ??
      model.max_input_tokens ??
      model.max_context_length ??
      model.top_provider?.context_length ??
      null,
    maxOutputTokens:
      model.max_output_tokens ?? model.max_completion_tokens ?? model.top_provider?.max_completion_tokens ?? null,
    demo: false,
    local: isLocalModel(endpoint.baseUrl, id),
    ...(vision === undefined ? {} : { vision }),
  };
}

export interface Listed {
  chat: ModelEntry[];
  embedding: EmbeddingModel[];
}

/**
 * The models an endpoint serves, in its own order: those that chat, and those that embed.
 * @throws Error when it can't be reached, refuses, or answers something else than a list.
 */
export async function listModels(
  endpoint: Endpoint,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Listed> {
  const headers = headersOf(endpoint);
  const root = endpoint.baseUrl.replace(/\/v1$/, '');
  const ask = (url: string) => getJson(url, headers, fetch, signal);
  const query = endpoint.kind === 'anthropic' ? '?limit=1000' : '';

  const standard = () => ask(`${endpoint.baseUrl}/models${query}`);
  // Only LM Studio's own list tells the context length and which models embed; it may be switched off.
  const list = endpoint.kind === 'lmstudio' ? ask(`${root}/api/v0/models`).catch(standard) : standard();
  // Ollama cuts a prompt at the window it loaded the model with, which is far smaller than what the model could take.
  const running = endpoint.kind === 'ollama' ? ask(`${root}/api/ps`).catch(() => null) : null;

  const parsed = Listing.parse(await list);
  const loaded = OllamaRunning.safeParse(await running);
  const served = new Map(loaded.success ? loaded.data.models.map((m) => [m.model, m.context_length] as const) : []);

  const found: Listed = { chat: [], embedding: [] };
  for (const item of Array.isArray(parsed) ? parsed : parsed.data) {
    const model = ListedModel.safeParse(item);
    if (!model.success) continue;
    const { id, type } = model.data;
    if (type === 'embeddings' || (type === undefined && isEmbeddingName(id))) {
      found.embedding.push(embeddingModelOf(endpoint, endpoint.kind === 'gemini' ? id.replace(/^models\//, '') : id));
    } else if (!NOT_CHAT.test(id)) found.chat.push(entryOf(endpoint, model.data, served.get(id)));
  }
  return found;
}
