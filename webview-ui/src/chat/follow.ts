// Keeps the conversation at its end while the person is there, and only then.
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** So near the end still counts as being there: less than two lines. */
const NEAR_PX = 32;

export interface Follow {
  /** Whether new content pulls the view along. */
  following: boolean;
  /** Goes to the end if the person is there; call it whenever content may have grown, before the browser paints. */
  settle(): void;
  jump(): void;
  /** Stays where the person is shown something, until they go to the end. */
  release(): void;
  onScroll(): void;
}

/** @param start whether the view begins at the end, rather than at a place kept from before. */
export function useFollow(scroller: RefObject<HTMLElement | null>, start: boolean): Follow {
  const [following, setFollowing] = useState(start);
  const pinned = useRef(start);
  const lastTop = useRef(0);

  const pin = useCallback((value: boolean) => {
    pinned.current = value;
    setFollowing(value);
  }, []);

  const settle = useCallback(() => {
    const element = scroller.current;
    if (!element || !pinned.current) return;
    const end = element.scrollHeight - element.clientHeight;
    if (Math.abs(element.scrollTop - end) > 1) element.scrollTop = end;
    lastTop.current = element.scrollTop;
  }, [scroller]);

  const jump = useCallback(() => {
    pin(true);
    settle();
  }, [pin, settle]);

  const release = useCallback(() => pin(false), [pin]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    // Content that grows leaves `scrollTop` alone; only a person (or a screen reader for them) moves it up.
    if (fromEnd <= NEAR_PX) pin(true);
    else if (element.scrollTop < lastTop.current - 1) pin(false);
    lastTop.current = element.scrollTop;
  }, [pin, scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // The composer grew, an approval came, the side bar was dragged: the end must stay in sight.
    const observer = new ResizeObserver(settle);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, settle]);

  return { following, settle, jump, release, onScroll };
}
