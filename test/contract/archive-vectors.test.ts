// Search of the archive by words and meaning, over the program that people run.
import { expect, onTestFinished, test } from 'vitest';
import { directionOf, startScriptedEmbeddings } from '../support/scripted-embeddings.ts';
import { eventually } from './support/contract.ts';
import { spawnCli, temporaryFolder } from './support/server.ts';
import { json } from './support/world.ts';

interface Hit {
  passage: { text: string };
  metadata: Record<string, unknown>;
}

test('passages that are there get vectors when a model appears, and a search says how it found them', async () => {
  const endpoint = await startScriptedEmbeddings({
    vectorOf: (text) => directionOf(/tempo|velocity/i.test(text) ? 'speed' : text, 64),
  });
  const folder = temporaryFolder();
  await endpoint.offline();
  const args = ['--port', '0', '--data-dir', folder.path, '--no-token', '--endpoint', `vectors=${endpoint.baseUrl}`];
  const server = await spawnCli(args);
  onTestFinished(async () => {
    await server.close();
    await endpoint.close();
    folder.remove();
  });
  const agent = await json<{ id: string }>(server, 'POST', '/v1/agents/', { name: 'Ada', model: 'demo/offline' });
  for (const text of ['Velocity of the crawler is capped.', 'Lunch is at noon.'])
    await json(server, 'POST', `/v1/agents/${agent.id}/archival-memory`, { text });
  const search = (query: string) =>
    json<Hit[]>(server, 'POST', '/v1/passages/search', { agent_id: agent.id, query, limit: 5 });
  expect((await search('velocity'))[0]?.metadata).toMatchObject({ search_mode: 'fts', words_only: 'no_vectors' });
  expect(await json(server, 'GET', '/v1/models/embedding')).toEqual([]);

  await endpoint.online();
  const model = await eventually(async () => {
    const models = await json<Record<string, unknown>[]>(server, 'GET', '/v1/models/embedding');
    // Who asks for models wakes what embeds.
    await json(server, 'GET', '/v1/models/');
    return models[0];
  });
  expect(model).toMatchObject({
    handle: 'vectors/text-embed-scripted',
    embedding_dim: 64,
    model_type: 'embedding',
    embedding_endpoint_type: 'openai',
    provider_name: 'vectors',
  });
  const [first] = await eventually(async () => {
    const found = await search('tempo');
    return found[0]?.metadata.search_mode === 'hybrid' && found.length > 1 ? found : undefined;
  });
  expect(first?.passage.text).toBe('Velocity of the crawler is capped.');
  expect(first?.metadata).toMatchObject({
    embedding_model: 'vectors/text-embed-scripted',
    fts_rank: null,
    vector_rank: 1,
  });
  const state = await json<{ embedding_config: unknown }>(server, 'GET', `/v1/agents/${agent.id}`);
  expect(state.embedding_config).toMatchObject({ handle: 'vectors/text-embed-scripted', embedding_dim: 64 });
});
