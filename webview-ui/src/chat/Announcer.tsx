// Speaks for the view to screen readers, politely: the conversation, and what an action has done.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ApprovalView, Item } from '../../../src/protocol/transcript-views.ts';
import { useApp } from '../use-app.ts';
import { SILENT, speak } from './speech.ts';

const NO_ITEMS: readonly Item[] = [];
const NO_APPROVALS: readonly ApprovalView[] = [];

export function Announcer() {
  const app = useApp();
  const [said, setSaid] = useState({ text: '', count: 0 });
  /** What has not been drawn yet: a second one before that must not take the first one's place. */
  const next = useRef('');
  useLayoutEffect(() => {
    if (said.text !== '') next.current = '';
  }, [said]);
  useEffect(() => {
    let spoken = SILENT;
    let threadId: string | undefined;
    const sayIt = (text: string) => {
      next.current = next.current === '' ? text : `${next.current} ${text}`;
      const all = next.current;
      setSaid(({ count }) => ({ text: all, count: count + 1 }));
    };
    return app.store.subscribe(({ feed: { thread }, announcement }, last) => {
      if (announcement && announcement !== last.announcement) sayIt(announcement.text);
      if (thread?.threadId !== threadId) spoken = SILENT;
      threadId = thread?.threadId;
      const { say, after } = speak(
        spoken,
        thread?.items ?? NO_ITEMS,
        thread?.approvals ?? NO_APPROVALS,
        thread?.questions,
      );
      spoken = after;
      if (say !== '') sayIt(say);
    });
  }, [app]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {/* Another element each time: the same words twice are said twice. */}
      <span key={said.count}>{said.text}</span>
    </div>
  );
}
