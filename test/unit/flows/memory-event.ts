// What a turn tells of a call that writes memory.
import type { TurnEvent } from '../../../src/agent/events.ts';
import type { ToolState } from '../../../src/protocol/transcript-views.ts';

export const memoryEvent = (state: ToolState, review?: 'held', after = 'A line.'): TurnEvent => ({
  type: 'tool',
  part: {
    type: 'tool',
    id: 'c',
    name: 'memory_insert',
    title: 'Remember',
    state,
    input: '',
    memory: { label: 'lessons', before: '', after, ...(review ? { review } : {}) },
  },
});
