// Works out what a call comes to before anyone is asked about it. Where its files may not be read unasked, that it does not fit and
// why are kept back until the person was asked: the reason would quote the files, and its coming at once would tell what is not in them.
import type { Decision } from '../permissions/decision.ts';
import { t } from '../protocol/l10n.ts';
import { type AnyTool, type Plan, type ToolContext, ToolError } from '../tools/tool.ts';

/** What the person is told of a call that does not fit. The agent is not. */
export const FITS_NOT = t('The call does not fit what is there: allowing it changes nothing.');

/**
 * `decide`: judges a call.
 * @returns nothing for a tool that plans nothing; `keptBack`: the call cannot be done as asked, which the agent is told only once
 * the call is allowed. @throws ToolError where it cannot be done, and the agent may know at once
 */
export async function planOf(
  tool: AnyTool,
  input: unknown,
  context: ToolContext,
  decide: (tool: AnyTool, input: unknown) => Decision | Promise<Decision>,
): Promise<{ plan?: Plan; keptBack?: ToolError }> {
  try {
    return tool.plan ? { plan: await tool.plan(input, context) } : {};
  } catch (error) {
    const access = error instanceof ToolError ? tool.access(input) : undefined;
    if (access?.kind !== 'edit') throw error;
    const reading = { ...tool, name: 'Read', access: () => ({ kind: 'read' as const, paths: access.paths }) };
    const { decision, reason } = await decide(reading, input);
    if (decision === 'allow') throw error;
    const why = `${tool.name} cannot do this as asked. Why is not told, because reading is asked about here: ${reason} Call Read first, then try again.`;
    return { keptBack: new ToolError(why) };
  }
}
