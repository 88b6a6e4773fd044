// Calls that were not carried out because they hold a secret: what is kept of them has it masked.
import { isObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import type { PendingRequest } from './approvals.ts';
import { parseArguments } from './arguments.ts';

/**
 * Inside a transaction, once the calls are answered: in the stored message, in every conversation that has it, and in what
 * its run streamed, which would be replayed.
 * @param masked by call id
 */
export function maskCalls(store: Store, request: PendingRequest, masked: ReadonlyMap<string, string>): void {
  const isMasked = (id: string): boolean => masked.has(id);
  if (!request.body.calls.some(({ id }) => isMasked(id))) return;
  const calls = request.body.calls.map((call) => {
    const text = masked.get(call.id);
    if (text === undefined) return call;
    return { ...call, arguments: parseArguments(text) ? text : '{}' };
  });
  store.messages.putCalls(request, calls);
  for (const owner of store.messages.ownersOf(request.n)) {
    const conversation = store.conversations.get(owner);
    if (conversation) store.conversations.contextReplaced(owner, conversation.recompiledAt);
  }
  if (request.runId === null) return;
  store.streamLog.rewrite(request.runId, (data) => {
    if (!data.includes('tool_call')) return data;
    const event: unknown = JSON.parse(data);
    if (!isObject(event)) return data;
    const cleaned = (call: unknown): unknown => {
      if (!isObject(call) || typeof call.tool_call_id !== 'string' || !isMasked(call.tool_call_id)) return call;
      // In deltas the masked text cannot be told apart: whoever replays them reads the message for it.
      return { ...call, arguments: typeof call.arguments === 'string' ? '' : call.arguments };
    };
    const { tool_call, tool_calls } = event;
    if (tool_call === undefined && tool_calls === undefined) return data;
    return JSON.stringify({
      ...event,
      tool_call: cleaned(tool_call),
      tool_calls: Array.isArray(tool_calls) ? tool_calls.map(cleaned) : cleaned(tool_calls),
    });
  });
}
