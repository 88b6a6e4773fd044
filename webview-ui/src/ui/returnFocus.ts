// What closes gives the keyboard back to what opened it.
import { useEffect, useRef } from 'react';

/** For a form that takes the keyboard when it opens; an opener that is gone by then is left alone. */
export function useReturnFocus(): void {
  // Read while the form is first drawn: once it stands there, the keyboard is in it.
  const opener = useRef(document.activeElement);
  useEffect(() => {
    const element = opener.current;
    return () => {
      requestAnimationFrame(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && element instanceof HTMLElement && element.isConnected) element.focus();
      });
    };
  }, []);
}
