// Lets many changes become one React commit a frame, the first one at once; goes on, slowly, while the page is not painted.

/** Pages that are hidden get no animation frames; their state must follow all the same. */
const HIDDEN_INTERVAL_MS = 200;
/** A frame at 60 a second. What comes after a longer pause has no frame to share. */
const FRAME_MS = 16;

export class Frames<T> {
  private queue: T[] = [];
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delivered = Number.NEGATIVE_INFINITY;
  private readonly deliver: (batch: readonly T[]) => void;

  constructor(deliver: (batch: readonly T[]) => void) {
    this.deliver = deliver;
  }

  push(value: T): void {
    this.queue.push(value);
    if (this.timer !== undefined) return;
    if (performance.now() - this.delivered > FRAME_MS) {
      this.flush();
      return;
    }
    this.frame = requestAnimationFrame(() => this.flush());
    this.timer = setTimeout(() => this.flush(), HIDDEN_INTERVAL_MS);
  }

  /** Delivers what waits, now. */
  flush(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = undefined;
    this.timer = undefined;
    if (this.queue.length === 0) return;
    const batch = this.queue;
    this.queue = [];
    this.deliver(batch);
    // From when it was drawn: a slow commit must not be followed by the next one at once.
    this.delivered = performance.now();
  }
}
