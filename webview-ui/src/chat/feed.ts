// The shown thread as a pure function of the snapshots and patches that came: duplicates, gaps and disorder included.

import type { Patch, PatchOp, Snapshot } from '../../../src/protocol/thread-views.ts';
import type { AgentItem, Item, Part } from '../../../src/protocol/transcript-views.ts';

/** Patches that cannot be applied yet are kept up to this number; beyond it the snapshot that we asked for does the job. */
const MAX_HELD = 256;

export interface Feed {
  readonly thread: Snapshot | undefined;
  /** Came too early: after a gap, or for a thread whose snapshot is still on its way. */
  readonly held: readonly Patch[];
}

export const EMPTY_FEED: Feed = { thread: undefined, held: [] };

/** Applies one patch if its turn has come, keeps it if not, ignores it if it was there already. Linear in the items. */
export function receivePatch(feed: Feed, patch: Patch): Feed {
  const { thread } = feed;
  if (thread && patch.threadId === thread.threadId) {
    if (patch.rev <= thread.rev) return feed;
    if (patch.rev === thread.rev + 1) return drain(applyPatch(thread, patch), feed.held);
  }
  return { thread, held: [...feed.held, patch].slice(-MAX_HELD) };
}

/** Shows a thread from a snapshot. Pages of older items that were loaded before stay where they join on. */
export function receiveSnapshot(feed: Feed, snapshot: Snapshot): Feed {
  return drain(withOlderPages(feed.thread, snapshot), feed.held);
}

/** Puts a page of older items in front, if the view still shows the item that it was asked for. */
export function receiveOlder(
  feed: Feed,
  threadId: string,
  before: string,
  page: { items: readonly Item[]; hasMore: boolean },
): Feed {
  const { thread } = feed;
  if (thread?.threadId !== threadId || thread.items[0]?.id !== before) return feed;
  const known = new Set(thread.items.map((item) => item.id));
  const older = page.items.filter((item) => !known.has(item.id));
  return { ...feed, thread: { ...thread, items: [...older, ...thread.items], hasMore: page.hasMore } };
}

/** A thread that was read back so far lets go of what is older, once nobody looks at it. */
export const MANY_ITEMS = 2_000;
/** So many of the newest stay. */
const KEPT_ITEMS = 500;

/** Lets go of the oldest pages. @param starts ids of items that a page begins with, so that it can be asked for again */
export function forgetOlder(feed: Feed, starts: ReadonlySet<string>): Feed {
  const { thread } = feed;
  if (!thread || thread.items.length <= MANY_ITEMS) return feed;
  const most = thread.items.length - KEPT_ITEMS;
  const from = thread.items.findLastIndex((item, index) => index <= most && starts.has(item.id));
  if (from <= 0) return feed;
  const items = thread.items.slice(from);
  const { gap, ...rest } = thread;
  const stays = gap !== undefined && items.some((item) => item.id === gap);
  return { ...feed, thread: { ...rest, ...(stays ? { gap } : {}), items, hasMore: true } };
}

/** Puts items behind a page from further back, if the view still has a gap there. */
export function receiveNewer(
  feed: Feed,
  threadId: string,
  after: string,
  page: { items: readonly Item[]; hasMore: boolean },
): Feed {
  const { thread } = feed;
  if (thread?.threadId !== threadId || thread.gap !== after) return feed;
  const { gap: _, ...rest } = thread;
  const known = new Set(thread.items.map((item) => item.id));
  const fresh = page.items.filter((item) => !known.has(item.id));
  const at = thread.items.findIndex((item) => item.id === after) + 1;
  const end = fresh.at(-1)?.id;
  return {
    ...feed,
    thread: {
      ...rest,
      items: [...thread.items.slice(0, at), ...fresh, ...thread.items.slice(at)],
      ...(page.hasMore && end !== undefined ? { gap: end } : {}),
    },
  };
}

/** Goes on from the newest page: what lies before the gap is let go. */
export function withoutGap(feed: Feed): Feed {
  const { thread } = feed;
  if (thread?.gap === undefined) return feed;
  const { gap, ...rest } = thread;
  const at = thread.items.findIndex((item) => item.id === gap) + 1;
  return { ...feed, thread: { ...rest, items: thread.items.slice(at), hasMore: true } };
}

