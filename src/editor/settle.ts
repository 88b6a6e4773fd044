// Waits until an event source has been quiet for a while. Language servers never say "done"; silence is the only sign.

export interface QuietOptions {
  /** Calls the listener on each event; returns how to stop. */
  subscribe(listener: () => void): { dispose(): void };
  /** Quiet for so long means settled, in milliseconds. */
  quietMs: number;
  /** Gives up after so long, in milliseconds. */
  maxMs: number;
  /** Silence before this has resolved means nothing: nobody has begun. A rejection counts as resolved. */
  ready?: Promise<unknown>;
  /** How long the first event may take once ready. A server that has to compute says nothing at first, which is not yet quiet. */
  firstMs?: () => number;
  signal?: AbortSignal;
}

/** True when it became quiet, false when it gave up or was aborted. */
export function waitForQuiet(options: QuietOptions): Promise<boolean> {
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    let ready = false;
    let done = false;
    let heard = false;
    const finish = (settled: boolean) => {
      clearTimeout(quiet);
      clearTimeout(limit);
      subscription.dispose();
      options.signal?.removeEventListener('abort', abort);
      done = true;
      resolve(settled);
    };
    const abort = () => finish(false);
    const wait = () => {
      clearTimeout(quiet);
      if (ready)
        quiet = setTimeout(
          () => finish(true),
          heard ? options.quietMs : Math.max(options.quietMs, options.firstMs?.() ?? 0),
        );
    };
    const limit = setTimeout(() => finish(false), options.maxMs);
    const subscription = options.subscribe(() => {
      heard = true;
      wait();
    });
    options.signal?.addEventListener('abort', abort);
    const begin = () => {
      if (done) return;
      ready = true;
      wait();
    };
    if (options.signal?.aborted) abort();
    else if (options.ready === undefined) begin();
    else options.ready.then(begin, begin);
  });
}
