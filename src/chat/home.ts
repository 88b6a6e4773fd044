// What the chat needs of the home that is open: one agent on one Letta server. Wired in `src/home.ts`.
import type { SaveBlockResult } from '../protocol/messages.ts';
import type { AboutView, BlockView, ModelView, SkillView, ThreadView } from '../protocol/views.ts';
import type { SessionBackend } from './session.ts';

export interface ChatHome {
  about(): AboutView;
  /** What is known now; `onChange` of the owner tells when more is. */
  models(): ModelView[];
  sessions: Omit<SessionBackend, 'changed'>;
  threads: {
    /** Newest first. `query`: words of the title. */
    list(query: string): Promise<Omit<ThreadView, 'running' | 'waiting'>[]>;
    create(): Promise<string>;
    rename(threadId: string, title: string): Promise<void>;
    remove(threadId: string): Promise<void>;
    /** @returns the new thread's id. */
    fork(threadId: string): Promise<string>;
  };
  blocks: {
    list(): Promise<BlockView[]>;
    save(blockId: string, value: string, base: string): Promise<SaveBlockResult>;
  };
  skills: {
    list(): Promise<SkillView[]>;
    edit(skillId: string): Promise<void>;
    create(): Promise<void>;
    remove(skillId: string): Promise<void>;
    enable(skillId: string, enabled: boolean): Promise<void>;
  };
  /** Reminders for the next message besides what the agent room adds itself. */
  selectModel(handle: string): Promise<void>;
  /** Asks which model should answer when several do and none was chosen. @returns false when the person backed out. */
  settleModel(): Promise<boolean>;
}
