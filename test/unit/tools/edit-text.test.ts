// Exact replacement: any edits give the sequential result, or a clear error.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EditTextError, type Replacement, replaceInText } from '../../../src/tools/edit-text.ts';

const SOURCE = ['import { a } from "a";', '', 'export function one(x: number) {', '  return x + 1;', '}', ''].join(
  '\n',
);

function failure(text: string, edits: Replacement[]): string {
  try {
    replaceInText(text, edits);
  } catch (error) {
    expect(error).toBeInstanceOf(EditTextError);
    return (error as Error).message;
  }
  throw new Error('It did not fail.');
}

describe('replaceInText', () => {
  test('replaces several strings in order, the later ones in the result of the earlier ones', () => {
    const edits = [
      { old_string: 'one', new_string: 'two' },
      { old_string: 'two(x', new_string: 'three(y' },
    ];
    expect(replaceInText(SOURCE, edits)).toBe(SOURCE.replace('one(x', 'three(y'));
  });

  test('inserts replacement patterns as they are written', () => {
    expect(replaceInText('a = 1', [{ old_string: '1', new_string: '$&$1$$' }])).toBe('a = $&$1$$');
  });

  test('finds LF text in a CRLF file and keeps CRLF everywhere', () => {
    const text = 'one\r\ntwo\r\nthree\r\n';
    const edits = [{ old_string: 'one\ntwo\n', new_string: 'uno\ndos\ntres\n' }];
    expect(replaceInText(text, edits)).toBe('uno\r\ndos\r\ntres\r\nthree\r\n');
  });

  test('finds CRLF text in a LF file', () => {
    expect(replaceInText('a\nb\n', [{ old_string: 'a\r\nb', new_string: 'c\r\nd' }])).toBe('c\nd\n');
  });

  test('leaves the endings of untouched lines alone where they are mixed', () => {
    const text = 'a\r\nb\nc\r\nd\r\n';
    expect(replaceInText(text, [{ old_string: 'c', new_string: 'x\ny' }])).toBe('a\r\nb\nx\r\ny\r\nd\r\n');
  });

  test('refuses a string that is found several times and names the lines', () => {
    const message = failure('x\ny\nx\nx\n', [{ old_string: 'x', new_string: 'z' }]);
    expect(message).toContain('3 times, at lines 1, 3, 4');
    expect(message).toContain('replace_all');
  });

  test('counts overlapping places: which of them is meant cannot be known', () => {
    expect(failure('aaa', [{ old_string: 'aa', new_string: 'b' }])).toContain('2 times');
    expect(replaceInText('aaa', [{ old_string: 'aa', new_string: 'b', replace_all: true }])).toBe('ba');
  });

  test('shows the nearest text with line numbers when only white space differs', () => {
    const message = failure(SOURCE, [
      { old_string: 'export function one(x: number) {\n\treturn x + 1;\n}', new_string: '' },
    ]);
    expect(message).toContain('Only indentation differs');
    expect(message).toContain('lines 3-5');
    expect(message).toContain('4\t  return x + 1;');
  });

  test('shows the nearest line when a word differs', () => {
    const message = failure(SOURCE, [{ old_string: '  return x + 2;', new_string: '  return 0;' }]);
    expect(message).toContain('4\t  return x + 1;');
  });

  test('says that nothing like it is there', () => {
    expect(failure(SOURCE, [{ old_string: 'quite different', new_string: '' }])).toContain('Nothing like it');
  });

  test('says when it seems to be applied already', () => {
    expect(failure(SOURCE, [{ old_string: 'return x;', new_string: 'return x + 1;' }])).toContain(
      'already there, at line 4',
    );
  });

  test('says to leave out line numbers', () => {
    expect(failure(SOURCE, [{ old_string: '4\t  return x + 1;', new_string: 'y' }])).toContain('line numbers');
  });

  test('names the edit that failed among several', () => {
    const edits = [
      { old_string: 'x + 1', new_string: 'x' },
      { old_string: 'nowhere to be found', new_string: 'y' },
    ];
    expect(failure(SOURCE, edits)).toMatch(/^Edit 2 of 2: .*Nothing was changed/);
  });

  test.each([
    ['an empty old_string', [{ old_string: '', new_string: 'x' }]],
    ['the same strings', [{ old_string: 'x', new_string: 'x' }]],
    [
      'edits that undo each other',
      [
        { old_string: 'import', new_string: 'IMPORT' },
        { old_string: 'IMPORT', new_string: 'import' },
      ],
    ],
  ])('refuses %s', (_, edits) => {
    expect(failure(SOURCE, edits).length).toBeGreaterThan(10);
  });

  test('any edits give the sequential result of plain strings, or an error', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '$'), maxLength: 4 });
    const edit = fc.record({ old_string: piece, new_string: piece, replace_all: fc.boolean() });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '$'), maxLength: 30 });
    const outcomes = { changed: 0, refused: 0 };
    fc.assert(
      fc.property(text, fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (plain, edits, crlf) => {
        const given = crlf ? plain.replaceAll('\n', '\r\n') : plain;
        const expected = sequential(plain, edits);
        if (expected === null) {
          outcomes.refused += 1;
          expect(() => replaceInText(given, edits)).toThrow(EditTextError);
          return;
        }
        outcomes.changed += 1;
        const result = replaceInText(given, edits);
        expect(result.replaceAll('\r\n', '\n')).toBe(expected);
        // Whatever ending a line has, it is the file's.
        if (crlf && plain.includes('\n')) expect(result.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        if (!crlf) expect(result).not.toContain('\r');
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(outcomes.changed).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(100);
  });
});

/** The meaning of the tool, written as simply as can be. */
function sequential(text: string, edits: Replacement[]): string | null {
  let current = text;
  for (const { old_string = '', new_string, replace_all } of edits) {
    if (old_string === '' || old_string === new_string) return null;
    let places = 0;
    for (let at = 0; at < current.length; at += 1) if (current.startsWith(old_string, at)) places += 1;
    if (places === 0 || (places > 1 && replace_all !== true)) return null;
    current = current.split(old_string).join(new_string);
  }
  return current === text ? null : current;
}
