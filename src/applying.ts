// A change that the person asks for, through the agent's own tool: judged and shown like one of the agent's, with Keep and Undo after it.
import { randomUUID } from 'node:crypto';
import { planOf } from './agent/plan-call.ts';
import type { ChatHome } from './chat/home.ts';
import type { Hands } from './hands.ts';
import { t } from './protocol/l10n.ts';

/** @see ChatHome.change */
export async function applyForPerson(
  hands: Hands,
  ...[threadId, change, ask, signal]: Parameters<ChatHome['change']>
): Promise<void> {
  const tool = hands.tools.find(({ name }) => name === 'Write');
  if (!tool) throw new Error(t('Files cannot be changed here.'));
  const context = { callId: `person-${randomUUID()}`, threadId, signal, update: () => {} };
  const allowed = async (plan?: Parameters<Hands['decide']>[2]) => {
    const decision = await hands.decide(tool, change, plan);
    if (decision.decision === 'deny') throw new Error(decision.reason);
    return decision;
  };
  await allowed();
  const { plan, keptBack } = await planOf(tool, change, context, (...call) => hands.decide(...call));
  if (keptBack || !plan) throw keptBack ?? new Error(t('Nothing would change.'));
  const decision = await allowed(plan);
  let { targets } = plan;
  if (decision.decision === 'ask') {
    const { title, target } = tool.title(change);
    const request = { callId: context.callId, tool, input: change, title, plan, decision };
    const answer = await hands.approvals.ask(threadId, target === undefined ? request : { ...request, target }, {
      answer: (view, amended) => ask(view, signal, amended),
      edited: () => {},
    });
    if (!answer.allow) return;
    targets = answer.edited?.targets ?? targets;
  }
  signal.throwIfAborted();
  const turn = hands.written.begin(threadId);
  try {
    const { status, text } = await tool.run(change, context, { ...plan, targets });
    if (status === 'error') throw new Error(text);
  } finally {
    turn.end();
  }
}
