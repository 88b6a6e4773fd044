// Pages of a long thread: from its end, and from wherever a message lies.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pages } from '../../../src/chat/pages.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import type { LettaServer } from '../../../src/server/app.ts';
import { TranscriptPager } from '../../../src/threads/pager.ts';
import { openSeeded, type SeededThreads, seedThreads } from '../../support/seed-threads.ts';

const MESSAGES = 400;
const folder = mkdtempSync(join(tmpdir(), 'letta-pages-'));
let seeded: SeededThreads;
let server: LettaServer;
let connection: Connection;

beforeAll(async () => {
  seeded = seedThreads(folder, 1, MESSAGES);
  ({ server, connection } = await openSeeded(folder));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const text = (item: Item | undefined): string =>
  item?.kind === 'agent'
    ? item.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    : (item?.text ?? '');
const numbers = (items: readonly Item[]) => items.map((item) => Number(/Message (\d+) of/.exec(text(item))?.[1]));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function open() {
  const threadId = seeded.threads[0]?.id ?? '';
  const memory = async () => ({ calls: new Map(), stopped: false });
  const describeCall = (name: string) => ({ title: name });
  const pager = new TranscriptPager({ connection, agentId: seeded.agentId, describe: describeCall, memory });
  const { items, hasMore } = await pager.newest(threadId);
  const reader = {
    older: (...asked: [string, string]) => pager.older(...asked),
    around: (...asked: [string, string]) => pager.around(...asked),
    newer: (...asked: [string, string]) => pager.newer(...asked),
  };
  const pages = new Pages(threadId, reader, () => items);
  pages.reset(hasMore);
  const idOf = (n: number) => seeded.threads[0]?.messageIds[n] ?? '';
  return { pages, items, idOf };
}

describe('a page around a message', () => {
  it.each([0, 1, 57, 58, 200, 340, 351])('shows message %i, and the rest of the thread on both sides', async (n) => {
    const { pages, items, idOf } = await open();
    const shown = await pages.bring(idOf(n));
    expect(text(items.find(({ id }) => id === shown))).toContain(`Message ${n} of`);
    // Of one answer nothing is missing, and no more is read than a page or two.
    expect(items[0]?.kind).toBe('user');
    expect(items.length).toBeLessThan(210);
    while (pages.ends.gap !== undefined) {
      const at = items.findIndex(({ id }) => id === pages.ends.gap);
      expect(items[at]?.kind).toBe('agent');
      await pages.newer(pages.ends.gap);
    }
    for (let i = 0; pages.ends.hasMore && i < 20; i++) await pages.older(items[0]?.id ?? '');
    expect(numbers(items)).toEqual(range(0, MESSAGES));
  });

  it('is found by an item’s own id as well: what a person sent, and its answer', async () => {
    const first = await open();
    await first.pages.bring(first.idOf(100));
    const at = first.items.findIndex((item) => text(item).includes('Message 100 of'));
    const [question, answer] = [first.items[at], first.items[at + 1]];
    for (const item of [question, answer]) {
      const { pages, items } = await open();
      expect(await pages.bring(item?.id ?? '')).toBe(item?.id);
      expect(items.some(({ id }) => id === item?.id)).toBe(true);
    }
  });

  it('is left when the person goes on from the newest page', async () => {
    const { pages, items, idOf } = await open();
    await pages.bring(idOf(30));
    const { gap } = pages.ends;
    const after = items.findIndex(({ id }) => id === gap) + 1;
    await pages.older(items[after]?.id ?? '');
    expect(pages.ends).toEqual({ hasMore: true });
    expect(numbers(items)).toEqual(range(numbers(items)[0] ?? 0, MESSAGES));
  });

  it('takes the place of the one before, and changes nothing where the message is there, or nowhere', async () => {
    const { pages, items, idOf } = await open();
    const newest = numbers(items);
    expect(await pages.bring(idOf(399))).toBe(items.at(-1)?.id);
    expect(await pages.bring('message-00000000-0000-4000-8000-000000000000')).toBeUndefined();
    expect([numbers(items), pages.ends.gap]).toEqual([newest, undefined]);
    await pages.bring(idOf(30));
    await pages.bring(idOf(200));
    expect(numbers(items)).not.toContain(30);
    expect(numbers(items).slice(-newest.length)).toEqual(newest);
  });
});
