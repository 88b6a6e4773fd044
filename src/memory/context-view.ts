// What the model would see of a thread now, part by part, and which parts differ from what was looked at last.
import * as z from 'zod/mini';
import type { Connection } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import type { ContextView } from '../protocol/memory-views.ts';

const Count = z.catch(z.number(), 0);
const Text = z.catch(z.nullish(z.string()), null);

/** Letta API: ContextWindowOverview. Fields that a server leaves out count as empty. */
const OverviewSchema = z.object({
  context_window_size_max: z.catch(z.nullish(z.number()), null),
  num_tokens_system: Count,
  num_tokens_core_memory: Count,
  num_tokens_external_memory_summary: Count,
  num_tokens_summary_memory: Count,
  num_tokens_functions_definitions: Count,
  num_tokens_messages: Count,
  num_messages: Count,
  system_prompt: Text,
  core_memory: Text,
  external_memory_summary: Text,
  summary_memory: Text,
  functions_definitions: z.catch(z.array(z.unknown()), []),
  messages: z.catch(z.array(z.unknown()), []),
});
type Overview = z.infer<typeof OverviewSchema>;

/** Part of the request that the server does not know of: it comes with each message. */
export interface SentAlong {
  name: string;
  text: string;
  /** Estimated. */
  tokens: number;
}

/** Messages are shown as they would be read, not as JSON. */
function said(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const {
    message_type: type = '',
    content,
    reasoning,
    tool_call: call,
    tool_return: result,
  } = message as Record<string, unknown>;
  const name = String(type)
    .replace(/_message$/, '')
    .replaceAll('_', ' ');
  const body = content ?? reasoning ?? call ?? result ?? '';
  return `${name}: ${typeof body === 'string' ? body : JSON.stringify(body)}`;
}

const NAMES = ['System', 'Memory', 'About the memory', 'Summary', 'Server tools', 'Messages'] as const;

function partsOf(overview: Overview): { name: string; tokens: number; text: string }[] {
  const tools = overview.functions_definitions.map((tool) => JSON.stringify(tool, null, 1)).join('\n');
  const texts = [
    overview.system_prompt,
    overview.core_memory,
    overview.external_memory_summary,
    overview.summary_memory,
    tools,
    overview.messages.map(said).join('\n\n'),
  ];
  const counts = [
    overview.num_tokens_system,
    overview.num_tokens_core_memory,
    overview.num_tokens_external_memory_summary,
    overview.num_tokens_summary_memory,
    overview.num_tokens_functions_definitions,
    overview.num_tokens_messages,
  ];
  return NAMES.map((name, i) => ({ name, tokens: counts[i] ?? 0, text: texts[i] ?? '' }));
}

/** What a request with a system prompt of its own says of memory: nothing that the server would add stands there. */
const withMemory = (parts: readonly SentAlong[], pinned: SentAlong): SentAlong[] =>
  parts.flatMap((part) => (part.name === 'Memory' ? [pinned] : part.name === 'About the memory' ? [] : [part]));

/** Remembers per thread what was there when its last turn ended. */
export class ContextWatch {
  private readonly seen = new Map<string, Map<string, string>>();

  /**
   * @param pinned memory as the thread’s own requests bring it, in place of the server’s
   * @throws LettaError; a server without the route answers `not_found`
   */
  async read(
    connection: Connection,
    agentId: string,
    threadId: string,
    along: readonly SentAlong[],
    pinned?: SentAlong,
  ): Promise<ContextView> {
    const query = threadId === 'default' ? {} : { conversation_id: threadId };
    let raw: unknown;
    try {
      raw = await connection.client.get(`/v1/agents/${encodeURIComponent(agentId)}/context`, { query });
    } catch (error) {
      throw toLettaError(error);
    }
    const overview = OverviewSchema.parse(raw);
    const own = pinned ? withMemory(partsOf(overview), pinned) : partsOf(overview);
    const parts = [...own, ...along].filter((part) => part.tokens > 0 || part.text !== '');
    const before = this.seen.get(threadId);
    this.seen.set(threadId, new Map(parts.map(({ name, text }) => [name, text])));
    return {
      window: overview.context_window_size_max ?? null,
      total: parts.reduce((sum, part) => sum + part.tokens, 0),
      parts: parts.map((part) => ({ ...part, changed: before !== undefined && before.get(part.name) !== part.text })),
    };
  }
}
