// Asks again what was not answered: soon at first, then every minute.

/** After so long each it is tried; the last one over and over. */
const WAITS_MS: readonly number[] = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

export class AgainLater {
  private readonly attempt: () => void;
  private timer: NodeJS.Timeout | undefined;
  private tries = 0;
  private disposed = false;

  /** @param attempt says `later` once more where it fails, and `answered` where it does not */
  constructor(attempt: () => void) {
    this.attempt = attempt;
  }

  later(): void {
    if (this.disposed || this.timer) return;
    const after = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
    this.tries++;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.attempt();
    }, after);
  }

  /** Nothing is asked any more; what fails the next time is asked again soon. */
  answered(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.tries = 0;
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }
}
