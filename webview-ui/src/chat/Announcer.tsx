// Speaks for the view to screen readers, politely: the conversation, and what an action has done.
import { useEffect, useState } from 'react';
import type { ApprovalView, Item } from '../../../src/protocol/transcript-views.ts';
import { useApp } from '../use-app.ts';
import { SILENT, speak } from './speech.ts';

const NO_ITEMS: readonly Item[] = [];
const NO_APPROVALS: readonly ApprovalView[] = [];

export function Announcer() {
  const app = useApp();
  const [said, setSaid] = useState('');
  useEffect(() => {
    let spoken = SILENT;
    let threadId: string | undefined;
    return app.store.subscribe(({ feed: { thread }, announcement }, last) => {
      if (announcement && announcement !== last.announcement) setSaid(announcement.text);
      if (thread?.threadId !== threadId) spoken = SILENT;
      threadId = thread?.threadId;
      const { say, after } = speak(
        spoken,
        thread?.items ?? NO_ITEMS,
        thread?.approvals ?? NO_APPROVALS,
        thread?.questions,
      );
      spoken = after;
      if (say !== '') setSaid(say);
    });
  }, [app]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
