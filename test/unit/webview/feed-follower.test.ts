// The shown thread follows its patches; a gap is asked about once, and no answer turns the thread back.
// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import type { Patch, Snapshot } from '../../../src/protocol/thread-views.ts';
import { EMPTY_FEED, type Feed, receiveSnapshot } from '../../../webview-ui/src/chat/feed.ts';
import { FeedFollower } from '../../../webview-ui/src/chat/feed-follower.ts';

const snapshot = (rev: number, title = 'first'): Snapshot => ({
  threadId: 't1',
  title,
  rev,
  items: [],
  hasMore: false,
  running: false,
  approvals: [],
});
const patch = (rev: number, title: string): Patch => ({ threadId: 't1', rev, ops: [{ op: 'title', title }] });

function follow() {
  let feed: Feed = receiveSnapshot(EMPTY_FEED, snapshot(1));
  const asked: ((answer: Snapshot | Error) => void)[] = [];
  const failed = vi.fn();
  const show = vi.fn((shown: Snapshot) => {
    feed = receiveSnapshot(feed, shown);
  });
  const follower = new FeedFollower({
    feed: () => feed,
    changed: (next) => {
      feed = next;
    },
    snapshot: () =>
      new Promise((resolve, reject) => {
        asked.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      }),
    show,
    failed,
  });
  const take = (...patches: Patch[]) => {
    for (const each of patches) follower.take(each);
    follower.flush();
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { follower, asked, failed, show, take, settled, title: () => feed.thread?.title, rev: () => feed.thread?.rev };
}

describe('the follower of a thread', () => {
  it('applies patches as they come', () => {
    const { take, title, asked } = follow();
    take(patch(2, 'second'), patch(3, 'third'));
    expect(title()).toBe('third');
    expect(asked).toHaveLength(0);
  });

  it('asks once for what is missing, and again when that did not help', async () => {
    const { take, asked, settled, rev } = follow();
    take(patch(3, 'third'));
    take(patch(4, 'fourth'));
    expect(asked).toHaveLength(1);
    asked[0]?.(snapshot(2));
    await settled();
    expect(rev()).toBe(4);
    take(patch(6, 'sixth'));
    expect(asked).toHaveLength(2);
  });

  it('is not turned back by an answer that is older than what came since', async () => {
    const { take, asked, settled, show, title } = follow();
    take(patch(3, 'third'));
    take(patch(2, 'second'));
    expect(title()).toBe('third');
    asked[0]?.(snapshot(2, 'late'));
    await settled();
    expect(show).not.toHaveBeenCalled();
    expect(title()).toBe('third');
  });

  it('tells a refusal, and asks again at the next gap', async () => {
    const { follower, take, asked, settled, failed } = follow();
    take(patch(3, 'third'));
    asked[0]?.(new Error('No answer'));
    await settled();
    expect(failed).toHaveBeenCalledOnce();
    follower.checkGap();
    expect(asked).toHaveLength(2);
  });
});
