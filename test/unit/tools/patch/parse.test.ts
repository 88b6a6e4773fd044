// Reading patches in both forms, as models write them.
import { describe, expect, test } from 'vitest';
import { PatchError } from '../../../../src/tools/patch/hunks.ts';
import { readPatch } from '../../../../src/tools/patch/parse.ts';

const envelope = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

describe('readPatch', () => {
  test('reads files that are added, changed, moved and deleted', () => {
    const files = readPatch(
      envelope(
        '*** Add File: a b.txt',
        '+one',
        '+',
        '*** Update File: src/c.ts',
        '*** Move to: lib/c.ts',
        '@@ class C',
        ' keep',
        '-old',
        '+new',
        '*** End of File',
        '*** Delete File: d.txt',
      ),
    );
    expect(files).toEqual([
      { kind: 'add', path: 'a b.txt', content: 'one\n\n' },
      {
        kind: 'update',
        path: 'src/c.ts',
        to: 'lib/c.ts',
        hunks: [
          {
            anchor: 'class C',
            atEnd: true,
            lines: [
              { kind: ' ', text: 'keep' },
              { kind: '-', text: 'old' },
              { kind: '+', text: 'new' },
            ],
          },
        ],
      },
      { kind: 'delete', path: 'd.txt' },
    ]);
  });

  test('reads what git writes: renames, new and deleted files, modes, names in quotes', () => {
    const files = readPatch(
      [
        'diff --git a/old.txt b/new.txt',
        'similarity index 100%',
        'rename from old.txt',
        'rename to new.txt',
        'diff --git a/made.txt b/made.txt',
        'new file mode 100644',
        'index 0000000..5626abf',
        '--- /dev/null',
        '+++ b/made.txt',
        '@@ -0,0 +1 @@',
        '+one',
        '\\ No newline at end of file',
        'diff --git a/gone.txt b/gone.txt',
        'deleted file mode 100644',
        '--- a/gone.txt',
        '+++ /dev/null',
        '@@ -1 +0,0 @@',
        '-away',
        '',
      ].join('\n'),
    );
    expect(files).toMatchObject([
      { kind: 'update', path: 'old.txt', to: 'new.txt', hunks: [] },
      { kind: 'add', path: 'made.txt', content: 'one' },
      { kind: 'delete', path: 'gone.txt' },
    ]);
  });

  test('keeps folders that are really named a and b', () => {
    expect(readPatch('--- a/x.txt\n+++ a/x.txt\n@@ -1 +1 @@\n-a\n+b\n')).toMatchObject([{ path: 'a/x.txt' }]);
  });

  test('sets wrong counts right, and takes an empty line for an empty line of context', () => {
    const [file] = readPatch('--- f\n+++ f\n@@ -1,30 +1,2 @@\n a\n\n-b\n+c\n\n--- g\n+++ g\n@@ -1 +1 @@\n-x\n+y\n');
    expect(file).toMatchObject({
      kind: 'update',
      hunks: [{ lines: [{ text: 'a' }, { kind: ' ', text: '' }, { text: 'b' }, { text: 'c' }] }],
    });
  });

  test.each([
    ['no end', '*** Begin Patch\n*** Delete File: a', /does not end with/],
    ['a line that means nothing', envelope('hello'), /Line 2 of the patch is "hello"/],
    ['a hunk line without a sign', envelope('*** Update File: a', '@@', 'oops'), /Line 4 of the patch is "oops"/],
    ['a new file without plus signs', envelope('*** Add File: a', 'text'), /begins with \+/],
    ['a file that stands twice', envelope('*** Delete File: a', '*** Delete File: a'), /a stands twice/],
    ['an update without a change', envelope('*** Update File: a'), /changes nothing in a/],
    ['no files', envelope(), /names no file/],
    ['no patch', 'please change it', /names no file|no unified diff/],
    ['hunks without a file', '@@ -1 +1 @@\n-a\n+b\n', /path is not known/],
    ['a binary', 'diff --git a/x b/x\nBinary files a/x and b/x differ\n', /binary/],
  ])('refuses %s', (_, patch, words) => {
    expect(() => readPatch(patch)).toThrow(words);
    expect(() => readPatch(patch)).toThrow(PatchError);
  });
});
