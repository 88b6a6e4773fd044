// What the end of a step, or an error, makes of the turn.
import { errorFromStopReason, toFailure } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { Failure } from '../protocol/transcript-views.ts';
import type { TurnOutcome } from './events.ts';
import { JournalError } from './journal.ts';
import { PinError } from './pins.ts';
import type { StepEnd } from './step.ts';

const UNDONE: ReadonlySet<string> = new Set(['error', 'cancelled', 'nothing_pending']);

/** Whether the server has taken what was sent with the step for good. */
export const wentThrough = (end: StepEnd): boolean => !end.error && end.reason !== null && !UNDONE.has(end.reason);

/**
 * Undefined: there are tool calls to answer.
 * @param attached the run was begun elsewhere, and is only followed
 */
export function outcomeOf(end: StepEnd, attached: boolean, tell: (notice: string) => void): TurnOutcome | undefined {
  if (end.error) {
    if (end.error.interrupted) return { kind: 'interrupted' };
    return { kind: 'failed', failure: toFailure(end.error) };
  }
  const asked = end.reason === 'requires_approval' || end.calls.length > 0;
  switch (end.reason) {
    case null:
    case 'nothing_pending':
      return { kind: 'interrupted' };
    case 'cancelled':
      return { kind: 'stopped' };
    case 'max_steps':
      tell(t('Paused: the server’s limit of steps was reached. Continue goes on.'));
      return { kind: 'interrupted' };
    case 'end_turn':
    case 'tool_rule':
    case 'requires_approval':
      // Who follows a run from outside does not know whether the one who began it is answering already.
      if (asked && attached) return { kind: 'interrupted' };
      return asked ? undefined : { kind: 'done' };
    default:
      return { kind: 'failed', failure: toFailure(errorFromStopReason(end.reason)) };
  }
}

/** What a person is told of an error that ended the turn. */
export const failureOf = (error: unknown): Failure =>
  error instanceof PinError
    ? { message: error.message, hint: t('Unpin memory in this thread, or pin it again, then retry.'), retry: true }
    : error instanceof JournalError
      ? { message: error.message, hint: t('Make room on the disk or allow writing there, then retry.'), retry: true }
      : toFailure(error);
