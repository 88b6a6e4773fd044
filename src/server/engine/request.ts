// The body of a send (Letta API: POST …/messages), parsed at the border.
import * as z from 'zod/mini';
import type { Approval, ContentPart, NewMessage } from '../store/messages.ts';
import { ApiError } from './errors.ts';
import type { ClientSkill } from './prompt.ts';

const text = z.object({ type: z.optional(z.literal('text')), text: z.string() });
const image = z.object({
  type: z.literal('image'),
  source: z.union([
    z.object({ type: z.literal('url'), url: z.url() }),
    z.object({ type: z.literal('base64'), media_type: z.string().check(z.regex(/^image\/./)), data: z.string() }),
    z.object({ type: z.literal('letta'), file_id: z.string() }),
  ]),
});
const parts = z.array(z.union([image, text]));
const content = z.union([z.string(), parts]);
const lines = z.nullish(z.array(z.string()));

const toolReturn = z.object({
  type: z.optional(z.literal('tool')),
  tool_call_id: z.string(),
  tool_return: content,
  status: z._default(z.enum(['success', 'error']), 'success'),
  stdout: lines,
  stderr: lines,
  masked_arguments: z.nullish(z.string()),
});
const verdict = z.object({
  type: z.optional(z.literal('approval')),
  tool_call_id: z.string(),
  approve: z.boolean(),
  reason: z.nullish(z.string()),
  masked_arguments: z.nullish(z.string()),
  source_sha256: z.nullish(z.string()),
});

const message = z.object({
  type: z.optional(z.nullable(z.literal('message'))),
  role: z.enum(['user', 'system', 'assistant']),
  content,
  otid: z.nullish(z.string()),
});
const approval = z.object({
  type: z.literal('approval'),
  approvals: z.nullish(z.array(z.union([verdict, toolReturn]))),
  approve: z.nullish(z.boolean()),
  approval_request_id: z.nullish(z.string()),
  reason: z.nullish(z.string()),
  otid: z.nullish(z.string()),
});
const toolReturns = z.object({
  type: z.literal('tool_return'),
  tool_returns: z.array(toolReturn),
  otid: z.nullish(z.string()),
});

const clientTool = z.object({
  name: z.string().check(z.minLength(1)),
  description: z.nullish(z.string()),
  parameters: z.nullish(z.record(z.string(), z.unknown())),
});

export const sendSchema = z.object({
  messages: z.nullish(z.array(z.union([message, approval, toolReturns]))),
  input: z.nullish(content),
  streaming: z.nullish(z.boolean()),
  stream_tokens: z.nullish(z.boolean()),
  include_pings: z.nullish(z.boolean()),
  background: z.nullish(z.boolean()),
  max_steps: z.nullish(z.int().check(z.gte(1))),
  client_tools: z.nullish(z.array(clientTool)),
  client_skills: z.nullish(z.array(z.object({ name: z.string(), description: z.string(), location: z.string() }))),
  override_model: z.nullish(z.string()),
  override_system: z.nullish(z.string()),
  system: z.nullish(z.string()),
  include_compaction_messages: z.nullish(z.boolean()),
  include_return_message_types: z.nullish(z.array(z.string())),
  agent_id: z.nullish(z.string()),
});

/** A message of a person, a program or the agent, as it is sent. */
export type SendMessage = z.input<typeof message>;

export interface ClientTool {
  name: string;
  description: string | undefined;
  parameters: { [key: string]: unknown } | undefined;
}

/** What answers pending calls. `all`: one verdict for each of them, in the older form of the API. */
export interface ApprovalInput {
  answers: Approval[] | { all: { approve: boolean; reason: string | null } };
  /** By call: arguments to be kept in place of those of a call that was not carried out, since they hold a secret. */
  masked: ReadonlyMap<string, string>;
  otid: string | null;
}

export interface SendRequest {
  approval: ApprovalInput | undefined;
  messages: { body: NewMessage['body']; otid: string | null }[];
  /** Otid of the first item. */
  otid: string | null;
  streaming: boolean;
  streamTokens: boolean;
  includePings: boolean;
  background: boolean;
  maxSteps: number;
  clientTools: ClientTool[];
  clientSkills: ClientSkill[];
  overrideModel: string | undefined;
  overrideSystem: string | undefined;
  onlyTypes: ReadonlySet<string> | undefined;
  /** Whether the client wants to hear of compaction, and to see summaries as such. */
  compactionMessages: boolean;
  agentId: string | undefined;
}

const DEFAULT_MAX_STEPS = 50;

