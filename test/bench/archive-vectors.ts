// The archive with vectors: how much more is found by words and meaning together, and how fast among 100,000 passages.
import { ArchiveRecall, type PreparedQuery } from '../../src/server/embeddings/archive-recall.ts';
import { VectorMemory } from '../../src/server/embeddings/vector-memory.ts';
import { createModelRegistry } from '../../src/server/models/create-model-registry.ts';
import type { Store } from '../../src/server/store/store.ts';
import { archiveCorpus, COMMON_QUERIES } from '../support/archive-corpus.ts';
import { directionOf, evenDirection, startScriptedEmbeddings, wordVector } from '../support/scripted-embeddings.ts';
import { type Row, row } from './stats.ts';

const ROUNDS = 3;
const BATCH = 5_000;
const DIM = 768;
/**
 * How much noise a made-up model has: with it the meaning alone finds about as much as small models were seen to. No model
 * is run here: what is measured is what the fusion makes of two lists that err independently of each other.
 */
const NOISE = 2.6;

const unit = (numbers: readonly number[]): Float32Array => {
  const vector = Float32Array.from(numbers);
  let square = 0;
  for (const x of vector) square += x * x;
  const length = Math.sqrt(square);
  return vector.map((x) => x / length);
};

/**
 * Rows: recall in percent (p50 and p95 are both that share), times of searches without the query's own embedding, memory.
 * @param small an agent with the 5,000 sentences, @param large one with 95,000 more
 */
export async function archiveVectorRows(store: Store, small: string, large: string): Promise<Row[]> {
  const endpoint = await startScriptedEmbeddings({ dim: DIM });
  const memory = new VectorMemory(store);
  try {
    const { sentences, queries } = archiveCorpus();
    const modelOf = (name: string) =>
      store.write('relaxed', () =>
        store.vectors.model(`bench/${name}`, endpoint.baseUrl, unit(directionOf('it', DIM))),
      );
    const embed = (agentId: string, model: number, vectorOf: (text: string) => number[]) => {
      for (let below = Number.MAX_SAFE_INTEGER; ; ) {
        const part = store.vectors.missing(agentId, model, below, true, BATCH);
        const last = part.at(-1);
        if (!last) return;
        const vectors = part.map(({ n, text }) => ({ passage: n, vector: unit(vectorOf(text)) }));
        store.write('relaxed', () => store.vectors.add(agentId, model, vectors));
        below = last.n;
      }
    };
    const models = createModelRegistry({
      endpoints: [{ name: 'bench', baseUrl: endpoint.baseUrl }],
      env: {},
      probeLocal: false,
    });
    const recall = new ArchiveRecall(store, models.embeddings, memory);
    const share = (hits: readonly boolean[]): number => (100 * hits.filter(Boolean).length) / hits.length;
    const own = (text: string) => evenDirection(`meaning ${text}`, DIM);
    const find = (query: string, prepared: PreparedQuery, wanted: string) =>
      recall
        .search({ agentId: small, query, tagMode: 'any', limit: 5 }, prepared)
        .passages.some(({ text }) => text === wanted);

    const made = modelOf('made-up');
    embed(small, made.n, own);
    const alone: boolean[] = [];
    const fused: boolean[] = [];
    for (const { query, target } of queries) {
      const wanted = sentences[target] ?? '';
      const noise = directionOf(`noise ${query}`, DIM);
      // Some queries are far from what they are after, most are near.
      const [luck = 0] = directionOf(`luck ${query}`, 1);
      const spread = NOISE * Math.exp(0.7 * luck);
      const vector = unit(own(wanted).map((x, i) => x + spread * (noise[i] ?? 0)));
      const index = await memory.load(small, made);
      const near = store.vectors.nearness(made.n, index.nearest(vector, 300), vector);
      const first = [...near].sort((a, b) => b[1] - a[1]).slice(0, 5);
      alone.push(
        store.passages
          .read(
            small,
            first.map(([n]) => n),
          )
          .some(({ text }) => text === wanted),
      );
      fused.push(find(query, { mode: 'hybrid', vector, model: made, index }, wanted));
    }

    const hashed = modelOf('hashed-words');
    embed(small, hashed.n, (text) => wordVector(text, DIM));
    const index = await memory.load(small, hashed);
    const weak = queries.map(({ query, target }) => {
      const prepared = { mode: 'hybrid', vector: unit(wordVector(query, DIM)), model: hashed, index } as const;
      return find(query, prepared, sentences[target] ?? '');
    });

    const served = modelOf('text-embed-scripted');
    embed(large, served.n, own);
    const from = performance.now();
    await memory.load(large, served);
    const loaded = performance.now() - from;
    const agent = store.agents.get(large);
    if (!agent) throw new Error('The agent of the bench is gone.');
    const timed = async (list: readonly string[], rounds: number) => {
      const times: number[] = [];
      for (let round = 0; round < rounds; round++)
        for (const query of list) {
          const prepared = await recall.prepare(agent, query);
          if (prepared.mode !== 'hybrid') throw new Error(`The bench searched by words alone: ${prepared.why}`);
          const began = performance.now();
          recall.search({ agentId: large, query, tagMode: 'any', limit: 5 }, prepared);
          times.push(performance.now() - began);
        }
      return times;
    };
    const texts = queries.map(({ query }) => query);
    await timed(COMMON_QUERIES, 1);
    const n = queries.length;
    return [
      { ...row('archive recall@5, 5,000 passages, made-up vectors alone', '%', '-', [share(alone)]), n },
      { ...row('archive recall@5, 5,000 passages, words and made-up vectors', '%', '-', [share(fused)]), n, floor: 92 },
      { ...row('archive recall@5, 5,000 passages, words and hashed words', '%', '-', [share(weak)]), n, floor: 92 },
      row('archive hybrid search, 100,000 passages', 'ms', 'warm', await timed(texts, ROUNDS), 60),
      row(
        'archive hybrid search, 100,000 passages, three common words',
        'ms',
        'warm',
        await timed(COMMON_QUERIES, ROUNDS),
        60,
      ),
      row('archive vectors, 100,000 passages, load', 'ms', 'cold', [loaded]),
      row('archive vectors in memory, 100,000 passages', 'MB', '-', [memory.bytes / 1024 / 1024], 160),
    ];
  } finally {
    memory.close();
    await endpoint.close();
  }
}
