// What waits for a person in one thread, by the id under which the view was shown it. Answered once, or given up.

interface Entry<View, Answer> {
  view: View;
  settle(answer: Answer): void;
}

export class Waiting<View extends { id: string }, Answer> {
  private readonly entries = new Map<string, Entry<View, Answer>>();
  private readonly givenUp: Answer;
  private readonly changed: () => void;

  /** @param givenUp the answer when the turn is stopped. `changed`: called when something begins or ceases to wait */
  constructor(givenUp: Answer, changed: () => void) {
    this.givenUp = givenUp;
    this.changed = changed;
  }

  get views(): View[] {
    return [...this.entries.values()].map(({ view }) => view);
  }

  ask(view: View, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(this.givenUp);
      const onAbort = () => this.settle(view.id, this.givenUp);
      signal.addEventListener('abort', onAbort, { once: true });
      this.entries.set(view.id, {
        view,
        settle: (answer) => {
          signal.removeEventListener('abort', onAbort);
          resolve(answer);
        },
      });
      this.changed();
    });
  }

  /** Shows otherwise what waits under the same id; nothing where it does no longer. */
  replace(view: View): void {
    const entry = this.entries.get(view.id);
    if (!entry) return;
    entry.view = view;
    this.changed();
  }

  /** @returns false when nothing with this id waits. */
  settle(id: string, answer: Answer): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    this.entries.delete(id);
    this.changed();
    entry.settle(answer);
    return true;
  }

  giveUp(): void {
    for (const id of [...this.entries.keys()]) this.settle(id, this.givenUp);
  }

  /** Forgets what waits, without an answer: whoever asked is gone. */
  clear(): void {
    this.entries.clear();
    this.changed();
  }
}
