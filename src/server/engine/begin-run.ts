// The beginning of a run: what was sent is checked against what the conversation waits for, and stored with the run.
import { randomUUID } from 'node:crypto';
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { checkApproval, pendingRequest, type SettledCall, settleRequest, WAITING_FOR_APPROVAL } from './approvals.ts';
import { ApiError } from './errors.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { maskCalls } from './mask-calls.ts';
import type { PlacedCall } from './own-tools.ts';
import type { SendRequest } from './request.ts';
import type { ServerCallRunner } from './tool-run.ts';

interface Place {
  store: Store;
  leases: LeaseKeeper;
  /** Runs what an approval lets through. */
  runner: ServerCallRunner;
}

interface Beginning {
  owner: string;
  agent: Agent;
  request: SendRequest;
  runId: string;
  /** The model's. */
  handle: string;
  /** The form of the refusal that `agents.messages.create` has. */
  pendingAsObject: boolean;
}

const REPEATED =
  '<system-reminder>\nThe results of your tool calls were received before. Go on from where you are.\n</system-reminder>';

/** Inside a transaction: checks against what is pending, stores what was sent, takes the conversation. @throws ApiError 400, 409 */
export function beginRun(
  { store, leases, runner }: Place,
  { owner, agent, request, runId, handle, pendingAsObject }: Beginning,
): { run: Run; settled: SettledCall[]; jobs: PlacedCall[] } {
  const pending = pendingRequest(store, owner);
  if (pending && !request.approval)
    throw pendingAsObject
      ? new ApiError(409, { code: 'PENDING_APPROVAL', message: WAITING_FOR_APPROVAL, pending_request_id: pending.id })
      : new ApiError(409, `CONFLICT: ${WAITING_FOR_APPROVAL}`);
  const check = request.approval && checkApproval(store, owner, pending, request.approval);

  leases.take(owner, runId);
  store.runs.create({
    id: runId,
    agentId: agent.id,
    owner,
    background: request.background,
    otid: request.otid,
    request: { model: handle, streaming: request.streaming, stream_tokens: request.streamTokens },
  });
  const at = { agentId: agent.id, owner, runId };
  const settled =
    check?.kind === 'answer'
      ? settleRequest(store, runner, at, check.pending, check.answers, request.approval?.otid ?? null)
      : [];
  if (check?.kind === 'answer' && request.approval) maskCalls(store, check.pending, request.approval.masked);
  let added = 0;
  for (const message of request.messages) {
    // The same message sent again, since nothing came of it: it is in the conversation already.
    if (message.otid && store.messages.withOtid(owner, message.otid)) continue;
    store.messages.append({ id: newId('message'), ...at, body: message.body, otid: message.otid ?? randomUUID() });
    added += 1;
  }
  if (check?.kind === 'repeated' && added === 0 && store.messages.newest(owner, 1)[0]?.body.role === 'assistant') {
    const content = [{ type: 'text' as const, text: REPEATED }];
    store.messages.append({ id: newId('message'), ...at, body: { role: 'user', content } });
  }
  store.conversations.touch(owner, Date.now());
  const run = store.runs.get(runId);
  if (!run) throw new Error('A run that was just stored is gone.');
  const jobs = runner.jobs.flatMap((job): PlacedCall[] => {
    const result = settled.find(({ callId, executed }) => executed && callId === job.call.id);
    return result ? [{ ...job, messageId: result.messageId, stepId: null }] : [];
  });
  return { run, settled, jobs };
}