/**
 * @param streamingByDefault true on conversations, false on agents
 * @throws ApiError 422
 */
export function toSend(data: z.infer<typeof sendSchema>, streamingByDefault: boolean): SendRequest {
  const given = data.messages ?? undefined;
  if ((given === undefined) === (data.input === undefined || data.input === null))
    throw invalid('Exactly one of `messages` and `input` must be given.');
  if (given?.length === 0) throw invalid('`messages` must not be empty.');
  const streaming = data.streaming ?? streamingByDefault;
  if (!streamingByDefault && !streaming && (data.stream_tokens || data.background))
    throw invalid('`stream_tokens` and `background` need `streaming: true`.');
  const messages: SendRequest['messages'] = [];
  let approvalInput: ApprovalInput | undefined;
  for (const item of given ?? []) {
    if ('role' in item) messages.push({ body: toBody(item.role, toParts(item.content)), otid: item.otid ?? null });
    else approvalInput = merge(approvalInput, toApproval(item));
  }
  if (data.input !== undefined && data.input !== null)
    messages.push({ body: { role: 'user', content: toParts(data.input) }, otid: null });
  return {
    approval: approvalInput,
    messages,
    otid: given?.[0]?.otid ?? null,
    streaming,
    streamTokens: data.stream_tokens ?? false,
    includePings: data.include_pings ?? true,
    background: data.background ?? false,
    maxSteps: data.max_steps ?? DEFAULT_MAX_STEPS,
    clientTools: (data.client_tools ?? []).map((tool) => ({
      name: tool.name,
      description: tool.description ?? undefined,
      parameters: tool.parameters ?? undefined,
    })),
    clientSkills: data.client_skills ?? [],
    overrideModel: data.override_model ?? undefined,
    overrideSystem: data.override_system ?? data.system ?? undefined,
    onlyTypes: data.include_return_message_types ? new Set(data.include_return_message_types) : undefined,
    compactionMessages: data.include_compaction_messages ?? false,
    agentId: data.agent_id ?? undefined,
  };
}

export function invalid(detail: string): ApiError {
  return new ApiError(422, detail, { trace_id: crypto.randomUUID() });
}

function toParts(given: z.infer<typeof content>): ContentPart[] {
  if (typeof given === 'string') return [{ type: 'text', text: given }];
  return given.map((part) => ('text' in part ? { type: 'text', text: part.text } : part));
}

function toBody(role: 'user' | 'system' | 'assistant', content: ContentPart[]): NewMessage['body'] {
  if (role === 'user') return { role, content };
  const joined = content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  return role === 'system' ? { role, text: joined } : { role, blocks: [{ type: 'text', text: joined }] };
}

function toApproval(item: z.infer<typeof approval> | z.infer<typeof toolReturns>): ApprovalInput {
  const otid = item.otid ?? null;
  const given = item.type === 'tool_return' ? item.tool_returns : item.approvals;
  if (given) return { answers: given.map(toAnswer), masked: maskedOf(given), otid };
  if (item.type === 'approval' && typeof item.approve === 'boolean')
    return { answers: { all: { approve: item.approve, reason: item.reason ?? null } }, masked: new Map(), otid };
  throw invalid('An approval needs `approvals`.');
}

function maskedOf(given: readonly (z.infer<typeof verdict> | z.infer<typeof toolReturn>)[]): Map<string, string> {
  return new Map(
    given.flatMap((each) =>
      each.masked_arguments && !('approve' in each && each.approve) ? [[each.tool_call_id, each.masked_arguments]] : [],
    ),
  );
}

function toAnswer(given: z.infer<typeof verdict> | z.infer<typeof toolReturn>): Approval {
  if ('approve' in given)
    return {
      type: 'approval',
      tool_call_id: given.tool_call_id,
      approve: given.approve,
      reason: given.reason ?? null,
      ...(given.approve && given.source_sha256 ? { source_sha256: given.source_sha256 } : {}),
    };
  return {
    type: 'tool',
    tool_call_id: given.tool_call_id,
    status: given.status,
    tool_return: typeof given.tool_return === 'string' ? given.tool_return : toParts(given.tool_return),
    stdout: given.stdout ?? null,
    stderr: given.stderr ?? null,
  };
}

function merge(first: ApprovalInput | undefined, second: ApprovalInput): ApprovalInput {
  if (!first || !Array.isArray(first.answers) || !Array.isArray(second.answers)) return second;
  return {
    answers: [...first.answers, ...second.answers],
    masked: new Map([...first.masked, ...second.masked]),
    otid: first.otid ?? second.otid,
  };
}
