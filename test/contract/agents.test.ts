// Agents: create, read, change, list, delete, and their tools (Letta API: agents, tools).
import type { AgentState } from '@letta-ai/letta-client/resources/agents/agents';
import { describe, expect, test } from 'vitest';
import { contract, MEMORY_TOOLS, SERVER_TOOLS } from './support/contract.ts';

const AGENT_ID = /^agent-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Names of the tools that ask before they run; a server may keep rules of other kinds beside these. */
function underApproval(agent: AgentState): string[] {
  return (agent.tool_rules ?? []).flatMap((rule) => (rule.type === 'requires_approval' ? [rule.tool_name] : []));
}

contract('agents', (t) => {
  describe('a new agent', () => {
    test('has the state that clients read', async () => {
      const agent = await t.agent({
        name: 'Ada',
        description: 'Knows this code base.',
        system: 'You are Ada.',
        tags: ['one', 'two'],
        metadata: { workspace: 'sample' },
        timezone: 'Europe/Berlin',
      });
      expect(agent).toMatchObject({
        id: expect.stringMatching(AGENT_ID),
        agent_type: 'letta_v1_agent',
        name: 'Ada',
        description: 'Knows this code base.',
        system: 'You are Ada.',
        model: t.handle,
        metadata: { workspace: 'sample' },
        timezone: 'Europe/Berlin',
        llm_config: { model: 'scripted', model_endpoint_type: expect.any(String), context_window: expect.any(Number) },
        sources: [],
      });
      const full = await t.client.agents.retrieve(agent.id, {
        include: ['agent.blocks', 'agent.tools', 'agent.tags', 'agent.pending_approval'],
      });
      expect([...full.tags].sort()).toEqual(['one', 'two']);
      expect(full.tools.map((tool) => tool.name).sort()).toEqual([...SERVER_TOOLS].sort());
      expect(full.blocks.map((block) => block.label).sort()).toEqual(['human', 'persona', 'project']);
      expect(full.memory.blocks.map((block) => block.value)).toContain('Prefers tabs.');
      expect(full.pending_approval ?? null).toBeNull();
      expect(full.created_at).toEqual(expect.any(String));
    });

    test('has a system message that holds its instructions and blocks', async () => {
      const agent = await t.agent({ system: 'You are Ada.' });
      const id = agent.message_ids?.[0];
      expect(id).toMatch(/^message-/);
      const [system] = (await t.json<{ message_type: string; content: string }[]>('GET', `/v1/messages/${id}`)).body;
      expect(system).toMatchObject({ id, message_type: 'system_message' });
      expect(system?.content).toContain('You are Ada.');
      expect(system?.content).toContain('Prefers tabs.');
    });

    test('gets the base tools unless it is told otherwise', async () => {
      const { id } = await t.client.agents.create({ agent_type: 'letta_v1_agent', model: t.handle });
      const tools = await t.client.agents.tools.list(id, { limit: 50 });
      expect(tools.items.map((tool) => tool.name)).toEqual(
        expect.arrayContaining(['conversation_search', 'memory_insert', 'memory_replace']),
      );
      const bare = await t.agent({ tools: [] });
      expect((await t.client.agents.tools.list(bare.id)).items).toEqual([]);
    });

    test('gets a name of its own when none is given', async () => {
      const agent = await t.client.agents.create({ agent_type: 'letta_v1_agent', model: t.handle });
      expect(agent.name.length).toBeGreaterThan(0);
    });

    test('keeps its tool rules', async () => {
      const agent = await t.agent({ tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }] });
      expect(underApproval(agent)).toEqual(['memory_insert']);
    });

    test('is refused with an unknown tool', async () => {
      const { status, body } = await t.json('POST', '/v1/agents/', { model: t.handle, tools: ['no_such_tool'] });
      expect(status).toBe(400);
      expect(body.detail).toContain('Tools not found by name');
      expect(body.detail).toContain('no_such_tool');
    });

    test('is refused with an unknown model', async () => {
      const { status, body } = await t.json('POST', '/v1/agents/', { model: 'nobody/nothing' });
      expect(status).toBe(404);
      expect(body.detail).toContain('nobody/nothing');
    });

    test('may name a summariser that does not exist', async () => {
      const agent = await t.agent({ compaction_settings: { model: 'letta/auto' } });
      expect(agent.id).toMatch(AGENT_ID);
    });
  });

  test('changes are kept, and what is not named stays', async () => {
    const agent = await t.agent({ name: 'Ada', description: 'old', tags: ['a'] });
    await t.client.agents.update(agent.id, {
      name: 'Bea',
      system: 'You are Bea.',
      tags: ['b', 'c'],
      metadata: { seen: true },
      model: t.secondHandle,
      context_window_limit: 16_000,
    });
    const after = await t.client.agents.retrieve(agent.id, { include: ['agent.tags', 'agent.tools'] });
    expect(after).toMatchObject({
      name: 'Bea',
      description: 'old',
      system: 'You are Bea.',
      metadata: { seen: true },
      model: t.secondHandle,
      llm_config: { context_window: 16_000 },
    });
    expect([...after.tags].sort()).toEqual(['b', 'c']);
    expect(after.tools.length).toBe(SERVER_TOOLS.length);
  });

  test('a deleted agent is gone', async () => {
    const agent = await t.agent();
    await t.client.agents.delete(agent.id);
    expect((await t.json('GET', `/v1/agents/${agent.id}`)).status).toBe(404);
    expect((await t.json('DELETE', `/v1/agents/${agent.id}`)).status).toBe(404);
    expect((await t.client.agents.list({ name: agent.name })).items).toEqual([]);
  });

  describe('the list', () => {
    const tag = () => `tag-${crypto.randomUUID()}`;

    test('is filtered by name, text and tags', async () => {
      const [shared, own] = [tag(), tag()];
      const ada = await t.agent({ name: `Ada ${own}`, tags: [shared, own] });
      const bea = await t.agent({ name: `Bea ${own}`, tags: [shared] });
      const ids = async (query: Record<string, unknown>) =>
        (await t.client.agents.list(query)).items.map((agent) => agent.id);
      expect(await ids({ name: ada.name })).toEqual([ada.id]);
      expect((await ids({ tags: [shared] })).sort()).toEqual([ada.id, bea.id].sort());
      expect(await ids({ tags: [shared, own], match_all_tags: true })).toEqual([ada.id]);
      expect((await ids({ tags: [shared, own] })).sort()).toEqual([ada.id, bea.id].sort());
      expect(await ids({ query_text: `Bea ${own}` })).toEqual([bea.id]);
      expect(await t.client.tags.list()).toEqual(expect.arrayContaining([shared, own]));
    });

    test('is newest first, and paged in either order without gap or repeat', async () => {
      const shared = tag();
      const made: string[] = [];
      for (let n = 0; n < 5; n++) made.push((await t.agent({ tags: [shared] })).id);
      for (const [order, expected] of [
        ['desc', [...made].reverse()],
        ['asc', made],
      ] as const) {
        const seen: string[] = [];
        for await (const agent of t.client.agents.list({ tags: [shared], limit: 2, order })) {
          seen.push(agent.id);
          if (seen.length > 10) break;
        }
        expect(seen).toEqual(expected);
      }
      expect((await t.client.agents.list({ tags: [shared] })).items.map((agent) => agent.id)).toEqual(made.reverse());
    });
  });

  describe('tools', () => {
    test('the memory tools are there, with schemas', async () => {
      const answer = await t.json<unknown[]>('POST', '/v1/tools/add-base-tools');
      expect([answer.status, Array.isArray(answer.body)]).toEqual([200, true]);
      for (const name of SERVER_TOOLS) {
        const [tool] = (await t.client.tools.list({ name })).items;
        expect(tool).toMatchObject({
          id: expect.stringMatching(/^tool-/),
          name,
          tool_type: expect.stringMatching(/^letta_/),
          json_schema: { name, description: expect.any(String), parameters: { type: 'object' } },
        });
      }
    });

    test('are attached, detached, and put under approval', async () => {
      const agent = await t.agent({ tools: ['memory_insert'] });
      const [tool] = (await t.client.tools.list({ name: 'conversation_search' })).items;
      const id = tool?.id ?? '';
      const names = async () => (await t.client.agents.tools.list(agent.id)).items.map((entry) => entry.name).sort();
      await t.client.agents.tools.attach(id, { agent_id: agent.id });
      await t.client.agents.tools.attach(id, { agent_id: agent.id });
      expect(await names()).toEqual(['conversation_search', 'memory_insert']);
      await t.client.agents.tools.detach(id, { agent_id: agent.id });
      expect(await names()).toEqual(['memory_insert']);

      const rules = async () => underApproval(await t.client.agents.retrieve(agent.id));
      const approval = (requires: boolean) =>
        t.json('PATCH', `/v1/agents/${agent.id}/tools/approval/memory_insert?requires_approval=${requires}`);
      await approval(true);
      expect(await rules()).toEqual(['memory_insert']);
      await approval(false);
      expect(await rules()).toEqual([]);
    });
  });

  test('an agent of Letta Code can write memory here and finds its side routes', async () => {
    if (t.deviates('§9', 'attaches no memory tools by itself and lacks the side routes')) return;
    const agent = await t.agent({ tools: ['web_search', 'fetch_webpage'], tags: ['origin:letta-code'] });
    const tools = await t.client.agents.tools.list(agent.id, { limit: 50 });
    expect(tools.items.map((tool) => tool.name)).toEqual(expect.arrayContaining(MEMORY_TOOLS.slice(0, 2)));
    for (const [path, expected] of [
      ['secrets', []],
      ['mcp-servers', []],
      ['repositories', { repositories: [] }],
    ] as const) {
      const { status, body } = await t.json('GET', `/v1/agents/${agent.id}/${path}`);
      expect([path, status, body]).toEqual([path, 200, expected]);
    }
  });
});
