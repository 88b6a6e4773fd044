// An agent of another server as a file (Letta API: AgentFile, `.af`): its blocks as an import of memory, and what stays behind.
import * as z from 'zod/mini';
import { sha256 } from './export.ts';
import { decode } from './format.ts';
import type { ImportedBlock, ImportPreview, PreviewOptions } from './import.ts';

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

/** Adds the file's blocks to a preview, secrets masked. What cannot be brought is named among the skipped. */
export function previewAgentFile(
  path: string,
  bytes: Uint8Array,
  preview: ImportPreview,
  options: PreviewOptions,
): void {
  const skip = (reason: 'damaged' | 'not_memory' | 'frontmatter', why: string) =>
    preview.skipped.push({ path, reason, message: `${path}: ${why}.` });
  const file = parse(bytes);
  if (file === undefined) {
    skip('damaged', 'it is no agent file; export the agent again');
    return;
  }
  const hash = sha256(bytes);
  for (const agent of file.agents) {
    const shared = file.blocks.filter((block) => agent.block_ids.includes(Id.safeParse(block).data?.id ?? ''));
    const own = [...shared, ...agent.memory_blocks];
    for (const each of own) {
      const block = Block.safeParse(each).data;
      if (!block) skip('frontmatter', `a block of ${agent.name} has no label that can be used`);
      else if (preview.items.some((item) => item.kind === 'block' && item.label === block.label))
        skip('frontmatter', `another block is called ${block.label} already; the one of ${agent.name} is left out`);
      else preview.items.push(itemOf(path, hash, block, options));
    }
    const lost = own.length === 0 ? agent.block_ids.length : 0;
    if (lost > 0) skip('damaged', `${lost} blocks of ${agent.name} are not in the file`);
  }
  for (const what of leftBehind(file)) skip('not_memory', what);
}

function parse(bytes: Uint8Array): AgentFile | undefined {
  try {
    const parsed = AgentFile.safeParse(JSON.parse(decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function itemOf(path: string, hash: string, block: z.infer<typeof Block>, options: PreviewOptions): ImportedBlock {
  const { label, limit } = block;
  const after = options.maskSecrets(block.value.replaceAll('\r\n', '\n'));
  const description = options.maskSecrets(block.description ?? '');
  const here = options.blocks.find((each) => each.label === label);
  const same = here !== undefined && here.value === after && (description === '' || here.description === description);
  return {
    kind: 'block',
    id: `import-${sha256(`${path}\0${label}\0${hash}`).slice(0, 16)}`,
    path,
    label,
    status: here ? (same ? 'same' : 'changed') : 'new',
    blockId: here?.id ?? null,
    before: here?.value ?? null,
    after,
    // None given: what stands here stays.
    description: description === '' ? (here?.description ?? '') : description,
    limit: limit ?? null,
    readOnly: block.read_only ?? false,
    localOnly: block.metadata?.local_only === true,
    sha256: hash,
  };
}

function leftBehind({ agents, tools, mcp_servers, files, sources, skills }: AgentFile): string[] {
  const messages = agents.reduce((sum, agent) => sum + agent.messages.length, 0);
  const counts: [number, string][] = [
    [messages, 'messages'],
    [tools.length, 'tools'],
    [mcp_servers.length, 'MCP servers'],
    [files.length + sources.length, 'files and sources'],
    [skills.length, 'skills'],
  ];
  return counts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what} are not brought, only memory is`] : []));
}
