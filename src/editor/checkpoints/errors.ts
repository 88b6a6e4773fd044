// Why checkpoints could not do it, and what can be done.
import { t } from '../../protocol/l10n.ts';

const MESSAGES = {
  missing: t('This checkpoint is no longer there. Choose another one.'),
  stale: t('What was shown is no longer known. Look at it again, then restore.'),
  exited: t('The work on checkpoints stopped unexpectedly. Try again; “Letta: Show Log” says more.'),
  closed: t('Checkpoints are closed. Reload this window.'),
} as const;

export type CheckpointReason = keyof typeof MESSAGES;

export class CheckpointError extends Error {
  override name = 'CheckpointError';
  readonly reason: CheckpointReason;
  constructor(reason: CheckpointReason) {
    super(MESSAGES[reason]);
    this.reason = reason;
  }
}

export const isCheckpointReason = (reason: unknown): reason is CheckpointReason =>
  typeof reason === 'string' && Object.hasOwn(MESSAGES, reason);
