// A thread with pinned memory, on any home: its requests bring their own system prompt, and take the memory tools over.

import * as z from 'zod/mini';
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { isWriting } from '../letta/memory-tools.ts';
import type { SendBody } from '../letta/stream.ts';
import { countCharacters } from '../protocol/characters.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { AnyTool, ToolResult } from '../tools/tool.ts';
import type { Notice } from './context.ts';
import type { Journal } from './journal.ts';
import type { Pin, PinnedBlock, Pins } from './pins.ts';
import type { ClientSkill } from './request.ts';
import { seenAnywhere } from './seen.ts';

const FROZEN =
  'Memory is pinned in this thread. What stands above is what holds here, also where an earlier message of this thread says that memory has changed. You can read it. Writes of memory are refused: do not try them, and say so when you are asked to remember something.';
const NONE =
  'This thread runs without memory: no memory block is shown to you, and the archive and earlier conversations cannot be searched here. Answer from this conversation and the workspace alone, also where an earlier message of this thread tells of memory. Memory is pinned in this thread: writes are refused.';

function blockText({ label, description, value, limit, readOnly }: PinnedBlock): string {
  return [
    `<${label}>`,
    '<description>',
    description,
    '</description>',
    '<metadata>',
    ...(readOnly ? ['- read_only=true'] : []),
    `- chars_current=${countCharacters(value)}`,
    `- chars_limit=${limit}`,
    '</metadata>',
    '<value>',
    value,
    '</value>',
    `</${label}>`,
  ].join('\n');
}

/** The memory section of the system prompt. Letta API: prompt compilation. */
export function pinnedSection(pin: Pin): string {
  if (pin.kind === 'none') return `<memory_pinned>\n${NONE}\n</memory_pinned>`;
  const blocks = [
    '<memory_blocks>',
    'The following memory blocks are currently engaged in your core memory unit:',
    '',
    pin.blocks.map(blockText).join('\n\n'),
    '</memory_blocks>',
  ].join('\n');
  return `${blocks}\n\n<memory_pinned>\nAs of ${pin.at}. ${FROZEN}\n</memory_pinned>`;
}

