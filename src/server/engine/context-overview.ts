// What the model would see of a conversation now, part by part (Letta API: ContextWindowOverview).
import type { Agent } from '../store/agents.ts';
import type { JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import type { Audience } from './audience.ts';
import { systemFor } from './context.ts';
import { toLettaMessages } from './render.ts';
import { jsonBytes, messageBytes, type TokenScale } from './token-estimate.ts';
import { offeredTools, ToolPolicy } from './tool-policy.ts';

/** Parts of a compiled system message, as they stand in it. */
export function systemParts(compiled: string): { instructions: string; memory: string; metadata: string } {
  const metadata = lastSection(compiled, 'memory_metadata');
  const memory = lastSection(compiled, 'memory_blocks');
  let instructions = compiled;
  for (const part of [metadata, memory]) if (part !== '') instructions = instructions.replace(part, () => '');
  return { instructions: instructions.trim(), memory, metadata };
}

/** The last one: instructions may speak of the section too. */
function lastSection(text: string, name: string): string {
  const end = text.lastIndexOf(`</${name}>`);
  const start = end < 0 ? -1 : text.lastIndexOf(`\n<${name}>`, end) + 1 || (text.startsWith(`<${name}>`) ? 0 : -1);
  return start < 0 ? '' : text.slice(start, end + name.length + 3);
}

/** Counts are estimates in tokens; `handle` says whose, since models count differently. Client tools are not known here. */
export function contextOverview(
  store: Store,
  agent: Agent,
  owner: string,
  { window, handle, scale, audience }: { window: number; handle: string; scale: TokenScale; audience: Audience },
): JsonObject {
  const tokens = (text: string) => (text === '' ? 0 : scale.tokens(handle, jsonBytes(text)));
  const stored = store.messages.system(owner)?.body;
  const { instructions, memory, metadata } = systemParts(stored?.role === 'system' ? systemFor(stored, audience) : '');
  const hidden = new Set<string>();
  const messages = store.messages
    .context(owner, 0)
    .map((message) => ({ ...message, body: audience.show(message, hidden) }));
  const summaries = messages.filter(({ body }) => body.role === 'summary');
  const said = messages.filter(({ body }) => body.role !== 'summary');
  const summary = summaries.map(({ body }) => (body.role === 'summary' ? body.text : '')).join('\n\n');
  const definitions = offeredTools(store, agent, new ToolPolicy(agent, []), []).map((tool) => ({
    type: 'function',
    function: { name: tool.name, description: tool.description ?? null, parameters: tool.inputSchema },
  }));
  const counts = {
    num_tokens_system: tokens(instructions),
    num_tokens_core_memory: tokens(memory),
    num_tokens_external_memory_summary: tokens(metadata),
    num_tokens_memory_filesystem: 0,
    num_tokens_tool_usage_rules: 0,
    num_tokens_directories: 0,
    num_tokens_summary_memory: tokens(summary),
    num_tokens_functions_definitions: definitions.length === 0 ? 0 : scale.tokens(handle, jsonBytes(definitions)),
    num_tokens_messages: said.reduce(
      (sum, message) => sum + scale.tokens(handle, messageBytes(message.body, message.model === handle)),
      0,
    ),
  };
  return {
    context_window_size_max: window,
    context_window_size_current: Object.values(counts).reduce((sum, count) => sum + count, 0),
    num_messages: messages.length + 1,
    num_archival_memory: store.passages.count(agent.id),
    num_recall_memory: store.messages.count(agent.id),
    ...counts,
    system_prompt: instructions,
    core_memory: memory,
    external_memory_summary: metadata,
    memory_filesystem: null,
    tool_usage_rules: null,
    directories: null,
    summary_memory: summary === '' ? null : summary,
    functions_definitions: definitions,
    messages: said.flatMap(toLettaMessages),
  };
}
