// What a client sends to make or change an agent or a block, parsed at the border.
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { knownTool, knownToolName } from '../engine/tools/known-tools.ts';
import { BASE_TOOLS, LETTA_CODE_TOOLS, MEMGPT_TOOLS, MEMORY_TOOL_NAMES } from '../engine/tools/registry.ts';
import type { AgentFields, ToolRule } from '../store/agents.ts';
import type { BlockFields } from '../store/blocks.ts';
import type { JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';

const DEFAULT_BLOCK_LIMIT = 100_000;
const object = z.record(z.string(), z.unknown());

/** What the stock blocks are for, where the client does not say. */
const STOCK_DESCRIPTIONS: Readonly<Record<string, string>> = {
  persona:
    'The persona block: Stores details about your current persona, guiding how you behave and respond. This helps you to maintain consistency and personality in your interactions.',
  human:
    'The human block: Stores key details about the person you are conversing with, allowing for more personalized and friend-like conversation.',
};

export const blockSchema = z.object({
  label: z.optional(z.string().check(z.minLength(1))),
  value: z.optional(z.string()),
  limit: z.nullish(z.int().check(z.gte(0))),
  description: z.nullish(z.string()),
  read_only: z.nullish(z.boolean()),
  hidden: z.nullish(z.boolean()),
  metadata: z.nullish(object),
  tags: z.nullish(z.array(z.string())),
});
export type BlockInput = z.infer<typeof blockSchema>;

export function newBlock(input: BlockInput): BlockFields {
  if (input.label === undefined) throw new ApiError(422, 'A block needs a `label`.');
  return mergeBlock(
    {
      label: input.label,
      value: '',
      limit: DEFAULT_BLOCK_LIMIT,
      description: STOCK_DESCRIPTIONS[input.label] ?? null,
      readOnly: false,
      hidden: false,
      metadata: {},
      tags: [],
    },
    input,
  );
}

export function mergeBlock(block: BlockFields, input: BlockInput): BlockFields {
  return {
    label: input.label ?? block.label,
    value: (input.value ?? block.value).replaceAll('\0', ''),
    limit: input.limit ?? block.limit,
    description: input.description ?? block.description,
    readOnly: input.read_only ?? block.readOnly,
    hidden: input.hidden ?? block.hidden,
    metadata: input.metadata ?? block.metadata,
    tags: input.tags ?? block.tags,
  };
}

const toolRule = z.looseObject({ type: z.string(), tool_name: z.string() });

export const agentSchema = z.looseObject({
  name: z.nullish(z.string()),
  description: z.nullish(z.string()),
  system: z.nullish(z.string()),
  model: z.nullish(z.string()),
  tags: z.nullish(z.array(z.string())),
  tools: z.nullish(z.array(z.string())),
  tool_ids: z.nullish(z.array(z.string())),
  tool_rules: z.nullish(z.array(toolRule)),
  include_base_tools: z.nullish(z.boolean()),
  memory_blocks: z.nullish(z.array(blockSchema)),
  block_ids: z.nullish(z.array(z.string())),
  context_window_limit: z.nullish(z.int().check(z.gte(1))),
  metadata: z.nullish(object),
  model_settings: z.nullish(object),
  compaction_settings: z.nullish(object),
  secrets: z.nullish(z.record(z.string(), z.string())),
  tool_exec_environment_variables: z.nullish(z.record(z.string(), z.string())),
});
export type AgentInput = z.infer<typeof agentSchema>;

/** Fields that are kept as they come and given back. */
export const KEPT = [
  'agent_type',
  'model_settings',
  'context_window_limit',
  'embedding',
  'compaction_settings',
  'metadata',
  'timezone',
  'hidden',
  'enable_sleeptime',
  'message_buffer_autoclear',
  'response_format',
] as const;

/** @throws ApiError 400, 404 where a tool is unknown */
export function newAgent(store: Store, input: AgentInput, defaults: { name: string; system: string }): AgentFields {
  const base = input.agent_type === 'memgpt_agent' ? MEMGPT_TOOLS : BASE_TOOLS;
  const wanted = [...toolNames(store, input), ...((input.include_base_tools ?? true) ? base : [])];
  const tags = input.tags ?? [];
  return {
    name: input.name || defaults.name,
    description: input.description ?? null,
    system: input.system ?? defaults.system,
    model: input.model ?? null,
    tags: [...new Set(tags)],
    tools: withLettaCodeTools(wanted, tags),
    toolRules: withApprovals(store, wanted, input.tool_rules ? (input.tool_rules as ToolRule[]) : []),
    settings: settingsOf({}, { agent_type: 'letta_v1_agent', ...input }),
  };
}

export function mergeAgent(store: Store, agent: AgentFields, input: AgentInput): AgentFields {
  const named = input.tools || input.tool_ids ? toolNames(store, input) : agent.tools;
  const tags = input.tags ?? agent.tags;
  return {
    name: input.name || agent.name,
    description: input.description === undefined ? agent.description : input.description,
    system: input.system ?? agent.system,
    model: input.model ?? agent.model,
    tags: [...new Set(tags)],
    tools: withLettaCodeTools(named, tags),
    toolRules: input.tool_rules
      ? (input.tool_rules as ToolRule[])
      : withApprovals(
          store,
          named.filter((name) => !agent.tools.includes(name)),
          agent.toolRules,
        ),
    settings: settingsOf(agent.settings, input),
  };
}

function settingsOf(before: JsonObject, input: AgentInput): JsonObject {
  const settings = { ...before };
  for (const name of KEPT) if (input[name] !== undefined && input[name] !== null) settings[name] = input[name];
  // As many as the model serves again.
  if (input.context_window_limit === null) delete settings.context_window_limit;
  if (typeof input.parallel_tool_calls === 'boolean' && !input.model_settings)
    settings.model_settings = {
      ...((settings.model_settings as JsonObject | undefined) ?? {}),
      parallel_tool_calls: input.parallel_tool_calls,
    };
  return settings;
}

function toolNames(store: Store, input: AgentInput): string[] {
  const unknown = (input.tools ?? []).filter((name) => !knownTool(store, name));
  if (unknown.length > 0) throw new ApiError(400, `INVALID_ARGUMENT: Tools not found by name: ${unknown.join(', ')}`);
  const byId = (input.tool_ids ?? []).map((id) => {
    const name = knownToolName(store, id);
    if (name === undefined) throw new ApiError(404, `Tool with ID ${id} not found`);
    return name;
  });
  return [...(input.tools ?? []), ...byId];
}

/** Tools that say of themselves that they ask first do so on every agent that gets them. */
export function withApprovals(store: Store, added: readonly string[], rules: readonly ToolRule[]): ToolRule[] {
  const isRuled = (name: string) => rules.some((rule) => rule.type === 'requires_approval' && rule.tool_name === name);
  const asked = added.filter((name) => !isRuled(name) && store.tools.named(name)?.requiresApproval);
  return [...rules, ...[...new Set(asked)].map((tool_name) => ({ type: 'requires_approval', tool_name }))];
}

/** Letta Code creates its agents without memory tools and expects memory to work. */
function withLettaCodeTools(names: readonly string[], tags: readonly string[]): string[] {
  const needs = tags.includes('origin:letta-code') && !names.some((name) => MEMORY_TOOL_NAMES.has(name));
  return [...new Set([...names, ...(needs ? LETTA_CODE_TOOLS : [])])];
}
