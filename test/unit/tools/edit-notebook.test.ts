// Notebooks: a cell's source changes, every other byte of the file stays.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editNotebook, isNotebook } from '../../../src/tools/edit-notebook.ts';
import { EditTextError } from '../../../src/tools/edit-text.ts';

/** As Jupyter writes it, with what a round trip through a parser would change: `1.0`, escapes, odd spaces. */
const FILE = `{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {"weight": 1.0, "note": "a \\"source\\": [] in a string"},
   "source": [
    "# Title\\n",
    "gr\\u00fcn"
   ]
  },
  {
   "cell_type": "code",
   "outputs": [{"text": ["shared\\n"]}],
   "source": "x = 1\\nshared",
   "execution_count": 3
  },
  {"cell_type": "code", "source": [], "outputs":[ ]},
  {"source": ["shared"]}
 ],
 "nbformat": 4
}
`;
const edit = (old_string: string, new_string: string, replace_all = false) => ({ old_string, new_string, replace_all });

describe('editNotebook', () => {
  test('replaces within a cell and keeps the layout of its lines', () => {
    expect(editNotebook(FILE, [edit('# Title\ngrün', '# Other\n\nblau "x"')])).toBe(
      FILE.replace('"# Title\\n",\n    "gr\\u00fcn"', '"# Other\\n",\n    "\\n",\n    "blau \\"x\\""'),
    );
    expect(editNotebook(FILE, [edit('x = 1', 'x = 2\ny = 3')])).toBe(FILE.replace('x = 1\\n', 'x = 2\\ny = 3\\n'));
  });

  test('replaces in all cells when it is told to, and empties a cell', () => {
    const changed = editNotebook(FILE, [edit('shared', 'own', true)]);
    expect(changed).toBe(FILE.replace('x = 1\\nshared', 'x = 1\\nown').replace('["shared"]', '["own"]'));
    expect(editNotebook(FILE, [edit('# Title\ngrün', '')])).toContain('"source": []\n  },');
  });

  test.each([
    ['text of several cells', [edit('shared', 'own')], /found in cells 2, 4/],
    ['text of none', [edit('# title', 'x')], /not found in any cell.*Only upper and lower case/s],
    ['text of an output or a field', [edit('markdown', 'x')], /not found in any cell/],
    ['a line number', [{ insert_line: 1, new_string: 'x' }], /in a notebook give old_string/],
    ['two edits that undo each other', [edit('x = 1', 'x = 2'), edit('x = 2', 'x = 1')], /change nothing/],
  ])('refuses %s', (_, edits, words) => {
    expect(() => editNotebook(FILE, edits)).toThrow(words);
    expect(() => editNotebook(FILE, edits)).toThrow(EditTextError);
  });

  test('tells notebooks from other files', () => {
    expect(isNotebook('/a.ipynb', FILE)).toBe(true);
    expect(isNotebook('/a.json', FILE)).toBe(false);
    expect(isNotebook('/a.ipynb', '{"cells": 3}')).toBe(false);
    expect(isNotebook('/a.ipynb', 'broken')).toBe(false);
  });

  test('any notebook: what a parser reads of it afterwards is the same but for that source', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '[', '}', ',', 'ü'), maxLength: 8 });
    const cell = fc.record({
      metadata: fc.dictionary(line, fc.oneof(line, fc.integer(), fc.constant(null), fc.array(line))),
      source: fc.oneof(line, fc.array(line, { maxLength: 3 })),
      outputs: fc.array(line, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        line,
        fc.constantFrom(0, 1, 4),
        (cells, pick, words, indent) => {
          const index = pick % cells.length;
          const marked = cells.map((one, at) => (at === index ? { ...one, source: ['keep\n', 'MARK', '\nend'] } : one));
          const text = JSON.stringify({ metadata: { cells: 'no' }, cells: marked }, null, indent);
          const result: unknown = JSON.parse(editNotebook(text, [edit('MARK', words)]));
          const joined = (source: string | string[]) => (typeof source === 'string' ? source : source.join(''));
          const expected = marked.map((one, at) => ({
            ...one,
            source: at === index ? `keep\n${words}\nend` : joined(one.source),
          }));
          const read = result as { cells: typeof cells };
          expect(read.cells.map((one) => ({ ...one, source: joined(one.source) }))).toEqual(expected);
        },
      ),
      { numRuns: 500, seed: 2 },
    );
  });
});
