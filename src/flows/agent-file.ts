// An AgentFile as a person looks at it before anything of it is made, and what they leave out.
import * as z from 'zod/mini';

const FileSchema = z.looseObject({
  agents: z
    .array(
      z.looseObject({
        name: z.nullish(z.string()),
        system: z.nullish(z.string()),
        messages: z.nullish(z.array(z.unknown())),
        secrets: z.nullish(z.record(z.string(), z.unknown())),
      }),
    )
    .check(z.minLength(1)),
  blocks: z._default(z.array(z.looseObject({ label: z.string(), value: z.string() })), []),
  tools: z._default(z.array(z.looseObject({ name: z.string(), source_code: z.nullish(z.string()) })), []),
  skills: z.nullish(z.array(z.looseObject({ name: z.string(), files: z.nullish(z.record(z.string(), z.string())) }))),
});
type File = z.infer<typeof FileSchema>;

export interface AgentFilePreview {
  name: string;
  /** All that would come along, to be read. */
  text: string;
  blocks: { label: string; value: string }[];
  /** Names of Python tools. */
  tools: string[];
  /** The file, with the values of just these blocks; the others come empty. */
  withBlocks(labels: readonly string[]): string;
}

/** @throws Error saying what is wrong with the file */
export function previewAgentFile(text: string): AgentFilePreview {
  const file = parse(text);
  const [agent] = file.agents;
  const own = file.tools.filter((tool) => tool.source_code);
  return {
    name: agent?.name || 'Imported agent',
    text: asText(file),
    blocks: file.blocks.map(({ label, value }) => ({ label, value })),
    tools: own.map(({ name }) => name),
    withBlocks: (labels) => {
      const blocks = file.blocks.map((block) => (labels.includes(block.label) ? block : { ...block, value: '' }));
      return JSON.stringify({ ...file, blocks });
    },
  };
}

function parse(text: string): File {
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (typeof value === 'string') value = JSON.parse(value);
  } catch {
    throw new Error('This is no AgentFile: it is not JSON.');
  }
  const parsed = FileSchema.safeParse(value);
  if (!parsed.success) throw new Error(`This is no AgentFile that can be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A fence longer than any in the text, so that nothing in it ends the block. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function asText({ agents, blocks, tools, skills }: File): string {
  const own = tools.filter((tool) => tool.source_code);
  const others = tools.filter((tool) => !tool.source_code).map(({ name }) => name);
  return [
    ...agents.flatMap((agent) => [
      `# ${agent.name ?? 'Agent'}`,
      `${agent.messages?.length ?? 0} messages. Secrets it asks for: ${Object.keys(agent.secrets ?? {}).join(', ') || 'none'}.`,
      '## System prompt',
      fenced(agent.system ?? ''),
    ]),
    ...blocks.flatMap(({ label, value }) => [`## Memory block: ${label}`, fenced(value)]),
    ...own.flatMap(({ name, source_code }) => [`## Python tool: ${name}`, fenced(source_code ?? '', 'python')]),
    ...(others.length > 0 ? ['## Other tools', others.join(', ')] : []),
    ...(skills ?? []).flatMap(({ name, files }) => [
      `## Skill: ${name} (not imported)`,
      ...Object.entries(files ?? {}).map(([path, content]) => `${path}\n${fenced(content)}`),
    ]),
  ].join('\n\n');
}
