// A side conversation that answers what a test says, and remembers what it was asked.
import type { TurnOutcome } from '../../../src/agent/events.ts';
import type { SideThread } from '../../../src/flows/run-beside.ts';
import type { MemorySource } from '../../../src/protocol/sources.ts';

export interface SentAside {
  text: string;
  reminders: string[];
  sources: readonly MemorySource[] | undefined;
}

export const FAILED: TurnOutcome = {
  kind: 'failed',
  failure: { message: 'model down', hint: '', retry: true },
};

/** Gives the replies one after the other, the last one again and again. */
export function sideThread(replies: string | string[], outcome: TurnOutcome = { kind: 'done' }) {
  const left = typeof replies === 'string' ? [replies] : [...replies];
  const sent: SentAside[] = [];
  const thread: SideThread = {
    id: 'side',
    ask: async (text, reminders, sink, _signal, sources) => {
      sent.push({ text, reminders, sources });
      const reply = left.length > 1 ? left.shift() : left[0];
      sink({ type: 'text', id: 't', delta: reply ?? '' });
      return outcome;
    },
  };
  return { thread, sent };
}
