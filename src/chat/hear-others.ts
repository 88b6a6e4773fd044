// What an open home has to know to hear of other windows, and where it tells what it hears; what that takes is loaded then.
import type { Elsewhere, ElsewhereDeps, Heard } from './elsewhere.ts';

export interface HearOthers {
  /** Threads in sight. */
  shown(): string[];
  /** This window works on it, or follows it already. */
  working(threadId: string): boolean;
  heard(events: readonly Heard[]): void;
  reviewsWaiting(): number;
  dispose(): void;
}

export function hearOthers(deps: ElsewhereDeps): HearOthers {
  let loaded: Promise<Elsewhere> | undefined;
  return {
    shown: () => deps.seen(),
    working: (threadId) => deps.sessions.get(threadId)?.running === true,
    heard: (events) => {
      loaded ??= import('./elsewhere.ts').then(({ Elsewhere: Loaded }) => new Loaded(deps));
      void loaded.then((elsewhere) => elsewhere.take(events));
    },
    reviewsWaiting: () => deps.reviews.count,
    dispose: () => void loaded?.then((elsewhere) => elsewhere.dispose()),
  };
}