/** Whether patches were lost, so that only a snapshot helps. */
export function hasGap(feed: Feed): boolean {
  return feed.held.some((patch) => patch.threadId === feed.thread?.threadId);
}

function drain(thread: Snapshot, held: readonly Patch[]): Feed {
  let current = thread;
  const rest: Patch[] = [];
  for (const patch of [...held].sort((a, b) => a.rev - b.rev)) {
    if (patch.threadId !== current.threadId) rest.push(patch);
    else if (patch.rev === current.rev + 1) current = applyPatch(current, patch);
    else if (patch.rev > current.rev) rest.push(patch);
  }
  return { thread: current, held: rest };
}

function withOlderPages(previous: Snapshot | undefined, snapshot: Snapshot): Snapshot {
  const first = snapshot.items[0];
  // A snapshot that says nothing is before it is the whole thread: what we have in front of it was removed.
  if (!first || !snapshot.hasMore || previous?.threadId !== snapshot.threadId) return snapshot;
  const join = previous.items.findIndex((item) => item.id === first.id);
  if (join <= 0) return snapshot;
  const kept = previous.items.slice(0, join);
  const gap = kept.some((item) => item.id === previous.gap) ? previous.gap : snapshot.gap;
  const items = [...kept, ...snapshot.items];
  return { ...snapshot, items, hasMore: previous.hasMore, ...(gap === undefined ? {} : { gap }) };
}

function applyPatch(thread: Snapshot, patch: Patch): Snapshot {
  const next = { ...thread, rev: patch.rev, items: [...thread.items] };
  for (const op of patch.ops) applyOp(next, op);
  return next;
}

/** Changes `thread` and its `items` array, which belong to the caller; items and parts are replaced, never changed. */
function applyOp(thread: Snapshot, op: PatchOp): void {
  switch (op.op) {
    case 'item': {
      const index = indexOf(thread.items, op.item.id);
      if (index < 0) thread.items.push(op.item);
      else thread.items[index] = op.item;
      break;
    }
    case 'remove': {
      const index = indexOf(thread.items, op.id);
      if (index >= 0) thread.items.splice(index, 1);
      break;
    }
    case 'part':
      changeAnswer(thread.items, op.itemId, (item) => ({ ...item, parts: putPart(item.parts, op.part) }));
      break;
    case 'append':
      changeAnswer(thread.items, op.itemId, (item) => ({ ...item, parts: appendText(item.parts, op) }));
      break;
    case 'state':
      changeAnswer(thread.items, op.itemId, ({ failure: _, ...item }) => ({
        ...item,
        state: op.state,
        ...(op.failure ? { failure: op.failure } : {}),
      }));
      break;
    case 'running':
      thread.running = op.running;
      break;
    case 'title':
      thread.title = op.title;
      break;
    case 'pin':
      if (op.pin) thread.pin = op.pin;
      else delete thread.pin;
      break;
    case 'tokens':
      if (op.tokens === undefined) delete thread.tokens;
      else thread.tokens = op.tokens;
      break;
    case 'approvals':
      thread.approvals = op.approvals;
      break;
    case 'questions':
      thread.questions = op.questions;
      break;
    case 'todos':
      thread.todos = op.todos;
      break;
    case 'queued':
      thread.queued = op.queued;
      break;
  }
}

/** Searches from the end: nearly every change concerns the newest item. */
function indexOf(items: readonly Item[], id: string): number {
  return items.findLastIndex((item) => item.id === id);
}

function changeAnswer(items: Item[], id: string, change: (item: AgentItem) => AgentItem): void {
  const index = indexOf(items, id);
  const item = items[index];
  if (item?.kind === 'agent') items[index] = change(item);
}

function putPart(parts: readonly Part[], part: Part): Part[] {
  const index = parts.findLastIndex((p) => p.type === part.type && p.id === part.id);
  return index < 0 ? [...parts, part] : parts.with(index, part);
}

function appendText(parts: readonly Part[], op: Extract<PatchOp, { op: 'append' }>): Part[] {
  const index = parts.findLastIndex((p) => p.type === op.partType && p.id === op.partId);
  const part = parts[index];
  if (!part || part.type === 'tool') return [...parts, { type: op.partType, id: op.partId, text: op.text }];
  return parts.with(index, { ...part, text: part.text + op.text });
}
