// The reducer of the shown thread: whatever is repeated, reordered or lost on the way, the view ends where the host is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Patch, PatchOp, Snapshot } from '../../../src/protocol/thread-views.ts';
import type { Part } from '../../../src/protocol/transcript-views.ts';
import {
  EMPTY_FEED,
  type Feed,
  forgetOlder,
  hasGap,
  receiveOlder,
  receivePatch,
  receiveSnapshot,
} from '../../../webview-ui/src/chat/feed.ts';
import { worked } from '../../support/worked.ts';

const base: Snapshot = {
  threadId: 'conv-1',
  title: 'A thread',
  rev: 3,
  items: [
    { kind: 'user', id: 'u1', text: 'Hello', date: '' },
    { kind: 'agent', id: 'a1', parts: [], state: 'streaming', date: '' },
  ],
  hasMore: false,
  running: true,
  approvals: [],
};

const itemId = fc.constantFrom('u1', 'a1', 'a2');
const partId = fc.constantFrom('p1', 'p2');
const text = fc.string({ minLength: 1, maxLength: 5 });
const op: fc.Arbitrary<PatchOp> = fc.oneof(
  fc.record({
    op: fc.constant('item' as const),
    item: fc.oneof(
      fc.record({ kind: fc.constant('user' as const), id: itemId, text, date: fc.constant('') }),
      fc.record({
        kind: fc.constant('agent' as const),
        id: itemId,
        parts: fc.constant<Part[]>([]),
        state: fc.constant('streaming' as const),
        date: fc.constant(''),
      }),
    ),
  }),
  fc.record({ op: fc.constant('remove' as const), id: itemId }),
  fc.record({
    op: fc.constant('part' as const),
    itemId,
    part: fc.record({ type: fc.constantFrom('text' as const, 'reasoning' as const), id: partId, text }),
  }),
  fc.record({
    op: fc.constant('append' as const),
    itemId,
    partType: fc.constantFrom('text' as const, 'reasoning' as const),
    partId,
    text,
  }),
  fc.record({ op: fc.constant('state' as const), itemId, state: fc.constantFrom('done' as const, 'stopped' as const) }),
  fc.record({ op: fc.constant('running' as const), running: fc.boolean() }),
  fc.record({ op: fc.constant('title' as const), title: text }),
);
const patches: fc.Arbitrary<Patch[]> = fc
  .array(fc.array(op, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map((groups) => groups.map((ops, i) => ({ threadId: 'conv-1', rev: base.rev + 1 + i, ops })));

const start = receiveSnapshot(EMPTY_FEED, base);
const inOrder = (list: readonly Patch[]): Feed => list.reduce(receivePatch, start);

describe('the feed of a thread', () => {
  it('ends at the same place in any order and with any repetition', () => {
    const shuffled = patches.chain((list) =>
      fc.record({
        list: fc.constant(list),
        arrival: fc
          .shuffledSubarray([...list, ...list], { minLength: list.length })
          .map((some) => [...some, ...list])
          .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ list, arrival }) => {
        const feed = arrival.reduce(receivePatch, start);
        expect(feed.thread).toEqual(inOrder(list).thread);
        expect(hasGap(feed)).toBe(false);
      }),
    );
  });

  it('notices a lost patch as soon as a later one comes, stays where it was, and is healed by a snapshot', () => {
    const withLoss = patches
      .filter((list) => list.length >= 2)
      .chain((list) => fc.record({ list: fc.constant(list), lost: fc.integer({ min: 0, max: list.length - 2 }) }));
    fc.assert(
      fc.property(withLoss, ({ list, lost }) => {
        const feed = list.filter((_, i) => i !== lost).reduce(receivePatch, start);
        expect(hasGap(feed)).toBe(true);
        expect(feed.thread).toEqual(inOrder(list.slice(0, lost)).thread);
        const truth = inOrder(list).thread ?? base;
        const healed = receiveSnapshot(feed, truth);
        expect(healed.thread).toEqual(truth);
        expect(hasGap(healed)).toBe(false);
      }),
    );
  });

  it('takes a snapshot from the middle, whatever of the patches came before or after it', () => {
    const scenario = patches.chain((list) =>
      fc.record({
        list: fc.constant(list),
        at: fc.integer({ min: 0, max: list.length }),
        early: fc.subarray(list),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ list, at, early }) => {
        const middle = inOrder(list.slice(0, at)).thread ?? base;
        // The view has no thread yet: patches overtake the answer that brings it.
        const feed = list.reduce(receivePatch, receiveSnapshot(early.reduce(receivePatch, EMPTY_FEED), middle));
        expect(feed.thread).toEqual(inOrder(list).thread);
      }),
    );
  });

  it('changes nothing that was there: what did not change stays the same object', () => {
    fc.assert(
      fc.property(patches, (list) => {
        const frozen = structuredClone(base);
        const before = receiveSnapshot(EMPTY_FEED, base);
        const after = list.reduce(receivePatch, before);
        expect(base).toEqual(frozen);
        const touched = new Set(
          list.flatMap((p) => p.ops.map((o) => ('itemId' in o ? o.itemId : 'id' in o ? o.id : ''))),
        );
        const replaced = new Set(list.flatMap((p) => p.ops.map((o) => (o.op === 'item' ? o.item.id : ''))));
        for (const item of base.items) {
          if (touched.has(item.id) || replaced.has(item.id)) continue;
          expect(after.thread?.items).toContain(item);
        }
      }),
    );
  });

  it('keeps patches of a thread that is being opened, and none of another thread are shown', () => {
    const other: Patch = { threadId: 'conv-2', rev: 1, ops: [{ op: 'title', title: 'Other' }] };
    const feed = receivePatch(start, other);
    expect(feed.thread?.title).toBe('A thread');
    expect(hasGap(feed)).toBe(false);
    const opened = receiveSnapshot(feed, { ...base, threadId: 'conv-2', rev: 0, title: '' });
    expect(opened.thread).toMatchObject({ threadId: 'conv-2', title: 'Other', rev: 1 });
  });

  it('clears a failure when the answer goes on', () => {
    const failed = receivePatch(start, {
      threadId: 'conv-1',
      rev: 4,
      ops: [
        { op: 'state', itemId: 'a1', state: 'failed', failure: { message: 'Down.', hint: 'Start it.', retry: true } },
      ],
    });
    expect(failed.thread?.items[1]).toMatchObject({ state: 'failed', failure: { message: 'Down.' } });
    const again = receivePatch(failed, {
      threadId: 'conv-1',
      rev: 5,
      ops: [{ op: 'state', itemId: 'a1', state: 'streaming' }],
    });
    expect(again.thread?.items[1]).not.toHaveProperty('failure');
  });

  it('puts older pages in front once, and keeps them through a snapshot that joins on', () => {
    const page = { items: [{ kind: 'user' as const, id: 'u0', text: 'Earlier', date: '' }], hasMore: true };
    const once = receiveOlder(start, 'conv-1', 'u1', page);
    const twice = receiveOlder(once, 'conv-1', 'u1', page);
    expect(twice.thread?.items.map((i) => i.id)).toEqual(['u0', 'u1', 'a1']);
    expect(receiveOlder(start, 'conv-9', 'u1', page)).toBe(start);
    const refreshed = receiveSnapshot(twice, { ...base, rev: 9, hasMore: true });
    expect(refreshed.thread?.items.map((i) => i.id)).toEqual(['u0', 'u1', 'a1']);
    expect(refreshed.thread?.hasMore).toBe(true);
    expect(receiveSnapshot(twice, { ...base, rev: 9 }).thread?.items.map((i) => i.id)).toEqual(['u1', 'a1']);
    const elsewhere = receiveSnapshot(twice, {
      ...base,
      rev: 9,
      items: [{ kind: 'user', id: 'x', text: '', date: '' }],
    });
    expect(elsewhere.thread?.items.map((i) => i.id)).toEqual(['x']);
  });

  it('takes 5,000 items and 1,000 patches in linear time', () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({
      kind: 'user' as const,
      id: `i${i}`,
      text: 'x',
      date: '',
    }));
    const began = worked();
    let feed = receiveSnapshot(EMPTY_FEED, { ...base, items });
    expect(worked() - began).toBeLessThan(600);
    feed = receivePatch(feed, {
      threadId: 'conv-1',
      rev: 4,
      ops: [{ op: 'item', item: { kind: 'agent', id: 'live', parts: [], state: 'streaming', date: '' } }],
    });
    const streamed = worked();
    for (let i = 0; i < 1_000; i++) {
      feed = receivePatch(feed, {
        threadId: 'conv-1',
        rev: 5 + i,
        ops: [{ op: 'append', itemId: 'live', partType: 'text', partId: 'p', text: 'word ' }],
      });
    }
    expect((worked() - streamed) / 1_000).toBeLessThan(5);
    expect(feed.thread?.items.at(-1)).toMatchObject({ parts: [{ type: 'text', text: 'word '.repeat(1_000) }] });
  });
});

describe('a thread that was read back far', () => {
  const many = (count: number): Feed => ({
    held: [],
    thread: {
      ...base,
      items: Array.from({ length: count }, (_, i) => ({ kind: 'user' as const, id: `i${i}`, text: '', date: '' })),
    },
  });

  it('lets go of whole pages, so that they can be asked for again', () => {
    const { thread } = forgetOlder(many(3_000), new Set(['i0', 'i300', 'i2400', 'i2600']));
    expect(thread?.items[0]?.id).toBe('i2400');
    expect(thread?.items.at(-1)?.id).toBe('i2999');
    expect(thread?.hasMore).toBe(true);
  });

  it('keeps all of one that is not long, or whose pages it does not know', () => {
    const short = many(2_000);
    expect(forgetOlder(short, new Set(['i200']))).toBe(short);
    const long = many(3_000);
    expect(forgetOlder(long, new Set(['i0']))).toBe(long);
  });
});
