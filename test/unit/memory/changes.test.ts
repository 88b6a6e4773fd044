// Undo of one memory write: exact where the block is as written, careful where it went on, a conflict where it cannot be told.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reverted } from '../../../src/memory/changes.ts';

const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '-', '.'), minLength: 1, maxLength: 6 });
const lines = fc.array(line, { maxLength: 8 });

describe('reverted', () => {
  it('takes back any write when nothing happened since', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(reverted(after, { before, after })).toBe(before);
      }),
    );
  });

  it('takes back an inserted line and keeps what was written after it elsewhere', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(), (others, at, later) => {
        const i = at % (others.length + 1);
        const written = [...others.slice(0, i), 'THE NOTE', ...others.slice(i)];
        const j = later % (written.length + 1);
        const now = [...written.slice(0, j), 'LATER', ...written.slice(j)].join('\n');
        const wanted = now
          .split('\n')
          .filter((l) => l !== 'THE NOTE')
          .join('\n');
        expect(reverted(now, { before: '', after: 'THE NOTE' })).toBe(wanted);
        const whole = { before: others.join('\n'), after: written.join('\n') };
        const back = reverted(now, whole);
        // With whole values it is exact or it is a conflict, never something else.
        if (back !== null && others.length > 0) expect(back).toBe(wanted);
      }),
    );
  });

  it('puts a replaced line back', () => {
    const now = 'x\nuse tabs\ny\nadded later';
    expect(reverted(now, { before: 'use spaces', after: 'use tabs' })).toBe('x\nuse spaces\ny\nadded later');
    expect(reverted(now, { before: 'x\nuse spaces\ny', after: 'x\nuse tabs\ny' })).toBe(
      'x\nuse spaces\ny\nadded later',
    );
  });

  it('puts a removed line back where it stood', () => {
    expect(reverted('one\nthree\nfour', { before: 'one\ntwo\nthree', after: 'one\nthree' })).toBe(
      'one\ntwo\nthree\nfour',
    );
  });

  it.each([
    ['what was written is gone', 'something else', { before: 'old', after: 'new' }],
    ['it stands there twice', 'new\nnew', { before: 'old', after: 'new' }],
    ['what it replaced is not known', 'new', { before: null, after: 'new' }],
    ['only a letter of it is left elsewhere', 'count: 2\nx: 9', { before: 'x: 1\ncount: 2', after: 'x: 2\ncount: 2' }],
  ])('refuses when %s', (_why, value, change) => {
    expect(reverted(value, change)).toBeNull();
  });

  it('takes a note out without leaving an empty line', () => {
    const note = { before: '', after: 'note' };
    expect(reverted('a\nnote\nb', note)).toBe('a\nb');
    expect(reverted('note\nb', note)).toBe('b');
    expect(reverted('a\nnote', note)).toBe('a');
    expect(reverted('say note here', note)).toBe('say  here');
  });
});
