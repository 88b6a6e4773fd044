// Who wrote each line, and taking back what one thread wrote without losing what came later.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align, inOrder, linesOf } from '../../../src/memory/lines/align.ts';
import { blame, NOTHING } from '../../../src/memory/lines/blame.ts';
import { takeBack } from '../../../src/memory/lines/take-back.ts';

const word = fc.constantFrom('a', 'b', 'c', 'd', '');
const words = fc.array(word, { maxLength: 9 });
const text = words.map((list) => list.join('\n'));

const blameOf = (values: readonly string[], revives: (i: number) => boolean = () => false) =>
  values.reduce((state, value, i) => blame(state, `r${i}`, value, revives(i)), NOTHING).lines;

describe('align', () => {
  it('pairs equal lines, each once, as many as there are', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const found = align(a, b);
        const used = found.filter((at) => at >= 0);
        expect(new Set(used).size).toBe(used.length);
        found.forEach((at, j) => {
          if (at >= 0) expect(a[at]).toBe(b[j]);
        });
        for (const line of ['a', 'b', 'c', 'd']) {
          const both = Math.min(a.filter((l) => l === line).length, b.filter((l) => l === line).length);
          expect(b.filter((l, j) => l === line && (found[j] ?? -1) >= 0)).toHaveLength(both);
        }
      }),
    );
  });

  it('keeps the order where it is asked to', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const used = inOrder(a, b).filter((at) => at >= 0);
        expect(used).toEqual([...used].sort((x, y) => x - y));
      }),
    );
  });
});

describe('blame', () => {
  it('names for every line a revision that holds it, the newest value whole', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), fc.nat(), (values, revive) => {
        const lines = blameOf(values, (i) => i === revive % values.length);
        expect(lines.map((line) => line.text).join('\n')).toBe(linesOf(values.at(-1) ?? '').join('\n'));
        for (const { text: line, revision } of lines) {
          expect(linesOf(values[Number(revision.slice(1))] ?? '')).toContain(line);
        }
      }),
    );
  });

  it('keeps the origin of lines through any shuffle of the block', () => {
    const unique = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 2, maxLength: 5 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(unique, fc.infiniteStream(fc.nat()), (lines, picks) => {
        const values = lines.map((_, i) => lines.slice(0, i + 1).join('\n'));
        const shuffled = [...lines].sort(() => ((picks.next().value ?? 0) % 2 === 0 ? 1 : -1));
        for (const { text: line, revision } of blameOf([...values, shuffled.join('\n')])) {
          expect(revision).toBe(`r${lines.indexOf(line)}`);
        }
      }),
    );
  });

  it('gives a line that a restore brings back the origin it had', () => {
    const values = ['a', 'a\nb', 'a', 'a\nb'];
    expect(blameOf(values, (i) => i === 3)[1]?.revision).toBe('r1');
    expect(blameOf(values)[1]?.revision).toBe('r3');
  });
});

describe('taking a change back', () => {
  it('gives what stood before when nothing happened since', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(takeBack(after, { before, after })).toEqual({ value: before, conflicts: [] });
      }),
    );
  });

  it('takes out exactly the lines one thread added, however another one wrote in between', () => {
    const edit = fc.record({ mine: fc.boolean(), at: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), (edits) => {
        let now = ['base 1', 'base 2'];
        const spans: { before: string; after: string }[] = [];
        edits.forEach(({ mine, at }, i) => {
          const before = now.join('\n');
          now = now.toSpliced(at % (now.length + 1), 0, `${mine ? 'mine' : 'theirs'} ${i}`);
          if (mine) spans.push({ before, after: now.join('\n') });
        });
        let value = now.join('\n');
        for (const span of spans.toReversed()) {
          const taken = takeBack(value, span);
          expect(taken.conflicts).toEqual([]);
          value = taken.value;
        }
        expect(value).toBe(now.filter((line) => !line.startsWith('mine')).join('\n'));
      }),
    );
  });

  it('never loses a line that somebody else wrote since', () => {
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(fc.record({ at: fc.nat({ max: 9 }), replace: fc.boolean() }), { maxLength: 6 }),
        (before, after, edits) => {
          let now = linesOf(after);
          edits.forEach(({ at, replace }, i) => {
            now = now.toSpliced(at % (now.length + 1), replace ? 1 : 0, `later ${i}`);
          });
          const { value } = takeBack(now.join('\n'), { before, after });
          const left = linesOf(value);
          for (const line of now.filter((l) => l.startsWith('later'))) expect(left).toContain(line);
        },
      ),
    );
  });

  it('leaves every line that the change did not touch', () => {
    const unique = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 9 });
    fc.assert(
      fc.property(unique, unique, fc.array(fc.nat({ max: 9 }), { maxLength: 5 }), (a, b, edits) => {
        const [before, after] = [a, b].map((list) => list.join('\n'));
        let now = b.map(String);
        edits.forEach((at, i) => {
          now = now.toSpliced(at % (now.length + 1), i % 2, `later ${i}`);
        });
        const left = linesOf(takeBack(now.join('\n'), { before: before ?? '', after: after ?? '' }).value);
        for (const line of now.filter((each) => a.includes(Number(each)))) expect(left).toContain(line);
      }),
      { numRuns: 1_000 },
    );
  });

  it('puts a replaced line back where it stands, and names it where it was changed again', () => {
    const change = { before: 'x\nold\ny', after: 'x\nnew\ny' };
    expect(takeBack('x\nnew\nadded\ny', change)).toEqual({ value: 'x\nold\nadded\ny', conflicts: [] });
    expect(takeBack('x\nnewer\ny', change)).toEqual({
      value: 'x\nnewer\ny',
      conflicts: [{ wrote: ['new'], now: ['newer'], before: ['old'] }],
    });
  });

  it('brings a removed line back, unless somebody did already', () => {
    const change = { before: 'a\ngone\nb', after: 'a\nb' };
    expect(takeBack('a\nb\nc', change).value).toBe('a\ngone\nb\nc');
    expect(takeBack('a\nb\ngone', change).value).toBe('a\nb\ngone');
  });
});
