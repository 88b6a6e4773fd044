// The older form of an AgentFile (Letta until the summer of 2025): one agent a file, without ids. Put into today's form.
import * as z from 'zod/mini';

const object = z.record(z.string(), z.unknown());
const list = z.nullish(z.array(object));
const OlderSchema = z.looseObject({
  agent_type: z.string(),
  core_memory: list,
  messages: list,
  in_context_message_indices: z.nullish(z.array(z.number())),
  tools: list,
  tool_exec_environment_variables: z.catch(z.array(z.looseObject({ key: z.string() })), []),
});

/** Whatever is not of the older form stays as it is: its errors are told by whoever reads it. */
export function inTodaysForm(value: unknown): unknown {
  const parsed = OlderSchema.safeParse(value);
  if (!parsed.success || 'agents' in parsed.data) return value;
  const { tool_exec_environment_variables: variables, ...older } = parsed.data;
  const { core_memory, messages: said, in_context_message_indices: inContext, tools: used, ...agent } = older;
  const [blocks, messages, tools] = [core_memory ?? [], said ?? [], used ?? []];
  const named = (what: string, each: object, i: number) => ({ ...each, id: `${what}-${i}` });
  const ids = (what: string, items: readonly unknown[]) => items.map((_, i) => `${what}-${i}`);
  return {
    agents: [
      {
        ...agent,
        id: 'agent-0',
        block_ids: ids('block', blocks),
        tool_ids: ids('tool', tools),
        secrets: Object.fromEntries(variables.map(({ key }) => [key, ''])),
        messages: messages.map((message, i) => named('message', message, i)),
        in_context_message_ids: (inContext ?? []).filter((i) => i in messages).map((i) => `message-${i}`),
      },
    ],
    blocks: blocks.map(({ metadata_, ...block }, i) => named('block', { ...block, metadata: metadata_ }, i)),
    tools: tools.map((tool, i) => named('tool', tool, i)),
  };
}
