// How the state of a tool call looks and is called.
import type { ToolState } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import type { IconName } from '../ui/Icon.tsx';

export const TOOL_STATES: Record<ToolState, { icon: IconName; text: string; className?: string }> = {
  running: { icon: 'loading', text: t('running') },
  waiting: { icon: 'question', text: t('waiting for you'), className: 'caution-icon' },
  done: { icon: 'check', text: t('done'), className: 'good' },
  failed: { icon: 'error', text: t('failed'), className: 'bad' },
  denied: { icon: 'circle-slash', text: t('denied') },
  /** By the person, while it ran. */
  stopped: { icon: 'debug-stop', text: t('stopped') },
  interrupted: { icon: 'warning', text: t('interrupted'), className: 'caution-icon' },
};
