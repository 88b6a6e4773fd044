// When a model that is overloaded is asked again, and when it is not.
import type { LlmError } from './model-errors.ts';

/** A request that was refused before anything of an answer came, and will be made again. */
export interface RetryNotice {
  /** Of the next request; the first one is 1. */
  attempt: number;
  maxAttempts: number;
  delayMs: number;
  /** What the provider said. */
  message: string;
}

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
/** Who has to wait longer than this decides by themselves whether to. */
const LONGEST_DELAY_MS = 60_000;

/**
 * What to do after a refusal.
 * @param attempt how many requests were made
 * @returns undefined where it is for the person to try again
 */
export function retryAfter(error: LlmError, attempt: number): RetryNotice | undefined {
  if (!error.overload || attempt >= MAX_ATTEMPTS) return undefined;
  // Clients that were refused together must not come back together.
  const backoff = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
  // Who says 0 has not said when: asked at once, it would refuse all that are left.
  const delayMs = Math.round(error.overload.retryAfterMs || backoff);
  if (delayMs > LONGEST_DELAY_MS) return undefined;
  return { attempt: attempt + 1, maxAttempts: MAX_ATTEMPTS, delayMs, message: error.message };
}

/** False when the signal ended it. */
export function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
