// The archive: how much of what an agent asks for is found, and how fast among 100,000 passages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/server/store/ids.ts';
import { Store } from '../../src/server/store/store.ts';
import { archiveCorpus, COMMON_QUERIES, distractors } from '../support/archive-corpus.ts';
import { archiveVectorRows } from './archive-vectors.ts';
import { type Row, row } from './stats.ts';

const LARGE = 100_000;
const ROUNDS = 3;
/** Passages in one transaction while the archive is filled. */
const BATCH = 5_000;

function fill(store: Store, texts: readonly string[]): string {
  const agentId = newId('agent');
  const fields = { name: 'Bench', description: null, system: '', model: null };
  store.write('relaxed', () =>
    store.agents.create(agentId, { ...fields, tags: [], tools: [], toolRules: [], settings: {} }),
  );
  for (let from = 0; from < texts.length; from += BATCH)
    store.write('relaxed', () => {
      for (const text of texts.slice(from, from + BATCH))
        store.passages.create({
          id: newId('passage'),
          agentId,
          archiveId: 'archive-bench',
          text,
          tags: [],
          metadata: {},
          createdAt: Date.now(),
        });
    });
  return agentId;
}

/** Rows: recall@5 in percent over the labelled queries (p50 and p95 are both that share), and times of searches. */
export async function benchArchive(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'letta-bench-archive-'));
  const store = new Store(folder);
  try {
    const { sentences, queries } = archiveCorpus();
    const few = fill(store, sentences.slice(0, 100));
    const small = fill(store, sentences);
    const large = fill(store, [...distractors(LARGE - sentences.length, 23), ...sentences]);
    const search = (agentId: string, query: string) =>
      store.passages.search({ agentId, query, tagMode: 'any', limit: 5 });
    const timed = (agentId: string, list: readonly string[]) =>
      Array.from({ length: ROUNDS }, () => list).flatMap((round) =>
        round.map((query) => {
          const from = performance.now();
          search(agentId, query);
          return performance.now() - from;
        }),
      );
    const recall = (agentId: string) => {
      const hit = queries.filter(({ query, target }) =>
        search(agentId, query).some((passage) => passage.text === sentences[target]),
      );
      return (100 * hit.length) / queries.length;
    };
    const texts = queries.map(({ query }) => query);
    return [
      { ...row('archive recall@5, 5,000 passages, no vectors', '%', '-', [recall(small)]), n: queries.length },
      { ...row('archive recall@5, 100,000 passages, no vectors', '%', '-', [recall(large)]), n: queries.length },
      row('archive search, 100 passages', 'ms', 'warm', timed(few, texts)),
      row('archive search, 5,000 passages', 'ms', 'warm', timed(small, texts)),
      row('archive search, 100,000 passages', 'ms', 'warm', timed(large, texts), 60),
      row('archive search, 100,000 passages, three common words', 'ms', 'warm', timed(large, COMMON_QUERIES), 60),
      ...(await archiveVectorRows(store, small, large)),
    ];
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) console.table(await benchArchive());
