// A plan as it is shown: names, moves told once, and how much of it.
import { describe, expect, test } from 'vitest';
import type { FileChange } from '../../../src/editor/editor.ts';
import { operationsOf, shownAsDiffs, withShown } from '../../../src/editor/operations.ts';
import { diffViews } from '../../../src/tools/plan-views.ts';

const FOLDERS = [{ name: 'w', path: '/w', real: '/w' }];
const TWO = [...FOLDERS, { name: 'v', path: '/v', real: '/v' }];
const view = (changes: FileChange[], folders = FOLDERS) => diffViews(changes, folders);
const folder = { before: 'Folder', after: null, opaque: true as const };
const moved = (from: string, path: string, text: string, after = text): FileChange[] => [
  { path: from, before: text, after: null },
  { path, before: null, after, from },
];

describe('diffViews', () => {
  test('tells of a moved file once, with what changes in it', () => {
    expect(view([...moved('/w/a', '/w/b', 'x\n'), ...moved('/w/c', '/w/d', 'x\n', 'y\n')])).toMatchObject([
      { path: 'a → b', unified: '', added: 0, removed: 0 },
      { path: 'c → d', added: 1, removed: 1 },
    ]);
  });

  test('tells of a moved folder, and of the files in it only where they change', () => {
    const changes: FileChange[] = [
      { path: '/w/box', ...folder },
      { path: '/w/crate', before: null, after: 'Folder', opaque: true, from: '/w/box' },
      ...moved('/w/box/a', '/w/crate/a', 'a\n'),
      ...moved('/w/box/b', '/w/crate/b', 'b\n', 'B\n'),
    ];
    expect(view(changes).map(({ path }) => path)).toEqual(['box/ → crate/', 'box/b → crate/b']);
  });

  test('lists all that is deleted, by name where it is no text', () => {
    const changes: FileChange[] = [
      { path: '/w/old', ...folder },
      { path: '/w/old/a', before: 'a\nb\n', after: null },
      { path: '/w/old/p.png', before: 'Binary file, 3 bytes', after: null, opaque: true },
    ];
    expect(view(changes)).toMatchObject([
      { path: 'old/', unified: '' },
      { path: 'old/a', added: 0, removed: 2 },
      { path: 'old/p.png', unified: '', removed: 0 },
    ]);
  });

  test('shows long texts by their counts alone, and of many files only so much', () => {
    const long = Array.from({ length: 9_000 }, (_, index) => `line ${index}\n`).join('');
    expect(view([{ path: '/w/a', before: null, after: long }])).toEqual([
      { path: 'a', unified: '', added: 9_000, removed: 0 },
    ]);
    const many = Array.from({ length: 40 }, (_, index) => ({
      path: `/w/${index}`,
      before: null,
      after: long.slice(0, 9_000),
    }));
    const size = view(many).reduce((sum, { unified }) => sum + unified.length, 0);
    expect(size).toBeLessThan(120_000);
    expect(view(many).at(-1)).toMatchObject({ unified: '', added: expect.any(Number) });
  });

  test('names the folder where several are open', () => {
    expect(view(moved('/w/a', '/v/a', 'x\n'), TWO)[0]?.path).toBe('w/a → v/a');
  });
});

describe('operationsOf', () => {
  test.each([
    ['nothing that becomes nothing', [{ path: '/a', before: null, after: null }]],
    [
      'a path that stands twice',
      [
        { path: '/a', before: 'a', after: 'b' },
        { path: '/a', before: 'b', after: 'c' },
      ],
    ],
    ['a move from nowhere', [{ path: '/a', before: null, after: 'a', from: '/b' }]],
    [
      'a move onto something',
      [
        { path: '/b', before: 'a', after: null },
        { path: '/a', before: 'x', after: 'a', from: '/b' },
      ],
    ],
  ])('refuses %s', (_, changes) => {
    expect(() => operationsOf(changes)).toThrow();
  });

  test('takes what a person made of the diffs, and leaves moves, folders and deletions as they are', () => {
    const edit = { path: '/w/e', before: 'a', after: 'b' };
    const gone = { path: '/w/g', before: 'g', after: null };
    const changes: FileChange[] = [...moved('/w/a', '/w/b', 'x', 'y'), ...moved('/w/c', '/w/d', 'z'), gone, edit];
    expect(withShown(changes, shownAsDiffs(changes))).toEqual(changes);
    const mine = shownAsDiffs(changes).map((one) => (one.after === null ? one : { ...one, after: `${one.after}!` }));
    expect(withShown(changes, mine)).toEqual([
      ...moved('/w/a', '/w/b', 'x', 'y!'),
      ...moved('/w/c', '/w/d', 'z'),
      gone,
      { ...edit, after: 'b!' },
    ]);
  });

  test('opens diffs of texts only, and of not too many', () => {
    const picture: FileChange = { path: '/w/p.png', before: 'Binary file', after: null, opaque: true };
    const many = Array.from({ length: 20 }, (_, index) => ({ path: `/w/${index}`, before: 'a', after: 'b' }));
    expect(shownAsDiffs([picture, ...moved('/w/a', '/w/b', 'x')])).toEqual([]);
    expect(shownAsDiffs(moved('/w/a', '/w/b', 'x', 'y'))).toEqual([{ path: '/w/a', before: 'x', after: 'y' }]);
    expect(shownAsDiffs(many)).toHaveLength(8);
  });
});
