// All server-side tools by name, with the ids the API knows them by.
import { createHash } from 'node:crypto';
import { SEND_MESSAGE } from '../send-message.ts';
import { memoryTools } from './memory.ts';
import { recallTools } from './recall.ts';
import { type ServerTool, schema, text, textArg } from './tool.ts';

/** Clients attach these by default; they are accepted, but never offered to a model since nothing runs them here. */
const unavailable: readonly ServerTool[] = [
  {
    name: 'web_search',
    type: 'letta_builtin',
    description: 'Search the web. Not available on this server.',
    parameters: schema({ query: text('What to look for.') }),
  },
  {
    name: 'fetch_webpage',
    type: 'letta_builtin',
    description: 'Fetch a web page. Not available on this server.',
    parameters: schema({ url: text('Address of the page.') }),
  },
];

/** How agents of Letta's older types answer; clients are shown the answer (send-message.ts). */
const sendMessage: ServerTool = {
  name: SEND_MESSAGE,
  type: 'letta_core',
  description: 'Sends a message to the person. What is said in any other way does not reach them.',
  parameters: schema({ message: text('The message, in Markdown.') }),
  run(args) {
    textArg(args, 'message');
    return 'Sent message successfully.';
  },
};

export const serverTools: ReadonlyMap<string, ServerTool> = new Map(
  [...memoryTools, ...recallTools, sendMessage, ...unavailable].map((tool) => [tool.name, tool]),
);

/** Not here, but other Letta servers or clients run tools of these names: whoever judges by a name must not be deceived. */
export const FOREIGN_TOOLS: ReadonlySet<string> = new Set([
  'run_code',
  'open_files',
  'grep_files',
  'semantic_search_files',
]);
/** What `include_base_tools` adds. */
export const BASE_TOOLS: readonly string[] = ['conversation_search', 'memory_insert', 'memory_replace'];
/** What it adds to an agent of the oldest type. */
export const MEMGPT_TOOLS: readonly string[] = [
  ...[SEND_MESSAGE, 'conversation_search', 'core_memory_append', 'core_memory_replace'],
  ...['archival_memory_insert', 'archival_memory_search'],
];
/** What an agent of Letta Code without memory tools gets. Letta Code sends its own tools named `memory` and `memory_apply_patch`. */
export const LETTA_CODE_TOOLS: readonly string[] = [...BASE_TOOLS, 'memory_rethink'];
export const MEMORY_TOOL_NAMES: ReadonlySet<string> = new Set(memoryTools.map((tool) => tool.name));

const ids = new Map([...serverTools.keys()].map((name) => [name, stableId(name)]));
const names = new Map([...ids].map(([name, id]) => [id, name]));

/** The same on every computer, so that exported agents keep their tools. */
function stableId(name: string): string {
  const hex = createHash('sha256').update(`letta server tool ${name}`).digest('hex');
  return `tool-${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function toolId(name: string): string {
  return ids.get(name) ?? stableId(name);
}

export function toolNameOf(id: string): string | undefined {
  return names.get(id);
}
