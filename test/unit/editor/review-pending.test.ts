// One pending file: whatever agent and person do to it, its text is base plus changes, and nothing of the person's is lost unseen.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fits, type Hunk, lineHunks, linesOf } from '../../../src/editor/review/lines.ts';
import {
  countsOf,
  edited,
  hunksOf,
  type Pending,
  synced,
  typedIn,
  undone,
  withHunk,
  withoutHunk,
} from '../../../src/editor/review/pending.ts';

const PATH = '/w/a.txt';
const there = (file: Pending | undefined): Pending => {
  if (!file) throw new Error('nothing is pending');
  return file;
};
const start = (base: string, now: string): Pending => there(edited(undefined, PATH, base, now));
const hunk = (file: Pending, index = 0): Hunk => {
  const found = hunksOf(file)[index];
  if (!found) throw new Error(`there is no hunk ${index}`);
  return found;
};

describe('lines', () => {
  test.each([
    ['a\nb\nc\n', 'a\nB\nc\n', [{ base: { start: 1, end: 2 }, now: { start: 1, end: 2 } }]],
    ['a\nc\n', 'a\nb\nc\n', [{ base: { start: 1, end: 1 }, now: { start: 1, end: 2 } }]],
    ['a\nb\nc\n', 'a\nc\n', [{ base: { start: 1, end: 2 }, now: { start: 1, end: 1 } }]],
    ['a', 'a\nb', [{ base: { start: 1, end: 1 }, now: { start: 1, end: 2 } }]],
    ['a\nb', 'a\n', [{ base: { start: 1, end: 2 }, now: { start: 1, end: 2 } }]],
    ['', 'a\n', [{ base: { start: 0, end: 0 }, now: { start: 0, end: 1 } }]],
    ['x\r\ny\r\n', 'x\r\nz\r\n', [{ base: { start: 1, end: 2 }, now: { start: 1, end: 2 } }]],
  ])('%j → %j', (base, now, expected) => {
    expect(lineHunks(base, now)).toEqual(expected);
  });

  test('hunks of a text that has changed since do not fit', () => {
    const hunks = lineHunks('a\nb\nc\n', 'a\nB\nc\n');
    expect(fits('a\nb\nc\n', 'a\nB\nc\n', hunks)).toBe(true);
    expect(fits('a\nb\nc\n', 'new\na\nB\nc\n', hunks)).toBe(false);
    expect(fits('a\nb\nd\n', 'a\nB\nc\n', hunks)).toBe(false);
    expect(fits('a\nb\n', 'a\nb\n', [{ base: { start: 9, end: 9 }, now: { start: 9, end: 9 } }])).toBe(false);
  });
});

describe('typing', () => {
  const file = start('one\ntwo\nthree\nfour\n', 'one\nTWO\nthree\nfour\n');

  test('outside of a change goes into both texts: undoing the change leaves it', () => {
    const next = there(synced(file, 'zero\none\nTWO\nthree\nFOUR\n'));
    expect(next.base).toBe('zero\none\ntwo\nthree\nFOUR\n');
    expect(next.typed).toEqual([]);
    expect(withoutHunk(next, hunk(next))).toBe('zero\none\ntwo\nthree\nFOUR\n');
  });

  test('on the same line, away from what the agent wrote, stays when the change is undone', () => {
    const line = start('const a = 1; // why\n', 'const a = 2; // why\n');
    const next = there(synced(line, 'const a = 2; // because\n'));
    expect(typedIn(next, hunk(next))).toBe(false);
    expect(withoutHunk(next, hunk(next))).toBe('const a = 1; // because\n');
  });

  test('in a change is known, until the change is kept', () => {
    const next = there(synced(file, 'one\nTWo!\nthree\nfour\n'));
    expect(next.base).toBe('one\ntwo\nthree\nfour\n');
    expect(typedIn(next, hunk(next))).toBe(true);
    expect(withHunk(next, hunk(next))).toBeUndefined();
  });

  test('a line just below inserted ones is none of them, and neither is one just above', () => {
    const added = start('a\nz\n', 'a\nNEW\nz\n');
    const below = there(synced(added, 'a\nNEW\nmine\nz\n'));
    expect(typedIn(below, hunk(below))).toBe(false);
    expect(withoutHunk(below, hunk(below))).toBe('a\nmine\nz\n');
    const above = there(synced(added, 'a\nmine\nNEW\nz\n'));
    expect(withoutHunk(above, hunk(above))).toBe('a\nmine\nz\n');
  });

  test('that takes a change back ends it', () => {
    expect(synced(file, 'one\ntwo\nthree\nfour\n')).toBeUndefined();
  });

  test('other line endings are no change of the agent and none of the person', () => {
    const next = there(synced(file, 'one\r\nTWO\r\nthree\r\nfour\r\n'));
    expect(next.base).toBe('one\r\ntwo\r\nthree\r\nfour\r\n');
    expect(hunksOf(next)).toHaveLength(1);
    expect(withoutHunk(next, hunk(next))).toBe('one\r\ntwo\r\nthree\r\nfour\r\n');
  });

  test('into a new file is known; a deleted file that somebody made again is theirs', () => {
    const made = there(edited(undefined, PATH, null, 'new\n'));
    expect(there(synced(made, 'new!\n')).typed).toHaveLength(1);
    const gone = there(edited(undefined, PATH, 'old\n', null));
    expect(synced(gone, 'old\n')).toBeUndefined();
    expect(there(synced(gone, 'mine\n')).typed).toHaveLength(1);
    const missing = there(synced(made, null));
    expect(synced(missing, 'new\n')).toEqual(made);
    expect(synced(missing, 'another one\n')).toBeUndefined();
  });
});

