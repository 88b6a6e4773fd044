// The requests that Letta Code 0.34 makes for a first headless turn, in its order and with its bodies (Letta API: Letta Code).
import { expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';
import { type LettaEvent, textOf } from './support/turn.ts';

const HEADERS = {
  'user-agent': 'letta-code/0.34.12',
  'x-letta-source': 'letta-code',
  'x-letta-environment-device-id': 'device',
  'x-letta-memfs-backend': 'none',
  authorization: 'Bearer',
};
const TYPES = [
  'user_message',
  'assistant_message',
  'reasoning_message',
  'tool_call_message',
  'tool_return_message',
  'approval_request_message',
  'approval_response_message',
  'summary_message',
]
  .map((type) => `include_return_message_types=${type}`)
  .join('&');

contract('Letta Code', (t: Target) => {
  test('makes an agent and a conversation, takes a turn with its tools, and comes back to it', async () => {
    if (t.deviates('§9', 'lacks the side routes and attaches no memory tools by itself')) return;
    async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await t.json<T>(method, path, body, HEADERS);
      expect([method, path, answer.status, answer.status === 200 ? '' : answer.body]).toEqual([method, path, 200, '']);
      return answer.body;
    }

    const models = await ask<{ handle: string }[]>('GET', '/v1/models/');
    expect(models.map((model) => model.handle)).toContain(t.handle);
    const agent = await ask<{ id: string }>('POST', '/v1/agents/', {
      agent_type: 'letta_v1_agent',
      name: 'Letta Code',
      system: 'You are Letta Code.',
      description: 'A coding agent.',
      model: t.handle,
      model_settings: { provider_type: 'openai', parallel_tool_calls: true },
      context_window_limit: 32_000,
      memory_blocks: [
        { label: 'persona', value: 'I code.' },
        { label: 'human', value: 'Unknown.' },
      ],
      tools: ['web_search', 'fetch_webpage'],
      include_base_tools: false,
      include_base_tool_rules: false,
      initial_message_sequence: [],
      parallel_tool_calls: true,
      enable_sleeptime: false,
      compaction_settings: { model: 'letta/auto' },
      tags: ['origin:letta-code'],
    });
    const path = `/v1/agents/${agent.id}`;
    await ask('PATCH', path, {
      model: t.handle,
      model_settings: { provider_type: 'openai', parallel_tool_calls: true },
      context_window_limit: 32_000,
    });
    const full = await ask<{ tags: string[]; message_ids: string[] }>(
      'GET',
      `${path}?include=agent.tools&include=agent.tags`,
    );
    expect(full.tags).toEqual(['origin:letta-code']);
    expect(full.message_ids.length).toBe(1);
    await ask('PATCH', path, { tags: ['origin:letta-code', 'favorite:user'] });
    expect(await ask('GET', `${path}/secrets`)).toEqual([]);

    const conversation = await ask<{ id: string }>('POST', `/v1/conversations/?agent_id=${agent.id}`, {});
    const at = `/v1/conversations/${conversation.id}`;
    const { in_context_message_ids: ids } = await ask<{ in_context_message_ids: string[] }>('GET', at);
    await ask('GET', path);
    expect(await ask('GET', `${at}/messages?limit=50&order=desc&${TYPES}`)).toEqual([]);
    await ask<LettaEvent[]>('GET', `/v1/messages/${ids.at(-1)}`);
    expect(await ask('GET', `${path}/mcp-servers`)).toEqual([]);

    const client_tools = ['Bash', 'Read', 'Edit', 'Write', 'Glob', 'Grep', 'Skill'].map((name) => ({
      name,
      description: `${name} `.repeat(200),
      parameters: { type: 'object', properties: { description: { type: 'string' } }, required: ['description'] },
    }));
    const client_skills = Array.from({ length: 24 }, (_, n) => ({
      name: `skill-${n}`,
      description: 'What it is good for.',
      location: `/home/user/.letta/skills/skill-${n}/SKILL.md`,
    }));
    const send = (messages: object[]) =>
      t.turn(conversation, { messages, client_tools, client_skills, include_compaction_messages: true });

    t.model.script(toolCalls([{ name: 'Bash', args: {}, id: 'call_1' }]));
    const asked = await send([
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>Session.</system-reminder>' },
          { type: 'text', text: 'List the files' },
        ],
        otid: crypto.randomUUID(),
      },
    ]);
    expect(asked.stopReason).toBe('requires_approval');
    const offered = t.lastRequest.body.tools?.map((tool) => tool.function.name);
    expect(offered).toEqual(expect.arrayContaining(['Bash', 'memory_insert', 'memory_replace']));

    // A call that lacks an argument comes back refused, with the reason.
    t.model.script(toolCalls([{ name: 'Bash', args: { description: 'ls' }, id: 'call_2' }]));
    const reason = 'Missing required argument: description';
    const again = await send([
      { type: 'approval', approvals: [{ type: 'approval', tool_call_id: 'call_1', approve: false, reason }] },
    ]);
    expect(again.stopReason).toBe('requires_approval');
    t.model.script(text('Two files.'));
    const returned = {
      type: 'tool',
      tool_call_id: 'call_2',
      tool_return: [{ type: 'text', text: 'a\nb' }],
      status: 'success',
      stdout: ['a\nb'],
      stderr: [],
    };
    const done = await send([{ type: 'approval', approvals: [returned], otid: crypto.randomUUID() }]);
    expect([done.stopReason, done.text]).toEqual(['end_turn', 'Two files.']);
    expect(t.lastRequest.body.messages.map(messageText).join('\n')).toContain(reason);
    expect(await ask('GET', `${path}/repositories`)).toEqual({ repositories: [] });

    const back = await ask<LettaEvent[]>('GET', `${at}/messages?limit=50&order=desc&${TYPES}`);
    expect(textOf(back[0])).toBe('Two files.');
    const newest = await ask<LettaEvent[]>('GET', `/v1/messages/${back[0]?.id}`);
    expect(newest.map((message) => message.message_type)).not.toContain('approval_request_message');
  });

  test('may name the model on the conversation', async () => {
    if (t.deviates('§1.4', 'keeps no context window on a conversation')) return;
    const agent = await t.agent();
    const body = {
      model: t.secondHandle,
      model_settings: { provider_type: 'openai', parallel_tool_calls: true },
      context_window_limit: 16_000,
    };
    const made = await t.json<{ id: string }>('POST', `/v1/conversations/?agent_id=${agent.id}`, body, HEADERS);
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ model: t.secondHandle, context_window_limit: 16_000 });
    await t.say(made.body, 'Hi');
    expect(t.lastRequest.body.model).toBe('second');
  });
});
