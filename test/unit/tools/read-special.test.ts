// Read of what is not simply text, and what the other looking tools say beside the main thing.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EditorError, type Problem } from '../../../src/editor/editor.ts';
import { kindOf } from '../../../src/editor/file-kind.ts';
import { readLineRange } from '../../../src/editor/line-range.ts';
import { RecentEdits } from '../../../src/editor/recent-edits.ts';
import { Looking } from './looking.ts';

let look: Looking;
beforeEach(() => {
  look = new Looking();
});
afterEach(() => look.dispose());

const read = (path: string, more: object = {}) => look.text('Read', { path, ...more });
const bytes = (name: string, content: Uint8Array) => writeFileSync(look.editor.path(name), content);

const PNG = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  Buffer.from([0, 0, 2, 128, 0, 0, 1, 224, 8, 6, 0, 0, 0]),
]);

describe('Read', () => {
  test.each([
    ['a.png', PNG, /^a\.png: PNG image, 640 × 480 pixels, 29 bytes\.$/],
    ['a.gif', Buffer.from('GIF89a\x0a\0\x14\0', 'latin1'), /GIF image, 10 × 20 pixels/],
    [
      'a.jpg',
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 7, 3, 1, 2]),
      /JPEG image, 7 × 9 pixels/,
    ],
    ['a.pdf', Buffer.from('%PDF-1.7 …'), /PDF document, .* It is binary/],
  ])('%s: says what it is', async (name, content, expected) => {
    bytes(name, content);
    expect(await read(name)).toMatch(expected);
  });

  test("a text with a picture's name is read as text", async () => {
    look.editor.put('note.png', 'no picture\n');
    expect(await read('note.png')).toBe('1\tno picture');
  });

  test('a pipe is not waited for', async () => {
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [look.editor.path('pipe.png')]);
    look.editor.read = async () => {
      throw new EditorError('not-a-file', 'pipe.png is no regular file.');
    };
    expect(await read('pipe.png')).toBe('pipe.png is no regular file.');
  });

  test('no bytes make it fail', () => {
    const start = fc.constantFrom(
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      '\xff\xd8\xff',
      'RIFF0000WEBPVP8X',
      'RIFF0000WEBPVP8L',
      'BM',
      '',
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (head, rest) => {
        expect(() => kindOf(Buffer.concat([Buffer.from(head, 'latin1'), rest]))).not.toThrow();
      }),
      { numRuns: 2_000, seed: 3 },
    );
  });

  const notebook = (cells: object[]) =>
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { language_info: { name: 'python' } }, cells });

  test('a notebook by cells, with outputs as text', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Title\n', 'words'] },
      {
        cell_type: 'code',
        execution_count: 3,
        source: 'print(1)',
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['1\n', '2\n'] },
          { output_type: 'execute_result', data: { 'text/html': '<b>3</b>', 'text/plain': ['3'] } },
          { output_type: 'display_data', data: { 'image/png': 'A'.repeat(4_000) } },
          { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['\u001b[31mE\u001b[0m: v'] },
        ],
      },
    ];
    look.editor.put('a.ipynb', notebook(cells));
    expect(await read('a.ipynb')).toBe(
      [
        '# Cell 1 (markdown)',
        '# Title\nwords',
        '# Cell 2 (code, python, run 3)',
        'print(1)',
        '# Output\n1\n2',
        '# Output\n3',
        '# Output\n[image/png, 3,000 bytes]',
        '# Output\nE: v',
      ].join('\n'),
    );
  });

  test('a long notebook: every cell once, going on by what it says', async () => {
    const cells = Array.from({ length: 40 }, (_, n) => ({
      cell_type: 'code',
      source: `n = ${n}\n${'x'.repeat(5_000)}`,
    }));
    look.editor.put('long.ipynb', notebook(cells));
    const seen: number[] = [];
    let offset: number | undefined = 1;
    while (offset !== undefined) {
      const text = await read('long.ipynb', { offset });
      expect(text.length).toBeLessThan(70_000);
      for (const [, number] of text.matchAll(/^# Cell (\d+)/gm)) seen.push(Number(number));
      offset = Number(/go on with offset (\d+)\)$/.exec(text)?.[1]) || undefined;
    }
    expect(seen).toEqual(cells.map((_, n) => n + 1));
    expect(await read('long.ipynb', { offset: 41 })).toContain('has 40 cells');
    expect(await read('long.ipynb', { offset: 3, limit: 1 })).toMatch(
      /^# Cell 3 [\s\S]*\(cells 3-3 of 40; go on with offset 4\)$/,
    );
  });

  test('what only looks like a notebook is read as text', async () => {
    look.editor.put('broken.ipynb', '{ "cells": ');
    expect(await read('broken.ipynb')).toBe('1\t{ "cells": ');
  });

  test('a notebook with unsaved changes is read as the editor has it', async () => {
    const path = look.editor.put('a.ipynb', notebook([{ cell_type: 'code', source: 'old' }]));
    const cell = { kind: 'code' as const, language: 'python', source: 'new', outputs: [] };
    look.unsavedNotebook = vi.fn(async (asked: string) => (asked === path ? { cells: [cell] } : undefined)) as never;
    expect(await read('a.ipynb')).toBe('[with unsaved changes of the editor]\n# Cell 1 (code, python)\nnew');
  });

  test('a file too large for the editor is read by lines', async () => {
    const path = look.editor.put('huge.log', Array.from({ length: 3_000 }, (_, n) => `line ${n + 1}\r\n`).join(''));
    look.editor.read = async () => {
      throw new EditorError('too-large', 'too large');
    };
    expect(await read('huge.log', { offset: 2_000, limit: 2 })).toBe(
      '2000\tline 2000\n2001\tline 2001\n(lines 2000-2001 of a large file; go on with offset 2002, or search it with Grep)',
    );
    expect(await read('huge.log', { offset: 2_999 })).toBe('2999\tline 2999\n3000\tline 3000');
    expect(await read('huge.log', { offset: 3_001 })).toContain('has 3000 lines');
    writeFileSync(path, Buffer.alloc(100));
    expect(await read('huge.log')).toContain('large binary file');
  });

  test('any lines, however they are cut into pieces: the range is that of the text', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '€'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.nat(70),
        fc.nat(20),
        async (lines, skip, count) => {
          const path = look.editor.put('p.txt', `${lines.join('\n')}\n`);
          const limits = { from: skip + 1, lines: count + 1, characters: 1_000_000, line: 1_000 };
          const found = await readLineRange(path, limits, new AbortController().signal);
          expect(found.lines).toEqual(lines.slice(skip, skip + count + 1));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('Diagnostics', () => {
  const problem = (name: string, more: Partial<Problem> = {}): Problem => ({
    file: name,
    path: look.editor.path(name),
    line: 3,
    column: 5,
    severity: 'error',
    message: `wrong in ${name}`,
    ...more,
  });

  test('of one file: related places and quick fixes, without what is hidden', async () => {
    look.editor.put('a.ts', '');
    look.ignored = ['secret.ts'];
    const related = ['b.ts', 'secret.ts'].map((name) => ({
      file: name,
      path: look.editor.path(name),
      line: 1,
      column: 2,
      message: `declared in ${name}`,
    }));
    look.editor.found = [problem('a.ts', { related }), problem('secret.ts')];
    const fixes = vi.fn(async () => ['Add import', 'Remove it']);
    look.languages = { ...look.languages, fixes };
    const result = await look.call('Diagnostics', { path: 'a.ts' });
    expect(result.text).toBe(
      'a.ts:3:5 error: wrong in a.ts\n  see b.ts:1:2: declared in b.ts\n  quick fixes: Add import | Remove it',
    );
    expect(fixes).toHaveBeenCalledWith(look.editor.path('a.ts'), { line: 3, column: 5 }, expect.anything());
    expect(result.view?.body).toMatchObject({
      kind: 'hits',
      places: [{ name: 'a.ts', line: 3, text: 'error: wrong in a.ts' }],
    });
    expect(await look.text('Diagnostics', {})).toBe('a.ts:3:5 error: wrong in a.ts');
  });

  test('of a folder: what lies in it', async () => {
    look.editor.put('src/a.ts', '');
    look.editor.put('other/b.ts', '');
    look.editor.found = [problem('src/a.ts'), problem('other/b.ts')];
    look.editor.check = async (path: string) => {
      throw new EditorError('directory', `${path} is a folder.`);
    };
    expect(await look.text('Diagnostics', { path: 'src' })).toBe('src/a.ts:3:5 error: wrong in src/a.ts');
    look.editor.found = [];
    expect(await look.text('Diagnostics', { path: 'src' })).toBe(
      'No problems in the files under src that language servers have checked.',
    );
  });
});

describe('OpenFiles', () => {
  test('lists what was edited last, by whom, without what is hidden or outside', async () => {
    look.ignored = ['secret.ts'];
    for (const name of ['a.ts', 'secret.ts', 'a.ts']) look.edits.changed(look.editor.path(name));
    look.edits.changed('/elsewhere/x.ts');
    await look.edits.byAgent([look.editor.path('b.ts')], async () => look.edits.changed(look.editor.path('b.ts')));
    expect(await look.text('OpenFiles', {})).toBe(
      'No files are open.\nEdited last:\nb.ts (you, the agent; just now)\na.ts (the person; just now)',
    );
  });

  test('does not list tabs of hidden files', async () => {
    look.ignored = ['secret.ts'];
    const tab = { language: '', dirty: false, active: false, group: 1, visible: [], selections: [] };
    look.editor.files = ['secret.ts', 'a.ts'].map((name) => ({ ...tab, name, path: look.editor.path(name) }));
    expect(await look.text('OpenFiles', {})).toBe('a.ts');
  });

  test('who edited: the agent only while it writes; the list is bounded, newest first', async () => {
    let now = 0;
    const edits = new RecentEdits(() => ++now);
    edits.changed('/a');
    await edits.byAgent(['/a', '/b'], async () => edits.changed('/a'));
    edits.changed('/b');
    await expect(edits.byAgent(['/c'], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    edits.changed('/c');
    expect(edits.list().map(({ path, by }) => `${path} ${by}`)).toEqual(['/c person', '/b person', '/a agent']);
    for (let n = 0; n < 100; n++) edits.changed(`/${n}`);
    expect(edits.list()).toHaveLength(50);
    expect(edits.list()[0]?.path).toBe('/99');
  });
});
