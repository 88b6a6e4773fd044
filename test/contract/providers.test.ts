// Providers of the person's own (Letta API: §1.10): made, listed, checked, used, changed and deleted; keys never come out.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anthropic } from '../support/vendors/anthropic.ts';
import { API_KEY, startVendor, type Vendor } from '../support/vendors/server.ts';
import { contract, type Target } from './support/contract.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor(anthropic);
});
afterAll(() => vendor.close());

interface Provider {
  id: string;
  name: string;
  [field: string]: unknown;
}

contract('providers', (t: Target) => {
  const body = (name: string) => ({
    name,
    provider_type: 'anthropic',
    api_key: API_KEY,
    base_url: `${vendor.origin}/v1`,
  });
  const handles = async (query = ''): Promise<string[]> => {
    const { body: models } = await t.json<{ handle: string }[]>('GET', `/v1/models/${query}`);
    return models.map(({ handle }) => handle);
  };

  test('§1.10 one that is made lists its models, answers with them, and is gone when it is deleted', async () => {
    if (t.deviates('§1.10', 'reaches its vendors by its own network only')) return;
    const name = `mine-${crypto.randomUUID().slice(0, 8)}`;
    const made = await t.json<Provider>('POST', '/v1/providers', body(name));
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ name, provider_type: 'anthropic', provider_category: 'byok', api_key: null });
    expect(made.body.id).toMatch(/^provider-[0-9a-f-]{36}$/);
    expect(await handles('?provider_category=byok')).toContain(`${name}/claude-sonnet-4-5`);
    expect(await handles('?provider_category=base')).not.toContain(`${name}/claude-sonnet-4-5`);

    const { conversation } = await t.pair({ model: `${name}/claude-sonnet-4-5` });
    vendor.script({ text: 'I am Claude.' });
    const turn = await t.say(conversation, 'Who are you?');
    expect([turn.stopReason, turn.text]).toEqual(['end_turn', 'I am Claude.']);

    const { body: found } = await t.json<Provider[]>('GET', `/v1/providers/?name=${name}`);
    // Behind one that is gone there is nothing.
    const unknown = `provider-${crypto.randomUUID()}`;
    expect((await t.json('GET', `/v1/providers/?name=${name}&after=${unknown}`)).body).toEqual([]);
    expect(found.map(({ id }) => id)).toEqual([made.body.id]);
    const deleted = await t.json('DELETE', `/v1/providers/${made.body.id}/`);
    expect(deleted.status).toBe(200);
    expect((await t.json('GET', `/v1/providers/${made.body.id}`)).status).toBe(404);
    expect(await handles()).not.toContain(`${name}/claude-sonnet-4-5`);
    const gone = await t.json('POST', `/v1/conversations/${conversation.id}/messages`, { input: 'Hello?' });
    expect(gone.status).toBe(404);
  });

  test('§1.10 a key is checked before and after it is kept; a wrong one is a 401 that says what to do', async () => {
    if (t.deviates('§1.10', 'reaches its vendors by its own network only')) return;
    const name = `checked-${crypto.randomUUID().slice(0, 8)}`;
    expect((await t.json('POST', '/v1/providers/check', body(name))).status).toBe(200);
    const wrong = await t.json<{ detail: string }>('POST', '/v1/providers/check', {
      ...body(name),
      api_key: 'sk-wrong',
    });
    expect(wrong.status).toBe(401);
    expect(wrong.body.detail).toContain('refused the API key');
    expect(JSON.stringify(wrong.body)).not.toContain('sk-wrong');
    const nobody = { ...body(name), base_url: 'http://127.0.0.1:9/v1' };
    expect((await t.json('POST', '/v1/providers/check', nobody)).status).toBe(400);

    const made = await t.json<Provider>('POST', '/v1/providers/', { ...body(name), api_key: 'sk-wrong' });
    const path = `/v1/providers/${made.body.id}`;
    expect((await t.json('POST', `${path}/check`)).status).toBe(401);
    expect((await t.json('PATCH', path, { api_key: API_KEY })).status).toBe(200);
    expect((await t.json('POST', `${path}/check`)).status).toBe(200);
    expect((await t.json<Provider>('PATCH', `${path}/refresh`)).body.id).toBe(made.body.id);
    await t.json('DELETE', path);
  });

  test('§1.10 a name that is taken, an unknown type and a missing address are refused in words', async () => {
    if (t.deviates('§1.10', 'has other words for it')) return;
    const name = `twice-${crypto.randomUUID().slice(0, 8)}`;
    const made = await t.json<Provider>('POST', '/v1/providers/', body(name));
    expect((await t.json('POST', '/v1/providers/', body(name))).status).toBe(409);
    expect((await t.json('POST', '/v1/providers/', body('scripted'))).status).toBe(409);
    const bedrock = await t.json<{ detail: string }>('POST', '/v1/providers/', {
      ...body('b'),
      provider_type: 'bedrock',
    });
    expect(bedrock).toMatchObject({ status: 400, body: { detail: expect.stringContaining('anthropic') } });
    const nowhere = { name: 'v', provider_type: 'vllm', api_key: 'none' };
    expect((await t.json('POST', '/v1/providers/', nowhere)).status).toBe(400);
    expect((await t.json('POST', '/v1/providers/', { ...body('a/b') })).status).toBe(422);
    expect((await t.json('GET', '/v1/providers/provider-1')).status).toBe(422);
    await t.json('DELETE', `/v1/providers/${made.body.id}`);
  });

  test('§1.10 a key goes to no other address than the one it was given for', async () => {
    if (t.kind === 'remote') return;
    const other = await startVendor(anthropic);
    const name = `moved-${crypto.randomUUID().slice(0, 8)}`;
    const made = await t.json<Provider>('POST', '/v1/providers/', body(name));
    const path = `/v1/providers/${made.body.id}`;
    try {
      const moved = { base_url: `${other.origin}/v1` };
      const refused = await t.json<{ detail: string }>('PATCH', path, moved);
      expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('`api_key`') } });
      expect((await t.json('PATCH', path, { base_url: '' })).status).toBe(400);
      await t.json('POST', `${path}/check`);
      await handles();
      expect(other.requests).toEqual([]);
      expect((await t.json<Provider>('GET', path)).body.base_url).toBe(`${vendor.origin}/v1`);
      // Elsewhere on the same server it is the same provider; with its key it may go anywhere.
      expect((await t.json('PATCH', path, { base_url: `${vendor.origin}/v1/` })).status).toBe(200);
      expect((await t.json('PATCH', path, { ...moved, api_key: API_KEY })).status).toBe(200);
      expect((await t.json('POST', `${path}/check`)).status).toBe(200);
    } finally {
      await t.json('DELETE', path);
      await other.close();
    }
  });

  test('§1.10 a key that no header can carry is refused, and not repeated', async () => {
    if (t.kind === 'remote') return;
    const name = `broken-${crypto.randomUUID().slice(0, 8)}`;
    const broken = { ...body(name), api_key: 'sk-SEC\nRET' };
    for (const [method, path] of [
      ['POST', '/v1/providers/'],
      ['POST', '/v1/providers/check'],
    ] as const) {
      const { status, body: answer } = await t.json(method, path, broken);
      expect([path, status, JSON.stringify(answer)]).toEqual([path, 400, expect.stringContaining('line break')]);
      expect(JSON.stringify(answer)).not.toMatch(/SEC|RET/);
    }
    const made = await t.json<Provider>('POST', '/v1/providers/', { ...body(name), api_key: ` ${API_KEY}\n` });
    expect((await t.json('POST', `/v1/providers/${made.body.id}/check`)).status).toBe(200);
    expect((await t.json('PATCH', `/v1/providers/${made.body.id}`, { api_key: 'sk-ä' })).status).toBe(400);
    await t.json('DELETE', `/v1/providers/${made.body.id}`);
  });

  test('§1.10 keys are in no answer and not in the database', async () => {
    if (t.kind === 'remote') return;
    const secret = `sk-${crypto.randomUUID()}`;
    const name = `secret-${crypto.randomUUID().slice(0, 8)}`;
    const made = await t.json<Provider>('POST', '/v1/providers/', { ...body(name), api_key: secret });
    const answers = [
      made.body,
      (await t.json('GET', '/v1/providers/')).body,
      (await t.json('GET', `/v1/providers/${made.body.id}`)).body,
      (await t.json('POST', `/v1/providers/${made.body.id}/check`)).body,
      (await t.json('GET', '/v1/models/')).body,
    ];
    expect(JSON.stringify(answers)).not.toContain(secret);
    for (const file of readdirSync(t.dataDir)) {
      const path = join(t.dataDir, file);
      if (!statSync(path).isFile()) continue;
      const holds = readFileSync(path).includes(secret);
      // Where there is no editor that keeps secrets, a file that nobody else may read does.
      expect([file, holds]).toEqual([file, file === 'providers.json']);
      if (holds) expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    await t.json('DELETE', `/v1/providers/${made.body.id}`);
  });
});
