// The models of all endpoints and the demo model behind the one interface; lists are cached and never hold up a turn.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createDemoModel, DEMO_ENTRY } from './demo.ts';
import { EmbeddingError, type EmbeddingModel, type EmbeddingSource, requestEmbeddings } from './embedding.ts';
import { collectEndpoints, type Endpoint, type EndpointConfig } from './endpoint.ts';
import { listModels } from './listing.ts';
import { isLocalModel } from './locality.ts';
import { createEndpointModel } from './openai-compatible.ts';
import { type ModelEntry, ModelError, type ModelRegistry, type ResolvedModel } from './registry.ts';

export interface ModelRegistryOptions {
  endpoints: EndpointConfig[];
  env: Record<string, string | undefined>;
  fetch?: typeof globalThis.fetch;
  /** Looks for Ollama and LM Studio on their default ports; default true. */
  probeLocal?: boolean;
}

export interface ConfigurableModelRegistry extends ModelRegistry {
  /** Takes new settings; models of endpoints that changed are made anew with their next call. */
  configure(endpoints: EndpointConfig[]): void;
}

/** Younger than this a list is answered from the cache alone. */
const FRESH_MS = 15_000;
/** Younger than this a list is answered from the cache and fetched anew behind it. */
const STALE_MS = 5 * 60_000;
/** How long `list` waits for an endpoint that has answered nothing yet. Late answers still fill the cache. */
const LIST_WAIT_MS = 2_500;
/** A server on this computer answers at once, or it isn't there. */
const PROBE_TIMEOUT_MS = 400;
const LIST_TIMEOUT_MS = 15_000;

interface Cached {
  endpoint: Endpoint;
  entries: ModelEntry[];
  embedding: EmbeddingModel[];
  /** When `entries` came, on the monotonic clock; -Infinity: never. */
  at: number;
  pending: Promise<void> | undefined;
  /** When `pending` began. */
  askedAt: number;
  models: Map<string, Promise<LanguageModelV4>>;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return (
    a.baseUrl === b.baseUrl && a.apiKey === b.apiKey && a.probed === b.probed && a.timeoutSeconds === b.timeoutSeconds
  );
}

class EndpointModelRegistry implements ConfigurableModelRegistry {
  private readonly options: ModelRegistryOptions;
  private readonly fetch: typeof globalThis.fetch;
  private readonly demo = createDemoModel();
  readonly embeddings: EmbeddingSource = {
    list: async (signal) => (await this.listed(signal)).flatMap((cached) => cached.embedding),
    embed: async (model, texts, kind, signal) => {
      const endpoint = this.cache.get(model.provider)?.endpoint;
      // The name may have been given to another server since: its vectors would be others.
      if (endpoint?.baseUrl !== model.baseUrl)
        throw new EmbeddingError('unavailable', `The endpoint ${model.provider} is not connected any more.`);
      return requestEmbeddings(endpoint, model.id, texts, kind, this.fetch, signal);
    },
  };
  private cache = new Map<string, Cached>();

  constructor(options: ModelRegistryOptions) {
    this.options = options;
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.configure(options.endpoints);
  }

  configure(endpoints: EndpointConfig[]): void {
    const next = new Map<string, Cached>();
    for (const [name, endpoint] of collectEndpoints(endpoints, this.options.env, this.options.probeLocal ?? true)) {
      const old = this.cache.get(name);
      const kept = old !== undefined && isSame(old.endpoint, endpoint);
      next.set(
        name,
        kept
          ? old
          : { endpoint, entries: [], embedding: [], at: -Infinity, pending: undefined, askedAt: 0, models: new Map() },
      );
    }
    this.cache = next;
  }

  async list(signal?: AbortSignal): Promise<ModelEntry[]> {
    const all = await this.listed(signal);
    return [...all.flatMap((cached) => cached.entries), DEMO_ENTRY];
  }

  /** All endpoints, their lists as new as they can be had without waiting long. */
  private async listed(signal?: AbortSignal): Promise<Cached[]> {
    signal?.throwIfAborted();
    const now = performance.now();
    const all = [...this.cache.values()];
    const missing: Promise<void>[] = [];
    for (const cached of all) {
      const age = now - cached.at;
      if (age < FRESH_MS) continue;
      const refresh = this.refresh(cached);
      // One that hangs holds up the first list, not every one after it.
      if (age >= STALE_MS && now - cached.askedAt < LIST_WAIT_MS) missing.push(refresh);
    }
    if (missing.length > 0) await firstOf(Promise.all(missing), LIST_WAIT_MS, signal);
    return all;
  }

  isRemote(handle: string): boolean {
    const slash = handle.indexOf('/');
    const endpoint = slash > 0 ? this.cache.get(handle.slice(0, slash))?.endpoint : undefined;
    return endpoint !== undefined && !isLocalModel(endpoint.baseUrl, handle.slice(slash + 1));
  }

  async resolve(handle: string): Promise<ResolvedModel> {
    if (handle === DEMO_ENTRY.handle) return { entry: DEMO_ENTRY, model: this.demo };
    const slash = handle.indexOf('/');
    const id = handle.slice(slash + 1);
    const cached = slash > 0 && id !== '' ? this.cache.get(handle.slice(0, slash)) : undefined;
    if (cached === undefined) {
      throw new ModelError(
        'unknown_handle',
        `No endpoint serves the model "${handle}". Pick another model, or connect one with "Letta: Connect a Model…".`,
      );
    }
    const { endpoint } = cached;
    let model = cached.models.get(id);
    if (model === undefined) {
      model = createEndpointModel(endpoint, id, this.fetch);
      cached.models.set(id, model);
      // A failed load of the SDK must not stay for ever.
      model.catch(() => cached.models.delete(id));
    }
    const known = cached.entries.find((entry) => entry.id === id);
    const entry = known ?? {
      handle,
      provider: endpoint.name,
      id,
      name: id,
      contextWindow: null,
      maxOutputTokens: null,
      demo: false,
      local: isLocalModel(endpoint.baseUrl, id),
    };
    const { timeoutSeconds } = endpoint;
    return { entry, model: await model, ...(timeoutSeconds ? { idleTimeoutMs: timeoutSeconds * 1_000 } : {}) };
  }

  /** Fetches one list, once however many ask for it; an endpoint that fails contributes nothing. Never rejects. */
  private refresh(cached: Cached): Promise<void> {
    if (cached.pending === undefined) {
      cached.askedAt = performance.now();
      cached.pending = this.load(cached).finally(() => {
        cached.pending = undefined;
      });
    }
    return cached.pending;
  }

  private async load(cached: Cached): Promise<void> {
    const timeout = cached.endpoint.probed ? PROBE_TIMEOUT_MS : LIST_TIMEOUT_MS;
    try {
      const listed = await listModels(cached.endpoint, this.fetch, AbortSignal.timeout(timeout));
      cached.entries = listed.chat;
      cached.embedding = listed.embedding;
      cached.at = performance.now();
    } catch {
      cached.entries = [];
      cached.embedding = [];
      // Down endpoints are asked again with the next list: the person may just have started one.
      cached.at = -Infinity;
    }
  }
}

/** Resolves when `work` is done or `ms` have passed. @throws the signal's reason when it aborts first. */
async function firstOf(work: Promise<unknown>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const aborted = () => reject(signal?.reason);
  signal?.addEventListener('abort', aborted);
  work.then(() => resolve(), reject);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
  }
}

/** The registry over settings, environment and local servers. `env` is read at each `configure`. */
export function createModelRegistry(options: ModelRegistryOptions): ConfigurableModelRegistry {
  return new EndpointModelRegistry(options);
}
