// What the archive finds: measured over labelled queries, half of which were never looked at while it was tuned; and that
// its index is true whatever happens to the passages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newId } from '../../../src/server/store/ids.ts';
import { isTypo } from '../../../src/server/store/passage-search.ts';
import { tokenize } from '../../../src/server/store/search-terms.ts';
import { stem } from '../../../src/server/store/stem.ts';
import { Store } from '../../../src/server/store/store.ts';
import { archiveCorpus, COMMON_QUERIES, distractors } from '../../support/archive-corpus.ts';
import { temporaryFolder } from './support.ts';

function addAgent(store: Store): string {
  const agentId = newId('agent');
  store.write('relaxed', () =>
    store.agents.create(agentId, {
      name: 'Ada',
      description: null,
      system: '',
      model: null,
      tags: [],
      tools: [],
      toolRules: [],
      settings: {},
    }),
  );
  return agentId;
}

function add(store: Store, agentId: string, text: string, more: { tags?: string[]; createdAt?: number } = {}): string {
  const id = newId('passage');
  store.write('relaxed', () =>
    store.passages.create({ id, agentId, archiveId: 'archive-1', text, tags: [], metadata: {}, createdAt: 0, ...more }),
  );
  return id;
}

function archive() {
  const store = new Store(temporaryFolder());
  onTestFinished(() => store.close());
  const agentId = addAgent(store);
  return {
    store,
    agentId,
    add: (text: string, more: { tags?: string[]; createdAt?: number } = {}) => add(store, agentId, text, more),
    find: (query: string, more: object = {}) =>
      store.passages.search({ agentId, query, tagMode: 'any', limit: 5, ...more }).map((passage) => passage.text),
  };
}

describe('5,000 technical sentences', () => {
  const { sentences, queries } = archiveCorpus();
  const folder = mkdtempSync(join(tmpdir(), 'letta-archive-'));
  let store: Store;
  let agentId = '';

  beforeAll(() => {
    store = new Store(folder);
    agentId = addAgent(store);
    store.write('relaxed', () => {
      sentences.forEach((text, createdAt) => {
        add(store, agentId, text, { createdAt });
      });
    });
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['of those it was tuned with', false],
    ['held out', true],
  ])('the passage is among the first five for 92 % of the queries %s', (_, heldOut) => {
    const asked = queries.filter((query) => query.heldOut === heldOut);
    const missed = asked.filter(
      ({ query, target }) =>
        !store.passages
          .search({ agentId, query, tagMode: 'any', limit: 5 })
          .some((found) => found.text === sentences[target]),
    );
    expect(asked.length).toBeGreaterThanOrEqual(30);
    expect(missed.length / asked.length, missed.map(({ query }) => query).join('\n')).toBeLessThanOrEqual(0.08);
  });

  test.each(COMMON_QUERIES)('common words find something: %s', (query) => {
    const found = store.passages.search({ agentId, query, tagMode: 'any', limit: 5 });
    expect(found).toHaveLength(5);
    for (const passage of found) expect(passage.matched.length).toBeGreaterThan(0);
  });
});

describe('a query', () => {
  test.each([
    ['camelCase by words', 'The helper parseInvoiceNumber is slow', 'parse invoice number'],
    ['words by camelCase', 'Parse the invoice number first', 'parseInvoiceNumber'],
    ['snake_case by camelCase', 'see last_seen_at', 'lastSeenAt'],
    ['kebab-case by camelCase', 'emits order-placed', 'orderPlaced'],
    ['a joined word by two', 'the timeout is 5 s', 'time out'],
    ['two words by an inflected one', 'retry policies were unified', 'retried policy'],
    ['the beginning of an identifier', 'call reconcileLedgerEntries', 'reconcileLedg'],
    ['the middle of an identifier', 'tsconfig is shared', 'config'],
    ['a misspelt word', 'the kubernetes cluster', 'kubernetse'],
    ['a file by its name', 'see src/tax/rates.ts', 'rates.ts'],
    ['letters with marks by those without', 'Die Größe wird geprüft', 'große gepruft'],
    ['a language without spaces', '数据库每天备份一次', '备份'],
    ['signs that are no words', 'prints 🙂 at the end', '🙂'],
    ['a tag', 'Fridays only', 'deployment'],
  ])('finds %s', (name, text, query) => {
    const a = archive();
    for (const other of distractors(50)) a.add(other);
    a.add(text, name === 'a tag' ? { tags: ['deployment'] } : {});
    expect(a.find(query)).toContain(text);
  });

  test('is limited by tags and dates, among many that match', () => {
    const a = archive();
    for (let i = 0; i < 300; i++)
      a.add(`Deploy note ${i}`, { createdAt: i, tags: i % 100 === 7 ? ['ops', 'seven'] : ['ops'] });
    expect(a.find('deploy', { from: 20, to: 21 }).sort()).toEqual(['Deploy note 20', 'Deploy note 21']);
    expect(a.find('deploy', { tags: ['seven'] })).toHaveLength(3);
    expect(a.find('deploy', { tags: ['seven', 'ops'], tagMode: 'all' })).toHaveLength(3);
    expect(a.find('deploy', { tags: ['seven', 'none'], tagMode: 'all' })).toEqual([]);
    expect(a.find('deploy', { tags: ['seven'], from: 100, to: 150 })).toEqual(['Deploy note 107']);
  });

  test('finds nothing of another agent, also where that has the same words', () => {
    const a = archive();
    const other = addAgent(a.store);
    add(a.store, other, 'Only theirs: deployment');
    expect(a.find('deployment')).toEqual([]);
    a.add('Only mine: deployment');
    expect(a.find('deployment')).toEqual(['Only mine: deployment']);
  });

  test('leaves no word of a deleted agent in the index', () => {
    const a = archive();
    a.add('unmistakable words');
    const db = new DatabaseSync(a.store.file);
    onTestFinished(() => db.close());
    const left = () => [
      db.prepare("SELECT count(*) AS c FROM passages_words('unmistak')").get()?.c,
      db.prepare('SELECT count(*) AS c FROM passage_terms').get()?.c,
    ];
    expect(left()).toEqual([1, 2]);
    a.store.write('durable', () => a.store.agents.delete(a.agentId));
    expect(left()).toEqual([0, 0]);
  });

  test('says which words matched', () => {
    const a = archive();
    a.add('Deployments need a green build');
    const [found] = a.store.passages.search({
      agentId: a.agentId,
      query: 'when is a release',
      tagMode: 'any',
      limit: 5,
    });
    expect(found?.matched).toEqual(['Deployments']);
  });
});

