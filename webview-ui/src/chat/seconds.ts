// Seconds that go on counting here, from what the host has said last: nobody has to send a message for each of them.
import { useEffect, useState } from 'react';

const TICK_MS = 1_000;
/** For those who want a page that keeps still. */
const STILL_TICK_MS = 10_000;

/** When what the host has said came in. Rows are drawn anew when they scroll back into sight; this stays. */
const arrivals = new WeakMap<object, number>();

/** @param said of one message of the host: `seconds` since the beginning; whole ones come back while it `counts` */
export function useSeconds(said: { readonly seconds: number }, counts: boolean): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!counts) return undefined;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(() => tick((n) => n + 1), still ? STILL_TICK_MS : TICK_MS);
    return () => clearInterval(timer);
  }, [counts]);
  const now = performance.now();
  const at = arrivals.get(said) ?? now;
  arrivals.set(said, at);
  return counts ? Math.floor(said.seconds + (now - at) / 1_000) : said.seconds;
}
