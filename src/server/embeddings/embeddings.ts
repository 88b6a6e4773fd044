// Vectors of the archive, all in one: who makes them, who keeps them in memory, and the search that uses them.
import type { EmbeddingModel, EmbeddingSource } from '../models/embedding.ts';
import type { Agent } from '../store/agents.ts';
import { isObject } from '../store/json.ts';
import type { ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import { ArchiveRecall, type PreparedQuery, type RecallOptions } from './archive-recall.ts';
import { Embedder, type EmbedderPace } from './embedder.ts';
import { KnownModels } from './known-models.ts';
import { VectorMemory } from './vector-memory.ts';

export interface EmbeddingOptions {
  pace?: Partial<EmbedderPace>;
  recall?: RecallOptions;
  /** After so many milliseconds without a search the vectors leave memory. */
  idleMs?: number;
}

export interface EmbeddingsDeps extends EmbeddingOptions {
  store: Store;
  source: EmbeddingSource;
  log: (line: string) => void;
  isBusy: () => boolean;
}

/** By query, as it stands in a call. */
export type Prepared = ReadonlyMap<string, PreparedQuery>;
export const NOTHING_PREPARED: Prepared = new Map();

const SEARCH_TOOL = 'archival_memory_search';
const DIMENSION_MS = 5_000;

export class Embeddings {
  readonly recall: ArchiveRecall;
  readonly embedder: Embedder;
  readonly memory: VectorMemory;
  private readonly known: KnownModels;
  private readonly store: Store;

  constructor({ store, source, log, isBusy, pace, recall, idleMs }: EmbeddingsDeps) {
    this.store = store;
    this.memory = new VectorMemory(store, idleMs);
    this.recall = new ArchiveRecall(store, source, this.memory, recall);
    this.known = new KnownModels(store, source);
    this.embedder = new Embedder({ store, source, known: this.known, log, isBusy, ...(pace ? { pace } : {}) });
    store.events.heard = (kind) => {
      if (kind === 'passage.created' || kind === 'agent.updated') this.embedder.wake();
    };
  }

  wake(): void {
    this.embedder.wake();
  }

  /** What the searches among the calls of a step wait for. An abort leaves them to the words. Never rejects. */
  async prepareCalls(
    agent: Agent,
    calls: readonly ToolCall[],
    isLocal: boolean,
    signal?: AbortSignal,
  ): Promise<Prepared> {
    const queries = new Set(calls.flatMap((call) => (call.name === SEARCH_TOOL ? queryOf(call.arguments) : [])));
    if (queries.size === 0) return NOTHING_PREPARED;
    const words: PreparedQuery = { mode: 'words', why: 'unavailable' };
    // A local model may ask in words of a block that is kept to local models.
    const stays = isLocal && this.store.keptLocal.isReader(agent.id);
    const prepare = async (query: string) =>
      [query, await this.recall.prepare(agent, query, signal, stays).catch(() => words)] as const;
    return new Map(await Promise.all([...queries].map(prepare)));
  }

  /** Numbers in a vector of each model; undefined for one that gives none. @throws the signal's reason on abort */
  dimensions(models: readonly EmbeddingModel[], signal: AbortSignal): Promise<(number | undefined)[]> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(DIMENSION_MS)]);
    return Promise.all(
      models.map(async (model) => {
        try {
          return (await this.known.of(model, within)).dim;
        } catch {
          signal.throwIfAborted();
          return undefined;
        }
      }),
    );
  }

  close(): void {
    this.embedder.close();
    this.memory.close();
  }
}

function queryOf(text: string): string[] {
  try {
    const args: unknown = JSON.parse(text);
    return isObject(args) && typeof args.query === 'string' ? [args.query] : [];
  } catch {
    return [];
  }
}