test('the index is true whatever is added and deleted', () => {
  const words = ['deploy', 'retryPolicy', 'cache', 'snake_case_name', 'queue', 'Größe'];
  const act = fc.record({
    isDelete: fc.boolean(),
    pick: fc.nat(),
    words: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const folder = mkdtempSync(join(tmpdir(), 'letta-archive-'));
      const store = new Store(folder);
      try {
        const agentId = addAgent(store);
        const kept = new Map<string, string>();
        for (const { isDelete, pick, words: chosen } of acts) {
          const ids = [...kept.keys()];
          const id = ids[pick % Math.max(1, ids.length)];
          if (isDelete && id !== undefined) {
            const passage = store.passages.get(id);
            if (passage) store.write('relaxed', () => store.passages.delete(passage));
            kept.delete(id);
          } else kept.set(add(store, agentId, chosen.join(' ')), chosen.join(' '));
        }
        for (const word of words) {
          const expected = [...kept].filter(([, text]) => text.split(' ').includes(word)).map(([id]) => id);
          const found = store.passages.search({ agentId, query: word, tagMode: 'any', limit: 100 }).map(({ id }) => id);
          expect(new Set(found)).toEqual(new Set(expected));
        }
      } finally {
        store.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 25 },
  );
});

describe('the list', () => {
  test('is paged by cursor both ways without gap or repeat, with filters', () => {
    const a = archive();
    const ids = Array.from({ length: 57 }, (_, i) =>
      a.add(`Passage ${i}`, { createdAt: i, tags: i % 2 ? ['odd'] : [] }),
    );
    const walk = (more: object) => {
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = a.store.passages.list({ agentId: a.agentId, ascending: true, limit: 10, after, ...more });
        seen.push(...page.map(({ id }) => id));
        if (page.length === 0) return seen;
        after = page.at(-1)?.id;
      }
    };
    expect(walk({})).toEqual(ids);
    expect(walk({ ascending: false })).toEqual(ids.toReversed());
    expect(walk({ tags: ['odd'] })).toEqual(ids.filter((_, i) => i % 2));
    expect(walk({ from: 10, to: 30 })).toEqual(ids.slice(10, 31));
    expect(walk({ search: 'Passage 5' })).toEqual(ids.filter((_, i) => `${i}`.startsWith('5')));
  });

  test('ends behind a cursor that was deleted, rather than beginning anew', () => {
    const a = archive();
    const [first = ''] = [a.add('One'), a.add('Two')];
    const passage = a.store.passages.get(first);
    if (passage) a.store.write('relaxed', () => a.store.passages.delete(passage));
    expect(a.store.passages.list({ agentId: a.agentId, ascending: true, limit: 10, after: first })).toEqual([]);
  });

  test('names each tag once', () => {
    const a = archive();
    for (let i = 0; i < 5; i++) a.add(`${i}`, { tags: ['b', 'a', `t${i % 2}`] });
    expect(a.store.passages.tags(a.agentId)).toEqual(['a', 'b', 't0', 't1']);
    expect(a.store.passages.tags(addAgent(a.store))).toEqual([]);
  });
});

test.each([
  ['retries', 'retri'],
  ['retrying', 'retri'],
  ['retried', 'retri'],
  ['relational', 'relat'],
  ['caches', 'cach'],
  ['hopping', 'hop'],
  ['agreed', 'agre'],
  ['happy', 'happi'],
  ['formalize', 'formal'],
  ['adjustment', 'adjust'],
  ['generalizations', 'gener'],
  ['sky', 'sky'],
  ['abc123', 'abc123'],
])('the stem of %s is %s', (word, expected) => {
  expect(stem(word)).toBe(expected);
});

test('words are taken apart as people write identifiers', () => {
  expect(tokenize('HTTPServer2Go x_y parseE164').map(({ whole, parts }) => [whole, parts.length])).toEqual([
    ['httpserver2go', 3],
    ['xy', 2],
    ['parsee164', 2],
  ]);
});

test.each([
  ['deploy', 'deply', true],
  ['deploy', 'depolyx', false],
  ['deploy', 'depoly', true],
  ['deploy', 'deploys', true],
  ['deploy', 'employ', false],
  ['deploy', 'deploy', false],
])('%s and %s are a slip apart: %s', (a, b, expected) => {
  expect(isTypo(a, b)).toBe(expected);
});
