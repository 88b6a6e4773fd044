// Lists as clients page through them: the next page begins behind the last item, and every iteration ends.
import { describe, expect, test } from 'vitest';
import { contract, type Target } from './support/contract.ts';

interface Item {
  id: string;
}

contract('lists', (t: Target) => {
  const UNKNOWN = '00000000-0000-4000-8000-000000000000';

  /** All ids of a list, one page after the other. @throws Error where it does not end */
  async function walk(path: string, query: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (let after = ''; ids.length < 1_000; ) {
      const at = after === '' ? '' : `&after=${after}`;
      const { status, body } = await t.json<Item[]>('GET', `${path}?limit=${limit}${query}${at}`);
      expect([path, status]).toEqual([path, 200]);
      if (body.length === 0) return ids;
      expect(body.length).toBeLessThanOrEqual(limit);
      ids.push(...body.map(({ id }) => id));
      after = body.at(-1)?.id ?? '';
    }
    throw new Error(`${path} does not end.`);
  }

  async function world() {
    const tag = `list-${crypto.randomUUID()}`;
    const agents = [];
    for (let n = 0; n < 3; n++) agents.push(await t.agent({ tags: [tag] }));
    const agent = agents[0] ?? { id: '' };
    const shared = await t.client.blocks.create({ label: 'shared', value: tag });
    for (const each of agents) await t.client.agents.blocks.attach(shared.id, { agent_id: each.id });
    for (let n = 0; n < 3; n++) {
      await t.conversation(agent);
      await t.client.agents.passages.create(agent.id, { text: `Passage ${n}` });
      await t.client.agents.messages.create(agent.id, { input: `Question ${n}` });
    }
    const runs = await t.json<Item[]>('GET', `/v1/runs/?agent_id=${agent.id}`);
    return { tag, agent, shared, run: runs.body[0] ?? { id: '' } };
  }

  test('end, page by page, in both orders, and begin nowhere behind an unknown cursor', async () => {
    if (t.deviates('§0.4', 'lists blocks’ agents, steps and conversations otherwise')) return;
    const { tag, agent, shared, run } = await world();
    const lists: [path: string, query: string, count: number, prefix: string][] = [
      ['/v1/agents/', `&tags=${tag}`, 3, 'agent'],
      [`/v1/blocks/${shared.id}/agents`, '', 3, 'agent'],
      [`/v1/agents/${agent.id}/core-memory/blocks`, '', 4, 'block'],
      ['/v1/blocks/', '&label=shared', -1, 'block'],
      [`/v1/agents/${agent.id}/tools`, '', 6, 'tool'],
      ['/v1/tools/', '', -1, 'tool'],
      ['/v1/conversations/', `&agent_id=${agent.id}`, 3, 'conv'],
      ['/v1/runs/', `&agent_id=${agent.id}`, 3, 'run'],
      [`/v1/runs/${run.id}/steps`, '', 1, 'step'],
      [`/v1/runs/${run.id}/messages`, '', 2, 'message'],
      ['/v1/steps/', `&agent_id=${agent.id}`, 3, 'step'],
      [`/v1/agents/${agent.id}/messages`, '', 10, 'message'],
      ['/v1/archives/', `&agent_id=${agent.id}`, 1, 'archive'],
      ['/v1/identities/', '', 0, 'identity'],
      ['/v1/folders/', '', 0, 'source'],
    ];
    for (const [path, query, count, prefix] of lists) {
      const up = await walk(path, `${query}&order=asc`, 2);
      if (count >= 0) expect([path, up.length]).toEqual([path, count]);
      expect([path, new Set(up).size]).toEqual([path, up.length]);
      expect([path, await walk(path, `${query}&order=desc`, 2)]).toEqual([path, up.toReversed()]);
      expect([path, (await t.json('GET', `${path}?after=${prefix}-${UNKNOWN}${query}`)).body]).toEqual([path, []]);
    }
    const passages = `/v1/agents/${agent.id}/archival-memory`;
    const found = await walk(passages, '', 2);
    expect(found.length).toBe(3);
    expect(await walk(passages, '&ascending=false', 2)).toEqual(found.toReversed());
  });

  test('give the page before a cursor, too', async () => {
    if (t.deviates('§0.4', 'gives the first of all before a cursor, not those right before it')) return;
    const { agent } = await world();
    const ids = async (query: string) =>
      (await t.json<Item[]>('GET', `/v1/agents/${agent.id}/core-memory/blocks?order=asc&${query}`)).body.map(
        ({ id }) => id,
      );
    const all = await ids('');
    expect(await ids(`limit=2&before=${all[3]}`)).toEqual(all.slice(1, 3));
  });

  describe('of messages', () => {
    test('reach over all agents, or stay in one conversation', async () => {
      if (t.deviates('§1.5', 'has its own order and variants')) return;
      const [one, two] = [await t.pair(), await t.pair()];
      await t.say(one.conversation, 'To the one');
      await t.say(two.conversation, 'To the other');
      const read = async (query: string) =>
        JSON.stringify((await t.json('GET', `/v1/messages/?order=desc&${query}`)).body);
      expect(await read('limit=10')).toMatch(/To the other[\s\S]*To the one/);
      const within = await read(`conversation_id=${one.conversation.id}`);
      expect([within.includes('To the one'), within.includes('To the other')]).toEqual([true, false]);
      expect((await t.json('GET', `/v1/messages/?conversation_id=conv-${UNKNOWN}`)).status).toBe(404);
    });
  });
});
