// Works out what a call comes to before anyone is asked about it. Where its files may not be read unasked, the reason why it does
// not fit is kept back: it would quote them.
import type { Decision } from '../permissions/decision.ts';
import { type AnyTool, type Plan, type ToolContext, ToolError } from '../tools/tool.ts';

/**
 * `decide`: judges a call.
 * @returns undefined for a tool that plans nothing. @throws ToolError where the call cannot be done as asked
 */
export async function planOf(
  tool: AnyTool,
  input: unknown,
  context: ToolContext,
  decide: (tool: AnyTool, input: unknown) => Decision | Promise<Decision>,
): Promise<Plan | undefined> {
  try {
    return await tool.plan?.(input, context);
  } catch (error) {
    const access = error instanceof ToolError ? tool.access(input) : undefined;
    if (access?.kind !== 'edit') throw error;
    const reading = { ...tool, name: 'Read', access: () => ({ kind: 'read' as const, paths: access.paths }) };
    const { decision, reason } = await decide(reading, input);
    if (decision === 'allow') throw error;
    throw new ToolError(
      `${tool.name} cannot do this as asked. Why is not told, because reading is asked about here: ${reason} Call Read first, then try again.`,
    );
  }
}
