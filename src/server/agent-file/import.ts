// Agents out of an AgentFile: all of it in one transaction, or nothing.

import { DEFAULT_SYSTEM } from '../engine/default-system.ts';
import { recompile } from '../engine/recompile.ts';
import { serverTools } from '../engine/tools/registry.ts';
import { KEPT, mergeBlock, newBlock } from '../routes/agent-input.ts';
import { addTool, fieldsOf } from '../routes/custom-tools.ts';
import type { AgentFields, ToolRule } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import { isObject, type JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import type { CustomToolFields } from '../store/tools.ts';
import type { AgentFile, FileAgent, FileMessage, FileTool, MoreOfAgent } from './file.ts';
import { fromFileMessages } from './messages.ts';

export interface ImportOptions {
  /** Of the agent; of the first one where there are several. */
  name: string | undefined;
  appendCopySuffix: boolean;
  /** A model handle for all agents. */
  model: string | undefined;
  stripMessages: boolean;
  /** A tool of the same name with another source is replaced; else the one that is there is used. */
  overrideTools: boolean;
  /** Values of secrets that the file names. */
  secrets: Readonly<Record<string, string>>;
}

export interface Imported {
  agent_ids: string[];
  /** What of the file is not here now, and why. */
  skipped: string[];
}

/** @throws ApiError 400 where a tool cannot be used */
export async function importFile(store: Store, file: AgentFile, options: ImportOptions): Promise<Imported> {
  const skipped = leftBehind(file);
  const tools = new Map<string, CustomToolFields>();
  for (const tool of file.tools) {
    if (serverTools.has(tool.name)) continue;
    const why = unusable(tool);
    if (why) skipped.push(`The tool ${tool.name}: ${why}.`);
    else tools.set(tool.id, await fieldsOf(tool));
  }
  const agentIds = store.write('durable', () => {
    for (const fields of tools.values()) {
      const there = store.tools.named(fields.name);
      if (!there) addTool(store, fields);
      else if (there.sourceCode !== fields.sourceCode && options.overrideTools) store.tools.update(there, fields);
      else if (there.sourceCode !== fields.sourceCode)
        skipped.push(`The source of the tool ${fields.name}: another one of that name is here, and is used.`);
    }
    const nameOf = (id: string): string | undefined => {
      const tool = file.tools.find((each) => each.id === id);
      return tool && (serverTools.has(tool.name) || tools.has(id)) ? (tools.get(id)?.name ?? tool.name) : undefined;
    };
    const blocks = new Map<string, { id: string; label: string }>();
    return file.agents.map((agent, i) =>
      importAgent(store, file, agent, { ...options, name: i === 0 ? options.name : undefined }, { nameOf, blocks }),
    );
  });
  return { agent_ids: agentIds, skipped };
}

function leftBehind({ groups, files, sources, mcp_servers, skills }: AgentFile): string[] {
  const parts: [readonly unknown[] | null, string][] = [
    [groups, 'groups of agents'],
    [files, 'files'],
    [sources, 'folders'],
    [mcp_servers, 'MCP servers'],
    [skills, 'skills, which are the client’s to keep'],
  ];
  return parts.flatMap(([items, what]) => (items && items.length > 0 ? [`${items.length} ${what}.`] : []));
}

function unusable({ tool_type: type, source_code: source }: FileTool): string | undefined {
  if (type && type !== 'custom') return `this server has no tools of the kind ${type}`;
  return source ? undefined : 'the file has no source of it';
}

interface Shared {
  nameOf(toolId: string): string | undefined;
  /** Made so far, by their ids in the file: agents may share them. */
  blocks: Map<string, { id: string; label: string }>;
}

function importAgent(
  store: Store,
  file: AgentFile,
  agent: FileAgent,
  options: ImportOptions,
  { nameOf, blocks }: Shared,
): string {
  const id = newId('agent');
  const more = file.letta_vscode?.[agent.id];
  const tools = [...new Set((agent.tool_ids ?? []).flatMap((each) => nameOf(each) ?? []))];
  store.agents.create(id, fieldsOfAgent(agent, more, tools, options));
  for (const block of file.blocks) {
    if (!agent.block_ids?.includes(block.id)) continue;
    const made = blocks.get(block.id) ?? addBlock(store, { ...block, tags: more?.block_tags?.[block.id] });
    blocks.set(block.id, made);
    store.blocks.attach(id, made);
  }
  for (const block of agent.memory_blocks ?? []) store.blocks.attach(id, addBlock(store, block));
  putSecrets(store, id, agent, options.secrets);
  store.conversations.create(id, id, {});
  for (const { text, tags, metadata, created_at } of more?.archive ?? [])
    store.passages.create({
      id: newId('passage'),
      agentId: id,
      archiveId: store.passages.archiveOf(id) ?? newId('archive'),
      text,
      tags,
      metadata,
      createdAt: timeOf(created_at),
    });
  if (!options.stripMessages) {
    addHistory(store, id, id, agent.messages ?? [], agent.in_context_message_ids ?? []);
    for (const conversation of more?.conversations ?? []) addConversation(store, id, conversation);
  }
  const made = store.agents.get(id);
  if (made) recompile(store, made, id);
  return id;
}

/** What editors find the agent of a folder and a person's block by. A file from elsewhere must not be taken for either. */
const OWNERS_TAG = /^(?:workspace|origin):/;
const OWNERS_KEYS: ReadonlySet<string> = new Set(['shared', 'owner', 'letta_vscode_prompt']);

function withoutOwner({ metadata }: { metadata?: unknown }): { metadata?: JsonObject } {
  if (!isObject(metadata)) return {};
  return { metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !OWNERS_KEYS.has(key))) };
}

