// How a flow asks the agent something: one message in a hidden thread of its own, without editor tools. It disturbs no open thread.
import type { TurnEvent, TurnOutcome } from '../agent/events.ts';
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
