// The models of all endpoints and the demo model behind the one interface; lists are cached and never hold up a turn.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { DEMO_ENTRY } from './demo-entry.ts';
import { EmbeddingError, type EmbeddingModel, type EmbeddingSource, requestEmbeddings } from './embedding.ts';
import { collectEndpoints, compatibleUrl, type Endpoint, type EndpointConfig, providerTypeOf } from './endpoint.ts';
import type { InjectedModels } from './injected.ts';
import { isLocalModel } from './locality.ts';
import { type CheckFailure, type ModelEntry, ModelError, type ModelRegistry, type ResolvedModel } from './registry.ts';

export interface ModelRegistryOptions {
  endpoints: EndpointConfig[];
  env: Record<string, string | undefined>;
  fetch?: typeof globalThis.fetch;
  /** Looks for Ollama and LM Studio on their default ports; default true. */
  probeLocal?: boolean;
  /** Models that whoever runs this server brings along. */
  injected?: InjectedModels;
  log?: (line: string) => void;
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
/** A local server may be told at any time to load a model with another window; within a turn it is not asked again. */
const WINDOW_FRESH_MS = 5_000;

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
  /** What is said of models that no list has named. */
  unlisted: Map<string, ModelEntry>;
  /** Of local servers: with which window a model is loaded, and when that was asked. */
  windows: Map<string, { at: number; tokens: Promise<number | undefined> }>;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return (
    a.baseUrl === b.baseUrl &&
    a.kind === b.kind &&
    a.apiKey === b.apiKey &&
    a.probed === b.probed &&
    a.timeoutSeconds === b.timeoutSeconds
  );
}

class EndpointModelRegistry implements ConfigurableModelRegistry {
  private readonly options: ModelRegistryOptions;
  private readonly fetch: typeof globalThis.fetch;
  private demo: Promise<LanguageModelV4> | undefined;
  private settings: EndpointConfig[];
  private providers: EndpointConfig[] = [];
  private readProviders: () => Promise<EndpointConfig[]> = async () => [];
  readonly embeddings: EmbeddingSource = {
    list: async (signal) => (await this.listed(signal)).flatMap((cached) => cached.embedding),
    embed: async (model, texts, kind, signal) => {
      const endpoint = this.cache.get(model.provider)?.endpoint;
      // The name may have been given to another server since: its vectors would be others.
      if (!endpoint || compatibleUrl(endpoint) !== model.baseUrl)
        throw new EmbeddingError('unavailable', `The endpoint ${model.provider} is not connected any more.`);
      return requestEmbeddings(endpoint, model.id, texts, kind, this.fetch, signal);
    },
  };
  private cache = new Map<string, Cached>();

  constructor(options: ModelRegistryOptions) {
    this.options = options;
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.settings = options.endpoints;
    this.collect();
  }

  configure(endpoints: EndpointConfig[]): void {
    this.settings = endpoints;
    this.collect();
  }

  async provide(read: () => Promise<EndpointConfig[]>): Promise<void> {
    this.readProviders = read;
    await this.refreshProviders();
  }

  /** Before models are listed or looked for: what cannot be read, or not soon, leaves the providers there were. */
  private async tryProviders(signal?: AbortSignal): Promise<void> {
    const read = this.refreshProviders().catch((error: unknown) =>
      this.options.log?.(`Providers could not be read: ${error}`),
    );
    await firstOf(read, LIST_WAIT_MS, signal);
  }

  async refreshProviders(): Promise<void> {
    this.providers = await this.readProviders();
    this.collect();
  }

  has(name: string): boolean {
    return this.cache.has(name);
  }

