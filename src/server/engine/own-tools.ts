// Calls of an agent's own tools. They take their time, so they run between two transactions: in the first an error stands for
// the result, which is what remains if the process ends meanwhile; in the second the result takes its place. So no call is
// ever without a return, and none is made twice.
import { join } from 'node:path';
import type { ToolJob } from '../python/run-tool.ts';
import type { JsonObject } from '../store/json.ts';
import type { ToolCall } from '../store/messages.ts';
import { type CustomTool, sourceHash } from '../store/tools.ts';
import type { ToolContext } from './tools/tool.ts';

/** `ask`: a call runs once somebody has approved the very source. `allow`: every call runs. `refuse`: none. */
export type OwnTools = 'ask' | 'allow' | 'refuse';

export interface OwnToolCall {
  call: ToolCall;
  job: ToolJob;
  /** Characters of its result. */
  limit: number;
}

/** Stands for the result while the tool runs. */
export const NOT_FINISHED =
  'Error: the tool was interrupted, or is still running. Whether it did its work is not known: look before you call it again.';

interface Begin {
  call: ToolCall;
  args: JsonObject;
  approvedHash: string | undefined;
  mode: OwnTools;
}

/** What is to be run, or why nothing is. */
export function beginOwnTool(
  { store, agent }: Pick<ToolContext, 'store' | 'agent'>,
  tool: CustomTool,
  { call, args, approvedHash, mode }: Begin,
): OwnToolCall | { refusal: string } {
  const { name, sourceCode } = tool;
  const refused = (why: string) => ({ refusal: `Error: ${name} was not run. ${why}` });
  if (tool.sourceType !== 'python') return refused(`It is written in ${tool.sourceType}; only Python tools run here.`);
  if (mode === 'refuse')
    return refused('This server runs no tools of agents. Whoever starts it can allow them: `serve --allow-tools`.');
  if (mode === 'ask' && approvedHash !== sourceHash(sourceCode))
    return refused(
      approvedHash === undefined
        ? 'Nobody was shown its source: it runs once a person has approved it in the editor.'
        : 'Its source was changed after it was shown. Call it again: the source is shown as it is now.',
    );
  const secrets = store.secrets.of(agent.id);
  const dataDir = join(store.file, '..');
  return {
    call,
    job: { name, source: sourceCode, args, agentId: agent.id, secrets, dataDir },
    limit: tool.returnLimit,
  };
}

/** A call whose place in the conversation is kept. */
export interface PlacedCall extends OwnToolCall {
  messageId: string;
  stepId: string | null;
}
