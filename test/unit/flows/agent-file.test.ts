// What a person sees of an AgentFile before anything of it is made.
import { describe, expect, test } from 'vitest';
import { previewAgentFile } from '../../../src/flows/agent-file.ts';

const file = {
  agents: [{ id: 'agent-0', name: 'Support', system: 'You help.', messages: [{}, {}], secrets: { SHOP_KEY: '' } }],
  blocks: [
    { id: 'block-0', label: 'human', value: 'A customer.' },
    { id: 'block-1', label: 'persona', value: 'Ends ```here``` # not' },
  ],
  tools: [
    { id: 'tool-0', name: 'cancel', source_code: 'def cancel():\n    pass\n' },
    { id: 'tool-1', name: 'conversation_search', source_code: null },
  ],
  skills: [{ name: 'refund', files: { 'SKILL.md': 'How to refund.', 'scripts/go.sh': 'rm -rf x' } }],
};

describe('the preview of an agent file', () => {
  test('shows system prompt, blocks, tools with their source, and skills with their scripts', () => {
    const { name, text, blocks, tools } = previewAgentFile(JSON.stringify(file));
    expect(name).toBe('Support');
    for (const shown of [
      'You help.',
      'A customer.',
      'def cancel()',
      'conversation_search',
      'rm -rf x',
      'SHOP_KEY',
      '2 messages',
    ])
      expect(text).toContain(shown);
    expect(blocks.map(({ label }) => label)).toEqual(['human', 'persona']);
    expect(tools).toEqual(['cancel']);
  });

  test('lets no text of the file end its own fence', () => {
    expect(previewAgentFile(JSON.stringify(file)).text).toContain('````\nEnds ```here``` # not\n````');
  });

  test('empties the blocks that were not ticked, and leaves the rest as it was', () => {
    const chosen = JSON.parse(previewAgentFile(JSON.stringify(file)).withBlocks(['human']));
    expect(chosen.blocks.map(({ value }: { value: string }) => value)).toEqual(['A customer.', '']);
    expect({ ...chosen, blocks: [] }).toEqual({ ...file, blocks: [] });
  });

  test.each(['{', '[]', '{"agents": []}', '{"agents": [{"system": 7}]}'])('of %s says what is wrong', (text) => {
    expect(() => previewAgentFile(text)).toThrow('This is no AgentFile');
  });
});
