// Task: gives a part of the work to a subagent, a fork of the conversation with some of the tools.
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolBody } from '../protocol/transcript-views.ts';
import { type Tool, ToolError } from './tool.ts';

const Input = z.object({
  description: z.string().check(z.minLength(1), z.maxLength(100), z.describe('3-5 words')),
  prompt: z.string().check(z.minLength(1), z.maxLength(50_000)),
  tools: z.optional(z.array(z.string()).check(z.maxLength(20), z.describe('Default all it may have'))),
  model: z.optional(z.string().check(z.maxLength(200))),
});
export type TaskInput = z.infer<typeof Input>;

export const TASK = 'Task';
/** A subagent has none of its own, and speaks with nobody. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([TASK, 'AskUserQuestion', 'TodoWrite']);

export interface SubagentRequest {
  /** The thread and the call that it works for. */
  threadId: string;
  callId: string;
  description: string;
  prompt: string;
  /** Names of its tools. */
  tools: readonly string[];
  model?: string;
}

export interface SubagentResult {
  status: 'success' | 'error';
  /** What it said last. */
  text: string;
  body: ToolBody;
  /** Where what it has read came from. */
  sources: readonly MemorySource[];
  /** The person ended it. */
  stopped?: true;
  settled?: () => void;
}

export interface Subagents {
  /** Names of all tools there are. */
  tools(): readonly string[];
  /** @throws the signal's reason when it is aborted: then it has ended */
  run(request: SubagentRequest, progress: (body: ToolBody) => void, signal: AbortSignal): Promise<SubagentResult>;
}

export function taskTool(subagents: Subagents): Tool<TaskInput> {
  return {
    name: TASK,
    description:
      'Gives a task to a subagent that knows this conversation and returns only its last message. For long searches, or work with another model.',
    input: Input,
    // An error may quote anything that it stumbled over.
    source: ['workspace', 'web', 'tool', 'mcp', 'terminal'],
    title: ({ description }) => ({ title: t('Task'), target: description }),
    access: ({ tools }) => {
      toolsFor(subagents, tools);
      return { kind: 'none' };
    },
    // What it changes is judged call by call. That it may change something keeps it from being run again after a kill.
    plan: async () => ({ targets: [] }),
    run: async ({ description, prompt, tools, model }, { threadId, callId, signal, update }) => {
      const request = { threadId, callId, description, prompt, tools: toolsFor(subagents, tools) };
      const progress = (body: ToolBody) => update({ body });
      const { sources, body, ...result } = await subagents.run(
        model === undefined ? request : { ...request, model },
        progress,
        signal,
      );
      return { ...result, view: { body }, source: sources };
    },
  };
}

/** @throws ToolError for names that a subagent cannot have */
function toolsFor(subagents: Subagents, wanted: readonly string[] | undefined): readonly string[] {
  const all = subagents.tools().filter((name) => !NOT_ITS_OWN.has(name));
  const unknown = wanted?.filter((name) => !all.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new ToolError(`A subagent cannot have ${unknown.join(', ')}. It can have: ${all.join(', ')}.`);
  }
  return wanted ?? all;
}
