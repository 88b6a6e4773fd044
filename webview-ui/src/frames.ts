// Lets many changes become one React commit a painted frame, the first one at once; goes on, slowly, while the page is not painted.

/** Pages that are hidden get no animation frames; their state must follow all the same. */
const HIDDEN_INTERVAL_MS = 200;

export class Frames<T> {
  private queue: T[] = [];
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was delivered last has not been painted. */
  private unpainted = false;
  private readonly deliver: (batch: readonly T[]) => void;

  constructor(deliver: (batch: readonly T[]) => void) {
    this.deliver = deliver;
  }

  push(value: T): void {
    this.queue.push(value);
    if (!this.unpainted) this.flush();
  }

  /** Delivers what waits, now. */
  flush(): void {
    if (this.queue.length === 0) return;
    this.forget();
    const batch = this.queue;
    this.queue = [];
    // Before it is delivered: what that brings on belongs to the next frame.
    this.unpainted = true;
    this.timer = setTimeout(() => this.painted(), HIDDEN_INTERVAL_MS);
    this.frame = requestAnimationFrame(() => {
      // A frame's callbacks run before it is painted, a task that they start behind it. However slow a machine paints, there is one commit to each.
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.painted(), 0);
    });
    this.deliver(batch);
  }

  private painted(): void {
    this.forget();
    this.unpainted = false;
    this.flush();
  }

  private forget(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = undefined;
    this.timer = undefined;
  }
}