function fieldsOfAgent(
  agent: FileAgent,
  more: MoreOfAgent | undefined,
  tools: string[],
  { name, appendCopySuffix, model }: ImportOptions,
): AgentFields {
  const own = agent.name || 'Imported agent';
  const window = agent.llm_config?.context_window;
  const given: JsonObject = more?.settings ?? {
    ...agent,
    ...(typeof window === 'number' && window > 0 ? { context_window_limit: Math.floor(window) } : {}),
  };
  const settings = KEPT.flatMap((key) => (given[key] === undefined || given[key] === null ? [] : [[key, given[key]]]));
  return {
    name: name ?? (appendCopySuffix ? `${own}_copy` : own),
    description: agent.description ?? null,
    system: agent.system ?? DEFAULT_SYSTEM,
    model: model ?? agent.llm_config?.handle ?? agent.model ?? null,
    tags: [...new Set(agent.tags ?? [])].filter((tag) => !OWNERS_TAG.test(tag)),
    tools,
    toolRules: (agent.tool_rules ?? []) as ToolRule[],
    settings: { agent_type: 'letta_v1_agent', ...Object.fromEntries(settings), ...withoutOwner(given) },
  };
}

function addBlock(store: Store, block: Parameters<typeof newBlock>[0]): { id: string; label: string } {
  const id = newId('block');
  const { label, value, limit, description, read_only, hidden, metadata, tags } = block;
  const fields = mergeBlock(newBlock({ label }), {
    value,
    limit,
    read_only,
    hidden,
    ...withoutOwner({ metadata }),
    tags,
  });
  // A block without a description has none here either.
  store.blocks.create(id, { ...fields, description: description ?? null });
  return { id, label: fields.label };
}

function putSecrets(store: Store, id: string, agent: FileAgent, given: Readonly<Record<string, string>>): void {
  const keys = Object.keys({ ...agent.tool_exec_environment_variables, ...agent.secrets });
  const values = keys.map((key) => [key, given[key] ?? '']);
  store.secrets.replace(id, Object.fromEntries(values));
}

function addConversation(
  store: Store,
  agentId: string,
  given: NonNullable<MoreOfAgent['conversations']>[number],
): void {
  const owner = newId('conv');
  store.conversations.create(owner, agentId, {
    summary: given.summary ?? null,
    description: given.description ?? null,
    model: given.model ?? null,
    modelSettings: given.model_settings ?? null,
    contextWindowLimit: given.context_window_limit ?? null,
  });
  const system = given.messages.find(({ role }) => role === 'system');
  const agent = store.agents.get(agentId);
  if (agent && system) recompile(store, agent, owner);
  const last = addHistory(store, agentId, owner, given.messages, given.in_context_message_ids);
  if (last !== undefined) store.conversations.touch(owner, last);
  const made = store.conversations.get(owner);
  if (given.archived && made) store.conversations.update(owner, { ...made, archivedAt: Date.now() });
}

/** @returns when the last message was said */
function addHistory(
  store: Store,
  agentId: string,
  owner: string,
  messages: readonly FileMessage[],
  inContext: readonly string[],
): number | undefined {
  const ids = new Map<string, string>();
  const idOf = (source: string) => {
    const id = ids.get(source) ?? newId('message');
    if (source !== '') ids.set(source, id);
    return id;
  };
  const kept = new Set(inContext);
  const ofCall = new Map<string, boolean>();
  let last: number | undefined;
  const used = new Set<string>();
  for (const { source, isNamed, body, model, createdAt, stepId } of fromFileMessages(messages, idOf)) {
    // A return stays with its call, in context or out of it.
    const isIn = body.role === 'tool' ? (ofCall.get(body.callId) ?? false) : kept.has(source);
    const calls = body.role === 'request' ? body.calls : body.role === 'assistant' ? callsIn(body.blocks) : [];
    for (const { id } of calls) ofCall.set(id, isIn);
    const id = !isNamed || used.has(source) ? newId('message') : idOf(source);
    if (isNamed) used.add(source);
    const at = createdAt ?? Date.now();
    store.messages.restore({ id, agentId, owner, body, model, stepId, createdAt: at }, isIn);
    last = at;
  }
  return last;
}

const callsIn = (blocks: readonly { type: string }[]) =>
  blocks.flatMap((block) => (block.type === 'tool_call' ? [(block as unknown as { call: { id: string } }).call] : []));

function timeOf(text: string): number {
  const at = Date.parse(text);
  return Number.isNaN(at) ? Date.now() : at;
}
