// What the archive finds: measured over labelled queries, half of which were never looked at while it was tuned.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/server/store/ids.ts';
import { Store } from '../../../src/server/store/store.ts';
import { archiveCorpus, type LabelledQuery } from '../../support/archive-corpus.ts';

const { sentences, queries } = archiveCorpus();
let store: Store;
const agentId = newId('agent');

beforeAll(() => {
  store = new Store(mkdtempSync(join(tmpdir(), 'letta-archive-')));
  store.write('relaxed', () => {
    store.agents.create(agentId, {
      name: 'A',
      description: null,
      system: '',
      model: null,
      tags: [],
      tools: [],
      toolRules: [],
      settings: {},
    });
    sentences.forEach((text, at) =>
      store.passages.create({
        id: newId('passage'),
        agentId,
        archiveId: 'archive-1',
        text,
        tags: [],
        metadata: {},
        createdAt: at,
      }),
    );
  });
});

const rankOf = ({ query, target }: LabelledQuery, limit = 5) =>
  store.passages
    .search({ agentId, query, tagMode: 'any', limit })
    .findIndex((found) => found.text === sentences[target]);

test('recall@5', () => {
  for (const held of [false, true]) {
    const set = queries.filter((query) => query.heldOut === held);
    const missed = set.filter((query) => rankOf(query) < 0);
    console.log(
      held,
      1 - missed.length / set.length,
      held ? missed.length : missed.map((query) => [query.query, rankOf(query, 100)]),
    );
  }
});
