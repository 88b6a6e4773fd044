// Ending a run that its process can no longer end itself.
import { newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { AssistantBlock } from '../store/messages.ts';
import type { Run, RunError, RunStatus, Step } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Chunk, Partial } from '../store/stream-log.ts';
import { UsageMeter } from './usage-meter.ts';

/** Another process took the conversation over, as it may after a long sleep of this one. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

export interface Outcome {
  status: RunStatus;
  stopReason: string;
  error: RunError | null;
}

export const INTERRUPTED: Outcome = {
  status: 'failed',
  stopReason: 'error',
  error: {
    error_type: 'stream_incomplete',
    message: 'The run was interrupted before it was finished. What it had said is kept; continue from there.',
    detail: 'The process that ran it ended.',
  },
};

export const CANCELLED: Outcome = { status: 'cancelled', stopReason: 'cancelled', error: null };

/** More than any run has. */
const MOST_STEPS = 10_000;

export type Stage = (data: JsonObject, event?: 'error') => Chunk;

/**
 * The last events of a run.
 * @param usage what it took; of a run that failed it is told only where something was paid
 */
export function endingChunks(outcome: Outcome, runId: string, stage: Stage, usage?: JsonObject): Chunk[] {
  const chunks = [stage({ message_type: 'stop_reason', stop_reason: outcome.stopReason })];
  if (usage && (!outcome.error || Number(usage.total_tokens) > 0))
    chunks.push(stage({ message_type: 'usage_statistics', ...usage }));
  if (outcome.error) chunks.push(stage({ message_type: 'error_message', run_id: runId, ...outcome.error }, 'error'));
  return chunks;
}

/**
 * Inside a transaction: keeps the text that was streamed as a message, ends the run and frees its conversation.
 * Tool calls under way are dropped: they were never carried out. Returns the run's last events.
 */
export function settleRun(store: Store, run: Run, outcome: Outcome, stage: Stage): Chunk[] {
  const steps = store.runs.steps({ runId: run.id, descending: true, limit: MOST_STEPS });
  const usage = paidIn(steps);
  const [lastStep] = steps;
  // Its answer was complete; only what is done after an answer was not.
  if (lastStep?.status === 'success' && lastStep.stopReason && lastStep.stopReason !== 'requires_approval') {
    const done: Outcome = { status: 'completed', stopReason: lastStep.stopReason, error: null };
    const chunks = endingChunks(done, run.id, stage);
    if (run.background) store.streamLog.append(run.id, chunks);
    finishRun(store, run, { ...done, usage });
    return chunks;
  }
  const partials = store.streamLog.partials(run.id);
  const [first] = partials;
  if (first) {
    store.messages.append({
      id: first.messageId,
      agentId: run.agentId,
      owner: run.owner,
      runId: run.id,
      stepId: first.stepId,
      body: { role: 'assistant', blocks: toBlocks(partials) },
    });
    store.streamLog.clearPartials(run.id);
  }
  store.runs.putStep({
    id: first?.stepId ?? newId('step'),
    runId: run.id,
    agentId: run.agentId,
    status: outcome.status,
    stopReason: outcome.stopReason,
    model: typeof run.request.model === 'string' ? run.request.model : null,
    usage: null,
    error: outcome.error,
    contextWindowLimit: null,
    createdAt: run.createdAt,
    completedAt: Date.now(),
  });
  const chunks = endingChunks(outcome, run.id, stage);
  if (run.background) store.streamLog.append(run.id, chunks);
  finishRun(store, run, { ...outcome, usage });
  return chunks;
}

/** What stored steps took; null where none of them counted. */
function paidIn(steps: readonly Step[]): Run['usage'] {
  const meter = new UsageMeter();
  const paid = steps.flatMap(({ usage }) => usage ?? []);
  for (const usage of paid) meter.spent(usage);
  return paid.length > 0 ? meter.total : null;
}

/** Inside a transaction: the run's end as everyone sees it; its conversation is free from then on. */
export function finishRun(
  store: Store,
  run: Pick<Run, 'id' | 'agentId' | 'owner' | 'createdAt'>,
  end: Outcome & { usage?: Run['usage']; ttftNs?: number | null },
): void {
  const now = Date.now();
  const ms = now - run.createdAt;
  store.runs.finish(run, {
    status: end.status,
    stopReason: end.stopReason,
    error: end.error,
    usage: end.usage ?? null,
    ttftNs: end.ttftNs ?? null,
    durationNs: ms * 1_000_000,
  });
  store.leases.release(run.id);
  store.agents.recordRun(run.agentId, now, ms, end.stopReason);
  store.conversations.recordRun(run.owner, now);
}

/** Numbers on after what the run had stored. */
export function stageAfter(store: Store, run: Run): Stage {
  let seq = store.streamLog.lastSeq(run.id);
  return (data, event) => {
    seq += 1;
    const text = JSON.stringify({ ...data, seq_id: seq, run_id: run.id });
    return event ? { seq, event, data: text } : { seq, data: text };
  };
}

function toBlocks(partials: readonly Partial[]): AssistantBlock[] {
  const blocks = new Map<number, { type: 'text' | 'reasoning'; text: string }>();
  for (const partial of partials) {
    const block = blocks.get(partial.block);
    if (block) block.text += partial.text;
    else blocks.set(partial.block, { type: partial.kind, text: partial.text });
  }
  return [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
}