describe('further edits of the agent', () => {
  test('that write over what the person typed keep the mark', () => {
    const typed = there(synced(start('a\nb\nc\n', 'a\nB\nc\n'), 'a\nB mine\nc\n'));
    const next = there(edited(typed, PATH, 'a\nB mine\nc\n', 'a\nB yours\nc\n'));
    expect(typedIn(next, hunk(next))).toBe(true);
  });

  test('that take all back leave nothing to decide on; made and deleted again is nothing', () => {
    expect(edited(start('a\n', 'b\n'), PATH, 'b\n', 'a\n')).toBeUndefined();
    expect(edited(edited(undefined, PATH, null, 'new\n'), PATH, 'new\n', null)).toBeUndefined();
  });

  test('a file deleted and made again is a changed file', () => {
    const next = there(edited(edited(undefined, PATH, 'a\nb\n', null), PATH, null, 'a\nc\n'));
    expect(countsOf(next)).toEqual({ added: 1, removed: 1 });
  });
});

// ── any order of everything ──────────────────────────────────────────────────────────────────────────────────────────

type Step =
  | { kind: 'agent' | 'person'; at: number; drop: number; add: number }
  | { kind: 'decide'; what: 'keep' | 'undo'; which: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('agent' as const, 'person' as const),
    at: fc.nat(12),
    drop: fc.nat(3),
    add: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('decide' as const),
    what: fc.constantFrom('keep' as const, 'undo' as const),
    which: fc.nat(5),
  }),
);

const isOf = (letter: string) => (line: string) => line.startsWith(letter);

/** A text whose lines say who wrote them: `L` were there, `A` is the agent's, `T` the person's. */
class World {
  readonly eol: string;
  lines: string[];
  pending: Pending | undefined;
  /** Lines of the agent that the person kept. */
  readonly kept = new Set<string>();
  /** Lines that the person took out, or had the agent's taking out of kept. */
  readonly dropped = new Set<string>();
  private count = 0;

  constructor(size: number, eol: string) {
    this.eol = eol;
    this.lines = Array.from({ length: size }, (_, i) => `L${i}`);
  }

  get text(): string {
    return this.lines.map((line) => line + this.eol).join('');
  }

  private change(letter: string, { at, drop, add }: { at: number; drop: number; add: number }): string[] {
    const from = Math.min(at, this.lines.length);
    const fresh = Array.from({ length: add }, () => `${letter}${this.count++}`);
    return this.lines.splice(from, drop, ...fresh);
  }

  step(step: Step): void {
    const before = this.text;
    if (step.kind === 'decide') this.decide(step.what, step.which);
    else if (step.kind === 'agent') {
      this.change('A', step);
      this.pending = edited(this.pending, PATH, before, this.text);
    } else {
      for (const line of this.change('T', step)) this.dropped.add(line);
      if (this.pending) this.pending = synced(this.pending, this.text);
    }
    this.check();
  }

