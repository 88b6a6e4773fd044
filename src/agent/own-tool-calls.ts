// Calls of the agent's own Python tools, which run on its server: a person is shown the very source before each of them.
import * as z from 'zod/mini';
import type { OwnTool } from '../letta/own-tools.ts';
import type { AnyTool } from '../tools/tool.ts';

/**
 * The tool as policies judge it, and as it is shown: all arguments first, as JSON, which no text of theirs can look like the end
 * of; then the source.
 */
export function ownToolView({ name, description, source }: OwnTool): AnyTool {
  return {
    name,
    description,
    input: z.unknown(),
    source: ['tool'],
    title: () => ({ title: 'Python tool', target: name }),
    access: () => ({ kind: 'foreign', name }),
    detail: (input) => `Arguments:\n${JSON.stringify(input, null, 2)}\n\nSource:\n${source}`,
    run: async () => ({ status: 'error', text: 'It runs on the server only.' }),
  };
}

export const OWN_TOOL_QUESTION =
  'This tool is the agent’s own: Python that runs on the computer of its server. Allowing it runs exactly the source shown here, once.';
