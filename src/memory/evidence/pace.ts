// Long work in slices: the event loop belongs to everyone.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Half of what may be kept from others at a time, since one step between two rests may itself take some. */
const SLICE_MS = 5;

export class Pace {
  private readonly signal: AbortSignal | undefined;
  private since = performance.now();

  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** Lets others run when the slice is used up. @throws the signal's reason once it is aborted */
  async rest(): Promise<void> {
    if (performance.now() - this.since < SLICE_MS) return;
    await nextTurn();
    this.signal?.throwIfAborted();
    this.since = performance.now();
  }
}
