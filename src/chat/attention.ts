// Tells a person who looks elsewhere that the agent needs them, or is done. Never takes the keyboard.
import type { TurnOutcome } from '../agent/events.ts';
import { t } from '../protocol/l10n.ts';

/** A turn that took no longer has its person still there. */
const LONG_MS = 5_000;

export interface AttentionDeps {
  /** Whether the person has this thread before them. */
  seen(threadId: string): boolean;
  /** Whether anything waits for the person in this thread. */
  waits(threadId: string): boolean;
  titleOf(threadId: string): string;
  /** Whether the chat is in sight, whatever it shows. */
  visible(): boolean;
  show(threadId: string): Promise<void>;
  /** Resolves with true when the person wants to see what a notification is about. */
  notify(text: string): PromiseLike<boolean>;
  /** A notification with a way to the thread, that stands until the function it gives is called. */
  stand(text: string, threadId: string): () => void;
}

export class Attention {
  private readonly deps: AttentionDeps;
  /** What takes the notification of a thread that asks away. */
  private readonly standing = new Map<string, () => void>();

  constructor(deps: AttentionDeps) {
    this.deps = deps;
  }

  /** The agent waits for an answer in this thread. @param question what it asks, in a line */
  asks(threadId: string, question: string): void {
    if (this.deps.seen(threadId)) return;
    const short = question.length > 200 ? `${question.slice(0, 199)}…` : question;
    // Of several threads the person has to know which one it is.
    const said = this.deps.visible()
      ? t('Letta asks in “{0}”: {1}', this.deps.titleOf(threadId), short)
      : t('Letta asks: {0}', short);
    this.standing.get(threadId)?.();
    this.standing.set(threadId, this.deps.stand(withoutLinks(said), threadId));
  }

  /** What waits has changed, or what is in sight: notifications that nobody needs any more go. */
  settle(): void {
    for (const [threadId, settled] of this.standing) {
      if (this.deps.waits(threadId) && !this.deps.seen(threadId)) continue;
      this.standing.delete(threadId);
      settled();
    }
  }

  /**
   * A turn has ended. What the person stopped, or what ends with the window, is nothing new to them.
   * @param began milliseconds of the clock
   */
  ends(threadId: string, outcome: TurnOutcome, began: number): void {
    if (Date.now() - began < LONG_MS || this.deps.visible()) return;
    const title = this.deps.titleOf(threadId);
    if (outcome.kind === 'done') this.tell(threadId, t('Letta has finished “{0}”.', title));
    if (outcome.kind === 'failed')
      this.tell(threadId, t('Letta could not go on in “{0}”: {1}', title, outcome.failure.message));
  }

  private tell(threadId: string, text: string): void {
    void this.deps.notify(withoutLinks(text)).then((wanted) => (wanted ? this.deps.show(threadId) : undefined));
  }
}

/** VS Code makes links of `[text](command:…)` in notifications: words of a model or a title must not become one. */
export const withoutLinks = (text: string): string => text.replaceAll('](', '] (');
