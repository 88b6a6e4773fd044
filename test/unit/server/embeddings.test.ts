// Vectors of the archive: where passages may go, how they get their vectors in the background, and how both lists are fused.
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { chooseEmbedding } from '../../../src/server/embeddings/choice.ts';
import type { EmbedderPace } from '../../../src/server/embeddings/embedder.ts';
import type { EmbeddingOptions } from '../../../src/server/embeddings/embeddings.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { isEmbeddingName } from '../../../src/server/models/embedding.ts';
import { isLocalModel, reachOf } from '../../../src/server/models/locality.ts';
import { Store } from '../../../src/server/store/store.ts';
import { CodeIndex, dot, fromBytes, toCode, toSmall } from '../../../src/server/store/vector-code.ts';
import { eventually } from '../../support/eventually.ts';
import { directionOf, type ScriptedEmbeddings, startScriptedEmbeddings } from '../../support/scripted-embeddings.ts';
import { startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import { Harness, type Json, temporaryFolder } from './support.ts';

const FAST: Partial<EmbedderPace> = { afterStart: 1, afterWake: 1, whileBusy: 5, firstRetry: 5, untilLookedFor: 20 };

interface Setup {
  host?: string;
  agent?: object;
  embedding?: EmbeddingOptions;
  dataDir?: string;
  models?: string[];
}

/** A server whose endpoint `local` is a scripted one that embeds; `host` replaces its address, as a vendor's would. */
async function archive({ host, agent: fields = {}, embedding = {}, dataDir = temporaryFolder(), models }: Setup = {}) {
  const endpoint = await startScriptedEmbeddings(models ? { models } : {});
  onTestFinished(() => endpoint.close());
  const h = await start(endpoint, dataDir, host, embedding);
  const agent = await h.agent({ model: 'local/chat', ...fields });
  return { h, agent, endpoint, dataDir, ...over(h, agent.id) };
}

async function start(endpoint: ScriptedEmbeddings, dataDir: string, host?: string, embedding: EmbeddingOptions = {}) {
  const baseUrl = host ? `https://${host}/v1` : endpoint.baseUrl;
  const models = createModelRegistry({
    endpoints: [{ name: 'local', baseUrl }],
    env: {},
    probeLocal: false,
    fetch: (input, init) => fetch(String(input).replace(baseUrl, endpoint.baseUrl), init),
  });
  return Harness.start(dataDir, { models, embedding: { ...embedding, pace: { ...FAST, ...embedding.pace } } });
}

function over(h: Harness, agentId: string) {
  return {
    add: (text: string, more: object = {}): Promise<Json> =>
      h.json('POST', `/v1/agents/${agentId}/archival-memory`, { text, ...more }),
    search: (query: string, more: object = {}): Promise<Json> =>
      h.json('POST', '/v1/passages/search', { agent_id: agentId, query, limit: 5, ...more }),
    /** How many passages have vectors, as another program reading the database sees it. */
    async embedded(dataDir: string, wanted: number) {
      const store = new Store(dataDir);
      try {
        await eventually(() => {
          const [model] = store.vectors.modelsOf(agentId);
          const count = model ? store.vectors.codes(agentId, model.n, 0, 1_000).length : 0;
          expect(count).toBe(wanted);
        });
      } finally {
        store.close();
      }
    },
  };
}

describe('where passages may go', () => {
  const model = (handle: string, baseUrl: string) => {
    const [provider = '', id = ''] = handle.split('/');
    return { handle, provider, id, baseUrl, reach: reachOf(baseUrl) };
  };
  const ollama = model('ollama/nomic-embed-text', 'http://127.0.0.1:11434/v1');
  const openai = model('openai/text-embedding-3-small', 'https://api.openai.com/v1');
  const lan = model('box/bge-m3', 'http://192.168.1.7:8000/v1');

  test.each([
    ['this computer first', { model: 'openai/gpt', embedding: undefined }, [openai, ollama], ollama],
    ['the provider the person talks to', { model: 'openai/gpt', embedding: undefined }, [openai, lan], openai],
    ['no other provider', { model: 'anthropic/claude', embedding: undefined }, [openai, lan], undefined],
    [
      'no other provider, asked for or not',
      { model: 'anthropic/claude', embedding: openai.handle },
      [openai],
      undefined,
    ],
    ['what was asked for, where it may', { model: 'openai/gpt', embedding: openai.handle }, [ollama, openai], openai],
    ['nowhere without a model', { model: null, embedding: undefined }, [openai], undefined],
  ])('%s', (_name, wish, all, expected) => {
    expect(chooseEmbedding(wish, all)).toBe(expected);
  });

  test.each([
    ['http://localhost:1234/v1', 'computer'],
    ['http://[::1]:1234/v1', 'computer'],
    ['http://127.8.8.8/v1', 'computer'],
    ['http://10.0.0.4/v1', 'network'],
    ['http://172.31.0.1/v1', 'network'],
    ['http://[fd00::1]/v1', 'network'],
    ['http://gpu.local/v1', 'network'],
    ['http://172.32.0.1/v1', 'remote'],
    ['http://8.8.8.8/v1', 'remote'],
    ['https://localhost.evil.com/v1', 'remote'],
    ['https://10.0.0.1.nip.io/v1', 'remote'],
    ['http://[::ffff:127.0.0.1]/v1', 'remote'],
    ['nonsense', 'remote'],
  ])('%s is %s', (url, reach) => {
    expect(reachOf(url)).toBe(reach);
  });

  test('a model that a local server only passes on is not local', () => {
    expect(isLocalModel('http://127.0.0.1:11434/v1', 'gpt-oss:120b-cloud')).toBe(false);
    expect(isLocalModel('http://127.0.0.1:11434/v1', 'qwen3:8b')).toBe(true);
  });

  test.each([
    'nomic-embed-text:latest',
    'text-embedding-3-small',
    'all-minilm',
    'all-minilm:22m',
    'bge-m3',
    'gemini-embedding-001',
  ])('%s embeds', (id) => expect(isEmbeddingName(id)).toBe(true));
  test.each(['gpt-5', 'bge-reranker-v2', 'qwen3:8b', 'embedded-coder'])('%s does not', (id) =>
    expect(isEmbeddingName(id)).toBe(false),
  );

  test('nothing reaches a vendor that the person does not talk to', async () => {
    const { h, endpoint, add, search } = await archive({ host: 'api.vendor.example', agent: { model: null } });
    await add('The deploy key is in the safe.');
    await h.json('GET', '/v1/models/');
    const [found] = await search('deploy key');
    expect(found.metadata).toMatchObject({ search_mode: 'fts', words_only: 'no_vectors' });
    expect(endpoint.requests).toEqual([]);
  });
});

describe('in the background', () => {
  test('passages get vectors, and a search finds by meaning what no word finds', async () => {
    const { endpoint, add, search, embedded, dataDir, h, agent } = await archive();
    const meaning = directionOf('how fast it goes', 64);
    endpoint.vectorOf = (text) => (/tempo|velocity/.test(text) ? meaning : directionOf(text, 64));
    await add('Velocity of the crawler is capped.');
    await add('Lunch is at noon.');
    await embedded(dataDir, 2);
    const [first] = await search('tempo');
    expect(first.passage.text).toBe('Velocity of the crawler is capped.');
    expect(first.metadata).toMatchObject({
      search_mode: 'hybrid',
      embedding_model: 'local/text-embed-scripted',
      fts_rank: null,
      vector_rank: 1,
      matched: [],
    });
    const state = await h.json('GET', `/v1/agents/${agent.id}`);
    expect(state.embedding_config).toMatchObject({ handle: 'local/text-embed-scripted', embedding_dim: 64 });
    const agentSearch = await h.json('GET', `/v1/agents/${agent.id}/archival-memory/search?query=tempo`);
    expect(agentSearch.results[0].content).toBe('Velocity of the crawler is capped.');
  });

  test('a search of the agent’s that waits beside a call of the client goes by meaning too', async () => {
    const [endpoint, model] = await Promise.all([startScriptedEmbeddings({}), startScriptedModel()]);
    onTestFinished(() => Promise.all([endpoint.close(), model.close()]).then(() => {}));
    const endpoints = [
      { name: 'local', baseUrl: endpoint.baseUrl },
      { name: 'here', baseUrl: model.baseUrl },
    ];
    const dataDir = temporaryFolder();
    const models = createModelRegistry({ endpoints, env: {}, probeLocal: false });
    const h = await Harness.start(dataDir, { models, embedding: { pace: FAST } });
    const agent = await h.agent({ model: 'here/scripted', tools: ['archival_memory_search'] });
    const meaning = directionOf('how fast it goes', 64);
    endpoint.vectorOf = (said) => (/tempo|velocity/i.test(said) ? meaning : directionOf(said, 64));
    const { add, embedded } = over(h, agent.id);
    await add('Velocity of the crawler is capped.');
    await embedded(dataDir, 1);

    const calls = [
      { name: 'archival_memory_search', args: { query: 'tempo' }, id: 'call_search' },
      { name: 'Bash', args: {}, id: 'call_bash' },
    ];
    model.script(toolCalls(calls), text('Done.'));
    const conversation = await h.conversation(agent.id);
    const client_tools = [{ name: 'Bash', description: 'Runs.', parameters: { type: 'object', properties: {} } }];
    await h.say(conversation.id, 'How fast?', { client_tools });
    const answer = { type: 'tool', tool_call_id: 'call_bash', tool_return: 'ok', status: 'success' };
    await h.json('POST', `/v1/conversations/${conversation.id}/messages`, {
      messages: [{ type: 'approval', approvals: [answer] }],
      streaming: false,
      client_tools,
    });
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('Velocity of the crawler');
  });

  test('the endpoint is in the list of models that embed, and not among those that chat', async () => {
    const { h } = await archive();
    const [model] = await h.json('GET', '/v1/models/embedding');
    expect(model).toMatchObject({ handle: 'local/text-embed-scripted', embedding_dim: 64, model_type: 'embedding' });
    expect((await h.json('GET', '/v1/models/')).map(({ handle }: Json) => handle)).toEqual(['demo/offline']);
  });

  test.each([
    ['429 with a time to wait', { kind: 'status', status: 429, headers: { 'retry-after-ms': '30' } }],
    ['500', { kind: 'status', status: 500 }],
    ['a connection that is cut', { kind: 'cut' }],
  ] as const)('goes on after %s', async (_name, trouble) => {
    const { endpoint, add, embedded, dataDir } = await archive();
    endpoint.trouble({ kind: 'delay', ms: 1 }, trouble);
    await add('One.');
    await add('Two.');
    await embedded(dataDir, 2);
  });

  test.each([
    ['another length', { kind: 'dim', dim: 32 }],
    ['one too few', { kind: 'short' }],
    ['no vectors', { kind: 'garbage' }],
  ] as const)('stores nothing of an answer with %s', async (_name, trouble) => {
    const { endpoint, add, dataDir, embedded, search } = await archive({
      embedding: { pace: { untilLookedFor: 60_000 } },
    });
    endpoint.trouble({ kind: 'delay', ms: 1 }, trouble);
    await add('One.');
    await endpoint.whenAsked(2);
    await embedded(dataDir, 0);
    expect((await search('one'))[0].metadata.search_mode).toBe('fts');
    // Whoever looks for models wakes it, and by now the endpoint is well.
    await add('Two.');
    await embedded(dataDir, 2);
  });

  test('a text that the model refuses does not keep the others back, and is not asked for again', async () => {
    const { endpoint, add, embedded, dataDir } = await archive();
    endpoint.refuse = (text) => text.includes('endless');
    endpoint.trouble({ kind: 'delay', ms: 150 });
    for (const text of ['One.', 'An endless text.', 'Three.', 'Four.']) await add(text);
    await embedded(dataDir, 3);
    const asked = endpoint.requests.length;
    await add('Five.');
    await embedded(dataDir, 4);
    expect(endpoint.requests.slice(asked).flatMap(({ input }) => input)).toEqual(['Five.']);
  });

  test('is resumed after a restart, without embedding anything twice', async () => {
    const { h, endpoint, add, embedded, dataDir, agent } = await archive();
    await add('Before.');
    await embedded(dataDir, 1);
    endpoint.trouble({ kind: 'hang' });
    await add('After.');
    await endpoint.whenAsked(3);
    await h.server.close();
    const again = await start(endpoint, dataDir);
    await over(again, agent.id).embedded(dataDir, 2);
    expect(endpoint.texts.filter((text) => text === 'Before.')).toHaveLength(1);
  });

  test('leaves it to the process that embeds, and takes over when that one is gone', async () => {
    const { endpoint, add, embedded, dataDir } = await archive();
    const store = new Store(dataDir);
    onTestFinished(() => store.close());
    const hold = (ms: number) =>
      store.write('relaxed', () => {
        store.leases.release('embedding-other');
        const expiresAt = Date.now() + ms;
        store.leases.take({ key: 'background', owner: 'other', runId: 'embedding-other', expiresAt });
      });
    hold(60_000);
    await add('One.');
    // Asked which model it is, and no more.
    await endpoint.whenAsked(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(endpoint.texts).not.toContain('One.');
    hold(50);
    await embedded(dataDir, 1);
  });

  test('waits while somebody waits for an answer', async () => {
    const { endpoint, dataDir, h } = await archive();
    let busy = true;
    // As the engine has it: runs of this process that are under way.
    const store = new Store(dataDir);
    onTestFinished(() => store.close());
    const { Embeddings } = await import('../../../src/server/embeddings/embeddings.ts');
    await h.server.close();
    const models = createModelRegistry({
      endpoints: [{ name: 'local', baseUrl: endpoint.baseUrl }],
      env: {},
      probeLocal: false,
    });
    const embeddings = new Embeddings({
      store,
      source: models.embeddings,
      log: () => {},
      isBusy: () => busy,
      pace: FAST,
    });
    onTestFinished(() => embeddings.close());
    const [agentId = ''] = store.agents.list({ orderBy: 'created_at', descending: true, limit: 1 }).map(({ id }) => id);
    store.write('relaxed', () =>
      store.passages.create({
        id: 'passage-1',
        agentId,
        archiveId: 'a',
        text: 'One.',
        tags: [],
        metadata: {},
        createdAt: 0,
      }),
    );
    await endpoint.whenAsked(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(endpoint.texts).not.toContain('One.');
    busy = false;
    await endpoint.whenAsked(2);
    await eventually(() => expect(endpoint.texts).toContain('One.'));
  });

  test('stops when the provider goes away, and the words answer alone', async () => {
    const { endpoint, add, embedded, dataDir, search } = await archive({
      embedding: { pace: { firstRetry: 1, untilLookedFor: 60_000 } },
    });
    await add('The cache lives in Redis.');
    await embedded(dataDir, 1);
    await endpoint.offline();
    await add('The queue lives in Kafka.');
    const [first] = await search('where is the queue');
    expect(first.passage.text).toBe('The queue lives in Kafka.');
    expect(first.metadata).toMatchObject({ search_mode: 'fts', words_only: 'unavailable' });
    await endpoint.online();
  });

  test('vectors of another model are never compared', async () => {
    const { endpoint, add, embedded, dataDir, search, h, agent } = await archive();
    await add('One.');
    await embedded(dataDir, 1);
    await h.server.close();
    // The same name, another model behind it.
    endpoint.vectorOf = (text) => directionOf(`other ${text}`, 64);
    const again = await start(endpoint, dataDir);
    const more = over(again, agent.id);
    await more.add('Two.');
    await more.embedded(dataDir, 2);
    const found = await more.search('Two.');
    expect(found[0].passage.text).toBe('Two.');
    expect(endpoint.texts.filter((text) => text === 'One.')).toHaveLength(2);
    expect(search).toBeDefined();
  });
});

describe('a search', () => {
  test('answers by words in time when the model is slow, and says so', async () => {
    const { endpoint, add, embedded, dataDir, search } = await archive({
      embedding: { recall: { timeoutMs: 40, restMs: 1_000 } },
    });
    await add('The cache lives in Redis.');
    await embedded(dataDir, 1);
    endpoint.trouble({ kind: 'delay', ms: 5_000 });
    const [late] = await search('cache');
    expect(late.metadata).toMatchObject({ search_mode: 'fts', words_only: 'timeout' });
    // A model that has just failed is left alone for a while.
    expect((await search('cache'))[0].metadata.words_only).toBe('unavailable');
    await eventually(async () => expect((await search('cache'))[0].metadata.search_mode).toBe('hybrid'));
  });

  test('keeps to tags and dates by meaning too', async () => {
    const { endpoint, add, embedded, dataDir, search } = await archive();
    endpoint.vectorOf = () => directionOf('all the same', 64);
    await add('Alpha.', { tags: ['build'], created_at: '2026-01-01T00:00:00Z' });
    await add('Beta.', { tags: ['test'], created_at: '2026-06-01T00:00:00Z' });
    await embedded(dataDir, 2);
    const texts = async (more: object) => (await search('gamma', more)).map(({ passage }: Json) => passage.text);
    expect(await texts({ tags: ['build'] })).toEqual(['Alpha.']);
    expect(await texts({ start_date: '2026-03-01' })).toEqual(['Beta.']);
  });

  test('vectors leave memory when nobody searches', async () => {
    const { VectorMemory } = await import('../../../src/server/embeddings/vector-memory.ts');
    const { h, add, embedded, dataDir, agent } = await archive();
    await add('One.');
    await embedded(dataDir, 1);
    await h.server.close();
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const store = new Store(dataDir);
    onTestFinished(() => store.close());
    const memory = new VectorMemory(store);
    const [model] = store.vectors.modelsOf(agent.id);
    if (!model) throw new Error('no vectors');
    expect((await memory.load(agent.id, model)).size).toBe(1);
    expect(memory.bytes).toBeGreaterThan(0);
    vi.advanceTimersByTime(5 * 60_000 + 1);
    expect(memory.bytes).toBe(0);
  });
});

describe('small vectors', () => {
  const unit = (numbers: number[]) => {
    const vector = Float32Array.from(numbers);
    const length = Math.hypot(...vector);
    return vector.map((x) => x / length);
  };

  test('cosines survive 8 bits', () => {
    for (let i = 0; i < 50; i++) {
      const [a, b] = [unit(directionOf(`a${i}`, 384)), unit(directionOf(`b${i % 7}`, 384))];
      const exact = a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
      expect(dot(a, fromBytes(toSmall(b)))).toBeCloseTo(exact, 2);
    }
  });

  test('the signs find what is near among 3,000', () => {
    const near = (topic: number, text: string) => {
      const own = directionOf(text, 384);
      return unit(directionOf(`topic ${topic % 30}`, 384).map((x, at) => x + 1.5 * (own[at] ?? 0)));
    };
    const index = new CodeIndex(384);
    const all = Array.from({ length: 3_000 }, (_, i) => near(i, `text ${i}`));
    for (const [i, vector] of all.entries()) index.add(i + 1, i, toCode(vector));
    let kept = 0;
    for (let q = 0; q < 20; q++) {
      const query = near(q, `query ${q}`);
      const exact = all
        .map((vector, i) => ({ i, near: vector.reduce((sum, x, at) => sum + x * (query[at] ?? 0), 0) }))
        .sort((a, b) => b.near - a.near)
        .slice(0, 10);
      const found = new Set(index.nearest(query, 300));
      kept += exact.filter(({ i }) => found.has(i)).length;
    }
    expect(kept / 200).toBeGreaterThan(0.97);
  });
});
