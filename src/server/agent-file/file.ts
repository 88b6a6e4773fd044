// The AgentFile format (`.af`): its shape, as far as this server reads it. Ids in it count within the file only.
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';

const object = z.record(z.string(), z.unknown());
const id = z.string().check(z.minLength(1));
const texts = z.nullish(z.array(z.string()));

const part = z.looseObject({ type: z.optional(z.string()) });
const toolReturn = z.looseObject({
  tool_call_id: z.nullish(z.string()),
  status: z.nullish(z.string()),
  stdout: texts,
  stderr: texts,
  func_response: z.nullish(z.union([z.string(), z.array(part)])),
});

export const fileMessage = z.looseObject({
  id,
  role: z.string(),
  content: z.nullish(z.union([z.string(), z.array(part)])),
  name: z.nullish(z.string()),
  model: z.nullish(z.string()),
  tool_calls: z.nullish(
    z.array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) })),
  ),
  tool_call_id: z.nullish(z.string()),
  tool_returns: z.nullish(z.array(toolReturn)),
  created_at: z.nullish(z.string()),
  approvals: z.nullish(z.array(object)),
  approval_request_id: z.nullish(z.string()),
  approve: z.nullish(z.boolean()),
  denial_reason: z.nullish(z.string()),
});
export type FileMessage = z.infer<typeof fileMessage>;

const block = z.looseObject({
  id,
  label: z.string().check(z.minLength(1)),
  value: z.string(),
  limit: z.nullish(z.int().check(z.gte(0))),
  description: z.nullish(z.string()),
  read_only: z.nullish(z.boolean()),
  hidden: z.nullish(z.boolean()),
  metadata: z.nullish(object),
});

const tool = z.looseObject({
  id,
  name: z.string().check(z.minLength(1)),
  tool_type: z.nullish(z.string()),
  description: z.nullish(z.string()),
  source_code: z.nullish(z.string()),
  source_type: z.nullish(z.string()),
  json_schema: z.nullish(object),
  args_json_schema: z.nullish(object),
  tags: texts,
  return_char_limit: z.nullish(z.int().check(z.gte(1))),
  default_requires_approval: z.nullish(z.boolean()),
  enable_parallel_execution: z.nullish(z.boolean()),
  pip_requirements: z.nullish(z.array(object)),
  npm_requirements: z.nullish(z.array(object)),
  metadata_: z.nullish(object),
});

const agent = z.looseObject({
  id,
  name: z.nullish(z.string()),
  description: z.nullish(z.string()),
  system: z.nullish(z.string()),
  agent_type: z.nullish(z.string()),
  tags: texts,
  tool_ids: texts,
  block_ids: texts,
  source_ids: texts,
  memory_blocks: z.nullish(z.array(z.looseObject({ ...block.shape, id: z.nullish(z.string()) }))),
  tool_rules: z.nullish(z.array(z.looseObject({ type: z.string(), tool_name: z.string() }))),
  llm_config: z.nullish(z.looseObject({ handle: z.nullish(z.string()), context_window: z.nullish(z.number()) })),
  model: z.nullish(z.string()),
  secrets: z.nullish(object),
  tool_exec_environment_variables: z.nullish(object),
  in_context_message_ids: texts,
  messages: z.nullish(z.array(fileMessage)),
});
export type FileAgent = z.infer<typeof agent>;
export type FileTool = z.infer<typeof tool>;

const passage = z.object({
  text: z.string(),
  tags: z.array(z.string()),
  metadata: object,
  created_at: z.string(),
});
const conversation = z.object({
  summary: z.nullish(z.string()),
  description: z.nullish(z.string()),
  archived: z.boolean(),
  model: z.nullish(z.string()),
  model_settings: z.nullish(object),
  context_window_limit: z.nullish(z.number()),
  in_context_message_ids: z.array(z.string()),
  messages: z.array(fileMessage),
});
/** What the format has no place for, by the agent's id: other servers pass it over. */
const more = z.object({
  settings: z.nullish(object),
  archive: z.nullish(z.array(passage)),
  conversations: z.nullish(z.array(conversation)),
  block_tags: z.nullish(z.record(z.string(), z.array(z.string()))),
});
export type MoreOfAgent = z.infer<typeof more>;

