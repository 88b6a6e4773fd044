// Agents and blocks in the shapes of the Letta API.
import { pendingRequest } from '../engine/approvals.ts';
import { DEFAULT_WINDOW } from '../engine/engine.ts';
import { isoOrNull, toLettaMessages } from '../engine/render.ts';
import { serverTools, toolId } from '../engine/tools/registry.ts';
import { EMBEDDING_BATCH, EMBEDDING_CHUNK } from '../models/embedding.ts';
import type { Agent } from '../store/agents.ts';
import type { Block } from '../store/blocks.ts';
import { isObject, type JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import type { CustomTool } from '../store/tools.ts';

export function viewBlock(block: Block): JsonObject {
  return {
    id: block.id,
    label: block.label,
    value: block.value,
    limit: block.limit,
    description: block.description,
    read_only: block.readOnly,
    hidden: block.hidden,
    metadata: block.metadata,
    tags: block.tags,
    is_template: false,
    template_name: null,
    template_id: null,
    base_template_id: null,
    deployment_id: null,
    entity_id: null,
    preserve_on_migration: false,
    project_id: null,
    created_by_id: null,
    last_updated_by_id: null,
  };
}

/** @param name of a tool of the server, or of one that a client has made */
export function viewTool(store: Store, name: string): JsonObject {
  const custom = serverTools.has(name) ? undefined : store.tools.named(name);
  if (custom) return viewCustomTool(custom);
  const tool = serverTools.get(name);
  return {
    id: toolId(name),
    name,
    description: tool?.description ?? null,
    json_schema: { name, description: tool?.description ?? '', parameters: tool?.parameters ?? {} },
    args_json_schema: null,
    source_code: null,
    source_type: 'python',
    tool_type: tool?.type ?? 'letta_core',
    tags: [tool?.type ?? 'letta_core'],
    return_char_limit: 50_000,
    default_requires_approval: false,
    enable_parallel_execution: false,
    pip_requirements: null,
    npm_requirements: null,
    metadata_: {},
    created_by_id: null,
    last_updated_by_id: null,
    project_id: null,
  };
}

export function viewCustomTool(tool: CustomTool): JsonObject {
  return {
    pip_requirements: null,
    npm_requirements: null,
    enable_parallel_execution: false,
    metadata_: {},
    ...tool.rest,
    id: tool.id,
    name: tool.name,
    description: tool.description,
    json_schema: tool.jsonSchema,
    args_json_schema: tool.argsJsonSchema,
    source_code: tool.sourceCode,
    source_type: tool.sourceType,
    tool_type: 'custom',
    tags: tool.tags,
    return_char_limit: tool.returnLimit,
    default_requires_approval: tool.requiresApproval,
    created_by_id: null,
    last_updated_by_id: null,
    project_id: null,
  };
}

/** With their values: for whoever asks for just them. */
export function viewSecrets(store: Store, agentId: string): JsonObject[] {
  return Object.entries(store.secrets.of(agentId)).map(([key, value]) => ({
    key,
    value,
    description: null,
    agent_id: agentId,
  }));
}

/** The full state; relationships are always filled, whatever `include` says, save secrets. */
export function viewAgent(store: Store, agent: Agent, withSecrets = false): JsonObject {
  const blocks = store.blocks.ofAgent(agent.id).map(viewBlock);
  const { settings } = agent;
  const pending = pendingRequest(store, agent.id);
  return {
    id: agent.id,
    name: agent.name,
    description: agent.description,
    agent_type: settings.agent_type ?? 'letta_v1_agent',
    system: agent.system,
    model: agent.model,
    model_settings: modelSettings(agent),
    llm_config: llmConfig(agent),
    embedding: settings.embedding ?? null,
    embedding_config: embeddingConfig(store, agent.id),
    memory: {
      agent_type: settings.agent_type ?? 'letta_v1_agent',
      blocks,
      file_blocks: [],
      git_enabled: false,
      prompt_template: '',
    },
    blocks,
    tools: agent.tools.map((name) => viewTool(store, name)),
    tool_rules: agent.toolRules,
    tags: agent.tags,
    sources: [],
    identities: [],
    identity_ids: [],
    secrets: withSecrets ? viewSecrets(store, agent.id) : [],
    tool_exec_environment_variables: withSecrets ? viewSecrets(store, agent.id) : [],
    message_ids: store.messages.contextIds(agent.id),
    pending_approval: pending ? (toLettaMessages(pending)[0] ?? null) : null,
    metadata: settings.metadata ?? {},
    compaction_settings: settings.compaction_settings ?? null,
    response_format: settings.response_format ?? null,
    timezone: settings.timezone ?? 'UTC',
    hidden: settings.hidden ?? false,
    enable_sleeptime: settings.enable_sleeptime ?? false,
    message_buffer_autoclear: settings.message_buffer_autoclear ?? false,
    managed_group: null,
    multi_agent_group: null,
    project_id: null,
    template_id: null,
    base_template_id: null,
    deployment_id: null,
    entity_id: null,
    max_files_open: null,
    per_file_view_window_char_limit: null,
    last_run_completion: isoOrNull(agent.lastRunAt),
    last_run_duration_ms: agent.lastRunMs,
    last_stop_reason: agent.lastStopReason,
    created_at: new Date(agent.createdAt).toISOString(),
    updated_at: new Date(agent.updatedAt).toISOString(),
    created_by_id: null,
    last_updated_by_id: null,
  };
}

/** Of the model that the archive's vectors are of; null while it is searched by words alone. */
function embeddingConfig(store: Store, agentId: string): JsonObject | null {
  const [model] = store.vectors.modelsOf(agentId);
  if (!model) return null;
  const { handle, baseUrl, dim } = model;
  return {
    handle,
    embedding_model: handle.slice(handle.indexOf('/') + 1),
    embedding_dim: dim,
    embedding_endpoint_type: 'openai',
    embedding_endpoint: baseUrl,
    embedding_chunk_size: EMBEDDING_CHUNK,
    batch_size: EMBEDDING_BATCH,
  };
}

function modelSettings(agent: Agent): JsonObject {
  const given = agent.settings.model_settings;
  return { provider_type: 'openai', parallel_tool_calls: true, ...(isObject(given) ? given : {}) };
}

function llmConfig(agent: Agent): JsonObject {
  const handle = agent.model ?? '';
  const slash = handle.indexOf('/');
  const settings = modelSettings(agent);
  return {
    model: slash < 0 ? handle : handle.slice(slash + 1),
    model_endpoint_type: 'openai',
    model_endpoint: null,
    provider_name: slash < 0 ? null : handle.slice(0, slash),
    provider_category: 'base',
    handle: agent.model,
    context_window: agent.settings.context_window_limit ?? DEFAULT_WINDOW,
    max_tokens: settings.max_output_tokens ?? null,
    temperature: settings.temperature ?? null,
    enable_reasoner: true,
    parallel_tool_calls: settings.parallel_tool_calls ?? true,
    put_inner_thoughts_in_kwargs: false,
  };
}
