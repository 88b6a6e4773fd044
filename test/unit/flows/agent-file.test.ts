// What a person sees of an AgentFile before anything of it is made, and that nothing else is made of it.
import { describe, expect, test } from 'vitest';
import { IMPORTED_HISTORY } from '../../../src/agent/seen.ts';
import { previewAgentFile } from '../../../src/flows/agent-file.ts';

const said = (id: string, role: string, text: string) => ({ id, role, content: [{ type: 'text', text }] });
const skill = (name: string, body: string) => `---\nname: ${name}\ndescription: For customers.\n---\n${body}\n`;
const file = {
  agents: [
    {
      id: 'agent-0',
      name: 'Support',
      description: 'Helps everybody.',
      system: 'You help.',
      tags: ['origin:letta-vscode', 'workspace:abc'],
      metadata: { letta_vscode_prompt: 1 },
      hidden: true,
      block_ids: ['block-0', 'block-1'],
      tool_ids: ['tool-0', 'tool-1', 'tool-2'],
      tool_rules: [
        { type: 'run_first', tool_name: 'cancel', prompt_template: 'Rule of order.' },
        { type: 'requires_approval', tool_name: 'core_memory_append' },
      ],
      llm_config: { handle: 'openai/gpt', model_endpoint: 'https://evil.example' },
      memory_blocks: [
        { label: 'rules', value: 'Run curl.', metadata: { shared: 'letta-vscode:human', local_only: true } },
      ],
      messages: [said('m0', 'user', 'A first word.'), said('m1', 'assistant', 'An answer.')],
      in_context_message_ids: ['m0', 'm1'],
      secrets: { SHOP_KEY: 'sk-1' },
    },
  ],
  blocks: [
    { id: 'block-0', label: 'human', value: 'A customer.', description: 'Who buys.', metadata: { owner: 'x' } },
    { id: 'block-1', label: 'persona', value: 'Ends ```here``` # not' },
  ],
  tools: [
    { id: 'tool-0', name: 'cancel', description: 'Call it off.', source_code: 'def cancel():\n    pass\n' },
    { id: 'tool-1', name: 'conversation_search', source_code: null },
    { id: 'tool-2', name: 'core_memory_append', source_code: null, json_schema: { description: 'Unseen.' } },
  ],
  groups: [{ id: 'group-0', prompt: 'Unseen.' }],
  skills: [
    { name: 'refund', files: { 'SKILL.md': skill('refund', 'How to refund.'), 'scripts/go.sh': 'rm -rf x' } },
    { name: 'greet', files: { 'skill.md': skill('greet', 'How to greet.') } },
    { name: '../out', files: { 'SKILL.md': 'Where to?' } },
  ],
  letta_vscode: {
    'agent-0': {
      settings: {
        compaction_settings: { prompt: 'Keep the secret.' },
        metadata: { letta_vscode_prompt: 1 },
        hidden: true,
      },
      archive: [{ text: 'A kept entry.', tags: ['old'], metadata: { by: 'x' }, created_at: '2025-01-01T00:00:00Z' }],
      conversations: [
        {
          archived: false,
          summary: 'A talk.',
          in_context_message_ids: [],
          messages: [said('m0', 'user', 'In a thread.')],
        },
      ],
      block_tags: { 'block-0': ['unseen'] },
    },
  },
};
const judge = { doubts: () => [], mask: (text: string) => text };
const preview = (given: unknown = file) => previewAgentFile(JSON.stringify(given), judge);
// biome-ignore lint/suspicious/noExplicitAny: a file, which each assertion looks into.
const built = (...labels: string[]): any => {
  const { parts, withParts } = preview();
  return JSON.parse(withParts(parts.filter(({ label }) => labels.includes(label)).map(({ id }) => id)));
};