  private decide(kind: 'keep' | 'undo', which: number): void {
    const file = this.pending;
    const hunks = file ? hunksOf(file) : [];
    const chosen = hunks[which % Math.max(1, hunks.length)];
    if (!file || !chosen) return;
    const [old, fresh] = [linesOf(file.base ?? ''), linesOf(this.text)];
    const [out, into] = [old.slice(chosen.base.start, chosen.base.end), fresh.slice(chosen.now.start, chosen.now.end)];
    if (kind === 'keep') {
      for (const line of into) this.kept.add(line);
      for (const line of out) this.dropped.add(line);
      this.pending = withHunk(file, chosen);
      return;
    }
    if (typedIn(file, chosen)) return;
    const text = withoutHunk(file, chosen);
    this.lines = linesOf(text).slice(0, -1);
    this.pending = undone(file, text);
    // What undoing takes away is the agent's; what it brings back stood there without the agent.
    for (const line of into.filter(isOf('T'))) expect(old, `${line} is lost`).toContain(line);
    for (const line of out.filter(isOf('A'))) expect(this.kept, `${line} comes from nowhere`).toContain(line);
  }

  check(): void {
    const file = this.pending;
    const base = file ? (file.base ?? '') : this.text;
    if (file) {
      expect(file.now).toBe(this.text);
      // Byte for byte: base and all hunks make the text; the text without all hunks is the base.
      const hunks = hunksOf(file);
      expect(fits(base, this.text, hunks)).toBe(true);
      expect(hunks.toReversed().reduce((text, each) => withoutHunk({ ...file, now: text }, each), this.text)).toBe(
        base,
      );
    }
    const old = linesOf(base).slice(0, -1);
    // The base holds nothing of the agent's that was not kept, and all that nobody has taken out.
    for (const line of old.filter(isOf('A'))) expect(this.kept, `${line} was not kept`).toContain(line);
    for (const line of this.lines.filter(isOf('L'))) expect(old, `${line} is missing`).toContain(line);
    // What the person typed is in the base, or in a change that says so.
    for (const [at, line] of this.lines.entries()) {
      if (!line.startsWith('T') || old.includes(line)) continue;
      const around = file && hunksOf(file).find(({ now }) => now.start <= at && at < now.end);
      expect(file && around && typedIn(file, around), `${line} could be lost`).toBe(true);
    }
  }
}

describe('any order of keep, undo, typing and further edits', () => {
  test('leaves a text that is the base and its changes, byte for byte, and loses nothing that was typed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(anyStep, { maxLength: 25 }),
        (size, eol, steps) => {
          const world = new World(size, eol);
          for (const step of steps) world.step(step);
          // At last all is undone that holds no words of the person.
          for (let i = 0; world.pending && i < 50; i += 1) {
            const at = hunksOf(world.pending).findIndex((each) => world.pending && !typedIn(world.pending, each));
            if (at === -1) break;
            world.step({ kind: 'decide', what: 'undo', which: at });
          }
          for (const line of world.lines.filter(isOf('A'))) {
            const file = world.pending;
            const at = world.lines.indexOf(line);
            const around = file && hunksOf(file).find(({ now }) => now.start <= at && at < now.end);
            expect(world.kept.has(line) || (file && around && typedIn(file, around)), line).toBe(true);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('also where lines are alike: base and changes make the text', () => {
    const text = fc.array(fc.constantFrom('', '}', 'a', 'b'), { maxLength: 8 }).map((lines) => lines.join('\n'));
    const acts = fc.array(fc.tuple(fc.constantFrom('agent', 'person', 'keep', 'undo'), text, fc.nat(4)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, acts, (first, steps) => {
        let now = first;
        let file: Pending | undefined;
        for (const [kind, next, which] of steps) {
          if (kind === 'agent') {
            file = edited(file, PATH, now, next);
            now = next;
          } else if (kind === 'person') {
            file = file && synced(file, next);
            now = next;
          } else if (file) {
            const hunks = hunksOf(file);
            const chosen = hunks[which % hunks.length];
            if (!chosen) throw new Error('pending without a change');
            if (kind === 'keep') file = withHunk(file, chosen);
            else {
              now = withoutHunk(file, chosen);
              file = undone(file, now);
            }
          }
          if (!file) continue;
          expect(file.now).toBe(now);
          expect(fits(file.base ?? '', now, hunksOf(file))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
