// Stored messages as those of an AgentFile, and back.
import { newId } from '../store/ids.ts';
import { isObject, type JsonObject } from '../store/json.ts';
import type { Approval, AssistantBlock, ContentPart, Message, MessageBody, ToolCall } from '../store/messages.ts';
import type { FileMessage } from './file.ts';

type Part = Record<string, unknown>;

/** @param nameOf the message's id in the file */
export function toFileMessage(message: Message, agentId: string, nameOf: (id: string) => string): JsonObject {
  return {
    type: 'message',
    role: message.body.role,
    content: [],
    name: null,
    otid: null,
    sender_id: null,
    batch_item_id: null,
    group_id: null,
    id: nameOf(message.id),
    model: message.model,
    agent_id: agentId,
    tool_calls: null,
    tool_call_id: null,
    tool_returns: [],
    created_at: new Date(message.createdAt).toISOString(),
    approve: null,
    approval_request_id: null,
    denial_reason: null,
    approvals: [],
    ...bodyFields(message.body, nameOf),
  };
}

const text = (value: string): JsonObject => ({ type: 'text', text: value, signature: null });
const callOf = ({ id, name, arguments: args }: ToolCall): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

function bodyFields(body: MessageBody, nameOf: (id: string) => string): JsonObject {
  switch (body.role) {
    case 'system':
      return { content: [text(body.text)] };
    case 'summary':
      return { content: [text(body.text)] };
    case 'user':
      return { content: body.content };
    case 'assistant': {
      const calls = body.blocks.flatMap((block) => (block.type === 'tool_call' ? [callOf(block.call)] : []));
      const content = body.blocks.flatMap((block) => {
        if (block.type === 'tool_call') return [];
        if (block.type === 'text') return [text(block.text)];
        return [{ type: 'reasoning', is_native: true, reasoning: block.text, signature: null }];
      });
      return { content, tool_calls: calls.length > 0 ? calls : null };
    }
    case 'request':
      return { role: 'approval', tool_calls: body.calls.map(callOf) };
    case 'response': {
      const [first] = body.approvals;
      const { approve, reason } = first?.type === 'approval' ? first : { approve: null, reason: null };
      return {
        role: 'approval',
        approvals: body.approvals,
        approval_request_id: nameOf(body.requestId),
        approve,
        denial_reason: reason,
      };
    }
    case 'tool': {
      const { callId, name, status, content, stdout, stderr } = body;
      const shown = typeof content === 'string' ? [text(content)] : content;
      return {
        name,
        content: shown,
        tool_call_id: callId,
        tool_returns: [{ tool_call_id: callId, status, stdout, stderr, func_response: content }],
      };
    }
  }
}

/** A message to be stored. */
export interface Restored {
  /** The id of the file's message that it comes from, and shares its place in context with. */
  source: string;
  /** What refers to that id means this one. */
  isNamed: boolean;
  body: MessageBody;
  model: string | null;
  createdAt: number | undefined;
  stepId: string | null;
}

const NO_RESULT = 'Error: the file has no result of this call.';

/**
 * The messages of a history as they are stored, the system message left out. Every call has its return right behind it, whatever the
 * file says, save calls that wait for an answer at the very end; returns of no call are dropped.
 * @param idOf new ids by those of the file
 */
export function fromFileMessages(messages: readonly FileMessage[], idOf: (source: string) => string): Restored[] {
  const restored: Restored[] = [];
  const open = new Map<string, string>();
  let stepId: string | null = null;
  const push = (message: FileMessage, body: MessageBody, isNamed = true) => {
    const at = Date.parse(message.created_at ?? '');
    const createdAt = Number.isNaN(at) ? undefined : at;
    restored.push({ source: message.id, isNamed, body, model: message.model ?? null, createdAt, stepId });
  };
  const settle = (message: FileMessage) => {
    for (const [callId, name] of open)
      push(
        message,
        { role: 'tool', callId, name, status: 'error', content: NO_RESULT, stdout: null, stderr: null },
        false,
      );
    open.clear();
  };
  for (const message of messages) {
    const calls = (message.tool_calls ?? []).map((call): ToolCall => ({ id: call.id, ...call.function }));
    switch (message.role) {
      case 'system':
        break;
      case 'tool':
        for (const result of resultsOf(message)) {
          const name = open.get(result.callId);
          if (name === undefined) continue;
          open.delete(result.callId);
          push(message, { role: 'tool', ...result, name });
        }
        break;
      case 'approval':
        if (calls.length > 0) {
          const last = restored.at(-1)?.body;
          const said = blocksOf(message, []);
          // It belongs to the response right before it; else it is a response of its own, as those that bring their words.
          if (last?.role !== 'assistant' || said.length > 0) {
            settle(message);
            stepId = newId('step');
          }
          if (said.length > 0) push(message, { role: 'assistant', blocks: said }, false);
          push(message, { role: 'request', calls });
          for (const call of calls) open.set(call.id, call.name);
        } else if (open.size > 0)
          push(message, {
            role: 'response',
            requestId: idOf(message.approval_request_id ?? ''),
            approvals: approvalsOf(message),
          });
        break;
      case 'assistant':
        settle(message);
        stepId = newId('step');
        push(message, { role: 'assistant', blocks: blocksOf(message, calls) });
        for (const call of calls) open.set(call.id, call.name);
        break;
      case 'summary':
        settle(message);
        push(message, { role: 'summary', text: textIn(message), isVisible: true, stats: {} });
        break;
      default:
        settle(message);
        push(message, { role: 'user', content: contentOf(message) });
    }
  }
  const last = messages.at(-1);
  if (last && restored.at(-1)?.body.role !== 'request') settle(last);
  return restored;
}

