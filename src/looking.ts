// Tools that only look, run for the person themself: what they attach is read as the agent would read it.
import { randomUUID } from 'node:crypto';
import { sourcesOf } from './agent/seen.ts';
import type { Decision } from './permissions/decision.ts';
import type { MemorySource } from './protocol/sources.ts';
import type { AnyTool, ToolResult } from './tools/tool.ts';

export interface Lookers {
  tools: readonly AnyTool[];
  decide(tool: AnyTool, input: unknown): Promise<Decision>;
}

/** What was read, and where it came from. */
export type Looked = ToolResult & { sources: readonly MemorySource[] };

/**
 * What the rules refuse stays refused; what they would ask the person is answered by their wanting just this.
 * @throws Error saying why it was not read
 */
export async function look(lookers: Lookers, name: string, input: object, signal: AbortSignal): Promise<Looked> {
  const tool = toolFor(lookers, name, input);
  const { decision, reason } = await lookers.decide(tool, input);
  if (decision === 'deny') throw new Error(reason);
  const result = await tool.run(input, { callId: `look-${randomUUID()}`, threadId: '', signal, update: () => {} });
  if (result.status === 'error') throw new Error(result.text);
  return { ...result, sources: sourcesOf(tool, result) };
}

/** Whether nobody has to be asked: for what goes along by itself. */
export async function mayLook(lookers: Lookers, name: string, input: object): Promise<boolean> {
  try {
    return (await lookers.decide(toolFor(lookers, name, input), input)).decision === 'allow';
  } catch {
    return false;
  }
}

function toolFor({ tools }: Lookers, name: string, input: object): AnyTool {
  const tool = tools.find((each) => each.name === name);
  if (!tool) throw new Error(`${name} is not there.`);
  const { kind } = tool.access(input);
  if (kind === 'edit' || kind === 'command' || kind === 'foreign') throw new Error(`${name} does more than look.`);
  return tool;
}
