// AgentFiles: export, import, and the way round (Letta API: AgentFile).
import { describe, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';
import { textOf } from './support/turn.ts';

// biome-ignore lint/suspicious/noExplicitAny: files of many shapes; each assertion says which.
type File = any;

const source = (name: string) =>
  `def ${name}(x: int) -> int:\n    """Doubles.\n\n    Args:\n        x (int): A number.\n    """\n    return 2 * x\n`;
const unique = (base: string) => `${base}_${crypto.randomUUID().replaceAll('-', '').slice(0, 10)}`;

/** A file as the archived server writes it, made small. */
function foreign(name: string, more: object = {}): File {
  const part = (value: string) => [{ type: 'text', text: value, signature: null }];
  const message = (id: string, role: string, content: object[], rest: object = {}) => {
    const empty = {
      name: null,
      otid: null,
      sender_id: null,
      group_id: null,
      tool_calls: null,
      tool_call_id: null,
      tool_returns: [],
    };
    const at = { model: 'gpt-4o-mini', agent_id: 'agent-0', created_at: '2025-10-31T22:56:56.459100+00:00' };
    return { type: 'message', role, content, ...empty, id, ...at, ...rest };
  };
  const call = (id: string, args: object) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  });
  return {
    agents: [
      {
        name: 'support',
        memory_blocks: [],
        tools: [],
        tool_ids: ['tool-0', 'tool-1'],
        source_ids: [],
        block_ids: ['block-0'],
        tool_rules: [{ tool_name: 'conversation_search', type: 'run_first', prompt_template: null }],
        include_base_tools: false,
        include_multi_agent_tools: false,
        include_base_tool_rules: false,
        include_default_source: false,
        tags: ['from-afar'],
        system: 'You help customers.',
        agent_type: 'memgpt_v2_agent',
        llm_config: {
          model: 'gpt-4o-mini',
          model_endpoint_type: 'openai',
          context_window: 32_000,
          handle: 'openai/gpt-4o-mini',
        },
        description: 'Helps.',
        metadata: null,
        tool_exec_environment_variables: { SHOP_KEY: '' },
        secrets: { SHOP_KEY: '' },
        message_buffer_autoclear: false,
        timezone: 'Europe/Paris',
        id: 'agent-0',
        in_context_message_ids: ['message-0', 'message-2', 'message-3', 'message-4', 'message-5'],
        messages: [
          message('message-0', 'system', part('You help customers. (compiled)')),
          message('message-1', 'user', part('An older question')),
          message('message-2', 'user', part('Double 21')),
          message('message-3', 'assistant', part('I compute.'), { tool_calls: [call('call_1', { x: 21 })] }),
          message('message-4', 'tool', part('{"status": "OK", "message": "42", "time": "2025-10-31"}'), {
            name,
            tool_call_id: 'call_1',
            tool_returns: [
              { tool_call_id: 'call_1', status: 'success', stdout: null, stderr: null, func_response: '42' },
            ],
          }),
          message('message-5', 'assistant', part('It is 42.')),
        ],
        files_agents: [],
        group_ids: [],
      },
    ],
    groups: [],
    blocks: [
      {
        id: 'block-0',
        label: 'human',
        value: 'A customer.',
        limit: 20_000,
        description: 'Who asks.',
        read_only: false,
        metadata: {},
      },
    ],
    files: [],
    sources: [],
    tools: [
      {
        id: 'tool-0',
        tool_type: 'custom',
        name,
        description: 'Doubles.',
        source_type: 'python',
        source_code: source(name),
        json_schema: {
          name,
          description: 'Doubles.',
          parameters: {
            type: 'object',
            properties: { x: { type: 'integer', description: 'A number.' } },
            required: ['x'],
          },
        },
        tags: [],
        return_char_limit: 6000,
        metadata_: null,
      },
      {
        id: 'tool-1',
        tool_type: 'letta_core',
        name: 'conversation_search',
        source_code: null,
        source_type: 'python',
        tags: ['letta_core'],
      },
    ],
    mcp_servers: [],
    metadata: { revision_id: '1' },
    created_at: '2025-11-01T00:00:00+00:00',
    ...more,
  };
}