const partsOf = ({ content }: FileMessage): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);

const textIn = (message: FileMessage): string =>
  partsOf(message)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');

function contentOf(message: FileMessage): ContentPart[] {
  const parts = partsOf(message).flatMap((part) => contentPart(part) ?? []);
  return parts.length > 0 ? parts : [{ type: 'text', text: '' }];
}

function contentPart(part: Part): ContentPart | undefined {
  if (typeof part.text === 'string') return { type: 'text', text: part.text };
  const { source } = part;
  if (part.type !== 'image' || !isObject(source)) return undefined;
  const { type, media_type, data, url } = source;
  if (
    type === 'base64' &&
    typeof data === 'string' &&
    typeof media_type === 'string' &&
    media_type.startsWith('image/')
  )
    return { type: 'image', source: { type, media_type, data } };
  if (type === 'url' && typeof url === 'string' && URL.canParse(url)) return { type: 'image', source: { type, url } };
  return { type: 'text', text: '[image: not in the file]' };
}

function blocksOf(message: FileMessage, calls: readonly ToolCall[]): AssistantBlock[] {
  const said = partsOf(message).flatMap((part): AssistantBlock[] => {
    if (part.type === 'reasoning' && typeof part.reasoning === 'string')
      return [{ type: 'reasoning', text: part.reasoning }];
    return typeof part.text === 'string' && part.text !== '' ? [{ type: 'text', text: part.text }] : [];
  });
  return [...said, ...calls.map((call): AssistantBlock => ({ type: 'tool_call', call }))];
}

type ToolResult = Omit<Extract<MessageBody, { role: 'tool' }>, 'role' | 'name'>;

/** The archived server keeps a result as JSON `{status, message, time}`. */
function unwrapped(value: string): { content: string; failed: boolean } {
  try {
    const parsed: unknown = JSON.parse(value);
    if (isObject(parsed) && typeof parsed.message === 'string' && 'time' in parsed)
      return { content: parsed.message, failed: parsed.status === 'Failed' };
  } catch {
    // Plain text.
  }
  return { content: value, failed: false };
}

function resultsOf(message: FileMessage): ToolResult[] {
  const returns = message.tool_returns?.length ? message.tool_returns : [{ tool_call_id: message.tool_call_id }];
  return returns.map((given): ToolResult => {
    const {
      func_response: response,
      status,
      stdout,
      stderr,
    } = given as NonNullable<FileMessage['tool_returns']>[number];
    const parts = Array.isArray(response) ? response.flatMap((each) => contentPart(each) ?? []) : undefined;
    const plain = unwrapped(typeof response === 'string' ? response : textIn(message));
    return {
      callId: given.tool_call_id ?? message.tool_call_id ?? '',
      status: status === 'error' || plain.failed ? 'error' : 'success',
      content: parts && parts.length > 0 ? parts : plain.content,
      stdout: stdout ?? null,
      stderr: stderr ?? null,
    };
  });
}

function approvalsOf(message: FileMessage): Approval[] {
  return (message.approvals ?? []).flatMap((given): Approval[] => {
    const { tool_call_id: id, approve, reason, tool_return: result } = given;
    if (typeof id !== 'string') return [];
    if (typeof approve === 'boolean')
      return [{ type: 'approval', tool_call_id: id, approve, reason: typeof reason === 'string' ? reason : null }];
    const status = given.status === 'error' ? 'error' : 'success';
    const tool_return = typeof result === 'string' ? result : '';
    return [{ type: 'tool', tool_call_id: id, status, tool_return, stdout: null, stderr: null }];
  });
}
