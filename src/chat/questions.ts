// Brings a question of the agent to the person who has the thread before them, and their answer back.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { QuestionView } from '../protocol/views.ts';
import type { QuestionAnswer } from './session.ts';

export type AskQuestion = (view: QuestionView, signal: AbortSignal) => Promise<QuestionAnswer>;

export interface QuestionDeps {
  /** Whether the person sees the chat; else a notification asks them to look. */
  chatVisible(): boolean;
  showChat(): Promise<void>;
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
    if (!this.deps.chatVisible()) this.notify(question);
    return asked;
  }

  private notify(question: string): void {
    const short = question.length > 200 ? `${question.slice(0, 199)}…` : question;
    void vscode.window.showInformationMessage(`Letta asks: ${short}`, 'Show').then((choice) => {
      if (choice === 'Show') return this.deps.showChat();
      return undefined;
    });
  }
}
