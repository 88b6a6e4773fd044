// Health, addresses, authentication and error bodies (Letta API: transport and cross-cutting rules).
import { describe, expect, test } from 'vitest';
import { contract } from './support/contract.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

contract('transport', (t) => {
  test('health says ok and a version', async () => {
    expect(await t.client.health()).toMatchObject({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+/) });
  });

  describe('addresses', () => {
    test.each(['health', 'agents', 'blocks', 'models', 'runs', 'tools'])(
      '/v1/%s answers with and without the slash',
      async (resource) => {
        if (t.deviates('§0.2', 'answers one of the two forms with a 307')) return;
        const plain = await t.json('GET', `/v1/${resource}`);
        const slashed = await t.json('GET', `/v1/${resource}/`);
        expect([plain.status, slashed.status]).toEqual([200, 200]);
      },
    );

    test('unknown query keys are ignored', async () => {
      expect((await t.json('GET', '/v1/agents/?limit=1&made_up=1')).status).toBe(200);
    });

    test('an unknown route is a 404 with a detail', async () => {
      const { status, body } = await t.json('GET', '/v1/no-such-thing');
      expect(status).toBe(404);
      expect(body.detail).toEqual(expect.any(String));
    });
  });

  test('a missing and an empty bearer are accepted where no token is asked', async () => {
    for (const headers of [{}, { authorization: 'Bearer' }, { authorization: 'Bearer ' }]) {
      expect((await t.json('GET', '/v1/agents/?limit=1', undefined, headers)).status).toBe(200);
    }
  });

  describe('errors', () => {
    test.each([
      ['GET', `/v1/agents/agent-${UNKNOWN}`],
      ['PATCH', `/v1/agents/agent-${UNKNOWN}`],
      ['DELETE', `/v1/agents/agent-${UNKNOWN}`],
      ['GET', `/v1/agents/agent-${UNKNOWN}/core-memory/blocks`],
      ['GET', `/v1/blocks/block-${UNKNOWN}`],
      ['GET', `/v1/conversations/conv-${UNKNOWN}`],
      ['GET', `/v1/runs/run-${UNKNOWN}`],
    ])('%s %s is a 404 with a detail', async (method, path) => {
      const { status, body } = await t.json(method, path, method === 'PATCH' ? {} : undefined);
      expect(status).toBe(404);
      expect(body.detail).toEqual(expect.any(String));
    });

    test('the messages of an unknown conversation are a 404, not an empty list', async () => {
      if (t.deviates('§1.4', 'answers an empty list')) return;
      expect((await t.json('GET', `/v1/conversations/conv-${UNKNOWN}/messages`)).status).toBe(404);
    });

    test('an unknown message is a 404 with a detail', async () => {
      const { status, body } = await t.json('GET', `/v1/messages/message-${UNKNOWN}`);
      expect([status, typeof body.detail]).toEqual([404, 'string']);
    });

    test.each(['/v1/agents/agent-nonsense', '/v1/agents/nonsense', '/v1/blocks/block-1', '/v1/conversations/conv-1'])(
      'the malformed id in %s is a 422 with a detail',
      async (path) => {
        const { status, body } = await t.json('GET', path);
        expect(status).toBe(422);
        expect(body.detail).toBeDefined();
      },
    );

    test('a body of the wrong shape, or none at all, is a 422', async () => {
      for (const body of [{ name: 7 }, '{"name":', '[]', '"x"']) {
        const answer = await t.json('POST', '/v1/agents/', body);
        expect([body, answer.status]).toEqual([body, 422]);
        expect(answer.body.detail).toBeDefined();
      }
    });

    test('a message cannot be changed', async () => {
      const { conversation } = await t.pair();
      const id = (await t.client.conversations.retrieve(conversation.id)).in_context_message_ids?.[0];
      const { status } = await t.json('PATCH', `/v1/messages/${id}`, { content: 'other' });
      expect([404, 405]).toContain(status);
    });
  });

  test('models are listed with their handles', async () => {
    const models = await t.client.models.list();
    const model = models.find((entry) => entry.handle === t.handle);
    expect(model).toMatchObject({
      model: expect.any(String),
      name: expect.any(String),
      provider_type: expect.any(String),
      model_endpoint_type: expect.any(String),
      context_window: expect.any(Number),
      max_context_window: expect.any(Number),
    });
    expect(models.map((entry) => entry.handle)).toContain(t.secondHandle);
    expect(await t.client.models.embeddings.list()).toEqual(expect.any(Array));
  });
});
