// OtherTools: finds and calls the tools of other extensions and MCP servers that the person has chosen for the agent.
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';
import { schemaProblems } from './schema-check.ts';
import { clip } from './support.ts';
import { type Access, type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  operation: z.enum(['find', 'call']),
  query: z.optional(z.string().check(z.maxLength(500))),
  name: z.optional(z.string().check(z.maxLength(200))),
  input: z.optional(z.record(z.string(), z.unknown())),
});
export type OtherToolsInput = z.infer<typeof Input>;

export interface ForeignTool {
  name: string;
  description: string;
  /** JSON schema of its input; absent: it takes none. */
  schema?: object | undefined;
  source: 'tool' | 'mcp';
}

/** The tools that the person has chosen. */
export interface ForeignTools {
  chosen(): readonly ForeignTool[];
  /** @throws Error in the tool's own words; the signal's reason when it is aborted */
  invoke(name: string, input: object, signal: AbortSignal): Promise<string>;
}

/** Tools a search describes in full. */
const MAX_FOUND = 8;
const MAX_SCHEMA = 2_500;
const MAX_DESCRIPTION = 1_500;
const MAX_RESULT = 60_000;

export const OTHER_TOOLS = 'OtherTools';

export function otherTools(tools: ForeignTools): Tool<OtherToolsInput> {
  return {
    name: OTHER_TOOLS,
    description:
      'More tools, of other extensions and MCP servers. find: search by words, answers with their inputs; then call by name.',
    input: Input,
    // Descriptions and errors are words of others too.
    source: ['tool', 'mcp'],
    title: ({ operation, name, query }) =>
      operation === 'call'
        ? { title: 'Tool', target: name ?? '' }
        : { title: t('Find tools'), ...(query ? { target: query } : {}) },
    access: (input) => access(tools, input),
    run: ({ operation, query = '', name = '', input = {} }, { signal }) =>
      operation === 'find' ? find(tools, query) : call(tools, name, input, signal),
  };
}

/** A call that would fail anyway is not asked about. */
function access(tools: ForeignTools, { operation, name = '', input = {} }: OtherToolsInput): Access {
  if (operation === 'find') return { kind: 'none' };
  const tool = chosenTool(tools, name);
  const problems = schemaProblems(tool.schema, input);
  if (problems.length > 0) {
    throw new ToolError(`The input of ${name} does not fit:\n${problems.join('\n')}\nIts schema: ${schemaText(tool)}`);
  }
  return { kind: 'foreign', name };
}

function chosenTool(tools: ForeignTools, name: string): ForeignTool {
  const all = tools.chosen();
  const found = all.find((tool) => tool.name === name);
  if (found) return found;
  const names = all.map((tool) => tool.name).join(', ') || 'none';
  throw new ToolError(`There is no other tool named ${name || '(empty)'}. Those there are: ${clip(names, 2_000)}.`);
}

async function find(tools: ForeignTools, query: string): Promise<ToolResult> {
  const all = tools.chosen();
  const found = ranked(all, query);
  const none = `No other tool fits “${query}”. All there are: ${all.map(({ name }) => name).join(', ') || 'none'}.`;
  const shown = found.slice(0, MAX_FOUND);
  const more = found.slice(MAX_FOUND).map(({ name }) => name);
  const entries = shown.map(
    (tool) => `${tool.name}: ${clip(tool.description, MAX_DESCRIPTION)}\ninput: ${schemaText(tool)}`,
  );
  if (more.length > 0) entries.push(`Also: ${clip(more.join(', '), 2_000)}`);
  return {
    status: 'success',
    text: found.length === 0 ? none : entries.join('\n\n'),
    source: [...new Set(all.map(({ source }) => source))],
  };
}

const schemaText = ({ schema }: ForeignTool): string =>
  schema === undefined ? 'none' : clip(JSON.stringify(schema), MAX_SCHEMA);

const wordsOf = (text: string): string[] =>
  text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);

/** Best first: words of the name count more than those of the description. An empty query finds all. */
export function ranked(tools: readonly ForeignTool[], query: string): ForeignTool[] {
  const wanted = wordsOf(query);
  if (wanted.length === 0) return [...tools];
  const scored = tools.map((tool) => {
    const name = wordsOf(tool.name);
    const description = wordsOf(tool.description);
    const hits = (words: string[], word: string) => words.some((one) => one.startsWith(word) || word.startsWith(one));
    const score = wanted.reduce(
      (sum, word) => sum + (hits(name, word) ? 3 : 0) + (hits(description, word) ? 1 : 0),
      tool.name.toLowerCase() === query.trim().toLowerCase() ? 100 : 0,
    );
    return { tool, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ tool }) => tool);
}

async function call(tools: ForeignTools, name: string, input: object, signal: AbortSignal): Promise<ToolResult> {
  const { source } = chosenTool(tools, name);
  try {
    const text = await tools.invoke(name, input, signal);
    return { status: 'success', text: clip(text, MAX_RESULT) || '(no output)', source };
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    return { status: 'error', text: `${name} failed: ${clip(message, MAX_RESULT)}`, source };
  }
}