contract('agent files', (t: Target) => {
  async function imported(file: unknown, fields: Record<string, string> = {}) {
    const form = new FormData();
    const content = typeof file === 'string' ? file : JSON.stringify(file);
    form.append('file', new Blob([content], { type: 'application/json' }), 'agent.af');
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    const response = await t.fetch(`${t.baseUrl}/v1/agents/import`, { method: 'POST', body: form });
    return { status: response.status, body: (await response.json()) as File };
  }

  const exported = async (id: string, query = ''): Promise<File> =>
    (await t.json<File>('GET', `/v1/agents/${id}/export${query}`)).body;

  /** A file without what every export makes anew. */
  function comparable(file: File): File {
    const { created_at: _at, metadata: _by, ...rest } = structuredClone(file);
    for (const agent of rest.agents)
      for (const message of agent.messages ?? [])
        if (message.role === 'system') Object.assign(message, { content: 'compiled', created_at: 'now' });
    return rest;
  }

  describe('an export', () => {
    test('holds system prompt, blocks, tools with source, messages and what is in context; secrets by name only', async () => {
      const name = unique('double');
      await t.json('POST', '/v1/tools/', { source_code: source(name), source_type: 'python' });
      const agent = await t.agent({ tools: ['conversation_search', name], secrets: { SHOP_KEY: 'sk-of-the-shop' } });
      t.model.script(text('Hello.'));
      await t.json('POST', `/v1/agents/${agent.id}/messages`, { messages: [{ role: 'user', content: 'Hi there' }] });
      const file = await exported(agent.id);
      const [only] = file.agents;
      expect(file.agents).toHaveLength(1);
      expect(only.id).toBe('agent-0');
      expect(file.blocks.map(({ label }: { label: string }) => label).sort()).toEqual(['human', 'persona', 'project']);
      expect([...only.block_ids].sort()).toEqual(file.blocks.map(({ id }: { id: string }) => id).sort());
      expect(file.tools.find((tool: File) => tool.name === name)).toMatchObject({
        tool_type: 'custom',
        source_code: source(name),
      });
      expect(only.messages.map(({ role }: File) => role)).toEqual(['system', 'user', 'assistant']);
      expect(only.in_context_message_ids).toEqual(only.messages.map(({ id }: File) => id));
      expect(only.secrets).toEqual({ SHOP_KEY: '' });
      expect(JSON.stringify(file)).not.toContain('sk-of-the-shop');
    });

    test('leaves messages out where it is told to', async () => {
      const agent = await t.agent();
      const [only] = (await exported(agent.id, '?scrub_messages=true')).agents;
      expect([only.messages, only.in_context_message_ids]).toEqual([[], []]);
    });

    test('takes the skills that are sent along', async () => {
      const agent = await t.agent();
      const skills = [{ name: 'greet', files: { 'SKILL.md': '---\nname: greet\n---\n' }, source_url: null }];
      const { status, body } = await t.json<File>('POST', `/v1/agents/${agent.id}/export`, { skills });
      expect([status, body.skills]).toEqual([200, skills]);
    });

    test('of an unknown agent is a 404', async () => {
      const { status } = await t.json('GET', `/v1/agents/agent-${crypto.randomUUID()}/export`);
      if (!t.deviates('§1.2', '500 for an agent that is not there')) expect(status).toBe(404);
    });
  });

  describe('an import', () => {
    test('makes the agent of a file that another server wrote, with its history', async () => {
      const name = unique('double');
      const { status, body } = await imported(foreign(name), { model: t.handle, secrets: '{"SHOP_KEY":"sk-1"}' });
      expect([status, body]).toEqual([200, expect.objectContaining({ agent_ids: [expect.stringMatching(/^agent-/)] })]);
      const [id] = body.agent_ids;
      const agent = await t.client.agents.retrieve(id, {
        include: ['agent.blocks', 'agent.tools', 'agent.tags', 'agent.secrets'],
      });
      expect(agent).toMatchObject({
        name: 'support_copy',
        system: 'You help customers.',
        tags: ['from-afar'],
        timezone: 'Europe/Paris',
      });
      expect(agent.agent_type).toBe('memgpt_v2_agent');
      expect(agent.blocks.map(({ label, value }) => [label, value])).toEqual([['human', 'A customer.']]);
      expect(agent.tools.map((tool) => tool.name).sort()).toEqual(['conversation_search', name].sort());
      expect(agent.secrets?.map(({ key, value }) => [key, value])).toEqual([['SHOP_KEY', 'sk-1']]);
      const system = (await t.json<File>('GET', `/v1/messages/${agent.message_ids?.[0]}`)).body[0];
      if (!t.isArchived) expect(system.content).toContain('A customer.');
      t.model.script(
        toolCalls([{ name: 'conversation_search', args: { query: 'older' }, id: 'call_s' }]),
        text('Yes.'),
      );
      await t.json('POST', `/v1/agents/${id}/messages`, { messages: [{ role: 'user', content: 'And then?' }] });
      const told = JSON.stringify(t.model.requests.at(-1)?.body.messages);
      for (const said of ['Double 21', 'I compute.', 'It is 42.', 'And then?']) expect(told).toContain(said);
      expect(told).not.toContain('An older question"');
      const result = t.lastRequest.body.messages.find(
        ({ role, tool_call_id }) => role === 'tool' && tool_call_id === 'call_1',
      );
      expect(messageText(result)).toContain('42');
    });

    test('of what was exported gives an equal agent', async () => {
      if (t.isArchived) return;
      const name = unique('double');
      const first = (await imported(foreign(name), { append_copy_suffix: 'false' })).body.agent_ids[0];
      const conversation = await t.conversation({ id: first });
      await t.json('PATCH', `/v1/agents/${first}`, { model: t.handle, tool_rules: [] });
      t.model.script(toolCalls([{ name: 'conversation_search', args: { query: 'x' }, id: 'call_t' }]), text('Found.'));
      await t.say(conversation, 'In a thread');
      await t.json('POST', `/v1/agents/${first}/archival-memory`, { text: 'Kept for later.', tags: ['a'] });
      const before = await exported(first);
      const { body } = await imported(before, { append_copy_suffix: 'false' });
      const after = await exported(body.agent_ids[0]);
      expect(comparable(after).agents).toEqual(comparable(before).agents);
      const { letta_vscode: more, ...rest } = comparable(after);
      const { letta_vscode: moreBefore, ...restBefore } = comparable(before);
      expect(rest).toEqual(restBefore);
      expect(more['agent-0'].archive).toEqual(moreBefore['agent-0'].archive);
      const said = (file: File) =>
        file['agent-0'].conversations[0].messages.slice(1).map(({ role, content }: File) => [role, content]);
      expect(said(more)).toEqual(said(moreBefore));
      const [thread] = await t.client.conversations.list({ agent_id: body.agent_ids[0] });
      expect((await t.history({ id: thread?.id ?? '' })).map(textOf)).toContain('Found.');
    });

    test('takes over nothing that says whose agent or block it is', async () => {
      if (t.isArchived) return;
      const file = foreign(unique('double'));
      const [agent] = file.agents;
      agent.tags = ['from-afar', 'workspace:662e7e6ec775bede48370bf0', 'origin:letta-vscode'];
      agent.metadata = { letta_vscode_prompt: 1, color: 'red' };
      file.blocks[0].metadata = { shared: 'letta-vscode:human', owner: 'x', local_only: true };
      const { body } = await imported(file);
      const made = await t.client.agents.retrieve(body.agent_ids[0], { include: ['agent.tags', 'agent.blocks'] });
      expect([made.tags, made.metadata]).toEqual([['from-afar'], { color: 'red' }]);
      expect(made.blocks.map(({ metadata }) => metadata)).toEqual([{ local_only: true }]);
    });

    test('reads a file that is JSON within JSON', async () => {
      const { status } = await imported(JSON.stringify(JSON.stringify(foreign(unique('double')))));
      expect(status).toBe(200);
    });

    test('takes a name, and leaves messages out where it is told to', async () => {
      const { body } = await imported(foreign(unique('double')), { name: 'Mine', strip_messages: 'true' });
      const agent = await t.client.agents.retrieve(body.agent_ids[0]);
      expect(agent.name).toBe('Mine');
      if (t.deviates('§1.2', 'imports the messages all the same')) return;
      expect(agent.message_ids?.length).toBeLessThanOrEqual(1);
    });

    test('keeps a tool that is there where it may not override it', async () => {
      const name = unique('double');
      const other = source(name).replace('2 * x', '3 * x');
      await t.json('POST', '/v1/tools/', { source_code: other, source_type: 'python' });
      await imported(foreign(name), { override_existing_tools: 'false' });
      const { body } = await t.json<File>('GET', `/v1/tools/?name=${name}`);
      expect(body[0].source_code).toBe(other);
    });

    const changed = (change: (file: File) => void) => () => {
      const file = foreign(unique('double'));
      change(file);
      return JSON.stringify(file);
    };
    let deep: unknown = 'x';
    for (let i = 0; i < 5_000; i++) deep = { deep };

    test.each<[string, () => string]>([
      ['no JSON', () => '{"agents": ['],
      ['a list', () => '[]'],
      ['a number', () => '7'],
      ['an older format', () => JSON.stringify({ agent_type: 'memgpt_agent', core_memory: [], name: 'x' })],
      [
        'no agent',
        changed((file) => {
          file.agents = [];
        }),
      ],
      [
        'agents that are none',
        changed((file) => {
          file.agents = ['agent-0'];
        }),
      ],
      ['a tool that is not there', changed((file) => file.agents[0].tool_ids.push('tool-9'))],
      ['a block that is not there', changed((file) => file.agents[0].block_ids.push('block-9'))],
      ['a message that is not there', changed((file) => file.agents[0].in_context_message_ids.push('message-99'))],
      [
        'two blocks of one label',
        changed((file) => {
          file.blocks.push({ ...file.blocks[0], id: 'block-1' });
          file.agents[0].block_ids.push('block-1');
        }),
      ],
      ['two messages of one id', changed((file) => file.agents[0].messages.push(file.agents[0].messages[1]))],
      [
        'a tool whose name is none',
        changed((file) => {
          file.tools[0].json_schema.name = 'rm -rf /';
        }),
      ],
      [
        'nesting without end',
        changed((file) => {
          file.agents[0].metadata = deep;
        }),
      ],
      [
        'a message whose content is a number',
        changed((file) => {
          file.agents[0].messages[1].content = 7;
        }),
      ],
    ])('of %s is a 400, and nothing is made', async (_, content) => {
      if (t.isArchived) return;
      const count = async () => (await t.json<number>('GET', '/v1/agents/count')).body;
      const blocks = async () => (await t.json<unknown[]>('GET', '/v1/blocks/?limit=1000')).body.length;
      const before = [await count(), await blocks()];
      const { status, body } = await imported(content());
      expect([status, body.detail]).toEqual([400, expect.any(String)]);
      expect([await count(), await blocks()]).toEqual(before);
    });

    test('without a file, or that is no form, is a 422', async () => {
      const form = new FormData();
      form.append('name', 'x');
      const response = await t.fetch(`${t.baseUrl}/v1/agents/import`, { method: 'POST', body: form });
      expect(response.status).toBe(422);
      expect((await t.json('POST', '/v1/agents/import', {})).status).toBe(422);
    });

    test('of a call without a result leaves a conversation that goes on', async () => {
      if (t.isArchived) return;
      const file = foreign(unique('double'));
      file.agents[0].messages = file.agents[0].messages.filter(({ id }: File) => id !== 'message-4');
      file.agents[0].in_context_message_ids = ['message-0', 'message-2', 'message-3', 'message-5'];
      file.agents[0].tool_rules = [];
      const { body } = await imported(file, { model: t.handle });
      t.model.script(text('On.'));
      await t.json('POST', `/v1/agents/${body.agent_ids[0]}/messages`, {
        messages: [{ role: 'user', content: 'Go on' }],
      });
      const result = t.lastRequest.body.messages.find(
        ({ role, tool_call_id }) => role === 'tool' && tool_call_id === 'call_1',
      );
      expect(messageText(result)).toContain('no result of this call');
    });
  });
});
