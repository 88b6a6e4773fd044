// What a turn tells whoever watches it. The same events drive the chat and the flows that run beside it.

import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { Spent } from '../protocol/thread-views.ts';
import type { Failure, ToolPart } from '../protocol/transcript-views.ts';
import type { Picture } from '../tools/picture-note.ts';

export type TurnEvent =
  /** Text to append; `id` names the contiguous block it belongs to (the contract's `otid`). */
  | { type: 'text' | 'reasoning'; id: string; delta: string }
  /** A tool card as it stands now; replaces the one with the same id. */
  | { type: 'tool'; part: ToolPart }
  /** Something the person should read that nobody said, e.g. a dropped connection being resumed. */
  | { type: 'notice'; text: string }
  /** What a run was paid for, as the model counted it. `context`: tokens of the conversation with its last step, where it is told. */
  | { type: 'usage'; tokens: number; spent: Spent; context: number | null }
  /** The message has reached the agent: what stands behind the answer. Told once for each message. */
  | { type: 'given'; given: Given }
  /** Always the last event. */
  | { type: 'ended'; outcome: TurnOutcome };

/** What an answer is given with. */
export interface Given {
  /** The names under which the person's message is known: its otid, the newest one first. */
  messageIds: string[];
  /** What the model sees of memory; empty where it runs without. */
  blocks: { id: string; label: string; value: string }[];
}

export type TurnOutcome =
  | { kind: 'done' }
  | { kind: 'stopped' }
  | { kind: 'interrupted' }
  | { kind: 'failed'; failure: Failure };

/** What starts a turn. */
export type TurnStart =
  /**
   * `reminders` go before the text, each as a system-reminder part of the same user message. `otid`: a fresh uuid that
   * names the message on the server too; made here when absent. `sources`: where the reminders' contents came from; absent:
   * from files of the workspace, where there are any. `skills`: those that the person calls; their parts go before the text.
   * `pictures`: go before the text too.
   */
  | {
      kind: 'message';
      text: string;
      reminders: string[];
      otid?: string;
      sources?: readonly MemorySource[];
      skills?: readonly { name: string; part: string }[];
      pictures?: readonly Picture[];
    }
  /** Finish what was interrupted: settle pending approvals by the journal, go on from the last complete step. */
  | { kind: 'continue' }
  /** Repeat the failed step: resend the same message (same otid) if nothing came of it, else as `continue`. */
  | { kind: 'retry' }
  /** Follow a run that is still going on the server: after a reload on a remote home, or one of another window. */
  | { kind: 'attach'; runId: string };

/** The notice that the server has summarised what no longer fits. */
export const COMPACTED = t('Older messages were summarised to make room.');

/** The reason to abort a turn's signal with when the host goes away: nothing is cancelled. */
export const SHUTDOWN = 'shutdown';
