// Asks again what was not answered: soon at first, then every minute.

/** After so long each it is tried; the last one over and over. */
const WAITS_MS: readonly number[] = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

export class AgainLater {
  private readonly attempt: () => void;
  private readonly waits: readonly number[] | undefined;
  private timer: NodeJS.Timeout | undefined;
  private tries = 0;
  private disposed = false;

  /**
   * @param attempt says `later` once more where it fails, and `answered` where it does not
   * @param waits milliseconds before each try, after which it is given up; without them it goes on, at last every minute
   */
  constructor(attempt: () => void, waits?: readonly number[]) {
    this.attempt = attempt;
    this.waits = waits;
  }

  later(): void {
    const after = this.waits ? this.waits[this.tries] : WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
    if (this.disposed || this.timer || after === undefined) return;
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
