// Hunks: where they fit exactly, where they may be inexact, and when they are refused.
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyHunks, type Hunk, PatchError } from '../../../../src/tools/patch/hunks.ts';
import { readPatch } from '../../../../src/tools/patch/parse.ts';

const hunk = (text: string, more: Partial<Hunk> = {}): Hunk => ({
  lines: text.split('\n').map((line) => ({ kind: line[0] as ' ' | '+' | '-', text: line.slice(1) })),
  ...more,
});
const TWICE = 'one\nsame\ntwo\nsame\nthree\n';

describe('applyHunks', () => {
  test('replaces lines where they are and leaves all others alone', () => {
    expect(applyHunks('a\nb\nc\n', [hunk(' a\n-b\n+B\n+BB\n c')], 'f')).toBe('a\nB\nBB\nc\n');
    expect(applyHunks('a\r\nb\nc\r\n', [hunk('-b\n+B')], 'f')).toBe('a\r\nB\r\nc\r\n');
    expect(applyHunks('a\nb', [hunk(' b\n+c')], 'f')).toBe('a\nb\nc');
  });

  test('takes a line for the same when only the end of it differs in white space, and keeps the file’s', () => {
    expect(applyHunks('a  \nb\nc\t\n', [hunk(' a\n-b\n+B\n c')], 'f')).toBe('a  \nB\nc\t\n');
  });

  test('leaves out context at the ends where the rest is at one place only', () => {
    expect(applyHunks('x\na\nb\nc\n', [hunk(' y\n a\n-b\n+B\n c')], 'f')).toBe('x\na\nB\nc\n');
    expect(() => applyHunks('x\na\nb\nc\na\nb\nc\n', [hunk(' y\n a\n-b\n+B\n c')], 'f')).toThrow(/fits at 2 places/);
  });

  test('is told apart by its line, by an anchor, by the end of the file, by the hunks before', () => {
    expect(() => applyHunks(TWICE, [hunk('-same\n+other')], 'f')).toThrow('fits at 2 places, lines 2, 4');
    expect(applyHunks(TWICE, [hunk('-same\n+other', { line: 4 })], 'f')).toBe('one\nsame\ntwo\nother\nthree\n');
    expect(() => applyHunks(TWICE, [hunk('-same\n+other', { line: 3 })], 'f')).toThrow(PatchError);
    expect(applyHunks(TWICE, [hunk('-same\n+other', { anchor: 'two' })], 'f')).toBe('one\nsame\ntwo\nother\nthree\n');
    expect(applyHunks('a\nb\na\n', [hunk('-a\n+A', { atEnd: true })], 'f')).toBe('a\nb\nA\n');
    const both = [hunk(' one\n-same\n+1'), hunk('-same\n+2')];
    expect(applyHunks(TWICE, both, 'f')).toBe('one\n1\ntwo\n2\nthree\n');
  });

  test.each([
    [
      'names the first line that differs',
      'a\nb\nc\n',
      hunk(' a\n-x\n+y\n c'),
      /where it has "x", the file has "b" \(line 2\)/,
    ],
    ['says when nothing of it is there', 'a\n', hunk('-q\n+r'), /none of its lines is in the file/],
    ['says which anchor is missing', 'a\n', hunk('-a\n+b', { anchor: 'class X' }), /"class X" behind @@ is not/],
    ['asks where lines are to be added', 'a\n', hunk('+b'), /only adds lines and does not say where/],
  ])('%s', (_, text, one, words) => {
    expect(() => applyHunks(text, [one], 'f')).toThrow(words);
  });

  test('any two texts: the unified diff between them makes the one of the other, whatever the line endings', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', ' d', '-e', '+f', '\\g', '--- h', '@@ i', 'diff --git j'), {
        maxLength: 14,
      })
      .chain((lines) => fc.constantFrom('', '\n').map((end) => (lines.length > 0 ? lines.join('\n') + end : '')));
    fc.assert(
      fc.property(text, text, fc.boolean(), (before, after, crlf) => {
        fc.pre(before !== after && before !== '');
        const patch = createTwoFilesPatch('a/f', 'b/f', before, after, '', '', { context: 3 });
        const [file] = readPatch(patch);
        if (file?.kind !== 'update') throw new Error('It is no update.');
        const given = crlf ? before.replaceAll('\n', '\r\n') : before;
        const wanted = crlf && before.includes('\n') ? after.replaceAll('\n', '\r\n') : after;
        expect(applyHunks(given, file.hunks, 'f')).toBe(wanted);
      }),
      { numRuns: 1_500, seed: 5 },
    );
  });
});
