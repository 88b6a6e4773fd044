// The frame of the view: tabs, and one panel at a time. The panels beside the chat load when they are first shown.
import { Suspense, useEffect, useState } from 'react';
import type { Panel } from '../../src/protocol/about-views.ts';
import { Announcer } from './chat/Announcer.tsx';
import { ChatPanel } from './chat/ChatPanel.tsx';
import { HomeDown } from './HomeDown.tsx';
import { plural, t } from './l10n.tsx';
import { Starting } from './Starting.tsx';
import { lazyPanel } from './ui/lazy-panel.ts';
import { Problem } from './ui/Problem.tsx';
import { PANELS, Tabs } from './ui/Tabs.tsx';
import { useApp, useAppState } from './use-app.ts';

const lazyPanels = {
  threads: lazyPanel(() => import('./threads/ThreadsPanel.tsx').then((m) => m.ThreadsPanel)),
  memory: lazyPanel(() => import('./memory/MemoryPanel.tsx').then((m) => m.MemoryPanel)),
  skills: lazyPanel(() => import('./skills/SkillsPanel.tsx').then((m) => m.SkillsPanel)),
};

export function Shell() {
  const app = useApp();
  const panel = useAppState((s) => s.panel);
  const waiting = useAppState((s) => s.feed.thread?.approvals.length ?? 0);
  const asked = useAppState((s) => s.feed.thread?.questions?.length ?? 0);
  const held = useAppState((s) => s.reviews?.length ?? 0);
  const ready = useAppState((s) => s.phase === 'ready');
  useEffect(() => {
    if (!ready) return;
    // The chat can be used; now the other panels may come, so that a click on their tab shows them at once.
    const idle = requestIdleCallback(() => {
      void Promise.all(Object.values(lazyPanels).map(({ load }) => load()));
      void app.loadReviews();
      void app.readSkillsAhead();
    });
    return () => cancelIdleCallback(idle);
  }, [app, ready]);
  return (
    <main className="shell">
      <Tabs
        selected={panel}
        attention={{
          ...(waiting + asked > 0 && panel !== 'chat'
            ? { chat: { text: waiting > 0 ? t('An approval waits') : t('A question waits') } }
            : {}),
          ...(held > 0 ? { memory: { text: waitingForReview(held), count: held } } : {}),
        }}
        onSelect={(id) => app.selectTab(id)}
      />
      <HomeDown />
      <div className="panels">
        {PANELS.map(({ id }) => (
          <div
            key={id}
            role="tabpanel"
            id={`panel-${id}`}
            className="panel"
            aria-labelledby={`tab-${id}`}
            hidden={id !== panel}
          >
            <PanelContent id={id} shown={id === panel} />
          </div>
        ))}
      </div>
      <Announcer />
    </main>
  );
}

const waitingForReview = (count: number) => plural(count, '{0} change waits for review', '{0} changes wait for review');

function PanelContent({ id, shown }: { id: Panel; shown: boolean }) {
  const failed = useAppState((s) => s.phase === 'failed');
  // A panel stays once it was shown: going back and forth loses neither scroll position nor an open editor.
  const [wasShown, setWasShown] = useState(shown);
  if (shown && !wasShown) setWasShown(true);
  const kept = useAppState((s) => s.feed.thread !== undefined);
  // What was said before can be read without the host.
  if (failed && !(kept && id === 'chat')) return shown ? <Starting /> : null;
  if (id === 'chat') return <ChatPanel shown={shown} />;
  return wasShown ? <LazyPanel id={id} shown={shown} /> : null;
}

function LazyPanel({ id, shown }: { id: keyof typeof lazyPanels; shown: boolean }) {
  const [Content] = useState(lazyPanels[id].component);
  return (
    <Suspense fallback={null}>
      <Problem />
      <Content shown={shown} />
    </Suspense>
  );
}
