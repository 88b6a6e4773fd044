// Search over what was said: by words, related words and parts of identifiers, in one conversation or all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../../../src/server/store/ids.ts';
import { Store } from '../../../src/server/store/store.ts';
import { Harness, type Json, says } from './support.ts';

async function talked() {
  const harness = await Harness.start();
  const agent = await harness.agent();
  const [one, two] = [await harness.conversation(agent.id), await harness.conversation(agent.id)];
  harness.model.answers = [says('Noted: the port is 54329.')];
  await harness.say(one.id, 'The production database listens on port 54329.');
  await harness.say(two.id, 'The helper parseInvoiceNumber drops the prefix.');
  const other = await harness.agent({ name: 'Bob' });
  await harness.say((await harness.conversation(other.id)).id, 'A production database of another agent.');
  const search = (body: object): Promise<Json[]> =>
    harness.json('POST', '/v1/messages/search', { agent_id: agent.id, ...body });
  return { harness, agent, one, two, search };
}

test.each([
  ['production database', 'listens on port'],
  ['live db', 'listens on port'],
  ['parse invoice number', 'parseInvoiceNumber'],
  ['parseInvoice', 'parseInvoiceNumber'],
  ['what does the helper drop?', 'parseInvoiceNumber'],
])('"%s" finds "%s" first', async (query, expected) => {
  const { search } = await talked();
  const [first] = await search({ query });
  expect(first.content).toContain(expected);
});

test('results say whose they are, and filters hold', async () => {
  const { harness, agent, one, two, search } = await talked();
  const [first] = await search({ query: 'production database', roles: ['user'] });
  expect(first).toMatchObject({
    message_id: expect.stringMatching(/^message-/),
    message_type: 'user_message',
    agent_id: agent.id,
    conversation_id: one.id,
    created_at: expect.stringContaining('+00:00'),
  });
  expect((await search({ query: '54329', roles: ['assistant'] })).map((found) => found.message_type)).toEqual([
    'assistant_message',
  ]);
  expect(await search({ query: '54329', conversation_id: two.id })).toEqual([]);
  expect(await search({ query: '54329', end_date: '2020-01-01' })).toEqual([]);
  expect(await search({ query: '54329', start_date: '2020-01-01', limit: 1 })).toHaveLength(1);
  expect((await harness.json('POST', '/v1/messages/search', { query: 'production database' })).length).toBeGreaterThan(
    1,
  );
  expect((await harness.request('POST', '/v1/messages/search', { query: 'x', start_date: 'soon' })).status).toBe(422);
});

test('what was compacted away is found, what was deleted is not', async () => {
  const { harness, one, two, search } = await talked();
  harness.model.answers = [says('Talked about a port.')];
  await harness.json('POST', `/v1/conversations/${one.id}/compact`, { compaction_settings: { mode: 'all' } });
  expect((await search({ query: 'database port' }))[0].content).toContain('54329');
  const fork = await harness.json('POST', `/v1/conversations/${two.id}/fork`);
  await harness.json('DELETE', `/v1/conversations/${two.id}`);
  expect(await search({ query: 'invoice' })).not.toEqual([]);
  await harness.json('DELETE', `/v1/conversations/${fork.id}`);
  expect(await search({ query: 'invoice' })).toEqual([]);
});

test.each(['"quoted" (and) * NEAR: -x', "it's", '%', '🙂', 'AND OR NOT', '的'])('%s is no syntax', async (query) => {
  const { search } = await talked();
  expect(Array.isArray(await search({ query }))).toBe(true);
});

test('a word that thousands of messages have is searched among the newest, and does not hide a rare one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-common-'));
  const store = new Store(folder, () => {});
  try {
    const agentId = newId('agent');
    const fields = { name: 'Common', description: null, system: '', model: null };
    store.write('relaxed', () => {
      store.agents.create(agentId, { ...fields, tags: [], tools: [], toolRules: [], settings: {} });
      store.conversations.create(agentId, agentId, {});
      for (let n = 0; n < 5_200; n++) {
        const text = n === 3 ? 'The heron of the deployment' : `The deployment number ${n}`;
        const body = { role: 'user' as const, content: [{ type: 'text' as const, text }] };
        store.messages.append({ id: newId('message'), agentId, owner: agentId, body });
      }
    });
    const find = (query: string, agent = agentId) => store.messageSearch.find(query, { agentId: agent, limit: 5 });
    const texts = (query: string) => find(query).map(({ body }) => JSON.stringify(body));
    expect(texts('heron deployment')[0]).toContain('The heron');
    expect(texts('deployment')).toHaveLength(5);
    // Of all that match, the newest thousand are looked at.
    for (const text of texts('deployment'))
      expect(Number(/number (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(4_200);
    expect(texts('deployment nowhere')).toHaveLength(5);
    expect(find('deployment', newId('agent'))).toEqual([]);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
