// Waits for something that a person may stop.

export type Stopped = typeof STOPPED;
export const STOPPED = Symbol('stopped');

/** Settles with the promise, or with STOPPED once the signal is aborted and the grace is over. */
export function orStopped<T>(promise: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T | Stopped> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = () => {
      timer = setTimeout(() => resolve(STOPPED), graceMs);
    };
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    promise.then(resolve, reject).finally(done);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
