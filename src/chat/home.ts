// What the chat needs of the home that is open: one agent on one Letta server. Answered by `src/home-chat.ts`.

import type { AboutView, ModelView } from '../protocol/about-views.ts';
import type { Attachment, Mention, SharedView } from '../protocol/attachments.ts';
import type {
  BlockView,
  ContextView,
  HitView,
  LineView,
  PassageView,
  ReviewView,
  RevisionView,
} from '../protocol/memory-views.ts';
import type { KeptView, SaveBlockResult } from '../protocol/messages.ts';
import type { SkillPreview, SkillView } from '../protocol/skill-views.ts';
import type { PinView, ReceiptView, ThreadList, ThreadSpent, ThreadView } from '../protocol/thread-views.ts';
import type { AgentItem, UserItem } from '../protocol/transcript-views.ts';
import type { Along, CalledInMessage, SessionHome } from './session-home.ts';

/** As the server has them: what runs here is known to the chat. */
export type ListedThreads = Omit<ThreadList, 'threads'> & { threads: Omit<ThreadView, 'running' | 'waiting'>[] };

/** What the Memory panel asks beside the values of the blocks. Everything rejects with an Error that says what to do. */
export interface ChatMemory {
  create(block: { label: string; description: string; value: string; limit: number }): Promise<BlockView>;
  change(
    blockId: string,
    change: {
      label?: string | undefined;
      description?: string | undefined;
      limit?: number | undefined;
      readOnly?: boolean | undefined;
      localOnly?: boolean | undefined;
    },
  ): Promise<BlockView>;
  /** Offers Undo afterwards. */
  remove(blockId: string): Promise<void>;
  attach(): Promise<void>;
  /** Newest first. */
  history(blockId: string, before?: string): Promise<{ revisions: RevisionView[]; hasMore: boolean }>;
  compare(blockId: string, revisionId: string, to?: string): Promise<void>;
  restore(blockId: string, revisionId: string): Promise<BlockView>;
  lines(blockId: string): Promise<LineView[]>;
  confirm(blockId: string, line?: string): Promise<void>;
  /** @returns the call that had made what was taken back, where one did */
  undo(label: string, call?: { threadId: string; id: string }): Promise<{ threadId: string; id: string } | undefined>;
  /** Asks how long a line holds. */
  expire(blockId: string, line: string): Promise<void>;
  showTurn(threadId: string, messageId?: string): Promise<void>;
  reviews(): Promise<ReviewView[]>;
  accept(id: string, text?: string): Promise<void>;
  reject(id: string): Promise<void>;
  /** Asks whether the person means it first. */
  decideAll(ids: readonly string[], accept: boolean): Promise<void>;
  /** Shows what a proposal would change. */
  compareReview(id: string): Promise<void>;
  archive: {
    list(query: {
      query: string;
      tag?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
      after?: string | undefined;
    }): Promise<{ passages: PassageView[]; hasMore: boolean; tags: string[]; allTags: boolean }>;
    add(text: string, tags: string[]): Promise<PassageView>;
    replace(id: string, text: string, tags: string[]): Promise<PassageView>;
    confirm(id: string): Promise<PassageView>;
    /** Offers Undo afterwards. @returns the call that had made it, where nobody has reviewed it */
    remove(id: string): Promise<{ threadId: string; id: string } | undefined>;
  };
  context(threadId: string): Promise<ContextView>;
  search(query: string): Promise<HitView[]>;
}

/** What a person does with skills one by one. Everything rejects with an Error that says what to do. */
export interface ChatSkills {
  create(): Promise<void>;
  edit(skillId: string): Promise<void>;
  /** Offers Undo afterwards. */
  remove(skillId: string): Promise<void>;
  /** Asks to which scope; copies a bundled one. */
  move(skillId: string): Promise<void>;
  /** Shows what would be mended, and asks. */
  fix(skillId: string): Promise<void>;
  /** Makes a skill of a script. */
  wrap(skillId: string): Promise<void>;
  preview(skillId: string): Promise<SkillPreview>;
}

/** A question that was asked, where, and its answer. */
export interface Asked {
  threadId: string;
  question: UserItem;
  answer: AgentItem;
}

