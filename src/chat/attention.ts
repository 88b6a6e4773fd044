// Tells a person who looks elsewhere that the agent needs them, or is done. Never takes the keyboard.
import type { TurnOutcome } from '../agent/events.ts';

/** A turn that took no longer has its person still there. */
const LONG_MS = 5_000;

export interface AttentionDeps {
  /** Whether the person has this thread before them. */
  seen(threadId: string): boolean;
  titleOf(threadId: string): string;
  /** Whether the chat is in sight, whatever it shows. */
  visible(): boolean;
  show(threadId: string): Promise<void>;
  /** Resolves with true when the person wants to see what a notification is about. */
  notify(text: string): PromiseLike<boolean>;
}

export class Attention {
  private readonly deps: AttentionDeps;

  constructor(deps: AttentionDeps) {
    this.deps = deps;
  }

  /** The agent waits for an answer in this thread. @param question what it asks, in a line */
  asks(threadId: string, question: string): void {
    if (this.deps.seen(threadId)) return;
    const short = question.length > 200 ? `${question.slice(0, 199)}…` : question;
    // Of several threads the person has to know which one it is.
    const where = this.deps.visible() ? ` in “${this.deps.titleOf(threadId)}”` : '';
    this.tell(threadId, `Letta asks${where}: ${short}`);
  }

  /**
   * A turn has ended. What the person stopped, or what ends with the window, is nothing new to them.
   * @param began milliseconds of the clock
   */
  ends(threadId: string, outcome: TurnOutcome, began: number): void {
    if (Date.now() - began < LONG_MS || this.deps.visible()) return;
    const title = this.deps.titleOf(threadId);
    if (outcome.kind === 'done') this.tell(threadId, `Letta has finished “${title}”.`);
    if (outcome.kind === 'failed')
      this.tell(threadId, `Letta could not go on in “${title}”: ${outcome.failure.message}`);
  }

  private tell(threadId: string, text: string): void {
    void this.deps.notify(text).then((wanted) => (wanted ? this.deps.show(threadId) : undefined));
  }
}
