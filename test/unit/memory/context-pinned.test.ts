// What a thread with pinned memory shows of its context: its own memory, and nothing of the server's.
import { expect, it } from 'vitest';
import { connect } from '../../../src/letta/connection.ts';
import { ContextWatch } from '../../../src/memory/context-view.ts';

const connection = connect({
  kind: 'selfHosted',
  url: 'http://letta.test',
  fetch: async () =>
    Response.json({
      context_window_size_max: 8_000,
      num_tokens_system: 10,
      num_tokens_core_memory: 20,
      num_tokens_external_memory_summary: 5,
      system_prompt: 'You help.',
      core_memory: 'Memory of today.',
      external_memory_summary: '3 entries in the archive.',
    }),
});

it('takes the place of the server’s memory, in the sum too', async () => {
  const watch = new ContextWatch();
  const free = await watch.read({ connection, agentId: 'agent-1', threadId: 'conv-1', along: [] });
  expect(free.parts.map(({ name }) => name)).toEqual(['System', 'Memory', 'About the memory']);
  expect(free.total).toBe(35);
  const pinned = { name: 'Pinned memory', text: 'Memory of that day.', tokens: 7 };
  const shown = await watch.read({ connection, agentId: 'agent-1', threadId: 'conv-1', along: [], pinned });
  expect(shown.parts.map(({ name, text }) => [name, text])).toEqual([
    ['System', 'You help.'],
    ['Pinned memory', 'Memory of that day.'],
  ]);
  expect(shown.total).toBe(17);
});
