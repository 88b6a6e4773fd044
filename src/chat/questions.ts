// Brings a question of the agent to the person who has the thread before them, and their answer back.
import { randomUUID } from 'node:crypto';
import type { QuestionView } from '../protocol/asking.ts';
import type { QuestionAnswer } from './session-home.ts';

export type AskQuestion = (view: QuestionView, signal: AbortSignal) => Promise<QuestionAnswer>;

export interface QuestionDeps {
  /** Somebody who does not see the thread is told that it asks. */
  asks(threadId: string, question: string): void;
}

export class Questions {
  private readonly threads = new Map<string, AskQuestion>();
  private readonly deps: QuestionDeps;

  constructor(deps: QuestionDeps) {
    this.deps = deps;
  }

  /** While the turn runs, questions of the thread go to `ask`. */
  async during<T>(threadId: string, ask: AskQuestion, turn: () => Promise<T>): Promise<T> {
    this.threads.set(threadId, ask);
    try {
      return await turn();
    } finally {
      this.threads.delete(threadId);
    }
  }

  /** Null where the person skips it, the turn ends, or nobody has the thread before them. */
  async ask(
    { threadId, callId }: { threadId: string; callId: string },
    {
      question,
      options,
      multiple,
    }: {
      question: string;
      options: readonly { label: string; description?: string | undefined }[];
      multiple: boolean;
    },
    signal: AbortSignal,
  ): Promise<QuestionAnswer> {
    const ask = this.threads.get(threadId);
    if (!ask) return null;
    const asked = ask(
      { id: randomUUID(), threadId, callId, question, options: [...options], multiple: multiple && options.length > 1 },
      signal,
    );
    this.deps.asks(threadId, question);
    return asked;
  }
}