  async check(config: EndpointConfig, signal: AbortSignal): Promise<CheckFailure | undefined> {
    const endpoint = collectEndpoints([config], {}, false).get(config.name);
    const { checkEndpoint } = await import('./listing.ts');
    return (
      endpoint && checkEndpoint(endpoint, this.fetch, AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]))
    );
  }

  private collect(): void {
    const next = new Map<string, Cached>();
    const configured = [...this.settings, ...this.providers];
    for (const [name, endpoint] of collectEndpoints(configured, this.options.env, this.options.probeLocal ?? true)) {
      const old = this.cache.get(name);
      const kept = old !== undefined && isSame(old.endpoint, endpoint);
      next.set(name, kept ? old : freshly(endpoint));
    }
    this.cache = next;
  }

  async list(signal?: AbortSignal): Promise<ModelEntry[]> {
    // Another process may have made or deleted some.
    await this.tryProviders(signal);
    const [all, injected] = await Promise.all([this.listed(signal), this.options.injected?.list(signal) ?? []]);
    return [...all.flatMap((cached) => cached.entries), ...injected, DEMO_ENTRY];
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
    if (this.options.injected?.isRemote(handle)) return true;
    const slash = handle.indexOf('/');
    const endpoint = slash > 0 ? this.cache.get(handle.slice(0, slash))?.endpoint : undefined;
    return endpoint !== undefined && !isLocalModel(endpoint.baseUrl, handle.slice(slash + 1));
  }

  async resolve(handle: string, forTurn = false): Promise<ResolvedModel> {
    if (handle === DEMO_ENTRY.handle) {
      this.demo ??= import('./demo.ts').then(({ createDemoModel }) => createDemoModel());
      return { entry: DEMO_ENTRY, model: await this.demo };
    }
    const injected = await this.options.injected?.resolve(handle);
    if (injected) return injected;
    let cached = this.endpointOf(handle);
    if (cached === undefined) {
      await this.tryProviders();
      cached = this.endpointOf(handle);
    }
    if (cached === undefined) {
      throw new ModelError(
        'unknown_handle',
        `No endpoint serves the model "${handle}". Pick another model, or connect one with "Letta: Connect a Model…".`,
      );
    }
    const { endpoint } = cached;
    const id = handle.slice(handle.indexOf('/') + 1);
    const entry = cached.entries.find((each) => each.id === id) ?? (await this.unlisted(cached, id));
    const contextWindow = (await this.windowOf(cached, id, forTurn)) ?? entry.contextWindow;
    const { timeoutSeconds } = endpoint;
    return {
      entry: { ...entry, contextWindow },
      model: await this.modelOf(cached, id),
      ...(timeoutSeconds ? { idleTimeoutMs: timeoutSeconds * 1_000 } : {}),
    };
  }

  private endpointOf(handle: string): Cached | undefined {
    const slash = handle.indexOf('/');
    return slash > 0 && slash < handle.length - 1 ? this.cache.get(handle.slice(0, slash)) : undefined;
  }

  private async unlisted({ endpoint, unlisted: known }: Cached, id: string): Promise<ModelEntry> {
    const entry = known.get(id) ?? (await unlisted(endpoint, id));
    known.set(id, entry);
    return entry;
  }

  private modelOf(cached: Cached, id: string): Promise<LanguageModelV4> {
    let model = cached.models.get(id);
    if (model === undefined) {
      const maxOutputTokens = () => cached.entries.find((entry) => entry.id === id)?.maxOutputTokens ?? null;
      model = import('./vendor-model.ts').then(({ createVendorModel }) =>
        createVendorModel(cached.endpoint, id, { fetch: this.fetch, maxOutputTokens }),
      );
      cached.models.set(id, model);
      // A failed load of the SDK must not stay for ever.
      model.catch(() => cached.models.delete(id));
    }
    return model;
  }

  private async windowOf(cached: Cached, id: string, forTurn: boolean): Promise<number | undefined> {
    const { endpoint, windows } = cached;
    if (endpoint.kind !== 'ollama' && endpoint.kind !== 'lmstudio') return undefined;
    const now = performance.now();
    let asked = windows.get(id);
    if (forTurn && (asked === undefined || now - asked.at > WINDOW_FRESH_MS)) {
      const tokens = import('./listing.ts').then(({ servedWindow }) => servedWindow(endpoint, id, this.fetch));
      asked = { at: now, tokens };
      windows.set(id, asked);
    }
    return asked?.tokens;
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
      const { listModels } = await import('./listing.ts');
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

function freshly(endpoint: Endpoint): Cached {
  return {
    endpoint,
    entries: [],
    embedding: [],
    at: -Infinity,
    pending: undefined,
    askedAt: 0,
    models: new Map(),
    unlisted: new Map(),
    windows: new Map(),
  };
}

/** What can be said of a model that no list has named yet. */
async function unlisted(endpoint: Endpoint, id: string): Promise<ModelEntry> {
  const { knownModel } = await import('./catalogue.ts');
  const known = knownModel(endpoint.kind, id);
  return {
    handle: `${endpoint.name}/${id}`,
    provider: endpoint.name,
    providerType: providerTypeOf(endpoint),
    id,
    name: id,
    contextWindow: known?.contextWindow ?? null,
    maxOutputTokens: known?.maxOutputTokens ?? null,
    demo: false,
    local: isLocalModel(endpoint.baseUrl, id),
    ...(known ? { vision: known.vision } : {}),
    ...(known?.price ? { price: known.price } : {}),
    ...(endpoint.byok ? { byok: true } : {}),
  };
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
