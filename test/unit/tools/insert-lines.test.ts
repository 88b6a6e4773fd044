// Insertions at a line, alone and among replacements: lines count in the text as it was given.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EditTextError, replaceInText } from '../../../src/tools/edit-text.ts';

const insert = (insert_line: number, new_string: string) => ({ insert_line, new_string });

describe('insert_line', () => {
  test.each([
    ['before the first line', 'a\nb\n', 0, 'x', 'x\na\nb\n'],
    ['behind a line', 'a\nb\n', 1, 'x\ny\n', 'a\nx\ny\nb\n'],
    ['behind the last line', 'a\nb\n', 2, 'x', 'a\nb\nx\n'],
    ['behind a last line that has no end, which stays so', 'a\nb', 2, 'x\n', 'a\nb\nx'],
    ['into an empty file', '', 0, 'x', 'x\n'],
    ['with the line endings of the file', 'a\r\nb\r\n', 1, 'x\ny', 'a\r\nx\r\ny\r\nb\r\n'],
    ['an empty line', 'a\nb\n', 1, '\n', 'a\n\nb\n'],
  ])('%s', (_, text, line, words, expected) => {
    expect(replaceInText(text, [insert(line, words)])).toBe(expected);
  });

  test('keeps the order of insertions at one place, and counts lines as they were', () => {
    const edits = [insert(1, 'x'), insert(1, 'y'), { old_string: 'b', new_string: 'B\nB' }, insert(2, 'z')];
    expect(replaceInText('a\nb\nc\n', edits)).toBe('a\nx\ny\nB\nB\nz\nc\n');
  });

  test.each([
    ['a line behind the end', [insert(4, 'x')], /the file has 3 lines; insert_line 4/],
    [
      'a place that an edit before took away',
      [{ old_string: 'a\nb\nc', new_string: 'd' }, insert(2, 'x')],
      /line 2 is/,
    ],
    ['both ways at once', [{ ...insert(1, 'x'), old_string: 'a' }], /either old_string or insert_line/],
    ['neither', [{ new_string: 'x' }], /give old_string, or insert_line/],
    ['nothing to insert', [insert(1, '')], /new_string is empty/],
  ])('refuses %s', (_, edits, words) => {
    expect(() => replaceInText('a\nb\nc\n', edits)).toThrow(words);
    expect(() => replaceInText('a\nb\nc\n', edits)).toThrow(EditTextError);
  });

  test('any insertions and replacements of whole lines give what they say', () => {
    // Every line is told apart by its number, so what is meant is never in doubt.
    const plan = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('insert' as const), at: fc.nat({ max: 6 }) }),
        fc.record({ kind: fc.constant('replace' as const), at: fc.integer({ min: 1, max: 6 }) }),
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(plan, fc.constantFrom('\n', '\r\n'), fc.boolean(), (steps, eol, ended) => {
        const lines = [1, 2, 3, 4, 5, 6].map((n) => `line ${n};`);
        const text = lines.join(eol) + (ended ? eol : '');
        const unique = steps.filter(
          (step, index) =>
            step.kind === 'insert' || !steps.slice(0, index).some((s) => s.kind === 'replace' && s.at === step.at),
        );
        const edits = unique.map(({ kind, at }, index) =>
          kind === 'insert'
            ? insert(at, `new ${index}`)
            : { old_string: `line ${at};`, new_string: `changed ${at}\nmore ${at}` },
        );
        const expected = [0, 1, 2, 3, 4, 5, 6].flatMap((n) => {
          const changed = unique.some(({ kind, at }) => kind === 'replace' && at === n);
          const line = n === 0 ? [] : changed ? [`changed ${n}`, `more ${n}`] : [`line ${n};`];
          const inserted = unique.flatMap(({ kind, at }, index) =>
            kind === 'insert' && at === n ? [`new ${index}`] : [],
          );
          return [...line, ...inserted];
        });
        expect(replaceInText(text, edits)).toBe(expected.join(eol) + (ended ? eol : ''));
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });
});