/** A system prompt of the request's own is sent as it is: what servers add to theirs is added here. */
export function pinnedSystem(system: string, pin: Pin, skills: readonly ClientSkill[]): string {
  const memory = pinnedSection(pin);
  const text = system.includes('{CORE_MEMORY}')
    ? system.replace('{CORE_MEMORY}', () => memory)
    : `${system}\n\n${memory}`;
  if (skills.length === 0) return text;
  const listed = skills.map(({ name, description, location }) => `- ${name} (${location}): ${firstLine(description)}`);
  return `${text}\n\n<available_skills>\n${listed.join('\n')}\n</available_skills>`;
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

/** What a turn needs of a thread with pinned memory. */
export interface Pinned {
  pin: Pin;
  memory: PinnedMemory;
}

/** Undefined: the thread follows memory as it is. @throws LettaError, PinError */
export async function readPinned(
  { connection, journal, pins }: { connection: Connection; journal: Journal; pins?: Pick<Pins, 'read'> },
  agentId: string,
  threadId: string,
): Promise<Pinned | undefined> {
  const pin = await pins?.read(threadId);
  return pin && { pin, memory: await PinnedMemory.read(connection, agentId, pin, () => seenAnywhere(journal)) };
}

/** There is nothing to say of memory that stays as it is. */
export const asPinned = ({ pin: { blocks } }: Pinned): Notice => ({ text: null, blocks, delivered: () => {} });

interface ServerTool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

class PinnedMemory {
  /** Take the place of the server's own searches where those would show what the thread must not see. */
  readonly tools: readonly AnyTool[];
  private readonly pin: Pin;
  private readonly system: string;
  private readonly writing: readonly ServerTool[];

  /**
   * @param seenAnywhere what any thread of the agent has read: a search brings it back
   * @throws LettaError
   */
  static async read(
    connection: Connection,
    agentId: string,
    pin: Pin,
    seenAnywhere: () => Promise<readonly MemorySource[]>,
  ): Promise<PinnedMemory> {
    try {
      const agent = await connection.client.agents.retrieve(agentId, { include: ['agent.tools'] });
      const tools = agent.tools.flatMap((tool): ServerTool[] => {
        if (!tool.name) return [];
        const parameters = z.safeParse(z.object({ parameters: z.record(z.string(), z.unknown()) }), tool.json_schema);
        return [
          {
            name: tool.name,
            description: tool.description ?? '',
            parameters: parameters.success ? parameters.data.parameters : { type: 'object', properties: {} },
          },
        ];
      });
      const searches = new Searches(connection, agentId, pin, seenAnywhere);
      return new PinnedMemory(pin, agent.system, tools, searches);
    } catch (error) {
      throw toLettaError(error);
    }
  }

  private constructor(pin: Pin, system: string, tools: readonly ServerTool[], searches: Searches) {
    this.pin = pin;
    this.system = system;
    // A client's tool hides the server's of its name, and the server asks before it is used: on agents made elsewhere, too.
    this.writing = tools.filter(({ name }) => isWriting(name));
    const has = new Set(tools.map(({ name }) => name));
    this.tools = pin.kind === 'then' || pin.kind === 'none' ? searches.tools.filter(({ name }) => has.has(name)) : [];
  }

  /** The request with the pinned memory in place of the server's. */
  over(body: SendBody, skills: readonly ClientSkill[]): SendBody {
    return {
      ...body,
      override_system: pinnedSystem(this.system, this.pin, skills),
      client_tools: [...(body.client_tools ?? []), ...this.writing],
    };
  }
}

const ArchiveInput = z.object({
  query: z.string(),
  tags: z.nullish(z.array(z.string())),
  top_k: z.nullish(z.number()),
  end_datetime: z.nullish(z.string()),
});
const ThreadsInput = z.object({
  query: z.nullish(z.string()),
  limit: z.nullish(z.number()),
  end_date: z.nullish(z.string()),
});
const Found = z.array(z.object({ content: z.catch(z.string(), ''), created_at: z.catch(z.string(), '') }));

const MOST = 20;
const RESULT_CHARS = 2_000;
const cut = (text: string): string => (text.length > RESULT_CHARS ? `${text.slice(0, RESULT_CHARS)}…` : text);

/** What the archive and the conversations held at the time of the pin, or nothing at all. */
class Searches {
  private readonly connection: Connection;
  private readonly agentId: string;
  private readonly pin: Pin;
  private readonly seenAnywhere: () => Promise<readonly MemorySource[]>;

  constructor(connection: Connection, agentId: string, pin: Pin, seenAnywhere: () => Promise<readonly MemorySource[]>) {
    this.connection = connection;
    this.agentId = agentId;
    this.pin = pin;
    this.seenAnywhere = seenAnywhere;
  }

  get tools(): AnyTool[] {
    const of = (
      name: string,
      title: string,
      input: z.ZodMiniType<unknown>,
      find: (input: never) => Promise<string>,
    ) => ({
      name,
      description: `${title} as it was at ${this.pin.at}.`,
      input,
      title: () => ({ title }),
      access: () => ({ kind: 'none' as const }),
      run: (given: unknown) => this.run(() => find(given as never)),
    });
    return [
      of('archival_memory_search', 'Search archive', ArchiveInput, (input: z.infer<typeof ArchiveInput>) =>
        this.inArchive(input),
      ),
      of('conversation_search', 'Search threads', ThreadsInput, (input: z.infer<typeof ThreadsInput>) =>
        this.inThreads(input),
      ),
    ];
  }

  private async run(find: () => Promise<string>): Promise<ToolResult> {
    if (this.pin.kind === 'none')
      return { status: 'error', text: 'This thread runs without memory: nothing can be searched here.', source: [] };
    const source = ['workspace' as const, ...(await this.seenAnywhere())];
    try {
      return { status: 'success', text: await find(), source };
    } catch (error) {
      return { status: 'error', text: `The search failed: ${toLettaError(error).message}`, source: [] };
    }
  }

  private async inArchive({ query, tags, top_k }: z.infer<typeof ArchiveInput>): Promise<string> {
    const found = await this.connection.client.agents.passages.search(this.agentId, {
      query,
      end_datetime: this.pin.at,
      top_k: Math.min(top_k ?? 5, MOST),
      ...(tags ? { tags } : {}),
    });
    // Not every server counts the time of day.
    const results = found.results.filter(({ timestamp }) => timestamp <= this.pin.at);
    return JSON.stringify({ results: results.map((each) => ({ ...each, content: cut(each.content) })) });
  }

  private async inThreads({ query, limit }: z.infer<typeof ThreadsInput>): Promise<string> {
    const body = {
      query: query ?? '',
      agent_id: this.agentId,
      roles: ['user', 'assistant'],
      search_mode: 'hybrid',
      end_date: this.pin.at,
      limit: Math.min(limit ?? 5, MOST),
    };
    const found = Found.parse(await this.connection.client.post('/v1/messages/search', { body, ...ONCE }));
    const results = found.filter(({ created_at }) => Date.parse(created_at) <= Date.parse(this.pin.at));
    return JSON.stringify({
      results: results.map(({ content, created_at }) => ({ timestamp: created_at, content: cut(content) })),
    });
  }
}
