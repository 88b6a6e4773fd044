// View models of what the agent asks, plans and hands on.
import * as z from 'zod/mini';

export const ToolStateSchema = z.enum(['running', 'waiting', 'done', 'failed', 'denied', 'interrupted', 'stopped']);

export const TodoSchema = z.object({
  content: z.string(),
  status: z.enum(['pending', 'in_progress', 'completed']),
});
/** A step of a thread's plan. */
export type Todo = z.infer<typeof TodoSchema>;

/** What a subagent did: a call with what it came to, or what it said. */
export const SubagentStepSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('call'),
    id: z.string(),
    title: z.string(),
    state: ToolStateSchema,
    /** Its arguments and what it came to, each cut where it is long. */
    input: z.optional(z.string()),
    output: z.optional(z.string()),
  }),
  z.object({ kind: z.literal('text'), id: z.string(), text: z.string() }),
]);
export type SubagentStep = z.infer<typeof SubagentStepSchema>;

/** The work of a subagent, on its card. */
export const SubagentBodySchema = z.object({
  kind: z.literal('subagent'),
  /** The newest ones, oldest first; `earlier`: how many came before them. */
  steps: z.array(SubagentStepSchema),
  earlier: z.number(),
  /** As the model counted them; absent where it does not. */
  tokens: z.optional(z.number()),
});

/** A question of the agent. The view may answer only ids it was shown. */
export const QuestionViewSchema = z.object({
  id: z.string(),
  threadId: z.string(),
  callId: z.string(),
  /** The group is named `Question: ${question}`. */
  question: z.string(),
  options: z.array(z.object({ label: z.string(), description: z.optional(z.string()) })),
  /** Several options may be chosen. */
  multiple: z.boolean(),
});
export type QuestionView = z.infer<typeof QuestionViewSchema>;
