// Asks an endpoint which models it serves and how large their context windows are.
import * as z from 'zod/mini';
import { knownModel } from './catalogue.ts';
import { type EmbeddingModel, embeddingModelOf, isEmbeddingName } from './embedding.ts';
import { type Endpoint, providerTypeOf } from './endpoint.ts';
import { isLocalModel } from './locality.ts';
import type { CheckFailure, ModelEntry, ModelPrice } from './registry.ts';

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
  /** Anthropic: of an answer. */
  max_tokens: count,
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
  /** OpenRouter: dollars a token, as text. */
  pricing: z.catch(
    z.optional(
      z.looseObject({
        prompt: z.string(),
        completion: z.string(),
        input_cache_read: z.optional(z.string()),
        input_cache_write: z.optional(z.string()),
      }),
    ),
    undefined,
  ),
});
type ListedModel = z.infer<typeof ListedModel>;

const Listing = z.union([z.looseObject({ data: z.array(z.unknown()) }), z.array(z.unknown())]);
/** Gemini's own list. */
const GeminiListing = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string(),
      displayName: z.optional(z.string()),
      inputTokenLimit: count,
      outputTokenLimit: count,
      supportedGenerationMethods: z._default(z.array(z.string()), []),
    }),
  ),
});
const OllamaShown = z.looseObject({ parameters: z.optional(z.string()) });
const OllamaRunning = z.looseObject({
  models: z.array(z.looseObject({ model: z.string(), context_length: count })),
});

/** Models that answer no chat: listed by some endpoints beside the others. They still resolve by handle. */
const NOT_CHAT =
  /(^|[-/_.:])(embed|embedding|embeddings|whisper|tts|dall-e|gpt-image|imagen|veo|sora|moderation|rerank|reranker|realtime|transcribe|davinci|babbage|aqa)([-/_.:]|$)/i;

/** How long a local server that is there takes at the most to say what it has loaded. */
const SOON_MS = 1_000;

/** Of servers whose own API stands beside the OpenAI-compatible one. */
const rootOf = ({ baseUrl }: Endpoint): string => baseUrl.replace(/\/v1$/, '');

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, url: string) {
    super(`${url} answered HTTP ${status}`);
    this.status = status;
  }
}

async function getJson(url: string, init: RequestInit, fetch: typeof globalThis.fetch): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Refusal(response.status, url);
  }
  return response.json();
}

