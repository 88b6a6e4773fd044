// What a session has its home do, and what it hands over.
import type { TurnEvent, TurnOutcome, TurnStart } from '../agent/events.ts';
import type { Hold } from '../agent/turn-holds.ts';
import type { QuestionView, Todo } from '../protocol/asking.ts';
import type { SentAttachment } from '../protocol/attachments.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { PinView } from '../protocol/thread-views.ts';
import type { ApprovalView, Item } from '../protocol/transcript-views.ts';
import type { PageReader } from './pages.ts';

/** `{ deny }`: why not, in the person's words. */
export type Answer = 'allow' | 'always' | 'deny' | { deny: string };

/** Hands over how to show a waiting approval otherwise: the person has changed what is proposed. */
export type Amended = (amend: (view: ApprovalView) => void) => void;

/** Indices of the options that were chosen, and what was written; null: skipped. */
export type QuestionAnswer = { choices: number[]; text: string } | null;

/** A thread as it is stored. */
export interface StoredThread {
  title: string;
  items: Item[];
  hasMore: boolean;
  /** A run that is still going there. */
  runId?: string;
  /** Another window works on it. */
  elsewhere?: boolean;
  pin?: PinView;
  todos?: readonly Todo[];
  /** Counts the tokens of the conversation with its last step; undefined where nobody can tell. */
  tokens?(): Promise<number | undefined>;
}

/** `title`: the name that the thread has got from the first message; undefined where it could not be stored. */
export interface FirstTurn {
  title: Promise<string | undefined>;
  question: string;
  answer: string;
}

/** A skill that the person calls by a message, and what its text counts for. */
export interface CalledInMessage {
  skill: { name: string; part: string };
  source: MemorySource;
}

/** What goes along with a message, read and ready to be sent. */
export interface Along {
  /** As the transcript names it. */
  attached: SentAttachment[];
  reminders: string[];
  /** Where what the reminders and pictures hold came from. */
  sources: MemorySource[];
  skills: CalledInMessage['skill'][];
  pictures: NonNullable<Extract<TurnStart, { kind: 'message' }>['pictures']>;
}

/** What a session has its home do. `follow`: another window works here, and is between two runs. */
export type SessionStart = TurnStart | { kind: 'follow' };

/** What a session needs of the home that is open. */
export interface SessionHome extends PageReader {
  /** The newest page of what is stored. */
  load(threadId: string): Promise<StoredThread>;
  run(
    threadId: string,
    start: SessionStart,
    ask: (approval: ApprovalView, signal: AbortSignal, amended?: Amended) => Promise<Answer>,
    signal: AbortSignal,
    sink: (event: TurnEvent) => void,
    question: (view: QuestionView, signal: AbortSignal) => Promise<QuestionAnswer>,
  ): Promise<TurnOutcome>;
  /** Makes sure that no other window works on the thread meanwhile. @throws Error while one does. @param stop another one wants it ended */
  take(threadId: string, stop: () => void): Hold;
  /** Where messages that wait are kept; absolute. */
  queueFolder: string;
  /** Names a thread after its first message. */
  titleFor(threadId: string, text: string): Promise<string>;
}
