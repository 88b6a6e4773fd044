// Two edits of one text become one, or nothing: no line that either side wrote is ever lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge } from '../../../webview-ui/src/memory/merge.ts';

const BASE = 'one\ntwo\nthree\nfour';

describe('a merge', () => {
  it('takes edits of different lines', () => {
    expect(merge(BASE, 'ONE\ntwo\nthree\nfour', 'one\ntwo\nthree\nFOUR')).toBe('ONE\ntwo\nthree\nFOUR');
    expect(merge(BASE, 'two\nthree\nfour', 'one\ntwo\nthree\nfour\nfive')).toBe('two\nthree\nfour\nfive');
  });

  it('keeps what both have added at one place, theirs first', () => {
    expect(merge(BASE, `${BASE}\nmine`, `${BASE}\ntheirs`)).toBe(`${BASE}\ntheirs\nmine`);
    expect(merge('', 'mine', 'theirs')).toBe('theirs\nmine');
    expect(merge(BASE, `${BASE}\nsame`, `${BASE}\nsame`)).toBe(`${BASE}\nsame`);
  });

  it('is not offered where both changed the same line, or one removed what the other changed', () => {
    expect(merge(BASE, 'one\nMINE\nthree\nfour', 'one\nTHEIRS\nthree\nfour')).toBeUndefined();
    expect(merge(BASE, 'one\nthree\nfour', 'one\nTHEIRS\nthree\nfour')).toBeUndefined();
    expect(merge(BASE, 'one\nfour', 'one\ntwo\nand a half\nthree\nfour')).toBeUndefined();
  });

  it('is not tried on what is too large to compare', () => {
    const many = (word: string) => Array.from({ length: 3_000 }, (_, n) => `${word} ${n}`).join('\n');
    expect(merge(many('base'), many('mine'), 'theirs')).toBeUndefined();
  });

  const line = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));

  it('with an untouched side is the other side', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(merge(base, other, base)).toBe(other);
        expect(merge(base, base, other)).toBe(other);
      }),
    );
  });

  it('holds every new line of both', () => {
    const edit = fc.array(fc.tuple(fc.nat(7), fc.constantFrom('keep', 'drop', 'change', 'add')), { maxLength: 4 });
    const apply = (base: readonly string[], edits: readonly (readonly [number, string])[], side: string) => {
      const out = base.map((word) => [word]);
      edits.forEach(([at, what], n) => {
        const slot = out[at];
        if (!slot) return;
        if (what === 'drop') slot.length = 0;
        if (what === 'change') slot.splice(0, slot.length, `${side}${n}`);
        if (what === 'add') slot.push(`${side}${n}`);
      });
      return out.flat();
    };
    let merged = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), edit, edit, (base, ours, others) => {
        const mine = apply(base, ours, 'M');
        const theirs = apply(base, others, 'T');
        const result = merge(base.join('\n'), mine.join('\n'), theirs.join('\n'));
        if (result === undefined) return;
        merged++;
        const lines = result.split('\n');
        for (const word of [...mine, ...theirs]) if (/^[MT]/.test(word)) expect(lines).toContain(word);
        // Nothing comes from nowhere.
        for (const word of lines.filter((l) => l !== '')) expect([...mine, ...theirs]).toContain(word);
      }),
    );
    expect(merged).toBeGreaterThan(20);
  });
});
