// Calls that wait for the client: which ones there are, and what becomes of them.
import { newId } from '../store/ids.ts';
import type { Approval, AssistantBlock, Message, ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import { clamp } from './clamp.ts';
import { ApiError } from './errors.ts';
import { plainText, type ToolReturn } from './render.ts';
import type { ApprovalInput } from './request.ts';
import { type CallRunner, shareOf } from './tool-run.ts';

/** How far back an answer that comes a second time is looked for. */
const ANSWERED_LOOKBACK = 24;

export type PendingRequest = Message & { body: Extract<Message['body'], { role: 'request' }> };

/** The request that the conversation waits on: always its last message. */
export function pendingRequest(store: Store, owner: string): PendingRequest | undefined {
  const [last] = store.messages.newest(owner, 1);
  return last?.body.role === 'request' ? { ...last, body: last.body } : undefined;
}

export const WAITING_FOR_APPROVAL =
  'Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.';

/**
 * What an approval item does here: `answer` the pending calls, or nothing since they were answered before.
 * @throws ApiError 400 where the ids are not exactly the pending ones, or nothing is pending
 */
export function checkApproval(
  store: Store,
  owner: string,
  pending: PendingRequest | undefined,
  input: ApprovalInput,
): { kind: 'answer'; pending: PendingRequest; answers: Approval[] } | { kind: 'repeated' } {
  if (!pending) {
    if (Array.isArray(input.answers) && wereAnswered(store, owner, input.answers)) return { kind: 'repeated' };
    throw new ApiError(400, 'Cannot process approval response: No tool call is currently awaiting approval.');
  }
  const ids = pending.body.calls.map((call) => call.id);
  if (!Array.isArray(input.answers)) {
    const { approve, reason } = input.answers.all;
    const answers = ids.map((tool_call_id): Approval => ({ type: 'approval', tool_call_id, approve, reason }));
    return { kind: 'answer', pending, answers };
  }
  const given = input.answers.map((answer) => answer.tool_call_id);
  if (given.length !== ids.length || new Set(given).size !== ids.length || !ids.every((id) => given.includes(id)))
    throw new ApiError(
      400,
      `Invalid tool call IDs. Expected '${JSON.stringify(ids)}', but received '${JSON.stringify(given)}'.`,
    );
  return { kind: 'answer', pending, answers: input.answers };
}

function wereAnswered(store: Store, owner: string, answers: readonly Approval[]): boolean {
  const answered = new Set<string>();
  for (const { body } of store.messages.newest(owner, ANSWERED_LOOKBACK))
    if (body.role === 'tool') answered.add(body.callId);
  return answers.length > 0 && answers.every((answer) => answered.has(answer.tool_call_id));
}

export interface SettledCall extends ToolReturn {
  messageId: string;
  /** Run by the server, as against returned by the client or denied. */
  executed: boolean;
}

/**
 * Inside a transaction: stores the answer, runs the server tools that were approved and those of the same response that
 * were held back, and stores every result. After it nothing is pending.
 */
export function settleRequest(
  store: Store,
  runner: CallRunner,
  at: { agentId: string; owner: string; runId: string },
  pending: PendingRequest,
  answers: readonly Approval[],
  otid: string | null,
): SettledCall[] {
  store.messages.append({
    id: newId('message'),
    ...at,
    stepId: pending.stepId,
    otid,
    model: pending.model,
    body: { role: 'response', requestId: pending.id, approvals: answers.map(inWords) },
  });
  const byId = new Map(answers.map((answer) => [answer.tool_call_id, answer]));
  const settled = pending.body.calls.map((call) => settleCall(call, byId.get(call.id), runner));
  for (const call of heldCalls(store, at.owner, pending)) settled.push(executed(runner, call));
  const limit = shareOf(runner.returnChars, settled);
  for (const result of settled) result.content = clamp(result.content, limit);
  for (const { messageId, executed: _executed, ...result } of settled)
    store.messages.append({
      id: messageId,
      ...at,
      stepId: pending.stepId,
      // Of the model that called: who may see the result depends on it.
      model: pending.model,
      body: { role: 'tool', ...result },
    });
  return settled;
}

/** Denials for all pending calls, so that the conversation is never stuck. */
export function denyAll(pending: PendingRequest, reason: string): Approval[] {
  return pending.body.calls.map((call) => ({ type: 'approval', tool_call_id: call.id, approve: false, reason }));
}

function settleCall(call: ToolCall, answer: Approval | undefined, runner: CallRunner): SettledCall {
  const base = { messageId: newId('message'), callId: call.id, name: call.name, stdout: null, stderr: null };
  if (answer?.type === 'tool') {
    return {
      ...base,
      executed: false,
      status: answer.status,
      content: clamp(simplify(answer.tool_return), runner.returnChars),
      stdout: answer.stdout,
      stderr: answer.stderr,
    };
  }
  if (answer?.approve) return executed(runner, call, answer.source_sha256);
  const why = answer?.reason ? ` User reason: ${answer.reason}` : '';
  return { ...base, executed: false, status: 'error', content: `Error: request to call tool denied.${why}` };
}

function executed(runner: CallRunner, call: ToolCall, approvedHash?: string): SettledCall {
  return { messageId: newId('message'), executed: true, ...runner.run(call, approvedHash) };
}

/** An answer whose pictures are kept with the result alone, and only named beside it. */
function inWords(answer: Approval): Approval {
  if (answer.type !== 'tool' || typeof answer.tool_return === 'string') return answer;
  return answer.tool_return.some((part) => part.type === 'image')
    ? { ...answer, tool_return: plainText(answer.tool_return) }
    : answer;
}

/** A list of text parts is kept as plain text; images stay parts. */
function simplify(content: Extract<Approval, { type: 'tool' }>['tool_return']): typeof content {
  return typeof content === 'string' || content.some((part) => part.type === 'image') ? content : plainText(content);
}

/** Calls of the same response that the server runs itself, and that waited with the others. */
export function heldCalls(store: Store, owner: string, pending: PendingRequest): ToolCall[] {
  // Right ahead of the request, which is the newest message or, once it is answered, the one before.
  const sibling = store.messages
    .newest(owner, 3)
    .find(({ body, stepId }) => body.role === 'assistant' && stepId === pending.stepId);
  return sibling?.body.role === 'assistant' ? callsOf(sibling.body.blocks) : [];
}

export function callsOf(blocks: readonly AssistantBlock[]): ToolCall[] {
  return blocks.flatMap((block) => (block.type === 'tool_call' ? [block.call] : []));
}
