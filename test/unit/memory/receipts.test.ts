// Receipts in the memory store: what a block was then, which revision that is, and what has become of it since.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';

const HOME = 'embedded';
let folder: string;
let store: MemoryStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipts-'));
  store = new MemoryStore({ dataDir: folder });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const seen = (value: string, id = 'block-1', label = 'project') => [{ id, label, value }];
const receipt = (id: string, at: number, value: string) => ({
  id,
  agentId: 'agent-1',
  threadId: 'conv-1',
  at,
  model: 'm',
  skills: [],
  blocks: seen(value),
});
const newest = () => store.history(HOME, 'block-1').revisions[0];

describe('the memory of an answer', () => {
  it('names the revision that it was, and counts those since', () => {
    store.observe(HOME, 'agent-1', seen('one'), 1_000);
    const first = newest();
    store.addReceipt(HOME, receipt('m-1', 1_500, 'one'));
    expect(store.receiptBlocks(HOME, 'm-1')).toEqual([
      {
        blockId: 'block-1',
        label: 'project',
        value: 'one',
        same: true,
        revisionId: first?.id,
        revisedAt: first?.at,
        since: 0,
      },
    ]);
    store.observe(HOME, 'agent-1', seen('two'), 2_000);
    store.observe(HOME, 'agent-1', seen('three'), 3_000);
    expect(store.receiptBlocks(HOME, 'm-1')).toMatchObject([
      { value: 'one', same: false, revisionId: first?.id, since: 2 },
    ]);
    // Put back, it is as it was, though other revisions lie between.
    store.observe(HOME, 'agent-1', seen('one'), 4_000);
    expect(store.receiptBlocks(HOME, 'm-1')).toMatchObject([{ same: true, revisionId: first?.id, since: 3 }]);
  });

  it('finds a revision that the history learned of only after the receipt', () => {
    store.observe(HOME, 'agent-1', seen('one'), 1_000);
    store.addReceipt(HOME, receipt('m-1', 2_500, 'two'));
    expect(store.receiptBlocks(HOME, 'm-1')).toEqual([
      { blockId: 'block-1', label: 'project', value: 'two', same: false },
    ]);
    store.observe(HOME, 'agent-1', seen('two'), 2_600);
    expect(store.receiptBlocks(HOME, 'm-1')).toMatchObject([{ same: true, revisionId: newest()?.id, since: 0 }]);
  });

  it('is none where no receipt is', () => {
    expect(store.receiptBlocks(HOME, 'm-1')).toBeNull();
    expect(store.memoryOf(HOME, 'm-1')).toBeNull();
  });

  it('keeps how memory was pinned', () => {
    store.addReceipt(HOME, { ...receipt('m-1', 1_000, 'x'), blocks: [], pin: 'none' });
    expect(store.receipt(HOME, 'm-1')).toMatchObject({ pin: 'none', memory: [] });
  });

  it('comes back as it was, however memory changes before and after', () => {
    const value = fc.constantFrom('', 'one', 'two', 'two\nthree', 'ä\u{1f600}');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('changed' as const), value }),
      fc.record({ kind: fc.constant('answered' as const), value }),
    );
    let n = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const home = `home-${++n}`;
        const answered = new Map<string, string>();
        for (const [i, each] of steps.entries()) {
          const at = 1_000 * (i + 1);
          if (each.kind === 'changed') store.observe(home, 'agent-1', seen(each.value), at);
          else {
            store.addReceipt(home, receipt(`m-${i}`, at, each.value));
            answered.set(`m-${i}`, each.value);
          }
        }
        for (const [id, was] of answered) {
          expect(store.memoryOf(home, id)).toEqual(seen(was));
          const [block] = store.receiptBlocks(home, id) ?? [];
          expect(block?.value).toBe(was);
          if (block?.revisionId) expect(store.revision(home, block.revisionId)?.value).toBe(was);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what answers have cost', () => {
  const paid = (id: string, at: number, prompt: number, cost?: number) => ({
    ...receipt(id, at, 'one'),
    spent: { prompt, cached: 10, completion: 5, ...(cost === undefined ? {} : { cost }) },
  });

  it('is that of the turn, also when it is told again, and of all goes where a message was answered in several', () => {
    store.addReceipt(HOME, { ...receipt('m-1', 1_000, 'one') });
    store.addReceipt(HOME, paid('m-1', 1_000, 100, 0.5));
    store.addReceipt(HOME, paid('m-1', 1_000, 150, 0.75));
    expect(store.receipt(HOME, 'm-1')?.spent).toEqual({ prompt: 150, cached: 10, completion: 5, cost: 0.75 });
    store.addReceipt(HOME, paid('m-1', 2_000, 20, 0.25));
    store.addReceipt(HOME, paid('m-1', 2_000, 30, 0.25));
    expect(store.receipt(HOME, 'm-1')?.spent).toEqual({ prompt: 180, cached: 20, completion: 10, cost: 1 });
    store.addReceipt(HOME, receipt('m-1', 3_000, 'one'));
    expect(store.receipt(HOME, 'm-1')?.spent).toMatchObject({ prompt: 180 });
  });

  it('is summed up by thread: each answer once, under however many names', () => {
    expect(store.spentIn(HOME, 'conv-1')).toBeNull();
    store.addReceipt(HOME, { ...paid('m-1', 1_000, 100, 0.5), aliases: ['m-1b', 'm-1c'] });
    store.addReceipt(HOME, paid('m-2', 2_000, 200));
    store.addReceipt(HOME, receipt('m-3', 3_000, 'one'));
    store.addReceipt(HOME, { ...paid('m-4', 4_000, 1_000, 9), threadId: 'conv-2' });
    store.addReceipt('elsewhere', paid('m-5', 5_000, 1_000, 9));
    expect(store.spentIn(HOME, 'conv-1')).toEqual({
      ...{ answers: 2, unpriced: 1, prompt: 300, cached: 20, completion: 10, cost: 0.5 },
    });
    store.addReceipt(HOME, { ...paid('m-6', 6_000, 1), threadId: 'conv-3' });
    expect(store.spentIn(HOME, 'conv-3')).toEqual({ answers: 1, unpriced: 1, prompt: 1, cached: 10, completion: 5 });
  });
});
