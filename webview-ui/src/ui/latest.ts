// Only the newest of several questions may change what is shown.
import { useCallback, useRef } from 'react';

/** @returns a function to call before asking; what it returns says whether nothing newer has been asked since. */
export function useLatest(): () => () => boolean {
  const count = useRef(0);
  return useCallback(() => {
    const mine = ++count.current;
    return () => mine === count.current;
  }, []);
}
