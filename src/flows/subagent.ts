// A subagent: one task for a hidden fork of the conversation, with some of the tools, its steps shown, its last message returned.
import type { TurnEvent, TurnOutcome } from '../agent/events.ts';
import type { Journal } from '../agent/journal.ts';
import { inheritSeen, seenBy } from '../agent/seen.ts';
import { runTurn, type TurnDeps } from '../agent/turn.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolBody } from '../protocol/transcript-views.ts';
import { SubagentSteps } from './subagent-steps.ts';

export interface SubagentDeps {
  agentId: string;
  journal: Journal;
  /** A hidden copy of a thread that waits for a result; what its prompt holds is noted. @returns its id */
  fork(threadId: string, title: string): Promise<string>;
  /** A fork's memory is pinned where its parent's is. */
  inheritPin(parentId: string, forkId: string): Promise<void>;
  /** For a turn with these tools; asks the person who has the parent before them, and names the subagent. */
  turn(tools: readonly string[]): TurnDeps;
  /** Rounds of tool calls that it has; absent: forty. */
  rounds?: number;
  /** Is told all that happens; absent: nobody. */
  seen?(event: TurnEvent): void;
}

export interface SubagentTask {
  threadId: string;
  description: string;
  prompt: string;
  tools: readonly string[];
  model?: string;
  /** Go before the prompt. */
  reminders?: readonly string[];
}

export interface SubagentReport {
  status: 'success' | 'error';
  text: string;
  body: ToolBody;
  sources: readonly MemorySource[];
  /** By the person, alone. */
  stopped?: true;
}

const ROUNDS = 40;
const NEVER = new AbortController().signal;
const STOPPED =
  'The person stopped this subagent before it was done. What it changed until then stays. Do not start it again unless they ask for it.';
/** Between two looks at its card. */
const SHOW_MS = 250;

const role = (rounds: number): string =>
  `You are a subagent now: a fork of this conversation with one task, which follows. Do that task and nothing else; leave the rest of the conversation to the one who gave it. Nobody can answer questions. Your last message is all that is returned: make it complete and short. You have ${rounds} rounds of tool calls.`;
const REPORT =
  'Your rounds of tool calls are used up. Report now, without calling tools: what you found or did, and what is left.';

/**
 * @param stop the person ends the subagent alone: what it has said until then is its report
 * @throws the signal's reason when it is aborted; LettaError, JournalError where there is no fork
 */
export async function runSubagent(
  deps: SubagentDeps,
  task: SubagentTask,
  progress: (body: ToolBody) => void,
  signal: AbortSignal,
  stop: AbortSignal = NEVER,
): Promise<SubagentReport> {
  const steps = new SubagentSteps();
  progress(steps.body);
  const threadId = await copy(deps, task);
  signal.throwIfAborted();
  const either = AbortSignal.any([signal, stop]);
  const show = paced(() => progress(steps.body));
  const model = task.model === undefined ? {} : { model: task.model };
  const turn = (tools: readonly string[], text: string, reminders: string[], rounds: number) => {
    const turnDeps = { ...deps.turn(tools), ...model, rounds };
    const start = { kind: 'message' as const, text, reminders, sources: [] };
    const sink = (event: TurnEvent) => {
      deps.seen?.(event);
      if (steps.take(event)) show.soon();
    };
    return runTurn(turnDeps, { agentId: deps.agentId, threadId, start, signal: either }, sink);
  };
  try {
    const { rounds = ROUNDS } = deps;
    let outcome: TurnOutcome = { kind: 'stopped' };
    if (!stop.aborted) outcome = await turn(task.tools, task.prompt, [role(rounds), ...(task.reminders ?? [])], rounds);
    if (outcome.kind === 'interrupted' && !either.aborted) outcome = await turn([], REPORT, [], 1);
    signal.throwIfAborted();
    const { said, body } = steps;
    // Before anything of it is read by the one who gave the task.
    const sources = (await seenBy(deps.journal, threadId)) ?? [];
    if (outcome.kind === 'done') {
      return { status: 'success', text: said || 'The subagent ended without a word.', body, sources };
    }
    if (stop.aborted) {
      const last = said ? ` Its last words:\n${said}` : '';
      return { status: 'error', text: `${STOPPED}${last}`, body, sources, stopped: true };
    }
    const why = outcome.kind === 'failed' ? outcome.failure.message : 'it was interrupted';
    const last = said ? `\nIts last words: ${said}` : '';
    return { status: 'error', text: `The subagent did not finish: ${why}${last}`, body, sources };
  } finally {
    show.dispose();
  }
}

async function copy({ fork, journal, inheritPin }: SubagentDeps, task: SubagentTask): Promise<string> {
  const made = await fork(task.threadId, task.description);
  await inheritSeen(journal, task.threadId, made);
  await inheritPin(task.threadId, made);
  return made;
}

/** Calls `show` at most so often, and once more for what came last. */
function paced(show: () => void): { soon(): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        show();
      }, SHOW_MS);
    },
    dispose: () => clearTimeout(timer),
  };
}
