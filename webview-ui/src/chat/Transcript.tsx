// The conversation: a log of articles of which only those near the window are in the page.
import { Fragment, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Snapshot } from '../../../src/protocol/thread-views.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { MANY_ITEMS } from './feed.ts';
import { useFollow } from './follow.ts';
import { Message } from './Message.tsx';
import { useReveal } from './reveal.ts';

const NO_ITEMS: readonly Item[] = [];
/** Older items are asked for before the person reaches the top. */
const OLDER_PX = 600;
/** Enough for a fast flick of the wheel without blank space, few enough for a small page. */
const BUFFER_PX = 400;
/** Threads up to this size stand in the page whole: screen readers and the browser's find then reach all of them. */
const WHOLE_ITEMS = 40;
const WHOLE_PARTS = 120;
const WHOLE_CHARACTERS = 60_000;
const WHOLE_PX = 10_000_000;
const SAVE_SCROLL_MS = 250;

export function Transcript({ shown }: { shown: boolean }) {
  const thread = useAppState((s) => s.feed.thread);
  const agentName = useAppState((s) => s.about?.agentName ?? 'Letta');
  const live = useAppState((s) => s.phase === 'ready');
  const loadingOlder = useAppState((s) => s.loadingOlder);
  const app = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const items = thread?.items ?? NO_ITEMS;
  const anchor = useRef(thread && app.store.getState().anchors[thread.threadId]);
  const follow = useFollow(scroller, anchor.current === undefined);
  const { settle } = follow;
  const shift = usePrepended(items);
  const gapAt = thread?.gap === undefined ? -1 : items.findIndex((item) => item.id === thread.gap);

  useRestore(list, thread, anchor, live, follow.jump);
  const many = follow.following && items.length > MANY_ITEMS;
  useEffect(() => {
    if (many) app.paging.forget();
  }, [app, many]);
  const keepPlace = useKeepPlace(thread, list, follow.following);

  useReveal(thread, shown, list, scroller, follow.release);

  // Both before the browser paints: our own commits, and sizes the list has measured since.
  useLayoutEffect(settle);
  const onResize = useCallback(() => queueMicrotask(settle), [settle]);

  const onScroll = () => {
    follow.onScroll();
    keepPlace();
    if ((scroller.current?.scrollTop ?? 0) < OLDER_PX) void app.paging.older();
    if (isNear(list.current, scroller.current, gapAt)) void app.paging.newer();
  };
  const toEnd = () => {
    app.paging.leave();
    follow.jump();
  };

  const lastAnswer = items.findLast((item) => item.kind === 'agent')?.id;
  return (
    <div className="transcript">
      {/* The announcer speaks whole paragraphs; a live log would read every chunk, and old messages scrolled into view. */}
      <div
        className="log"
        role="log"
        aria-label={t('Conversation')}
        aria-live="off"
        aria-busy={!live}
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        <Virtualizer
          ref={list}
          data={items}
          shift={shift}
          bufferSize={isShort(items) ? WHOLE_PX : BUFFER_PX}
          onResize={onResize}
          scrollRef={scroller}
        >
          {(item) => (
            <Fragment key={item.id}>
              <Message
                item={item}
                agentName={agentName}
                canResume={item.id === lastAnswer && item === items.at(-1) && thread?.running === false}
              />
              {item.id === thread?.gap && <Gap />}
            </Fragment>
          )}
        </Virtualizer>
      </div>
      {loadingOlder && (
        <div className="older quiet">
          <Icon name="loading" /> {t('Loading older messages…')}
        </div>
      )}
      {!follow.following && shown && (
        <button
          type="button"
          className="to-end"
          aria-label={t('Scroll to the end')}
          title={t('Scroll to the end')}
          onClick={toEnd}
        >
          <Icon name="arrow-down" />
        </button>
      )}
    </div>
  );
}

function isShort(items: readonly Item[]): boolean {
  if (items.length > WHOLE_ITEMS) return false;
  const parts = items.flatMap((item) => (item.kind === 'agent' ? item.parts : []));
  if (parts.length > WHOLE_PARTS) return false;
  const length = (sum: number, part: (typeof parts)[number]) => sum + (part.type === 'tool' ? 0 : part.text.length);
  return parts.reduce(length, 0) <= WHOLE_CHARACTERS;
}

/** Between a page from further back and the newest ones. */
function Gap() {
  const app = useApp();
  const loading = useAppState((s) => s.loadingNewer);
  return (
    <div className="gap">
      <button type="button" className="link" disabled={loading} onClick={() => void app.paging.newer()}>
        {loading ? t('Loading the next messages…') : t('Show the next messages')}
      </button>
    </div>
  );
}

/** Whether the end of the item at that place is in sight, or soon will be. */
function isNear(list: VirtualizerHandle | null, scroller: HTMLElement | null, index: number): boolean {
  if (!list || !scroller || index < 0) return false;
  const end = list.getItemOffset(index) + list.getItemSize(index);
  return end > list.scrollOffset && end < list.scrollOffset + scroller.clientHeight + OLDER_PX;
}

/** Whether this render puts items in front of those of the last one. */
function usePrepended(items: readonly Item[]): boolean {
  const first = useRef(items[0]?.id);
  const previous = first.current;
  const prepended = previous !== undefined && items[0]?.id !== previous && items.some((item) => item.id === previous);
  useLayoutEffect(() => {
    first.current = items[0]?.id;
  }, [items]);
  return prepended;
}

/** Pages that are asked for to get back to a place; further back the end is a better one to begin at. */
const RESTORE_PAGES = 10;

/** Goes to where the person was when the view was closed, once, as soon as the items are there. */
function useRestore(
  list: React.RefObject<VirtualizerHandle | null>,
  thread: Snapshot | undefined,
  anchor: React.RefObject<{ itemId: string; offset: number } | undefined>,
  live: boolean,
  toEnd: () => void,
): void {
  const app = useApp();
  const loading = useAppState((s) => s.loadingOlder);
  const pages = useRef(0);
  useLayoutEffect(() => {
    const wanted = anchor.current;
    if (!wanted || !thread || thread.items.length === 0) return;
    const index = thread.items.findIndex((item) => item.id === wanted.itemId);
    if (index >= 0) {
      anchor.current = undefined;
      list.current?.scrollToIndex(index, { align: 'start', offset: wanted.offset });
    } else if (live && !loading && thread.hasMore && pages.current++ < RESTORE_PAGES) {
      void app.paging.older();
    } else if (live && !loading) {
      anchor.current = undefined;
      toEnd();
    }
  }, [app, list, thread, anchor, live, loading, toEnd]);
}

/** @returns a function that remembers, a moment after the last call, which item is at the top edge. */
function useKeepPlace(
  thread: Snapshot | undefined,
  list: React.RefObject<VirtualizerHandle | null>,
  following: boolean,
): () => void {
  const app = useApp();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ thread, following });
  latest.current = { thread, following };
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { thread: now, following: atEnd } = latest.current;
      const handle = list.current;
      if (!now || !handle) return;
      const index = handle.findItemIndex(handle.scrollOffset);
      const item = now.items[index];
      const offset = handle.scrollOffset - handle.getItemOffset(index);
      app.setAnchor(now.threadId, atEnd || !item ? undefined : { itemId: item.id, offset });
    }, SAVE_SCROLL_MS);
  }, [app, list]);
}
