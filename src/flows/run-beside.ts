// How a flow asks the agent something: messages in a hidden thread of its own, without editor tools. It disturbs no open thread.
import type { TurnEvent, TurnOutcome } from '../agent/events.ts';
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';

/**
 * @param title of the hidden thread
 * @param reminders go before the text, as what the flow says rather than the person
 * @param sources where what is sent came from; absent: from the person
 */
export type RunBeside = (
  title: string,
  text: string,
  reminders: string[],
  sink: (event: TurnEvent) => void,
  signal: AbortSignal,
  sources?: readonly MemorySource[],
) => Promise<TurnOutcome>;

/** A hidden thread that can be asked again, also after a reload. */
export interface SideThread {
  id: string;
  ask(
    text: string,
    reminders: string[],
    sink: (event: TurnEvent) => void,
    signal: AbortSignal,
    sources?: readonly MemorySource[],
  ): Promise<TurnOutcome>;
}

/** Where a side conversation takes place: in a new thread, in a copy of one, or in one that was begun before. */
export type SidePlace =
  | { kind: 'new'; title: string }
  | { kind: 'copy'; of: string; title: string }
  | { kind: 'known'; id: string };

/** Rejects with a LettaError. */
export type OpenBeside = (place: SidePlace) => Promise<SideThread>;

/** What the agent says to one message. */
export type Said = { kind: 'said'; text: string } | { kind: 'nothing'; reason: string };

export async function askAside(
  thread: SideThread,
  text: string,
  reminders: string[],
  signal: AbortSignal,
  sources?: readonly MemorySource[],
): Promise<Said> {
  let reply = '';
  const sink = (event: TurnEvent): void => {
    if (event.type === 'text') reply += event.delta;
  };
  const outcome = await thread.ask(text, reminders, sink, signal, sources);
  if (outcome.kind === 'failed') return { kind: 'nothing', reason: outcome.failure.message };
  return outcome.kind === 'done' ? { kind: 'said', text: reply } : { kind: 'nothing', reason: t('It was stopped.') };
}
