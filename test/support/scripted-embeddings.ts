// An OpenAI-compatible endpoint that embeds: deterministic vectors, and whatever trouble a test wants of it.
import { createServer, type ServerResponse } from 'node:http';
import { tokenize } from '../../src/server/store/search-terms.ts';
import { close, listen } from './loopback.ts';

/** What one request is answered with; `vectors` is what a well one gets. */
export type EmbeddingTrouble =
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'delay'; ms: number }
  /** Never answers. */
  | { kind: 'hang' }
  /** Vectors of another length. */
  | { kind: 'dim'; dim: number }
  /** One vector too few. */
  | { kind: 'short' }
  /** Cuts the connection in the middle of the answer. */
  | { kind: 'cut' }
  | { kind: 'garbage' };

export interface EmbeddingRequest {
  model: string;
  input: string[];
}

export interface ScriptedEmbeddingsOptions {
  /** What `GET /v1/models` lists. */
  models?: string[];
  dim?: number;
  /** How a text becomes numbers; default: its words, hashed, so that texts that share words are near. */
  vectorOf?: (text: string) => number[];
}

export interface ScriptedEmbeddings {
  /** With `/v1`, as settings want it. */
  baseUrl: string;
  requests: EmbeddingRequest[];
  /** Texts that were embedded so far, in all requests that were answered. */
  readonly texts: string[];
  /** Each answers one request; then all are well again. */
  trouble(...list: EmbeddingTrouble[]): void;
  /** Refuses every request that holds such a text. */
  refuse: (text: string) => boolean;
  vectorOf: (text: string) => number[];
  models: string[];
  /** Resolves when so many requests have come in. */
  whenAsked(times: number): Promise<void>;
  offline(): Promise<void>;
  online(): Promise<void>;
  close(): Promise<void>;
}

/** A number from 0 to 2^32 that is the same for the same text. */
export function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A direction of its own for every text: normally distributed numbers from a seed. */
export function directionOf(seed: string, dim: number): number[] {
  let state = hashOf(seed) || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return Array.from({ length: dim }, () => Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next()));
}

/** As `directionOf`, for tens of thousands of texts: even instead of normal numbers. */
export function evenDirection(seed: string, dim: number): number[] {
  let state = hashOf(seed) || 1;
  const numbers = new Array<number>(dim);
  for (let i = 0; i < dim; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    numbers[i] = state;
  }
  return numbers.map((x) => x / 2 ** 31);
}

const directions = new Map<string, number[]>();

/** The words of a text, each a direction of its own, added up. */
export function wordVector(text: string, dim: number): number[] {
  const sum = new Array<number>(dim).fill(0);
  for (const { parts } of tokenize(text))
    for (const part of parts) {
      const key = `${dim} ${part}`;
      const direction = directions.get(key) ?? directionOf(part, dim);
      directions.set(key, direction);
      for (let i = 0; i < dim; i++) sum[i] = (sum[i] ?? 0) + (direction[i] ?? 0);
    }
  return sum.every((x) => x === 0) ? directionOf(text, dim) : sum;
}

/** Listens on 127.0.0.1 at a free port. The caller closes it. */
export async function startScriptedEmbeddings(options: ScriptedEmbeddingsOptions = {}): Promise<ScriptedEmbeddings> {
  const dim = options.dim ?? 64;
  const troubles: EmbeddingTrouble[] = [];
  const watchers = new Set<() => void>();

  const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

  const self: ScriptedEmbeddings = {
    baseUrl: '',
    requests: [],
    texts: [],
    trouble: (...list) => void troubles.push(...list),
    refuse: () => false,
    vectorOf: options.vectorOf ?? ((text) => wordVector(text, dim)),
    models: options.models ?? ['text-embed-scripted'],
    whenAsked: (times) =>
      new Promise((resolve) => {
        const look = () => {
          if (self.requests.length < times) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    offline: () => close(server),
    online: async () => {
      await listen(server, port);
    },
    close: () => close(server),
  };

  async function embed(body: EmbeddingRequest, response: ServerResponse): Promise<void> {
    self.requests.push(body);
    for (const watcher of [...watchers]) watcher();
    const trouble = troubles.shift();
    if (trouble?.kind === 'hang') return;
    if (trouble?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, trouble.ms));
    if (trouble?.kind === 'status')
      return answer(response, trouble.status, { error: { message: `scripted ${trouble.status}` } }, trouble.headers);
    if (trouble?.kind === 'garbage') return answer(response, 200, { data: 'nothing' });
    if (body.input.some((text) => self.refuse(text)))
      return answer(response, 400, { error: { message: 'This text is too long.' } });
    const vectorOf = trouble?.kind === 'dim' ? (text: string) => wordVector(text, trouble.dim) : self.vectorOf;
    const data = body.input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
    if (trouble?.kind === 'short') data.pop();
    if (trouble?.kind === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' });
      response.write('{"data": [');
      response.destroy();
      return;
    }
    self.texts.push(...body.input);
    answer(response, 200, { object: 'list', model: body.model, data });
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const route = `${request.method} ${request.url}`;
      if (route === 'GET /v1/models')
        return answer(response, 200, { object: 'list', data: self.models.map((id) => ({ id, object: 'model' })) });
      if (route !== 'POST /v1/embeddings') return answer(response, 404, { error: { message: `No route ${route}` } });
      void embed(JSON.parse(Buffer.concat(chunks).toString()) as EmbeddingRequest, response);
    });
  });
  const port = await listen(server, 0);
  self.baseUrl = `http://127.0.0.1:${port}/v1`;
  return self;
}
