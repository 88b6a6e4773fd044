// Asks again for what a list lacks, ever later, and gives up after a while: an endpoint that was slow or down comes back by itself.

/** Milliseconds before each further try: in all, two minutes. */
const LATER_MS: readonly number[] = [2_000, 5_000, 15_000, 30_000, 60_000];

export class ListingAgain {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private over = false;
  private readonly read: () => Promise<void>;
  private readonly lacks: () => boolean;

  /** @param read reads the list anew; may reject. @param lacks whether something is missing from it */
  constructor(read: () => Promise<void>, lacks: () => boolean) {
    this.read = read;
    this.lacks = lacks;
  }

  /** The list was read for a reason of its own: what it lacks is asked for from now on. */
  start(): void {
    this.tries = 0;
    this.later();
  }

  dispose(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private later(): void {
    clearTimeout(this.timer);
    const ms = LATER_MS[this.tries];
    if (this.over || ms === undefined || !this.lacks()) return;
    this.tries++;
    this.timer = setTimeout(() => {
      void this.read()
        .catch(() => {})
        .then(() => this.later());
    }, ms);
  }
}