function headersOf(endpoint: Endpoint): Record<string, string> {
  if (endpoint.apiKey === undefined) return {};
  if (endpoint.kind === 'anthropic') return { 'x-api-key': endpoint.apiKey, 'anthropic-version': '2023-06-01' };
  if (endpoint.kind === 'google_ai') return { 'x-goog-api-key': endpoint.apiKey };
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

function priceOf({ pricing }: ListedModel): ModelPrice | undefined {
  if (pricing === undefined) return undefined;
  const million = (text: string | undefined) => Number(((Number(text) || 0) * 1_000_000).toPrecision(6));
  const [input, output] = [million(pricing.prompt), million(pricing.completion)];
  const cacheRead = pricing.input_cache_read === undefined ? input : million(pricing.input_cache_read);
  const cacheWrite = pricing.input_cache_write === undefined ? input : million(pricing.input_cache_write);
  // A router that picks the model itself says -1.
  return input < 0 || output < 0 ? undefined : { input, output, cacheRead, cacheWrite };
}

function entryOf(endpoint: Endpoint, model: ListedModel, served: number | undefined): ModelEntry {
  const { id } = model;
  const known = knownModel(endpoint.kind, id);
  const vision = visionOf(model) ?? known?.vision;
  const price = priceOf(model) ?? known?.price;
  return {
    handle: `${endpoint.name}/${id}`,
    provider: endpoint.name,
    providerType: providerTypeOf(endpoint),
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
      known?.contextWindow ??
      null,
    maxOutputTokens:
      model.max_output_tokens ??
      model.max_completion_tokens ??
      model.top_provider?.max_completion_tokens ??
      (endpoint.kind === 'anthropic' ? model.max_tokens : undefined) ??
      known?.maxOutputTokens ??
      null,
    demo: false,
    local: isLocalModel(endpoint.baseUrl, id),
    ...(vision === undefined ? {} : { vision }),
    ...(price === undefined ? {} : { price }),
    ...(endpoint.byok ? { byok: true } : {}),
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
  const root = rootOf(endpoint);
  const ask = (url: string) => getJson(url, { headers, signal }, fetch);
  if (endpoint.kind === 'google_ai')
    return geminiModels(endpoint, await ask(`${endpoint.baseUrl}/models?pageSize=1000`));
  const query = endpoint.kind === 'anthropic' ? '?limit=1000' : '';
  const standard = () => ask(`${endpoint.baseUrl}/models${query}`);
  // Only LM Studio's own list tells the context length and which models embed; it may be switched off.
  const list = endpoint.kind === 'lmstudio' ? ask(`${root}/api/v0/models`).catch(standard) : standard();
  const running =
    endpoint.kind === 'ollama' ? ollamaRunning(endpoint, fetch, signal).catch(() => undefined) : undefined;

  const parsed = Listing.parse(await list);
  const served = (await running) ?? new Map<string, number | undefined>();
  const models = (Array.isArray(parsed) ? parsed : parsed.data).flatMap((item) => {
    const model = ListedModel.safeParse(item);
    return model.success ? [model.data] : [];
  });
  if (endpoint.kind === 'ollama') {
    const idle = models.filter(({ id }) => !served.has(id));
    const set = await Promise.all(idle.map(({ id }) => ollamaSetWindow(endpoint, id, fetch, signal)));
    for (const [at, { id }] of idle.entries()) served.set(id, set[at]);
  }
  const found: Listed = { chat: [], embedding: [] };
  for (const model of models) {
    const { id, type } = model;
    if (type === 'embeddings' || (type === undefined && isEmbeddingName(id))) {
      found.embedding.push(embeddingModelOf(endpoint, id));
    } else if (!NOT_CHAT.test(id)) found.chat.push(entryOf(endpoint, model, served.get(id)));
  }
  return found;
}

function geminiModels(endpoint: Endpoint, answer: unknown): Listed {
  const found: Listed = { chat: [], embedding: [] };
  for (const model of GeminiListing.parse(answer).models) {
    const id = model.name.replace(/^models\//, '');
    if (model.supportedGenerationMethods.includes('embedContent')) found.embedding.push(embeddingModelOf(endpoint, id));
    else if (model.supportedGenerationMethods.includes('generateContent') && !NOT_CHAT.test(id)) {
      const listed = ListedModel.parse({
        id,
        display_name: model.displayName,
        context_window: model.inputTokenLimit,
        max_output_tokens: model.outputTokenLimit,
      });
      found.chat.push(entryOf(endpoint, listed, undefined));
    }
  }
  return found;
}

/** Ollama cuts a prompt at the window it loaded the model with, which is far smaller than what the model could take. */
async function ollamaRunning(
  endpoint: Endpoint,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Map<string, number | undefined>> {
  const answer = await getJson(`${rootOf(endpoint)}/api/ps`, { signal }, fetch);
  return new Map(OllamaRunning.parse(answer).models.map(({ model, context_length }) => [model, context_length]));
}

/** The window that a model's own file sets, for one that is not loaded. */
async function ollamaSetWindow(
  endpoint: Endpoint,
  model: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const init = { method: 'POST', body: JSON.stringify({ model }), signal };
    const { parameters } = OllamaShown.parse(await getJson(`${rootOf(endpoint)}/api/show`, init, fetch));
    const tokens = Number(/^\s*num_ctx\s+(\d+)/m.exec(parameters ?? '')?.[1]);
    return tokens > 0 ? tokens : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an endpoint answers, and takes its key. @returns what is wrong; undefined where nothing is */
export async function checkEndpoint(
  endpoint: Endpoint,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<CheckFailure | undefined> {
  try {
    // OpenRouter lists its models to everybody.
    if (endpoint.kind === 'openrouter')
      await getJson(`${endpoint.baseUrl}/key`, { headers: headersOf(endpoint), signal }, fetch);
    else await listModels(endpoint, fetch, signal);
    return undefined;
  } catch (error) {
    const status = error instanceof Refusal ? error.status : undefined;
    // Gemini says 400 of a key that it does not know.
    if (status === 401 || status === 403 || (status === 400 && endpoint.kind === 'google_ai'))
      return {
        reason: 'refused',
        message: `${endpoint.baseUrl} refused the API key (HTTP ${status}). Check it, or make a new one there.`,
      };
    const why =
      status === undefined ? 'nothing there answers as a provider of models does' : `it answered HTTP ${status}`;
    return {
      reason: 'unreachable',
      message: `No models could be had from ${endpoint.baseUrl}: ${why}. Check the address.`,
    };
  }
}

/** A server that has to load a model first may take its time; a person waits no longer than this for a first turn to begin. */
const LOAD_WAIT_MS = 60_000;

/**
 * The window with which a local server has a model loaded now. A model of Ollama that is not loaded is loaded: only then it
 * is known, and the turn would have to wait for it anyway.
 * @returns undefined where the server does not say, or does not answer
 */
export async function servedWindow(
  endpoint: Endpoint,
  id: string,
  fetch: typeof globalThis.fetch,
): Promise<number | undefined> {
  try {
    const soon = () => AbortSignal.timeout(SOON_MS);
    if (endpoint.kind === 'lmstudio') {
      const url = `${rootOf(endpoint)}/api/v0/models/${encodeURIComponent(id)}`;
      const model = ListedModel.safeParse(await getJson(url, { headers: headersOf(endpoint), signal: soon() }, fetch));
      return model.data?.loaded_context_length;
    }
    const running = await ollamaRunning(endpoint, fetch, soon());
    if (running.has(id)) return running.get(id);
    const set = await ollamaSetWindow(endpoint, id, fetch, soon());
    if (set !== undefined) return set;
    const init = { method: 'POST', body: JSON.stringify({ model: id }), signal: AbortSignal.timeout(LOAD_WAIT_MS) };
    const loaded = await fetch(`${rootOf(endpoint)}/api/generate`, init);
    await loaded.body?.cancel();
    return loaded.ok ? (await ollamaRunning(endpoint, fetch, soon())).get(id) : undefined;
  } catch {
    return undefined;
  }
}
