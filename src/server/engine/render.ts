// Stored messages and stream events in the shapes of the Letta API.
import { approvalIdOf, blockOtid } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { AssistantBlock, ContentPart, Message, ToolCall } from '../store/messages.ts';
import { SEND_MESSAGE, spokenText } from './send-message.ts';

export type LettaMessage = JsonObject & { message_type: string };

/** ISO 8601 in seconds with the zone spelled out. */
export function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}

export const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export interface MessageHead {
  id: string;
  at: number;
  stepId: string | null;
  runId: string | null;
}

/** The fields that all messages share. */
export function head(message: MessageHead, type: string, otid: string | null): LettaMessage {
  return {
    id: message.id,
    date: isoSeconds(message.at),
    name: null,
    message_type: type,
    otid,
    sender_id: null,
    step_id: message.stepId,
    is_err: null,
    seq_id: null,
    run_id: message.runId,
  };
}

export const callOf = (call: ToolCall) => ({ name: call.name, arguments: call.arguments, tool_call_id: call.id });

/** All variants of one stored message, in the order they were said. */
export function toLettaMessages(message: Message): LettaMessage[] {
  const at: MessageHead = { id: message.id, at: message.createdAt, stepId: message.stepId, runId: message.runId };
  const { body } = message;
  switch (body.role) {
    case 'system':
      return [{ ...head(at, 'system_message', message.otid), content: body.text }];
    case 'user':
      return [{ ...head(at, 'user_message', message.otid), content: publicContent(body.content) }];
    case 'assistant':
      return renderBlocks(at, body.blocks);
    case 'request':
      return [renderRequest(at, body.calls)];
    case 'summary':
      return [renderSummary(at, message.otid, body)];
    case 'response': {
      const first = body.approvals[0];
      return [
        {
          ...head(at, 'approval_response_message', message.otid),
          approvals: body.approvals,
          approve: first?.type === 'approval' ? first.approve : null,
          approval_request_id: body.requestId,
          reason: first?.type === 'approval' ? first.reason : null,
        },
      ];
    }
    case 'tool':
      if (body.name === SEND_MESSAGE && body.status === 'success') return [];
      return [
        renderReturn(at, message.otid ?? blockOtid(message.id, 0), {
          callId: body.callId,
          name: body.name,
          status: body.status,
          content: body.content,
          stdout: body.stdout,
          stderr: body.stderr,
        }),
      ];
  }
}

function renderBlocks(at: MessageHead, blocks: readonly AssistantBlock[]): LettaMessage[] {
  const messages: LettaMessage[] = [];
  const calls = blocks.flatMap((block) =>
    block.type === 'tool_call' && spokenText(block.call) === undefined ? [callOf(block.call)] : [],
  );
  let callsRendered = false;
  blocks.forEach((block, index) => {
    const otid = blockOtid(at.id, index);
    // Thoughts that their vendor keeps to itself have no text.
    if (block.type !== 'tool_call' && block.text === '') return;
    if (block.type === 'reasoning') messages.push(renderReasoning(at, otid, block.text));
    else if (block.type === 'text') messages.push(renderText(at, otid, block.text));
    else if (spokenText(block.call) !== undefined) messages.push(renderText(at, otid, spokenText(block.call) ?? ''));
    else if (!callsRendered) {
      callsRendered = true;
      messages.push({ ...head(at, 'tool_call_message', otid), tool_call: calls[0], tool_calls: calls });
    }
  });
  return messages;
}

export function renderReasoning(at: MessageHead, otid: string, reasoning: string): LettaMessage {
  return { ...head(at, 'reasoning_message', otid), source: 'reasoner_model', reasoning, signature: null };
}

export function renderText(at: MessageHead, otid: string, content: string): LettaMessage {
  return { ...head(at, 'assistant_message', otid), content };
}

/** A piece of a streamed call: name and id come with every piece, the arguments are what is new. */
export function renderCallDelta(
  at: MessageHead,
  otid: string,
  type: 'tool_call_message' | 'approval_request_message',
  call: { id: string; name: string; delta: string | null },
): LettaMessage {
  const tool_call = { name: call.name, arguments: call.delta, tool_call_id: call.id };
  return { ...head(at, type, otid), tool_call, tool_calls: tool_call };
}

/** The head of an approval request: its own id, which is also its otid. */
export function requestHead(response: MessageHead): MessageHead {
  return { ...response, id: approvalIdOf(response.id) };
}

export function renderRequest(at: MessageHead, calls: readonly ToolCall[]): LettaMessage {
  const rendered = calls.map(callOf);
  return { ...head(at, 'approval_request_message', at.id), tool_call: rendered[0], tool_calls: rendered };
}

export interface ToolReturn {
  callId: string;
  name: string;
  status: 'success' | 'error';
  content: string | ContentPart[];
  stdout: string[] | null;
  stderr: string[] | null;
}

export function renderReturn(at: MessageHead, otid: string, result: ToolReturn): LettaMessage {
  const text = typeof result.content === 'string' ? result.content : plainText(result.content);
  return {
    ...head(at, 'tool_return_message', otid),
    name: result.name,
    tool_call_id: result.callId,
    tool_return: text,
    status: result.status,
    stdout: result.stdout,
    stderr: result.stderr,
    tool_returns: [
      {
        type: 'tool',
        tool_call_id: result.callId,
        status: result.status,
        tool_return: typeof result.content === 'string' ? result.content : named(result.content, at.id),
        stdout: result.stdout,
        stderr: result.stderr,
      },
    ],
  };
}

/** A summary as such, or for clients that do not know summaries as a message of the person with a program's alert. */
export function renderSummary(
  at: MessageHead,
  otid: string | null,
  body: { text: string; isVisible: boolean; stats: JsonObject },
): LettaMessage {
  if (body.isVisible) return { ...head(at, 'summary_message', otid), summary: body.text, compaction_stats: body.stats };
  const alert = { type: 'system_alert', message: body.text, time: isoSeconds(at.at), compaction_stats: body.stats };
  return { ...head(at, 'user_message', otid), content: JSON.stringify(alert) };
}

/** The text of a content list; an image is named, not shown. */
export function plainText(parts: readonly ContentPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

/** Pictures of a result by name: whoever sent one has it, and lists of messages would be megabytes long. */
function named(parts: readonly ContentPart[], id: string): ContentPart[] {
  return parts.map((part, index) => {
    if (part.type !== 'image' || part.source.type !== 'base64') return part;
    const { media_type } = part.source;
    return { type: 'image', source: { type: 'letta', file_id: `${id}-${index}`, media_type } };
  });
}

/** A single text part is given as a plain string, as it came. */
function publicContent(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts;
  return parts.length === 1 && first?.type === 'text' ? first.text : parts;
}
