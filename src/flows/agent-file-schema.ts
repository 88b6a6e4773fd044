// An AgentFile, as far as it is shown and imported. What these schemas do not name stays behind: tags and metadata, which would say
// whose agent and block it is; endpoints of models; what other servers may have added.
import * as z from 'zod/mini';
import { inTodaysForm } from './older-agent-file.ts';

const text = z.nullish(z.string());
const texts = z.nullish(z.array(z.string()));
const object = z.record(z.string(), z.unknown());
const anything = z.optional(z.unknown());
const others = z._default(z.nullable(z.array(z.unknown())), []);

const BlockSchema = z.object({
  id: text,
  label: z.string(),
  value: z.string(),
  limit: anything,
  description: text,
  read_only: z.nullish(z.boolean()),
  metadata: z.nullish(object),
});
const MessageSchema = z.object({
  type: anything,
  id: z.string(),
  role: z.string(),
  name: text,
  model: anything,
  agent_id: anything,
  content: anything,
  tool_calls: anything,
  tool_call_id: anything,
  tool_returns: anything,
  created_at: anything,
  approvals: anything,
  approval_request_id: anything,
  approve: anything,
  denial_reason: anything,
});
const SettingsSchema = z.object({
  model_settings: anything,
  context_window_limit: anything,
  embedding: anything,
  compaction_settings: anything,
  timezone: anything,
  message_buffer_autoclear: anything,
  response_format: anything,
  enable_sleeptime: anything,
});
export const RulesSchema = z.nullish(z.array(z.looseObject({ type: z.string(), tool_name: z.string() })));
const AgentSchema = z.object({
  id: z.string(),
  name: text,
  description: text,
  system: text,
  agent_type: text,
  model: text,
  llm_config: z.nullish(
    z.object({ handle: anything, model: anything, model_endpoint_type: anything, context_window: anything }),
  ),
  tool_ids: texts,
  tool_rules: RulesSchema,
  block_ids: texts,
  memory_blocks: z.nullish(z.array(BlockSchema)),
  secrets: z.nullish(object),
  tool_exec_environment_variables: z.nullish(object),
  in_context_message_ids: texts,
  messages: z.nullish(z.array(MessageSchema)),
  ...SettingsSchema.shape,
});
const ToolSchema = z.object({
  id: z.string(),
  name: z.string(),
  tool_type: text,
  source_type: text,
  source_code: text,
  description: text,
  json_schema: z.nullish(object),
  args_json_schema: anything,
  return_char_limit: anything,
  default_requires_approval: anything,
  enable_parallel_execution: anything,
  pip_requirements: anything,
});
const MoreSchema = z.object({
  settings: z.nullish(SettingsSchema),
  archive: z.nullish(
    z.array(z.object({ text: z.string(), tags: z.array(z.string()), metadata: object, created_at: z.string() })),
  ),
  conversations: z.nullish(
    z.array(
      z.object({
        summary: text,
        description: text,
        archived: z.boolean(),
        model: text,
        model_settings: anything,
        context_window_limit: anything,
        in_context_message_ids: z.array(z.string()),
        messages: z.array(MessageSchema),
      }),
    ),
  ),
});
const FileSchema = z.object({
  agents: z.array(AgentSchema).check(z.minLength(1)),
  blocks: z._default(z.array(BlockSchema), []),
  tools: z._default(z.array(ToolSchema), []),
  skills: z.nullish(z.array(z.looseObject({ name: z.string(), files: z.nullish(z.record(z.string(), z.string())) }))),
  groups: others,
  files: others,
  sources: others,
  mcp_servers: others,
  letta_vscode: z._default(z.nullable(z.record(z.string(), MoreSchema)), {}),
});
export type File = z.infer<typeof FileSchema>;
export type FileAgent = z.infer<typeof AgentSchema>;
export type FileBlock = z.infer<typeof BlockSchema>;
export type FileMessage = z.infer<typeof MessageSchema>;

/** What belongs to the agent's settings, as it is shown and ticked. */
export function settingsOf(file: File, agent: FileAgent): Record<string, unknown> {
  const own = { ...SettingsSchema.parse(agent), ...file.letta_vscode?.[agent.id]?.settings };
  const given = { ...own, tool_rules: agent.tool_rules?.length ? agent.tool_rules : null };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

/** The name a tool will have: its schema's, where that names one. */
export const toolName = ({ name, json_schema }: File['tools'][number]): string =>
  typeof json_schema?.name === 'string' ? json_schema.name : name;

/** @throws Error saying what is wrong with the file */
export function parseAgentFile(given: string): File {
  let value: unknown;
  try {
    value = JSON.parse(given);
    if (typeof value === 'string') value = JSON.parse(value);
  } catch {
    throw new Error('This is no AgentFile: it is not JSON.');
  }
  const parsed = FileSchema.safeParse(inTodaysForm(value));
  if (!parsed.success) throw new Error(`This is no AgentFile that can be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
