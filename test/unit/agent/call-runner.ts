// Answers calls as a turn does, with a journal in a folder and nobody to ask.
import { join } from 'node:path';
import { type CallDeps, CallRunner } from '../../../src/agent/calls.ts';
import { journalOf } from '../../../src/agent/journal.ts';
import { Seen } from '../../../src/agent/seen.ts';
import { connect } from '../../../src/letta/connection.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';

export const THREAD = 'conv-1';

/**
 * @param storage holds the journal, as the extension's storage of the computer does: another runner on it is the next window
 * @param workspace whose window it is
 */
export async function callRunner(
  storage: string,
  { tools, ...more }: Partial<CallDeps> & Pick<CallDeps, 'tools'>,
  workspace = 'one',
) {
  const store = journalOf(storage, join(storage, workspace), 'agent-1');
  const journal = await store.open(THREAD);
  const connection = connect({ kind: 'embedded', fetch: () => Promise.reject(new Error('nothing is asked')) });
  const about = { connection, agentId: 'agent-1', threadId: THREAD, tools, trusted: () => true };
  const seen = new Seen(about, store, journal);
  const cards: ToolPart[] = [];
  const deps: CallDeps = {
    tools,
    decide: () => ({ decision: 'allow', reason: '' }),
    ask: async () => ({ allow: false }),
    readText: async () => null,
    decideMemory: () => ({ decision: 'apply', reason: '' }),
    blockValue: async () => '',
    ...more,
  };
  const signal = new AbortController().signal;
  const calls = new CallRunner(deps, THREAD, journal, seen, signal, (part) => cards.push(part));
  return { calls, cards, seen };
}
