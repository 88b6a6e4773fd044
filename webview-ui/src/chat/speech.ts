// What a screen reader is told while an answer grows: whole paragraphs, then how it ended. Pure.
import type { QuestionView } from '../../../src/protocol/asking.ts';
import type { AgentItem, ApprovalView, Item } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';

/** A long answer is read from the conversation itself; the announcement stays short enough to be heard out. */
const MAX_SPOKEN = 1_500;

export interface Spoken {
  /** The answer that is being followed. */
  itemId: string | undefined;
  /** Characters of its text that have been said. */
  upTo: number;
  ended: boolean;
  /** Ids of what waits for the person. */
  waiting: readonly string[];
}

export const SILENT: Spoken = { itemId: undefined, upTo: 0, ended: true, waiting: [] };

const ENDINGS: Record<AgentItem['state'], string> = {
  streaming: '',
  done: '',
  interrupted: t('Interrupted.'),
  stopped: t('Stopped.'),
  failed: t('Failed.'),
};

/**
 * @returns what to say now ('' for nothing) and what has been said with it. An answer that was finished when it was first
 * seen (a thread was opened) is not read out.
 */
export function speak(
  before: Spoken,
  items: readonly Item[],
  approvals: readonly ApprovalView[],
  questions: readonly QuestionView[] = [],
): { say: string; after: Spoken } {
  const answer = items.findLast((item) => item.kind === 'agent');
  const words: string[] = [];
  let { itemId, upTo, ended } = before;
  if (answer?.id !== itemId) {
    itemId = answer?.id;
    upTo = 0;
    ended = answer?.state !== 'streaming';
  }
  if (answer && ended && answer.state === 'streaming') {
    // It goes on: what stood there before is not read again.
    ended = false;
    upTo = textOf(answer).length;
  }
  if (answer && !ended) {
    const text = textOf(answer);
    const done = answer.state !== 'streaming';
    const end = done ? text.length : text.lastIndexOf('\n\n') + 1;
    if (end > upTo) {
      const piece = text.slice(upTo, end).trim();
      if (piece !== '') words.push(piece.length > MAX_SPOKEN ? `${piece.slice(0, MAX_SPOKEN)}…` : piece);
      upTo = end;
    }
    if (done) {
      words.push(ENDINGS[answer.state], answer.failure ? `${answer.failure.message} ${answer.failure.hint}` : '');
      ended = true;
    }
  }
  const waiting = [...approvals, ...questions].map(({ id }) => id);
  for (const approval of approvals) {
    if (!before.waiting.includes(approval.id)) words.push(t('Approval needed: {0}.', approval.title));
  }
  for (const { id, question } of questions) if (!before.waiting.includes(id)) words.push(t('Question: {0}', question));
  return { say: words.filter((word) => word !== '').join(' '), after: { itemId, upTo, ended, waiting } };
}

function textOf(answer: AgentItem): string {
  return answer.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n');
}