/** What stands behind answers, and threads whose memory is pinned. Everything rejects with an Error that says what to do. */
export interface ChatAnswers {
  about(asked: Asked): Promise<ReceiptView | undefined>;
  compare(asked: Asked, blockId: string): Promise<void>;
  /** @returns a new thread, forked before the question, with that memory; and what its first message has to tell */
  forkFor(asked: Asked, memory: 'today' | 'then' | 'none'): Promise<{ threadId: string; reminders: string[] }>;
  why(asked: Asked): Promise<void>;
  /** What the answers of a thread have cost; undefined where nothing was counted. */
  spentIn(threadId: string): Promise<ThreadSpent | undefined>;
  /** @returns what the thread shows; no pin when it is not pinned any more. `title`: the name it has now */
  pin(threadId: string, pinned: boolean): Promise<{ pin?: PinView; title?: string }>;
}

/** What goes along with messages. Everything rejects with an Error that says what to do. */
export interface ChatAttachments {
  /** What the editor shares now. */
  shared(): Promise<SharedView>;
  find(typed: string): Promise<Mention[]>;
  keep(name: string, base64: string): Promise<Attachment>;
  dropped(uris: readonly string[]): Promise<Attachment[]>;
  /** Reads all of it, and what the editor shares. */
  read(attached: readonly Attachment[], threadId: string): Promise<Along>;
}

export interface ChatHome {
  about(): AboutView;
  /** What is known now; `onChange` of the owner tells when more is. */
  models(): ModelView[];
  /** The chat is in sight again: what other windows have done is asked for at once. */
  wake(): void;
  /** Keeps what is shown, for when the home does not answer; absent where that cannot be, or the home is on this computer. */
  keep?(view: KeptView): void;
  sessions: SessionHome;
  threads: {
    /** Newest first; `query`: words of titles or messages. `archived`: those that were put away, instead of the others. */
    list(query: { limit: number; query?: string; archived?: boolean | undefined }): Promise<ListedThreads>;
    /** The person sees the thread as it is now, or as it was at that time. */
    seen(threadId: string, at?: string): void;
    create(): Promise<string>;
    title(threadId: string): Promise<string>;
    archive(threadId: string, archived: boolean): Promise<void>;
    rename(threadId: string, title: string): Promise<void>;
    remove(threadId: string): Promise<void>;
    /** @returns the new thread's id. */
    fork(threadId: string): Promise<string>;
    /** A copy up to before a message of the person, and what its first message has to tell where a server cannot fork there. */
    forkBefore(threadId: string, messageId: string): Promise<{ threadId: string; reminders: string[] }>;
    /** Asks in which format, and where to. */
    export(threadId: string): Promise<void>;
    /** Has older messages summarised. @throws Error saying what to do */
    compact(threadId: string, signal: AbortSignal): Promise<void>;
    /** Has the agent name a thread by what was said, unless it is called otherwise than `given` by now. @returns the new name */
    nameAnew(threadId: string, given: string, said: { question: string; answer: string }): Promise<string | undefined>;
  };
  blocks: {
    list(): Promise<BlockView[]>;
    save(blockId: string, value: string, base: string): Promise<SaveBlockResult>;
  };
  memory(): Promise<ChatMemory>;
  answers(): Promise<ChatAnswers>;
  attachments(): Promise<ChatAttachments>;
  /** Whether `memory` was asked for already. */
  memoryInUse(): boolean;
  skills: {
    list(): Promise<SkillView[]>;
    /** The skill that a message calls (`/NAME …`). @throws Error for one that cannot be called */
    called(message: string): Promise<CalledInMessage | undefined>;
    enable(skillId: string, enabled: boolean): Promise<void>;
    desk(): Promise<ChatSkills>;
    /** Begins what asks the person and takes its time. */
    run(
      command: `letta.${'trySkill' | 'reviseSkill' | 'viewSkillRevision' | 'exportSkill' | 'skillVersions' | 'importSkill'}`,
      skillId?: string,
    ): Promise<void>;
    /** What the person says to the offer to learn a skill. */
    offered(answer: 'learn' | 'dismiss' | 'never'): Promise<void>;
  };
  /** Commands in terminals, by the call that began them. Both reject with an Error where there is no such command any more. */
  commands: {
    show(callId: string): Promise<void>;
    stop(callId: string): Promise<void>;
  };
  /** Ends a subagent alone, by the call that began it. Rejects with an Error where it has ended. */
  stopSubagent(callId: string): Promise<void>;
  /**
   * Writes a file as the agent's own tool does: judged, asked about, waiting for review afterwards. A refusal is no error.
   * @throws Error saying what to do
   */
  change(
    threadId: string,
    change: { path: string; content: string },
    ask: Parameters<SessionHome['run']>[2],
    signal: AbortSignal,
  ): Promise<void>;
  selectModel(handle: string): Promise<void>;
  /** Asks which model should answer when several do and none was chosen. @returns false when the person backed out. */
  settleModel(): Promise<boolean>;
}
