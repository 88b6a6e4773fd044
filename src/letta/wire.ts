// Reads messages and stream events of the Letta API. Tolerant: nulls, both content forms, one tool call or many.
import * as z from 'zod/mini';

const Str = z.catch(z.optional(z.string()), undefined);
const Num = z.catch(z.optional(z.number()), undefined);
const Any = z.optional(z.unknown());

const EventSchema = z.object({
  message_type: z.string(),
  id: Str,
  otid: Str,
  date: Str,
  run_id: Str,
  step_id: Str,
  seq_id: Num,
  content: Any,
  reasoning: Str,
  tool_call: Any,
  tool_calls: Any,
  tool_call_id: Str,
  tool_return: Any,
  tool_returns: Any,
  status: Str,
  stdout: Any,
  stderr: Any,
  name: Str,
  approvals: Any,
  approve: z.catch(z.optional(z.boolean()), undefined),
  approval_request_id: Str,
  reason: Str,
  stop_reason: Any,
  summary: Any,
  event_type: Str,
  error_type: Str,
  message: Str,
  detail: Any,
  prompt_tokens: Num,
  completion_tokens: Num,
  total_tokens: Num,
  context_tokens: Num,
  cached_input_tokens: Num,
  cost_usd: Num,
  retry: Any,
  local_only: z.catch(z.optional(z.boolean()), undefined),
});

/** One message or stream event; fields that are null or of another kind than documented are undefined. */
export type WireEvent = z.infer<typeof EventSchema>;

/** Undefined for what is no message at all. */
export function readEvent(value: unknown): WireEvent | undefined {
  const parsed = EventSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const str = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** How long a server waits before it asks an overloaded model again; undefined where it does not. */
export function retryDelayOf({ retry }: WireEvent): number | undefined {
  return isRecord(retry) && typeof retry.delay_ms === 'number' ? retry.delay_ms : undefined;
}

/** The text parts of a content: a string, one part, or a list of parts; what is no text is left out. */
export function textParts(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (Array.isArray(content)) return content.flatMap(textParts);
  if (isRecord(content) && (content.type === undefined || content.type === 'text')) {
    const text = str(content.text);
    return text === undefined ? [] : [text];
  }
  return [];
}

export interface WireCall {
  id: string | undefined;
  name: string | undefined;
  arguments: string;
}

function readCall(value: unknown): WireCall | undefined {
  if (!isRecord(value)) return undefined;
  const args = value.arguments;
  return {
    id: str(value.tool_call_id) || undefined,
    name: str(value.name) || undefined,
    arguments: typeof args === 'string' ? args : isRecord(args) ? JSON.stringify(args) : '',
  };
}

/** The calls of a tool call or approval request: `tool_calls` as a list (stored) or an object (streamed), else `tool_call`. */
export function callsOf(event: WireEvent): WireCall[] {
  const many = Array.isArray(event.tool_calls) ? event.tool_calls : [];
  const calls = many.map(readCall).filter((call) => call !== undefined);
  if (calls.length > 0) return calls;
  const one = readCall(event.tool_call) ?? readCall(event.tool_calls);
  return one ? [one] : [];
}

export interface WireReturn {
  callId: string;
  status: 'success' | 'error';
  text: string;
  /** Only in an approval response: the call was refused. */
  denied: boolean;
}

const lines = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []);

function returnText(record: Record<string, unknown>): string {
  const main = textParts(record.tool_return ?? record.func_response ?? record.content).join('\n');
  return main || [...lines(record.stdout), ...lines(record.stderr)].join('\n');
}

/** The results of a tool return message; several where the server put them into one. */
export function returnsOf(event: WireEvent): WireReturn[] {
  const many = Array.isArray(event.tool_returns) ? event.tool_returns.filter(isRecord) : [];
  const all = many.length > 0 ? many : [event as Record<string, unknown>];
  return all.flatMap((item) => {
    const callId = str(item.tool_call_id);
    if (!callId) return [];
    return [{ callId, status: item.status === 'error' ? 'error' : 'success', text: returnText(item), denied: false }];
  });
}

/** What an approval response said about each call, in all the forms it has had. */
export function approvalsOf(event: WireEvent): (WireReturn & { answered: boolean })[] {
  const many = Array.isArray(event.approvals) ? event.approvals.filter(isRecord) : [];
  return many.flatMap((item) => {
    const callId = str(item.tool_call_id);
    if (!callId) return [];
    if (item.type === 'tool' || item.tool_return !== undefined) {
      const status = item.status === 'error' ? 'error' : 'success';
      return [{ callId, status, text: returnText(item), denied: false, answered: true } as const];
    }
    const denied = item.approve === false;
    const text = str(item.reason) ?? '';
    return [{ callId, status: denied ? 'error' : 'success', text, denied, answered: denied } as const];
  });
}

/** `stop_reason` is a string on the stream and inside an object elsewhere. */
export function stopReasonOf(event: WireEvent): string | undefined {
  return str(event.stop_reason) ?? (isRecord(event.stop_reason) ? str(event.stop_reason.stop_reason) : undefined);
}
