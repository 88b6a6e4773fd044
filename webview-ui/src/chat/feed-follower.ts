// Keeps the shown thread up to date: patches once a frame, and a snapshot where some of them were lost.
import type { Patch, Snapshot } from '../../../src/protocol/thread-views.ts';
import { Frames } from '../frames.ts';
import { type Feed, hasGap, receivePatch } from './feed.ts';

export interface FeedFollowerDeps {
  feed(): Feed;
  changed(feed: Feed): void;
  /** Asks the host for the thread as it stands. */
  snapshot(threadId: string): Promise<Snapshot>;
  /** An asked-for snapshot came. */
  show(snapshot: Snapshot): void;
  failed(error: unknown): void;
}

export class FeedFollower {
  private readonly deps: FeedFollowerDeps;
  private readonly patches = new Frames<Patch>((batch) => this.apply(batch));
  private asking = false;

  constructor(deps: FeedFollowerDeps) {
    this.deps = deps;
  }

  take(patch: Patch): void {
    this.patches.push(patch);
  }

  /** Applies what waits for its frame, now. */
  flush(): void {
    this.patches.flush();
  }

  /** Asks for a snapshot when patches are missing; one question at a time. */
  checkGap(): void {
    const feed = this.deps.feed();
    if (!feed.thread || !hasGap(feed) || this.asking) return;
    this.asking = true;
    this.deps
      .snapshot(feed.thread.threadId)
      .then((snapshot) => {
        const { thread } = this.deps.feed();
        // An answer older than what patches have made of the thread since would turn it back.
        if (thread?.threadId === snapshot.threadId && snapshot.rev >= thread.rev) this.deps.show(snapshot);
      })
      .catch((error: unknown) => this.deps.failed(error))
      .finally(() => {
        this.asking = false;
      });
  }

  private apply(batch: readonly Patch[]): void {
    this.deps.changed(batch.reduce(receivePatch, this.deps.feed()));
    this.checkGap();
  }
}
