// Search of the archive by words and by meaning, fused. The words alone answer where there are no vectors, or not in time.
import { EmbeddingError, type EmbeddingModel, type EmbeddingSource } from '../models/embedding.ts';
import { reachOf } from '../models/locality.ts';
import type { Agent } from '../store/agents.ts';
import { withoutMarked } from '../store/kept-text.ts';
import type { FoundPassage, PassageSearch } from '../store/passages.ts';
import type { Store } from '../store/store.ts';
import type { CodeIndex } from '../store/vector-code.ts';
import type { StoredModel } from '../store/vectors.ts';
import { type EmbeddingWish, mayEmbed } from './choice.ts';
import type { VectorMemory } from './vector-memory.ts';

/**
 * Why the words alone answered:
 * - `no_vectors`: no passage has one, or none of a model that may be asked.
 * - `timeout`: the model did not embed the query in time.
 * - `unavailable`: it could not be asked, or has just failed.
 */
export type WordsOnly = 'no_vectors' | 'timeout' | 'unavailable';

/** A query made ready: what only can be waited for is done, the search itself is not. */
export type PreparedQuery =
  | { mode: 'words'; why: WordsOnly }
  | { mode: 'hybrid'; vector: Float32Array; model: StoredModel; index: CodeIndex };

export const WORDS_ONLY: PreparedQuery = { mode: 'words', why: 'no_vectors' };

export interface RankedPassage extends FoundPassage {
  /** Places from 1 in either list; null: not in it. */
  wordRank: number | null;
  vectorRank: number | null;
}

export interface ArchiveFound {
  passages: RankedPassage[];
  mode: 'hybrid' | 'fts';
  /** The model whose vectors were compared, or why none were. */
  by: string | WordsOnly;
}

export interface RecallOptions {
  /** After so many milliseconds the words alone answer. */
  timeoutMs?: number;
  /** So long a model that failed is not asked again. */
  restMs?: number;
}

const TIMEOUT_MS = 1_500;
const REST_MS = 30_000;
/** Queries whose vectors are kept: a person pages and types on. */
const KEPT_QUERIES = 32;
/** So many of either list are fused. */
const DEPTH = 60;
/** Passages whose signs look nearest and that are then compared in full; with a filter more, since it lets few through. */
const COMPARED = 200;
const COMPARED_FILTERED = 3_000;
/**
 * Reciprocal rank fusion: its constant, and what a place in the list by meaning counts against the words'. Measured over the
 * labelled queries: with a small constant the first of either list are kept, so that a poor model costs nothing of what the
 * words find, and a good one adds all it has.
 */
const RRF = 5;
const VECTOR_WEIGHT = 0.9;

export class ArchiveRecall {
  private readonly store: Store;
  private readonly source: EmbeddingSource;
  private readonly memory: VectorMemory;
  private readonly timeoutMs: number;
  private readonly restMs: number;
  private readonly queries = new Map<string, Float32Array>();
  /** By handle: until when it is left alone. */
  private readonly resting = new Map<string, number>();

  constructor(store: Store, source: EmbeddingSource, memory: VectorMemory, options: RecallOptions = {}) {
    this.store = store;
    this.source = source;
    this.memory = memory;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.restMs = options.restMs ?? REST_MS;
  }

  /**
   * Embeds the query and loads the vectors, within the time that is given for it.
   * @param stays the query must not leave this computer
   * @throws the signal's reason on abort
   */
  async prepare(agent: Agent, query: string, signal?: AbortSignal, stays = false): Promise<PreparedQuery> {
    const text = query.trim();
    const mayAsk = (each: StoredModel) => isAllowed(agent, each) && !(stays && reachOf(each.baseUrl) !== 'computer');
    const model = text === '' ? undefined : this.store.vectors.modelsOf(agent.id).find(mayAsk);
    if (!model) return { mode: 'words', why: 'no_vectors' };
    if ((this.resting.get(model.handle) ?? 0) > performance.now()) return { mode: 'words', why: 'unavailable' };
    const late = AbortSignal.timeout(this.timeoutMs);
    const within = signal ? AbortSignal.any([signal, late]) : late;
    try {
      const [vector, index] = await Promise.all([
        this.vectorOf(model, text, within),
        this.loaded(agent, model, within),
      ]);
      return { mode: 'hybrid', vector, model, index };
    } catch (error) {
      signal?.throwIfAborted();
      if (!late.aborted && !(error instanceof EmbeddingError)) throw error;
      this.resting.set(model.handle, performance.now() + this.restMs);
      return { mode: 'words', why: late.aborted ? 'timeout' : 'unavailable' };
    }
  }

