// Follows a turn of another window: all its runs, and the times between them in which that window asks and runs tools.
import { pause } from '../letta/stream.ts';
import { SHUTDOWN, type TurnEvent, type TurnOutcome } from './events.ts';
import type { TurnHolds } from './turn-holds.ts';

/** Milliseconds between two looks for the other window's next run. */
const LOOK_MS = 250;
/** Milliseconds that the other window has for stopping. */
const STOP_MS = 3_000;

export interface FollowDeps {
  holds: Pick<TurnHolds, 'elsewhere' | 'askToStop'>;
  /** The thread's newest run. */
  last(): Promise<{ id: string; status: string } | null>;
  /** Follows one run to its end. */
  attach(runId: string, sink: (event: TurnEvent) => void): Promise<TurnOutcome>;
  lookMs?: number;
}

const goes = (status: string): boolean => status === 'running' || status === 'created';

/**
 * @param runId a run that goes on now; absent: the other window is between two
 * @param sink gets all events of the runs, and one end
 */
export async function follow(
  deps: FollowDeps,
  { threadId, runId, signal }: { threadId: string; runId?: string | undefined; signal: AbortSignal },
  sink: (event: TurnEvent) => void,
): Promise<TurnOutcome> {
  const { holds, last, attach, lookMs = LOOK_MS } = deps;
  let outcome: TurnOutcome = { kind: 'interrupted' };
  let known: string | undefined;
  let next = runId;
  while (!signal.aborted) {
    if (next !== undefined) {
      known = next;
      outcome = await attach(next, (event) => {
        if (event.type !== 'ended') sink(event);
      });
    }
    if (signal.aborted || !holds.elsewhere(threadId)) break;
    await pause(lookMs, signal);
    const run = await last();
    next = run && run.id !== known && goes(run.status) ? run.id : undefined;
  }
  if (signal.aborted) outcome = await stopped(deps, threadId, signal);
  sink({ type: 'ended', outcome });
  return outcome;
}

/** Stop here is Stop there: what waits for an answer in the other window must not run any more. */
async function stopped({ holds }: FollowDeps, threadId: string, signal: AbortSignal): Promise<TurnOutcome> {
  if (signal.reason === SHUTDOWN) return { kind: 'interrupted' };
  if (holds.elsewhere(threadId)) holds.askToStop(threadId);
  const until = Date.now() + STOP_MS;
  while (holds.elsewhere(threadId) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  return { kind: 'stopped' };
}
