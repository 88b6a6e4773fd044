import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { INTERVAL_MS, Outbox } from '../../../src/chat/outbox.ts';
import type { Patch, PatchOp } from '../../../src/protocol/thread-views.ts';

const append = (text: string, partId = 'p'): PatchOp => ({ op: 'append', itemId: 'a', partType: 'text', partId, text });

describe('Outbox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const make = (): { outbox: Outbox; patches: Patch[] } => {
    const patches: Patch[] = [];
    return { outbox: new Outbox('t', (patch) => patches.push(patch)), patches };
  };

  it('sends the first operation at once', async () => {
    const { outbox, patches } = make();
    outbox.push(append('a'));
    await Promise.resolve();
    expect(patches).toEqual([{ threadId: 't', rev: 1, ops: [append('a')] }]);
  });

  it('sends together what is pushed together', async () => {
    const { outbox, patches } = make();
    outbox.push({ op: 'title', title: 'New' });
    outbox.push({ op: 'running', running: true });
    await Promise.resolve();
    expect(patches.map(({ ops }) => ops.map(({ op }) => op))).toEqual([['title', 'running']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends at most 30 patches a second for one operation a millisecond, and joins the text', async () => {
    const { outbox, patches } = make();
    let whole = '';
    for (let i = 0; i < 1000; i++) {
      const text = `${i},`;
      whole += text;
      outbox.push(append(text));
      await vi.advanceTimersByTimeAsync(1);
    }
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(patches.length).toBeLessThanOrEqual(31); // the last one came after the second was over
    expect(patches.length).toBeGreaterThan(20);
    expect(patches.map((p) => p.rev)).toEqual(patches.map((_, i) => i + 1));
    const ops = patches.flatMap((p) => p.ops);
    expect(ops).toHaveLength(patches.length);
    expect(ops.map((op) => (op.op === 'append' ? op.text : '?')).join('')).toBe(whole);
  });

  it('lets the first words of an answer pass at once, right behind the message that they answer', async () => {
    const { outbox, patches } = make();
    outbox.push({ op: 'running', running: true });
    await vi.advanceTimersByTimeAsync(5);
    outbox.push(append('first'));
    await Promise.resolve();
    expect(patches.flatMap((p) => p.ops)).toEqual([{ op: 'running', running: true }, append('first')]);
  });

  it('keeps the order across parts and kinds', () => {
    const { outbox, patches } = make();
    outbox.push({ op: 'running', running: true });
    outbox.push(append('1', 'p'));
    outbox.push(append('2', 'q'));
    outbox.push(append('3', 'p'));
    outbox.flush();
    expect(patches.flatMap((p) => p.ops).map((op) => (op.op === 'append' ? op.text : op.op))).toEqual([
      'running',
      '1',
      '2',
      '3',
    ]);
  });

  it('has nothing left behind after flush, and nothing after dispose', async () => {
    const { outbox, patches } = make();
    outbox.push(append('a'));
    await Promise.resolve();
    outbox.push(append('b'));
    outbox.flush();
    expect(patches).toHaveLength(2);
    outbox.push(append('c'));
    outbox.dispose();
    await Promise.resolve();
    vi.advanceTimersByTime(1000);
    expect(patches).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