  /** Best first. */
  search(search: PassageSearch, prepared: PreparedQuery): ArchiveFound {
    if (prepared.mode === 'words') {
      const passages = this.store.passages.search(search).map((each, at) => ranked(each, at + 1, null));
      return { passages, mode: 'fts', by: prepared.why };
    }
    const { model, index, vector } = prepared;
    const isFiltered = search.from !== undefined || search.to !== undefined || (search.tags?.length ?? 0) > 0;
    const candidates = index.nearest(vector, isFiltered ? COMPARED_FILTERED : COMPARED);
    const admitted = isFiltered ? this.store.passages.admitted(search, candidates) : candidates;
    const near = this.store.vectors.nearness(model.n, admitted.slice(0, COMPARED), vector);
    const byMeaning = [...near].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, DEPTH);
    const byWords = this.store.passages.search({ ...search, limit: Math.max(DEPTH, search.limit) });
    return {
      passages: this.fuse(
        byWords,
        byMeaning.map(([n]) => n),
        search,
      ),
      mode: 'hybrid',
      by: model.handle,
    };
  }

  private fuse(byWords: FoundPassage[], byMeaning: readonly number[], search: PassageSearch): RankedPassage[] {
    const vectorRank = new Map(byMeaning.map((n, at) => [n, at + 1]));
    const words = new Map(byWords.map((passage, at) => [passage.n, { passage, rank: at + 1 }]));
    // A query that no word answers is found to the letter somewhere: that is no ranking.
    const worth = (n: number): number =>
      1 / (RRF + (words.get(n)?.rank ?? Number.POSITIVE_INFINITY)) +
      VECTOR_WEIGHT / (RRF + (vectorRank.get(n) ?? Number.POSITIVE_INFINITY));
    const order = [...new Set([...words.keys(), ...byMeaning])]
      .map((n) => ({ n, score: worth(n) }))
      .sort((a, b) => b.score - a.score || b.n - a.n)
      .slice(0, search.limit);
    const others = order.filter(({ n }) => !words.has(n)).map(({ n }) => n);
    const read = new Map(this.store.passages.read(search.agentId, others).map((passage) => [passage.n, passage]));
    return order.flatMap(({ n, score }) => {
      const word = words.get(n);
      const passage = word?.passage ?? read.get(n);
      if (!passage) return [];
      return [ranked({ matched: [], ...passage, score }, word?.rank ?? null, vectorRank.get(n) ?? null)];
    });
  }

  private async vectorOf(model: StoredModel, text: string, signal: AbortSignal): Promise<Float32Array> {
    const key = `${model.n} ${text}`;
    const kept = this.queries.get(key);
    if (kept) return kept;
    const asked: EmbeddingModel = {
      handle: model.handle,
      provider: model.handle.split('/', 1)[0] ?? '',
      id: model.handle.slice(model.handle.indexOf('/') + 1),
      baseUrl: model.baseUrl,
      reach: reachOf(model.baseUrl),
    };
    const said = asked.reach === 'computer' ? text : withoutMarked(text, this.store.keptLocal.marks());
    const [vector] = await this.source.embed(asked, [said], 'query', signal);
    if (vector?.length !== model.dim)
      throw new EmbeddingError('malformed', `${model.handle} gives vectors of another length than before.`);
    this.queries.set(key, vector);
    const oldest = this.queries.keys().next().value;
    if (this.queries.size > KEPT_QUERIES && oldest !== undefined) this.queries.delete(oldest);
    return vector;
  }

  /** Loading goes on for the next search where this one does not wait for its end. */
  private loaded(agent: Agent, model: StoredModel, signal: AbortSignal): Promise<CodeIndex> {
    const { promise, resolve, reject } = Promise.withResolvers<CodeIndex>();
    const aborted = () => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    this.memory.load(agent.id, model).then(resolve, reject);
    return promise.finally(() => signal.removeEventListener('abort', aborted));
  }
}

const ranked = (passage: FoundPassage, wordRank: number | null, vectorRank: number | null): RankedPassage => ({
  ...passage,
  wordRank,
  vectorRank,
});

export function wishOf(agent: Agent): EmbeddingWish {
  const { embedding } = agent.settings;
  return { model: agent.model, embedding: typeof embedding === 'string' ? embedding : undefined };
}

function isAllowed(agent: Agent, model: StoredModel): boolean {
  const provider = model.handle.split('/', 1)[0] ?? '';
  return mayEmbed(wishOf(agent), { provider, reach: reachOf(model.baseUrl) });
}
