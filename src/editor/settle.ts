// Waits until an event source has been quiet for a while. Language servers never say "done"; silence is the only sign.

export interface QuietOptions {
  /** Calls the listener on each event; returns how to stop. */
  subscribe(listener: () => void): { dispose(): void };
  /** Quiet for so long means settled, in milliseconds. */
  quietMs: number;
  /** Gives up after so long, in milliseconds. */
  maxMs: number;
  /** How long the first event may take. A server that has to compute says nothing at first, which is not yet quiet. */
  firstMs?: number;
  signal?: AbortSignal;
}

/** True when it became quiet, false when it gave up or was aborted. */
export function waitForQuiet(options: QuietOptions): Promise<boolean> {
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    const finish = (settled: boolean) => {
      clearTimeout(quiet);
      clearTimeout(limit);
      subscription.dispose();
      options.signal?.removeEventListener('abort', abort);
      resolve(settled);
    };
    const abort = () => finish(false);
    const wait = (ms: number) => {
      clearTimeout(quiet);
      quiet = setTimeout(() => finish(true), ms);
    };
    const limit = setTimeout(() => finish(false), options.maxMs);
    const subscription = options.subscribe(() => wait(options.quietMs));
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) abort();
    else wait(Math.max(options.quietMs, options.firstMs ?? 0));
  });
}
