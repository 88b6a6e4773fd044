// What the model is told of a text that is not there: the place where it nearly is, and what differs.
import { describe, expect, test } from 'vitest';
import { nearMiss } from '../../../src/tools/near-miss.ts';

const FILE = [
  'function greet(name) {',
  '\tconst text = "Hello, " + name;',
  '\treturn text; ',
  '}',
  '',
  'function leave(name) {',
  "  say('Good\u00a0bye');",
  '}',
  '',
].join('\n');

describe('nearMiss', () => {
  test.each([
    ['indentation', '    const text = "Hello, " + name;', /Only indentation differs\. Line 2 is "\\tconst/],
    ['white space within', '\tconst text  = "Hello, " + name;', /Only white space differs\. Line 2/],
    [
      'white space at the end',
      '\treturn text;\n}',
      /Only white space at the end of lines differs\. Line 3 is "\\treturn text; "/,
    ],
    ['quotes', "\tconst text = 'Hello, ' + name;", /Only quotes differ\./],
    ['curly quotes', '\tconst text = \u201cHello, \u201d + name;', /Only quotes differ\./],
    [
      'a space that cannot be seen',
      "  say('Good bye');",
      /Only invisible characters differ\. Line 7 is " {2}say\('Good\\u00a0bye'\);"/,
    ],
    ['case', 'Function Greet(name) {', /Only upper and lower case differs\. Line 1/],
    [
      'several things',
      "    const text = 'Hello, ' + name;\n  return text;\n}",
      /Only quotes, dashes or white space and indentation differ\. Line 2/,
    ],
    ['a word', '\tconst text = "Hallo, " + name;', /^ Line 2 is .*old_string has .*nearest text is at lines 2-2/s],
    [
      'backslashes',
      '\tconst text = \\"Hello, \\" + name;',
      /It is there, at line 2, when it is not escaped with backslashes/,
    ],
    [
      'line breaks as letters',
      'function greet(name) {\\n\tconst text',
      /It is there, at line 1, when it is not escaped/,
    ],
    ['HTML', 'const text = &quot;Hello', /at line 2, when it is not escaped as HTML/],
    ['line numbers', '1\tfunction greet(name) {\n2\t\tconst text', /Leave out the line numbers/],
    ['nothing like it', 'class Parrot', /Nothing like it/],
  ])('tells of %s', (_, search, words) => {
    expect(FILE).not.toContain(search);
    expect(nearMiss(FILE, search, 'anything else')).toMatch(words);
  });

  test('says that it was applied before', () => {
    expect(nearMiss(FILE, 'return words;', '\treturn text; ')).toContain('already there, at line 3');
  });

  test('names other places that are as near', () => {
    const text = 'if (a) {\n  go();\n}\nif (b) {\n  go();\n}\n';
    expect(nearMiss(text, '    go();\n  }', 'x')).toContain('The same is at line 5');
  });

  test('shows at most twelve lines, and does not search in very long files', () => {
    const long = Array.from({ length: 40 }, (_, index) => `  line number ${index}`).join('\n');
    const hint = nearMiss(long, long.replaceAll('  line', '\tline'), 'x');
    expect(hint).toContain('lines 1-40');
    expect(hint.split('\n')).toHaveLength(13);
    expect(nearMiss('x\n'.repeat(9_000), 'y', 'z')).toBe(' Read the part again that is to be changed.');
  });
});
