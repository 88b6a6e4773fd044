// Minimal text edits, quiet waiting and the comparison of problems: what the editor's VS Code half is built from.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { merged, type OffsetEdit, textEdits } from '../../../src/editor/changes.ts';
import type { Problem } from '../../../src/editor/editor.ts';
import { compareProblems, problemLine } from '../../../src/editor/problems.ts';
import { waitForQuiet } from '../../../src/editor/settle.ts';

/** What an editor does with edits that all speak of the text before. */
function applied(before: string, edits: OffsetEdit[]): string {
  return edits.reduceRight(
    (text, { start, end, text: inserted }) => text.slice(0, start) + inserted + text.slice(end),
    before,
  );
}

describe('textEdits', () => {
  test('touches only what differs', () => {
    const before = 'one\ntwo\nthree\nfour\n';
    expect(textEdits(before, 'one\ntwo!\nthree\nfour\nfive\n')).toEqual([
      { start: 7, end: 7, text: '!' },
      { start: 19, end: 19, text: 'five\n' },
    ]);
  });

  test('any two texts: the edits are ordered, apart, cut no CRLF or surrogate pair, and give the second text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r\n', '😀', '😁'), maxLength: 25 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = textEdits(before, after);
        expect(applied(before, edits)).toBe(after);
        let last = -1;
        for (const { start, end } of edits) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThanOrEqual(start);
          last = end;
          for (const at of [start, end]) {
            expect(before.slice(at - 1, at + 1)).not.toBe('\r\n');
            expect(before.slice(Math.max(0, at - 1), at + 1)).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
          }
        }
      }),
      { numRuns: 2_000, seed: 3 },
    );
  });
});

describe('merged', () => {
  test('takes both changes, also of neighbouring lines, and the first where they touch', () => {
    expect(merged('a\nb\nc\n', 'A\nb\nc\n', 'a\nB\nc\nd\n')).toBe('A\nB\nc\nd\n');
    expect(merged('a\nb\n', 'x\nb\n', 'y\nb\n')).toBe('x\nb\n');
    expect(merged('a\n', 'a\n', 'b\n')).toBe('b\n');
  });
});

describe('compareProblems', () => {
  const at = (message: string, line: number, more: Partial<Problem> = {}): Problem => ({
    file: 'src/a.ts',
    path: '/w/src/a.ts',
    line,
    column: 1,
    severity: 'error',
    source: 'ts',
    code: '2304',
    message,
    ...more,
  });

  test('a problem that only moved is neither added nor removed', () => {
    expect(compareProblems([at('x', 3)], [at('x', 9)])).toEqual({ added: [], removed: [] });
  });

  test('the second of two equal problems is added', () => {
    const { added, removed } = compareProblems([at('x', 3)], [at('x', 3), at('x', 9)]);
    expect(added).toHaveLength(1);
    expect(removed).toEqual([]);
  });

  test.each([
    ['file', { path: '/w/src/b.ts' }],
    ['code', { code: '1' }],
    ['source', { source: 'eslint' }],
    ['text', { message: 'y' }],
  ])('another %s is another problem', (_, more) => {
    const { added, removed } = compareProblems([at('x', 3)], [at('x', 3, more)]);
    expect([added.length, removed.length]).toEqual([1, 1]);
  });

  test('hints do not count', () => {
    expect(compareProblems([], [at('x', 3, { severity: 'hint' })]).added).toEqual([]);
  });

  test('a line for the reader names place, severity, source, code and text', () => {
    expect(problemLine(at('not\n  found', 3))).toBe('src/a.ts:3:1 error ts(2304): not found');
  });
});

describe('waitForQuiet', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function source() {
    const listeners = new Set<() => void>();
    const subscribe = (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    };
    return { subscribe, listeners, fire: () => [...listeners].forEach((listener) => void listener()) };
  }

  test('settles when nothing came for the quiet time after the last event', async () => {
    const { subscribe, fire, listeners } = source();
    const result = vi.fn();
    void waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000 }).then(result);
    await vi.advanceTimersByTimeAsync(400);
    fire();
    await vi.advanceTimersByTimeAsync(499);
    expect(result).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(result).toHaveBeenCalledWith(true);
    expect(listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives up at the limit while events keep coming', async () => {
    const { subscribe, fire } = source();
    const result = vi.fn();
    void waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000 }).then(result);
    for (let ms = 0; ms < 4_900; ms += 100) {
      fire();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(result).not.toHaveBeenCalled();
    fire();
    await vi.advanceTimersByTimeAsync(100);
    expect(result).toHaveBeenCalledWith(false);
  });

  test('gives a server longer for its first word, and no longer than that', async () => {
    const { subscribe, fire } = source();
    const result = vi.fn();
    void waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000, firstMs: () => 1_500 }).then(result);
    await vi.advanceTimersByTimeAsync(1_400);
    expect(result).not.toHaveBeenCalled();
    fire();
    await vi.advanceTimersByTimeAsync(500);
    expect(result).toHaveBeenCalledWith(true);
  });

  test('silence counts only once everybody is ready, and not past the limit', async () => {
    const { subscribe, fire } = source();
    const result = vi.fn();
    let ready = () => {};
    const waiting = new Promise<void>((resolve) => {
      ready = resolve;
    });
    void waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000, ready: waiting, firstMs: () => 1_000 }).then(result);
    fire();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(result).not.toHaveBeenCalled();
    ready();
    await vi.advanceTimersByTimeAsync(500);
    expect(result).toHaveBeenCalledWith(true);
    const never = vi.fn();
    void waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000, ready: new Promise(() => {}) }).then(never);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(never).toHaveBeenCalledWith(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends at once when it is aborted', async () => {
    const { subscribe, listeners } = source();
    const abort = new AbortController();
    const waiting = waitForQuiet({ subscribe, quietMs: 500, maxMs: 5_000, signal: abort.signal });
    abort.abort();
    expect(await waiting).toBe(false);
    expect(listeners.size).toBe(0);
  });
});
