// Models that turn text into vectors (OpenAI's `/embeddings`): which ones there are, and one call of one.
import * as z from 'zod/mini';
import { compatibleUrl, type Endpoint } from './endpoint.ts';
import { type Reach, reachOf } from './locality.ts';

export interface EmbeddingModel {
  /** `provider/model-id`. */
  handle: string;
  /** The endpoint's name. */
  provider: string;
  /** The id the endpoint knows. */
  id: string;
  baseUrl: string;
  reach: Reach;
}

/** What is embedded: some models want to be told, and answer worse when they are not. */
export type EmbeddingKind = 'passage' | 'query';

/** The embedding models of all endpoints. */
export interface EmbeddingSource {
  /** What answers now; an endpoint that is down contributes nothing. */
  list(signal?: AbortSignal): Promise<EmbeddingModel[]>;
  /**
   * One vector a text, all of the same length, each of length 1.
   * @throws EmbeddingError; the signal's reason on abort
   */
  embed(
    model: EmbeddingModel,
    texts: readonly string[],
    kind: EmbeddingKind,
    signal: AbortSignal,
  ): Promise<Float32Array[]>;
}

/** For servers that have none. */
export const NO_EMBEDDINGS: EmbeddingSource = {
  list: async () => [],
  embed: async () => {
    throw new EmbeddingError('unavailable', 'No endpoint gives embeddings.');
  },
};

/**
 * - `rate_limited`: ask again after `retryAfterMs`.
 * - `unavailable`: the endpoint is not there, or is in trouble; it may come back.
 * - `refused`: it does not take these texts, e.g. since one is too long.
 * - `unusable`: no key, no such model, no such route; asking again changes nothing.
 * - `malformed`: an answer that cannot be vectors of these texts.
 */
export type EmbeddingErrorReason = 'rate_limited' | 'unavailable' | 'refused' | 'unusable' | 'malformed';

export class EmbeddingError extends Error {
  override name = 'EmbeddingError';
  readonly reason: EmbeddingErrorReason;
  /** Milliseconds; what the endpoint asked for. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: EmbeddingErrorReason, message: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Texts in one request, and tokens of one text, as clients are told. */
export const EMBEDDING_BATCH = 64;
export const EMBEDDING_CHUNK = 300;

/** No model takes more than about 8,000 tokens; what is longer counts by its beginning. */
const MAX_CHARS = 12_000;
const MAX_DIM = 4_096;

/** Families that are trained with a word in front of what is stored and what is asked. */
const PREFIXES: readonly [RegExp, Record<EmbeddingKind, string>][] = [
  [/nomic-embed/i, { passage: 'search_document: ', query: 'search_query: ' }],
  [/(^|[-/_])e5-(?!mistral)/i, { passage: 'passage: ', query: 'query: ' }],
  [
    /mxbai-embed|snowflake-arctic-embed/i,
    { passage: '', query: 'Represent this sentence for searching relevant passages: ' },
  ],
];

/** By name: lists that say nothing of what a model is for have them beside the others. */
const EMBEDS =
  /(^|[-/_.:])(embed|embedding|embeddings)([-/_.:\d]|$)|(^|[-/_.:])(minilm|bge|gte|e5|paraphrase)([-_:]|$)/i;
const RERANKS = /rerank/i;

export function isEmbeddingName(id: string): boolean {
  return EMBEDS.test(id) && !RERANKS.test(id);
}

export function embeddingModelOf(endpoint: Endpoint, id: string): EmbeddingModel {
  return {
    handle: `${endpoint.name}/${id}`,
    provider: endpoint.name,
    id,
    baseUrl: compatibleUrl(endpoint),
    reach: reachOf(endpoint.baseUrl),
  };
}

const Answer = z.looseObject({
  data: z.array(z.looseObject({ index: z.optional(z.number()), embedding: z.array(z.number()) })),
});

/**
 * Asks an endpoint once.
 * @throws EmbeddingError; the signal's reason on abort
 */
export async function requestEmbeddings(
  endpoint: Endpoint,
  id: string,
  texts: readonly string[],
  kind: EmbeddingKind,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const name = `${endpoint.name}/${id}`;
  const prefix = PREFIXES.find(([pattern]) => pattern.test(id))?.[1][kind] ?? '';
  let answer: unknown;
  try {
    const response = await fetch(`${compatibleUrl(endpoint)}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
      },
      body: JSON.stringify({
        model: id,
        input: texts.map((text) => prefix + text.slice(0, MAX_CHARS)),
        encoding_format: 'float',
      }),
      signal,
    });
    if (!response.ok) throw await refusalOf(response, name);
    answer = await response.json();
  } catch (error) {
    if (error instanceof EmbeddingError) throw error;
    signal.throwIfAborted();
    throw new EmbeddingError('unavailable', `${name} gave no embeddings: ${messageOf(error)}`);
  }
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) throw new EmbeddingError('malformed', `${name} answered with something else than embeddings.`);
  return vectorsOf(parsed.data.data, texts.length, name);
}

async function refusalOf(response: Response, name: string): Promise<EmbeddingError> {
  const said = (await response.text().catch(() => '')).slice(0, 300);
  const message = `${name} refused to embed (${response.status}): ${said}`;
  const { status } = response;
  if (status === 429) return new EmbeddingError('rate_limited', message, retryAfter(response.headers));
  if (status >= 500 || status === 408 || status === 409)
    return new EmbeddingError('unavailable', message, retryAfter(response.headers));
  return new EmbeddingError([400, 413, 422].includes(status) ? 'refused' : 'unusable', message);
}

/** `retry-after` in seconds or as a date, and the form in milliseconds that OpenAI sends beside it. */
function retryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const given = headers.get('retry-after');
  if (given === null) return undefined;
  const seconds = Number(given);
  const wait = Number.isNaN(seconds) ? Date.parse(given) - Date.now() : seconds * 1_000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function vectorsOf(
  data: readonly { index?: number | undefined; embedding: number[] }[],
  count: number,
  name: string,
): Float32Array[] {
  const wrong = (what: string) => new EmbeddingError('malformed', `${name} answered with ${what}.`);
  if (data.length !== count) throw wrong(`${data.length} vectors for ${count} texts`);
  const dim = data[0]?.embedding.length ?? 0;
  const vectors: (Float32Array | undefined)[] = new Array(count).fill(undefined);
  data.forEach(({ index, embedding }, at) => {
    const vector = Float32Array.from(embedding);
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    if (embedding.length !== dim || dim === 0 || dim > MAX_DIM) throw wrong(`a vector of ${embedding.length} numbers`);
    if (!(length > 0 && Number.isFinite(length))) throw wrong('a vector without a direction');
    vectors[index ?? at] = vector.map((x) => x / length);
  });
  return vectors.map((vector) => {
    if (!vector) throw wrong('two vectors for one text');
    return vector;
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
