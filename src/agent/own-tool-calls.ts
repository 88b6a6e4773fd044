// Calls of the agent's own Python tools, which run on its server: a person is shown the very source before each of them.
import * as z from 'zod/mini';
import type { OwnTool } from '../letta/own-tools.ts';
import type { Access, AnyTool } from '../tools/tool.ts';

/** The tool as policies judge it, and as it is shown: its source stands on the card, as a command does. */
export function ownToolViews({ name, description, source }: OwnTool): { judged: AnyTool; shown: AnyTool } {
  const as = (access: Access): AnyTool => ({
    name,
    description,
    input: z.unknown(),
    source: ['tool'],
    title: () => ({ title: 'Python tool', target: name }),
    access: () => access,
    run: async () => ({ status: 'error', text: 'It runs on the server only.' }),
  });
  return { judged: as({ kind: 'foreign', name }), shown: as({ kind: 'command', command: source }) };
}

export const OWN_TOOL_QUESTION =
  'This tool is the agent’s own: Python that runs on the computer of its server. Allowing it runs exactly the source shown here, once.';
