// What the person answers to approvals and questions: each once, and only what was shown to them.
import { t } from '../protocol/l10n.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { OpenThreads } from './open-threads.ts';
import type { Revealed } from './revealed.ts';

export function settleRequests(sessions: OpenThreads, revealed: Revealed): Pick<Handlers, 'decide' | 'answer'> {
  return {
    decide: async ({ approvalId, decision, reason = '' }) => {
      const answer = decision === 'deny' && reason.trim() ? { deny: reason.trim() } : decision;
      const session = sessions.all.find((s) => s.approvals.some((a) => a.id === approvalId));
      const known = revealed.take(approvalId);
      if (!known || !session?.decide(approvalId, answer)) throw new Error(t('This question was settled already.'));
      return {};
    },
    answer: async ({ questionId, choices, text = '', skip = false }) => {
      const session = sessions.all.find((s) => s.questions.some((q) => q.id === questionId));
      const known = revealed.take(questionId);
      const answer = skip ? null : { choices, text: text.trim() };
      if (!known || !session?.answerQuestion(questionId, answer))
        throw new Error(t('This question was settled already.'));
      return {};
    },
  };
}
