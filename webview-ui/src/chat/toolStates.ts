// How the state of a tool call looks and is called.
import type { ToolState } from '../../../src/protocol/transcript-views.ts';
import type { IconName } from '../ui/Icon.tsx';

export const TOOL_STATES: Record<ToolState, { icon: IconName; text: string; className?: string }> = {
  running: { icon: 'loading', text: 'running' },
  waiting: { icon: 'question', text: 'waiting for you', className: 'caution-icon' },
  done: { icon: 'check', text: 'done', className: 'good' },
  failed: { icon: 'error', text: 'failed', className: 'bad' },
  denied: { icon: 'circle-slash', text: 'denied' },
  /** By the person, while it ran. */
  stopped: { icon: 'debug-stop', text: 'stopped' },
  interrupted: { icon: 'warning', text: 'interrupted', className: 'caution-icon' },
};
