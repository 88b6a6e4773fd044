// Search over what was said: by words, related words and parts of identifiers, in one conversation or all.
import { expect, test } from 'vitest';
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
