// An agent of another server as a file (Letta API: AgentFile, `.af`): its blocks as an import of memory, and what stays behind.
import * as z from 'zod/mini';
import { t } from '../../protocol/l10n.ts';
import { sha256 } from './export.ts';
import { decode } from './format.ts';
import type { MaskSecrets } from './masked.ts';
import type { MirrorBlock } from './types.ts';

const Id = z.object({ id: z.string() });
const Block = z.object({
  label: z.string().check(z.regex(/^\w[\w./-]{0,99}$/)),
  value: z.catch(z.string(), ''),
  description: z.catch(z.nullish(z.string()), null),
  limit: z.catch(z.nullish(z.number()), null),
  read_only: z.catch(z.nullish(z.boolean()), null),
  metadata: z.catch(z.nullish(z.record(z.string(), z.unknown())), null),
});
const List = z.catch(z.array(z.unknown()), []);
const AgentFile = z.object({
  agents: z.array(
    z.object({
      name: z.catch(z.string(), 'agent'),
      block_ids: z.catch(z.array(z.string()), []),
      memory_blocks: List,
      messages: List,
      tool_ids: List,
    }),
  ),
  blocks: List,
  tools: List,
  mcp_servers: List,
  files: List,
  sources: List,
  skills: List,
});
type AgentFile = z.infer<typeof AgentFile>;

export const isAgentFile = (path: string): boolean => path.toLowerCase().endsWith('.af');

export interface AgentFileBlock {
  label: string;
  value: string;
  /** Empty where the file has none. */
  description: string;
  limit: number | null;
  readOnly: boolean;
  localOnly: boolean;
}

export interface AgentFileMemory {
  blocks: AgentFileBlock[];
  /** As the file has them: not looked at yet. */
  skills: readonly unknown[];
  /** What cannot be brought, and why. */
  left: { reason: 'damaged' | 'not_memory' | 'frontmatter'; why: string }[];
}

/** The blocks of all agents in the file; of two with one label the first. */
export function readAgentFile(bytes: Uint8Array): AgentFileMemory {
  const file = parse(bytes);
  if (file === undefined)
    return {
      blocks: [],
      skills: [],
      left: [{ reason: 'damaged', why: t('it is no agent file; export the agent again') }],
    };
  const found: AgentFileMemory = { blocks: [], skills: file.skills, left: [] };
  for (const agent of file.agents) {
    const shared = file.blocks.filter((block) => agent.block_ids.includes(Id.safeParse(block).data?.id ?? ''));
    const own = [...shared, ...agent.memory_blocks];
    for (const each of own) {
      const block = Block.safeParse(each).data;
      const why =
        block === undefined
          ? t('a block of {0} has no label that can be used', agent.name)
          : t('another block is called {0} already; the one of {1} is left out', block.label, agent.name);
      if (!block || found.blocks.some(({ label }) => label === block.label)) {
        found.left.push({ reason: 'frontmatter', why });
        continue;
      }
      found.blocks.push({
        label: block.label,
        value: block.value.replaceAll('\r\n', '\n'),
        description: block.description ?? '',
        limit: block.limit ?? null,
        readOnly: block.read_only ?? false,
        localOnly: block.metadata?.local_only === true,
      });
    }
    const lost = own.length === 0 ? agent.block_ids.length : 0;
    if (lost > 0)
      found.left.push({ reason: 'damaged', why: t('{0} blocks of {1} are not in the file', lost, agent.name) });
  }
  for (const why of leftBehind(file)) found.left.push({ reason: 'not_memory', why });
  return found;
}

/** A block as an item of an import, secrets masked, against what stands in memory here. */
export function agentFileItem(
  path: string,
  hash: string,
  { label, value, description: given, ...rest }: AgentFileBlock,
  options: { blocks: readonly MirrorBlock[]; maskSecrets: MaskSecrets },
) {
  const here = options.blocks.find((block) => block.label === label);
  const after = options.maskSecrets(value);
  // None given: what stands here stays.
  const description = given === '' ? (here?.description ?? '') : options.maskSecrets(given);
  const same = here !== undefined && here.value === after && here.description === description;
  const status = here ? (same ? ('same' as const) : ('changed' as const)) : ('new' as const);
  const id = `import-${sha256(`${path}\0${label}\0${hash}`).slice(0, 16)}`;
  const blockId = here?.id ?? null;
  return {
    kind: 'block' as const,
    id,
    path,
    label,
    status,
    blockId,
    before: here?.value ?? null,
    after,
    description,
    ...rest,
  };
}

function parse(bytes: Uint8Array): AgentFile | undefined {
  try {
    const parsed = AgentFile.safeParse(JSON.parse(decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function leftBehind({ agents, tools, mcp_servers, files, sources }: AgentFile): string[] {
  const messages = agents.reduce((sum, agent) => sum + agent.messages.length, 0);
  const counts: [number, string][] = [
    [messages, 'messages'],
    [tools.length, 'tools'],
    [mcp_servers.length, t('MCP servers')],
    [files.length + sources.length, t('files and sources')],
  ];
  return counts.flatMap(([count, what]) =>
    count > 0 ? [t('{0} {1} are not brought, only memory and skills are', count, what)] : [],
  );
}
