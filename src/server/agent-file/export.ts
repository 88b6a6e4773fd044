// An agent as an AgentFile. Secrets are named, their values stay.
import { serverTools } from '../engine/tools/registry.ts';
import { KEPT } from '../routes/agent-input.ts';
import { viewAgent, viewBlock, viewTool } from '../routes/agent-view.ts';
import type { Agent } from '../store/agents.ts';
import type { JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import { toFileMessage } from './messages.ts';

export interface ExportOptions {
  /** In place of the default conversation, and then of all others; the agent's id: the default one. */
  owner: string;
  /** No message of any conversation. */
  scrubMessages: boolean;
  /** As the client has resolved them. */
  skills: readonly JsonObject[];
  version: string;
}

const ALL = 1_000_000;
const BLOCK_FIELDS = ['value', 'limit', 'label', 'read_only', 'description', 'metadata', 'hidden'] as const;

export function exportAgent(store: Store, agent: Agent, options: ExportOptions): JsonObject {
  const id = 'agent-0';
  const blocks = store.blocks.ofAgent(agent.id);
  const secrets = Object.fromEntries(Object.keys(store.secrets.of(agent.id)).map((key) => [key, '']));
  const state = viewAgent(store, agent);
  const name = namer();
  const history = historyOf(store, options.scrubMessages ? undefined : options.owner, agent, id, name);
  const others = options.scrubMessages || options.owner !== agent.id ? [] : otherConversations(store, agent);
  const settings = Object.fromEntries(
    KEPT.flatMap((key) => (key in agent.settings ? [[key, agent.settings[key]]] : [])),
  );
  return {
    agents: [
      {
        name: agent.name,
        memory_blocks: [],
        tools: [],
        tool_ids: agent.tools.map((_, i) => `tool-${i}`),
        source_ids: [],
        folder_ids: null,
        block_ids: blocks.map((_, i) => `block-${i}`),
        tool_rules: agent.toolRules,
        tags: agent.tags,
        system: agent.system,
        agent_type: state.agent_type,
        llm_config: state.llm_config,
        embedding_config: null,
        initial_message_sequence: null,
        include_base_tools: false,
        include_multi_agent_tools: false,
        include_base_tool_rules: false,
        include_default_source: false,
        description: agent.description,
        metadata: state.metadata,
        model: null,
        tool_exec_environment_variables: secrets,
        secrets,
        message_buffer_autoclear: state.message_buffer_autoclear,
        enable_sleeptime: false,
        response_format: state.response_format,
        timezone: state.timezone,
        id,
        ...history,
        files_agents: [],
        group_ids: [],
      },
    ],
    groups: [],
    blocks: blocks.map((block, i) => {
      const view = viewBlock(block);
      return {
        ...Object.fromEntries(BLOCK_FIELDS.map((key) => [key, view[key]])),
        is_template: false,
        id: `block-${i}`,
      };
    }),
    files: [],
    sources: [],
    tools: agent.tools.map((tool, i) => ({ ...exportedTool(store, tool), id: `tool-${i}` })),
    mcp_servers: [],
    skills: options.skills,
    metadata: { exported_by: `letta-vscode ${options.version}` },
    created_at: new Date().toISOString(),
    letta_vscode: {
      [id]: {
        settings,
        archive: store.passages
          .list({ agentId: agent.id, ascending: true, limit: ALL })
          .map(({ text, tags, metadata, createdAt }) => ({
            text,
            tags,
            metadata,
            created_at: new Date(createdAt).toISOString(),
          })),
        conversations: others.map((owner) => {
          const conversation = store.conversations.get(owner);
          return {
            summary: conversation?.summary ?? null,
            description: conversation?.description ?? null,
            archived: conversation?.archivedAt !== null,
            model: conversation?.model ?? null,
            model_settings: conversation?.modelSettings ?? null,
            context_window_limit: conversation?.contextWindowLimit ?? null,
            ...historyOf(store, owner, agent, id, namer()),
          };
        }),
        block_tags: Object.fromEntries(blocks.map((block, i) => [`block-${i}`, block.tags])),
      },
    },
  };
}

/** File-local names of messages, in the order they are asked for. */
function namer(): (id: string) => string {
  const names = new Map<string, string>();
  return (id) => {
    const name = names.get(id) ?? `message-${names.size}`;
    names.set(id, name);
    return name;
  };
}

function historyOf(
  store: Store,
  owner: string | undefined,
  agent: Agent,
  agentId: string,
  name: (id: string) => string,
): { in_context_message_ids: string[]; messages: JsonObject[] } {
  if (owner === undefined) return { in_context_message_ids: [], messages: [] };
  const messages = store.messages.list({ owner, agentId: agent.id, descending: false, limit: ALL });
  return {
    messages: messages.map(({ message }) => toFileMessage(message, agentId, name)),
    in_context_message_ids: store.messages.contextIds(owner).map(name),
  };
}

function otherConversations(store: Store, agent: Agent): string[] {
  return store.conversations
    .list({ agentId: agent.id, archive: 'all', orderBy: 'created_at', descending: false, limit: ALL })
    .map(({ id }) => id);
}

function exportedTool(store: Store, name: string): JsonObject {
  const { project_id: _project, created_by_id: _by, last_updated_by_id: _last, ...tool } = viewTool(store, name);
  return serverTools.has(name) ? { ...tool, source_code: null } : tool;
}
