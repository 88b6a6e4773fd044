// Brings a message that the host names into sight, older pages asked for where it lies further back.
import { type RefObject, useEffect, useRef } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Snapshot } from '../../../src/protocol/thread-views.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { useApp, useAppState } from '../use-app.ts';

/** Before an item's id, or that of a part of an answer, in what the host wants to have the keyboard. */
export const MESSAGE_WISH = 'message:';
/** Older pages are asked for so often; a message further back is for the search of its thread. */
const MAX_PAGES = 40;
const TOO_FAR = t(
  'The message lies too far back to be shown here. Scroll up to go on from the oldest one that is shown.',
);
const NOT_THERE = t('The message is not in this thread any more.');
/** The list measures and draws the row within a few frames; a busy machine takes longer. */
const MAX_FRAMES = 60;

export function useReveal(
  thread: Snapshot | undefined,
  shown: boolean,
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  release: () => void,
): void {
  const app = useApp();
  const focus = useAppState((s) => s.focus);
  const loading = useAppState((s) => s.loadingOlder);
  const granted = useRef<typeof focus>(undefined);
  const asked = useRef<{ wish: typeof focus; pages: number }>({ wish: undefined, pages: 0 });
  const items = thread?.items;
  const hasMore = thread?.hasMore ?? false;

  useEffect(() => {
    const wanted = focus?.panel === 'chat' && focus.name?.startsWith(MESSAGE_WISH) ? focus : undefined;
    if (!shown || !items || !wanted?.name || granted.current === wanted) return;
    const index = indexOf(items, wanted.name.slice(MESSAGE_WISH.length));
    if (index < 0) {
      if (loading) return;
      if (asked.current.wish !== wanted) asked.current = { wish: wanted, pages: 0 };
      if (hasMore && asked.current.pages++ < MAX_PAGES) {
        void app.paging.older();
        return;
      }
      // Nobody shall wait for what does not come; the next wish begins anew.
      granted.current = wanted;
      app.tell(hasMore ? TOO_FAR : NOT_THERE);
      return;
    }
    granted.current = wanted;
    release();
    show(list, scroller, index, items[index]?.id ?? '');
  }, [app, focus, shown, items, hasMore, loading, list, scroller, release]);
}

function indexOf(items: readonly Item[], id: string): number {
  return items.findIndex(
    (item) => item.id === id || (item.kind === 'agent' && item.parts.some((part) => part.id === id)),
  );
}

/** Scrolls there and gives the row the keyboard once it is drawn, so that a screen reader reads it. */
function show(
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  index: number,
  id: string,
): void {
  // Once: the list measures the rows around the target first, and a second call would begin that again.
  list.current?.scrollToIndex(index, { align: 'start' });
  const find = (frame: number) => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`);
    row?.focus({ preventScroll: true });
    // A row that is not measured yet is hidden, and takes no focus.
    if ((!row || document.activeElement !== row) && frame < MAX_FRAMES) requestAnimationFrame(() => find(frame + 1));
  };
  requestAnimationFrame(() => find(0));
}
