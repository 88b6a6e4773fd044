// Asks again for what a list lacks, ever later, and gives up after a while: an endpoint that was slow or down comes back by itself.
import { AgainLater } from './again-later.ts';

/** Milliseconds before each further try: in all, two minutes. */
const LATER_MS: readonly number[] = [2_000, 5_000, 15_000, 30_000, 60_000];

export class ListingAgain {
  private readonly again: AgainLater;
  private readonly lacks: () => boolean;

  /** @param read reads the list anew; may reject. @param lacks whether something is missing from it */
  constructor(read: () => Promise<void>, lacks: () => boolean) {
    this.again = new AgainLater(() => {
      void read()
        .catch(() => {})
        .then(() => this.later());
    }, LATER_MS);
    this.lacks = lacks;
  }

  /** The list was read for a reason of its own: what it lacks is asked for from now on. */
  start(): void {
    this.again.answered();
    this.later();
  }

  dispose(): void {
    this.again.dispose();
  }

  private later(): void {
    if (this.lacks()) this.again.later();
  }
}
