// When threads are named by the agent: not before all has been quiet for a while. A model on this computer answers one
// request at a time, and the person's next message must not wait for a title.

/** Milliseconds after the last turn has ended. */
export const QUIET_MS = 10_000;

export interface NamingDeps<First> {
  /** Whether a turn runs in any thread. */
  running(): boolean;
  /** Never rejects. */
  name(threadId: string, first: First): Promise<void>;
}

export class Naming<First> {
  private readonly deps: NamingDeps<First>;
  private readonly waiting = new Map<string, First>();
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: NamingDeps<First>) {
    this.deps = deps;
  }

  /** A turn has ended. @param first what the thread's first turn was about, when it was that */
  ended(threadId: string, first?: First): void {
    if (first !== undefined) this.waiting.set(threadId, first);
    clearTimeout(this.timer);
    if (this.waiting.size > 0) this.timer = setTimeout(() => void this.nameAll(), QUIET_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  /** What runs now ends later, and is waited for again then. */
  private async nameAll(): Promise<void> {
    for (const [threadId, first] of this.waiting) {
      if (this.deps.running()) return;
      this.waiting.delete(threadId);
      await this.deps.name(threadId, first);
    }
  }
}