const skill = z.looseObject({
  name: z.string().check(z.minLength(1)),
  files: z.nullish(z.record(z.string(), z.string())),
  source_url: z.nullish(z.string()),
});

const named = z.array(z.looseObject({}));
const agentFile = z.looseObject({
  agents: z.array(agent).check(z.minLength(1)),
  blocks: z._default(z.array(block), []),
  tools: z._default(z.array(tool), []),
  skills: z._default(z.nullable(z.array(skill)), []),
  groups: z._default(z.nullable(named), []),
  files: z._default(z.nullable(named), []),
  sources: z._default(z.nullable(named), []),
  mcp_servers: z._default(z.nullable(named), []),
  letta_vscode: z.nullish(z.record(z.string(), more)),
});
export type AgentFile = z.infer<typeof agentFile>;

const MAX_LEVELS = 100;

function bad(why: string): ApiError {
  return new ApiError(400, `INVALID_ARGUMENT: ${why}`);
}

/**
 * Reads a file, also one that is JSON within JSON, as some were published.
 * @throws ApiError 400 that says what is wrong with it
 */
export function parseAgentFile(text: string): AgentFile {
  let value: unknown;
  try {
    // Of a text with NUL or half of a surrogate pair SQLite and models make something else.
    const clean = (_key: string, each: unknown) =>
      typeof each === 'string' ? each.replaceAll('\0', '').toWellFormed() : each;
    value = JSON.parse(text, clean);
    if (typeof value === 'string') value = JSON.parse(value, clean);
  } catch {
    throw bad('Corrupted agent file format: it is no JSON.');
  }
  if (depthOver(value, MAX_LEVELS)) throw bad(`Corrupted agent file format: nested deeper than ${MAX_LEVELS} levels.`);
  if (typeof value === 'object' && value !== null && !('agents' in value))
    throw bad('Corrupted agent file format: it has no `agents`. The older format of one agent a file is not read.');
  const parsed = agentFile.safeParse(value);
  if (!parsed.success) throw bad(`Corrupted agent file format: ${z.prettifyError(parsed.error)}`);
  checkReferences(parsed.data);
  return parsed.data;
}

function depthOver(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => depthOver(each, levels - 1));
}

function checkReferences(file: AgentFile): void {
  const ids = (items: readonly { id: string }[], what: string) => {
    const known = new Set(items.map((item) => item.id));
    if (known.size !== items.length) throw bad(`Corrupted agent file format: two ${what} have one id.`);
    return known;
  };
  const tools = ids(file.tools, 'tools');
  const blocks = ids(file.blocks, 'blocks');
  ids(file.agents, 'agents');
  for (const each of file.agents) {
    const missing = (known: ReadonlySet<string>, wanted: readonly string[] | null | undefined, what: string) => {
      const lost = wanted?.find((one) => !known.has(one));
      if (lost !== undefined)
        throw bad(
          `Corrupted agent file format: ${each.id} names the ${what} ${JSON.stringify(lost)}, which is not in it.`,
        );
    };
    missing(tools, each.tool_ids, 'tool');
    missing(blocks, each.block_ids, 'block');
    missing(ids(each.messages ?? [], 'messages'), each.in_context_message_ids, 'message');
    for (const { messages, in_context_message_ids } of file.letta_vscode?.[each.id]?.conversations ?? [])
      missing(ids(messages, 'messages'), in_context_message_ids, 'message');
    const held = file.blocks.filter((one) => each.block_ids?.includes(one.id));
    const labels = [...held, ...(each.memory_blocks ?? [])].map(({ label }) => label);
    const twice = labels.find((label, i) => labels.indexOf(label) !== i);
    if (twice !== undefined)
      throw bad(`Corrupted agent file format: ${each.id} has two blocks with the label ${JSON.stringify(twice)}.`);
  }
}
