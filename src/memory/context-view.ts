// What the model would see of a thread now, part by part, and which parts differ from what it saw in the last turn.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Connection } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { isDefault } from '../letta/stream.ts';
import { t } from '../protocol/l10n.ts';
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

const NAMES = [
  t('System'),
  t('Memory'),
  t('About the memory'),
  t('Summary'),
  t('Server tools'),
  t('Messages'),
] as const;

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
  parts.flatMap((part) => (part.name === t('Memory') ? [pinned] : part.name === t('About the memory') ? [] : [part]));

/** What is there of a thread now. @throws LettaError; a server without the route answers `not_found` */
async function look({ connection, agentId, threadId, along, pinned }: ContextQuery) {
  const query = isDefault(agentId, threadId) ? {} : { conversation_id: threadId };
  let raw: unknown;
  try {
    raw = await connection.client.get(`/v1/agents/${encodeURIComponent(agentId)}/context`, { query });
  } catch (error) {
    throw toLettaError(error);
  }
  const overview = OverviewSchema.parse(raw);
  const own = pinned ? withMemory(partsOf(overview), pinned) : partsOf(overview);
  const parts = [...own, ...along].filter((part) => part.tokens > 0 || part.text !== '');
  return { window: overview.context_window_size_max ?? null, parts };
}

export interface ContextQuery {
  connection: Connection;
  agentId: string;
  threadId: string;
  along: readonly SentAlong[];
  /** Memory as the thread’s own requests bring it, in place of the server’s. */
  pinned?: SentAlong | undefined;
}

/** Prints of the parts by their names. */
type Prints = ReadonlyMap<string, string>;
const printsOf = (parts: readonly { name: string; text: string }[]): Prints =>
  new Map(parts.map(({ name, text }) => [name, createHash('sha256').update(text).digest('base64')]));

/** Remembers per thread what was there when its last turn ended. */
export class ContextWatch {
  private readonly seen = new Map<string, Prints>();
  private readonly ending = new Map<string, Promise<void>>();
  private looked = false;

  /**
   * A look changes nothing of what the next one marks. Before a turn has ended under this watch, what was seen first counts.
   * @throws LettaError; a server without the route answers `not_found`
   */
  async read(query: ContextQuery): Promise<ContextView> {
    this.looked = true;
    const { window, parts } = await look(query);
    await this.ending.get(query.threadId);
    const now = printsOf(parts);
    const before = this.seen.get(query.threadId);
    if (!before) this.seen.set(query.threadId, now);
    return {
      window,
      total: parts.reduce((sum, part) => sum + part.tokens, 0),
      parts: parts.map((part) => ({
        ...part,
        changed: before !== undefined && before.get(part.name) !== now.get(part.name),
      })),
    };
  }

  /**
   * Keeps what is there now that a turn of the thread has ended. Nothing is asked before a person has looked at a context.
   * @throws LettaError; then nothing is marked until the next turn has ended
   */
  async turnEnded(threadId: string, query: () => Promise<ContextQuery>): Promise<void> {
    if (!this.looked) return;
    const seeing = query()
      .then(look)
      .then(({ parts }) => void this.seen.set(threadId, printsOf(parts)));
    // Whoever looks meanwhile waits for it, and does not fail with it.
    const ending = seeing.catch(() => void this.seen.delete(threadId));
    this.ending.set(threadId, ending);
    await seeing.finally(() => {
      if (this.ending.get(threadId) === ending) this.ending.delete(threadId);
    });
  }
}