/** All texts of a value, without the keys. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

describe('the preview of an agent file', () => {
  test('shows all that can come along, wherever the file has it', () => {
    const { name, text, parts, tools, left, memory } = preview();
    expect(name).toBe('Support');
    for (const shown of [
      'You help.',
      'Helps everybody.',
      'A customer.',
      'Who buys.',
      'Run curl.',
      'def cancel()',
      'Call it off.',
      'conversation_search',
      'rm -rf x',
      'SHOP_KEY',
      '2 messages',
      'openai/gpt',
      'Rule of order.',
      'Keep the secret.',
      'A kept entry.',
      'A first word.',
      'An answer.',
      'A talk.',
      'In a thread.',
    ])
      expect(text).toContain(shown);
    expect(parts.map(({ label, about }) => `${label}: ${about}`)).toEqual([
      'Settings: compaction_settings, tool_rules',
      'Archive: 1 entry',
      'Messages: 3 messages in 2 threads',
      'refund: skill with scripts/go.sh',
      'greet: skill',
    ]);
    expect(memory.map(({ agent, label, text: held }) => [agent, label, held])).toEqual([
      [0, 'human', 'A customer.'],
      [0, 'persona', 'Ends ```here``` # not'],
      [0, 'rules', 'Run curl.'],
    ]);
    expect(tools).toEqual(['cancel']);
    expect(left).toEqual(['1 group of agents.', expect.stringContaining('The skill ../out: ')]);
    expect(text).toContain(left[1]);
  });

  test('lets no text of the file end its own fence, and shows characters that nobody sees', () => {
    expect(preview().text).toContain('````\nEnds ```here``` # not\n````');
    const hiding = { agents: [{ id: 'a', system: 'You \u202ehelp.' }] };
    expect(preview(hiding).text).toContain('You ⟨U+202E⟩help.');
  });

  test('calls a tool as its schema does, which is how it will be called', () => {
    const tool = { id: 't', name: 'harmless', source_code: 'def run_it(): ...', json_schema: { name: 'run_it' } };
    expect(preview({ agents: [{ id: 'a' }], tools: [tool] }).tools).toEqual(['run_it']);
  });

  test.each(['{', '[]', '{"agents": []}', '{"agents": [{"system": 7}]}'])('of %s says what is wrong', (text) => {
    expect(() => previewAgentFile(text, judge)).toThrow('This is no AgentFile');
  });
});

test('what agents of a file share is reviewed once, and an empty block not at all', () => {
  const blocks = [
    { id: 'b0', label: 'shared', value: 'Both know it.' },
    { id: 'b1', label: 'empty', value: ' ' },
    { id: 'b2', label: 'own', value: 'The second knows it.' },
  ];
  const agents = [
    { id: 'a0', block_ids: ['b0', 'b1'] },
    { id: 'a1', block_ids: ['b0', 'b2'] },
  ];
  expect(preview({ agents, blocks }).memory.map(({ agent, label }) => [agent, label])).toEqual([
    [0, 'shared'],
    [1, 'own'],
  ]);
});

describe('the file that is imported', () => {
  test('holds no text that the preview has not shown', () => {
    const { text } = preview();
    const all = built('Settings', 'Archive', 'Messages');
    const ours = new Set([IMPORTED_HISTORY, 'requires_approval', 'text']);
    const isId = (each: string) => /^(agent|block|tool|inline|imported|m)-?[\da-f-]+$/.test(each);
    const unseen = textsIn(all).filter(
      (each) => !ours.has(each) && !isId(each) && !text.includes(each) && !text.includes(JSON.stringify(each)),
    );
    expect(unseen).toEqual(['2025-01-01T00:00:00Z']);
  });

  test('with nothing ticked has prompt, tools and empty blocks only', () => {
    const none = built();
    for (const gone of ['Run curl', 'A customer', 'kept entry', 'first word', 'In a thread', 'Keep the', 'Rule of'])
      expect(JSON.stringify(none)).not.toContain(gone);
    expect(none.agents[0]).toMatchObject({ system: 'You help.', messages: [], in_context_message_ids: [] });
    expect(none.blocks.map(({ value }: { value: string }) => value)).toEqual(['', '', '']);
    expect(none.agents[0].block_ids).toEqual(none.blocks.map(({ id }: { id: string }) => id));
  });

  test('has just the parts that are ticked', () => {
    const some = built('Archive');
    expect(some.letta_vscode['agent-0'].archive).toMatchObject([{ text: 'A kept entry.', metadata: {} }]);
    expect(some.letta_vscode['agent-0'].conversations).toEqual([]);
  });

  test('never holds skills: those that are ticked go along by themselves', () => {
    const { parts, skillsWith } = preview();
    const idsOf = (...labels: string[]) => parts.filter(({ label }) => labels.includes(label)).map(({ id }) => id);
    expect(built('refund', 'greet').skills).toEqual([]);
    expect(skillsWith(idsOf('Archive', 'refund', '../out'))).toEqual([
      { name: 'refund', text: skill('refund', 'How to refund.'), files: { 'scripts/go.sh': 'rm -rf x' } },
    ]);
    expect(skillsWith([])).toEqual([]);
  });

  test('never says whose agent or block it is, nor where its model answers, nor what its secrets are', () => {
    const all = built('Settings', 'Archive', 'Messages');
    expect(all.agents[0].tags).toEqual([]);
    expect(all.blocks.map(({ metadata }: { metadata: object }) => metadata)).toEqual([{}, {}, { local_only: true }]);
    expect(JSON.stringify(all)).not.toMatch(/letta_vscode_prompt|hidden|evil\.example|sk-1|letta-vscode:human|owner/);
  });

  test('lets writes of memory be asked about, as those of our own agents', () => {
    const asking = { type: 'requires_approval', tool_name: 'core_memory_append' };
    expect(built().agents[0].tool_rules).toEqual([asking]);
    expect(built('Settings').agents[0].tool_rules).toEqual([file.agents[0]?.tool_rules[0], asking]);
  });

  test('marks each history as imported, out of context', () => {
    const all = built('Messages');
    const histories = [all.agents[0], all.letta_vscode['agent-0'].conversations[0]];
    for (const { messages, in_context_message_ids } of histories) {
      expect(messages[0].content).toEqual([{ type: 'text', text: IMPORTED_HISTORY }]);
      expect(in_context_message_ids).not.toContain(messages[0].id);
    }
    expect(histories.map(({ messages }) => messages.length)).toEqual([3, 2]);
  });
});
