// What goes into the memory store and what comes out of it. Plain data: it crosses between threads.
import type { Spent } from '../../protocol/thread-views.ts';

export type Author = 'agent' | 'person' | 'reflection' | 'elsewhere';
export type ReviewMark = 'unreviewed' | 'accepted';

/** A call of a memory tool that succeeded, as a turn has seen it or as the history tells it. */
export interface CallNote {
  agentId: string;
  /** Label of the block it writes. */
  label: string;
  threadId: string;
  callId: string;
  tool: string;
  args: unknown;
  /** What the tool gave back; helps to tell the value of the block where that is in it. */
  returned?: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Orders calls of one thread with the same time. */
  sub?: number;
  runId?: string;
  messageId?: string;
  /** The person's message that led to it. */
  cause?: { messageId?: string; text: string };
  author?: 'agent' | 'reflection';
  /** Nobody knows whether it succeeded: its return is missing. */
  maybe?: boolean;
  fromHistory?: boolean;
  /** What the turn had seen when it wrote this, e.g. `web`. */
  sources?: string[];
  review?: ReviewMark;
}

export interface SeenBlock {
  id: string;
  label: string;
  value: string;
}

export interface Revision {
  id: string;
  blockId: string;
  label: string;
  /** ISO 8601. */
  at: string;
  author: Author;
  /** The tool, or the act: `remember`, `undo`, `restore`, `inbox`, `person`; `first seen` and `unknown` for elsewhere. */
  by: string;
  threadId?: string;
  runId?: string;
  messageId?: string;
  callId?: string;
  cause?: { messageId?: string; text: string };
  sources?: string[];
  review?: ReviewMark;
  /** Characters of the value. */
  size: number;
  /** Lines. */
  added: number;
  removed: number;
  /** The first line it added, or else removed; at most 200 characters. */
  excerpt: string;
}

/** A call that put words into the archive. */
export type Insertion = Pick<
  Revision,
  'id' | 'at' | 'author' | 'by' | 'threadId' | 'callId' | 'cause' | 'sources' | 'review'
> & { text: string };

export interface RevisionPage {
  /** Newest first. */
  revisions: Revision[];
  /** All there are. */
  total: number;
  hasMore: boolean;
}

export interface RevisionValue extends Revision {
  value: string;
  /** The value before it; '' for the first. */
  before: string;
}

/** A line of a block and who wrote it. */
export interface LineView {
  text: string;
  /** For `lineNotes`. */
  hash: string;
  revision: Revision;
}

export interface Observed {
  /** Blocks whose value nothing known explains: look into the history of the threads. */
  unexplained: string[];
  /** Blocks with a new revision. */
  changed: string[];
}

/** What one thread taught, still to be seen in a block, and how the block would be without it. */
export interface Taught {
  blockId: string;
  label: string;
  /** Lines of the thread that still stand. */
  lines: string[];
  revisions: string[];
  before: string;
  after: string;
  conflicts: { wrote: string[]; now: string[]; before: string[] }[];
}

export type ReviewKind =
  | 'write'
  | 'reflection'
  | 'import'
  | 'rules-file'
  | 'correction'
  | 'note'
  | 'mirror'
  | 'project'
  | 'other-agent';
export type ReviewState = 'waiting' | 'accepted' | 'rejected';

export interface NewReview {
  /** The call that was held: the same proposal of the same call is added once. */
  callId?: string;
  kind: ReviewKind;
  agentId: string;
  /** Of a block, or `archive`. */
  label: string;
  /** The text that is replaced: '' for an insertion, null for the whole block. */
  before: string | null;
  after: string;
  /** The block's whole value when this was proposed. */
  base?: string;
  tool?: string;
  args?: unknown;
  sources: string[];
  reason: string;
  threadId?: string;
  messageId?: string;
  /** A local model wrote it that could read what is kept to local models. */
  localOnly?: boolean;
}

export interface Review extends NewReview {
  id: string;
  /** ISO 8601. */
  at: string;
  state: ReviewState;
  decidedAt?: string;
  editedText?: string;
}

/** How the name of a write ends that was made without a person's eye. */
export const UNREVIEWED = ':unreviewed';

/** An acceptance under way: on disk before the write, so that after a crash it is finished and never made twice. */
export interface Applying {
  /** Which window's. */
  owner: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Who makes the write, in the log of our writes. */
  by: string;
  text: string;
  blockId?: string;
  /** Value of the block before and after. */
  from?: string;
  to?: string;
}

export interface NewReceipt {
  /** Of the person's message that is answered. */
  id: string;
  agentId: string;
  threadId: string;
  /** Milliseconds since the epoch. */
  at: number;
  model: string;
  skills: string[];
  /** What the agent's memory held. */
  blocks: SeenBlock[];
  /** Further names under which it is found. */
  aliases?: string[];
  /** How memory was pinned in the thread. */
  pin?: string;
  /** What this turn has cost so far; earlier turns for the same message are added. */
  spent?: Spent;
}

export interface Receipt {
  id: string;
  agentId: string;
  threadId: string;
  /** ISO 8601. */
  at: string;
  model: string;
  skills: string[];
  memory: { blockId: string; label: string; hash: string; revisionId?: string }[];
  pin?: string;
  spent?: Spent;
  /** The part of `spent` that earlier turns for the same message have cost. */
  spentBefore?: Spent;
}

/** A block as an answer was given with it. */
export interface ReceiptBlock {
  blockId: string;
  label: string;
  value: string;
  /** It stands as it did, as far as memory was looked at. */
  same: boolean;
  /** The revision that it was; absent where none is known. */
  revisionId?: string;
  /** ISO 8601: when that revision was made. */
  revisedAt?: string;
  /** Revisions since. */
  since?: number;
}
