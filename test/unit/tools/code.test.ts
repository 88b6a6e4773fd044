// Code: how a symbol is found by its name, and how answers of language servers are told.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CodeCall, CodePlace, CodeSymbol, Languages, Position } from '../../../src/editor/language.ts';
import { Looking, noLanguages } from './looking.ts';

let look: Looking;
let asked: { what: string; at: Position }[];

beforeEach(() => {
  look = new Looking();
  asked = [];
});
afterEach(() => look.dispose());

const TEXT = [
  "import { Book, readAll } from './book.ts';",
  '',
  'export class Shelf {',
  '  private books: Book[] = [];',
  '  add(book: Book): void {',
  '    this.books.push(book);',
  '  }',
  '}',
  'class Store {',
  '  add(x: number) {}',
  '}',
  'const bookCount = 1;',
].join('\n');

const place = (line: number, column: number, more: Partial<CodePlace> = {}): CodePlace => ({
  name: 'src/a.ts',
  path: look.editor.path('src/a.ts'),
  inside: true,
  text: TEXT.split('\n')[line - 1]?.trim() ?? '',
  line,
  column,
  ...more,
});

const symbol = (
  name: string,
  kind: string,
  line: number,
  endLine: number,
  children: CodeSymbol[] = [],
): CodeSymbol => ({
  name,
  kind,
  place: place(line, 1),
  endLine,
  children,
});

/** Servers that know the outline above and answer as they are told. */
function servers(
  answers: { places?: CodePlace[]; hover?: string[]; calls?: CodeCall[]; found?: CodeSymbol[] } = {},
): Languages {
  const known = <T>(found: T[] = []) => ({ served: 'known' as const, language: 'typescript', found });
  return {
    ...noLanguages,
    symbols: async () =>
      known([
        symbol('Shelf', 'class', 3, 8, [symbol('books', 'property', 4, 4), symbol('add', 'method', 5, 7)]),
        symbol('Store', 'class', 9, 11, [symbol('add', 'method', 10, 10)]),
        symbol('bookCount', 'variable', 12, 12),
      ]),
    workspaceSymbols: async () => answers.found ?? [],
    places: async (what, _path, at) => {
      asked.push({ what, at });
      return known(answers.places);
    },
    hover: async (_path, at) => {
      asked.push({ what: 'hover', at });
      return known(answers.hover);
    },
    calls: async (way, _path, at) => {
      asked.push({ what: way, at });
      return known(answers.calls);
    },
  };
}

const code = (operation: string, more: object = {}) => look.text('Code', { operation, path: 'src/a.ts', ...more });

describe('a symbol is found', () => {
  beforeEach(() => {
    look.editor.put('src/a.ts', TEXT);
    look.languages = servers({ places: [place(1, 1)] });
  });

  test.each([
    ['by its declaration', { symbol: 'Shelf' }, { line: 3, column: 14 }],
    ['by its container', { symbol: 'Store.add' }, { line: 10, column: 3 }],
    ['on its line', { symbol: 'Book', line: 5 }, { line: 5, column: 13 }],
    ['as a whole word', { symbol: 'book', line: 6 }, { line: 6, column: 21 }],
    ['on a line beside the named one', { symbol: 'push', line: 5 }, { line: 6, column: 16 }],
    ['where it is imported', { symbol: 'readAll' }, { line: 1, column: 16 }],
    ['as the first name of a line', { line: 3 }, { line: 3, column: 14 }],
    ['with brackets behind it', { symbol: 'Shelf.add()' }, { line: 5, column: 3 }],
  ])('%s', async (_, input, at) => {
    await code('definition', input);
    expect(asked.at(-1)).toEqual({ what: 'definition', at });
  });

  test.each([
    [
      'several declarations',
      { symbol: 'add' },
      /declared 2 times in src\/a\.ts[\s\S]*5: method Shelf\.add\n10: method Store\.add/,
    ],
    [
      'another line',
      { symbol: 'Store', line: 2 },
      /^Line 2 of src\/a\.ts does not hold Store: \nIt stands in:\n9: class Store \{/,
    ],
    [
      'a similar name',
      { symbol: 'BookCount' },
      /does not hold BookCount\. Similar names there: .*bookCount \(line 12\)/,
    ],
    ['a line behind the end', { symbol: 'Shelf', line: 99 }, /has 12 lines/],
    ['nothing to look for', {}, /Give symbol/],
    ['a line without names', { line: 2 }, /no name in line 2/],
  ])('%s is an error that shows what is near', async (_, input, message) => {
    const result = await look.call('Code', { operation: 'references', path: 'src/a.ts', ...input });
    expect(result.status).toBe('error');
    expect(result.text).toMatch(message);
    expect(asked).toEqual([]);
  });
});

test('where the first use stands in a comment, the next is asked about', async () => {
  look.editor.put('src/a.ts', '// uses readAll and readAll\nreadAll();\n');
  look.languages = {
    ...servers(),
    places: async (_what, _path, at) => ({
      served: 'known',
      language: 'typescript',
      found: at.line === 2 ? [place(1, 1, { text: 'function readAll() {' })] : [],
    }),
  };
  expect(await code('definition', { symbol: 'readAll' })).toBe('src/a.ts:1:1: function readAll() {');
  expect(await code('definition', { symbol: 'readAll', line: 1 })).toBe(
    'No definition of readAll (src/a.ts:1:21) found.',
  );
});

describe('answers', () => {
  beforeEach(() => {
    look.editor.put('src/a.ts', TEXT);
  });

  test('places with the text of their lines; outside ones are called so and are no links', async () => {
    const outside = { name: '/lib/lib.d.ts', path: '/lib/lib.d.ts', inside: false, text: 'interface Array<T> {' };
    look.languages = servers({ places: [place(5, 3), place(5, 3), place(7, 1, outside)] });
    const result = await look.call('Code', { operation: 'references', path: 'src/a.ts', symbol: 'Shelf' });
    expect(result.text).toBe(
      'src/a.ts:5:3: add(book: Book): void {\n/lib/lib.d.ts:7:1 (outside the workspace): interface Array<T> {',
    );
    expect(result.view?.body).toMatchObject({
      kind: 'hits',
      places: [
        { name: 'src/a.ts', line: 5, href: `${look.editor.path('src/a.ts')}:5:3` },
        { name: '/lib/lib.d.ts', line: 7 },
      ],
    });
    expect(result.view?.body?.kind === 'hits' && result.view.body.places[1]).not.toHaveProperty('href');
  });

  test('hidden files are left out of all of them', async () => {
    look.ignored = ['secret.ts'];
    const hidden = place(1, 1, { name: 'secret.ts', path: look.editor.path('secret.ts'), text: 'const secret = 1;' });
    const call = { name: 'secretCaller', kind: 'function', place: hidden, lines: [3] };
    const found = { ...symbol('secretThing', 'class', 1, 1), place: hidden };
    look.languages = servers({ places: [hidden], calls: [call], found: [found], hover: ['const secret: 1'] });
    for (const operation of ['definition', 'references', 'incomingCalls', 'hover', 'workspaceSymbols']) {
      const result = await look.call('Code', { operation, path: 'src/a.ts', symbol: 'Shelf' });
      expect(JSON.stringify(result), operation).not.toMatch(/secret/);
    }
    expect(await code('symbols', { path: 'secret.ts' })).toMatch(/hides|does not exist/);
  });

  test('an outline, indented, with the lines of each', async () => {
    look.languages = servers();
    expect(await code('symbols')).toBe(
      '3-8 class Shelf\n  4 property books\n  5-7 method add\n9-11 class Store\n  10 method add\n12 variable bookCount',
    );
  });

  test('calls, hovers, symbols of the workspace', async () => {
    look.languages = servers({
      calls: [{ name: 'fill', kind: 'function', place: place(12, 7), lines: [3, 9] }],
      hover: ['```ts\nclass Shelf\n```', 'Holds books.'],
      found: [{ ...symbol('Shelf', 'class', 3, 8), container: 'library' }],
    });
    expect(await code('incomingCalls', { symbol: 'Shelf' })).toBe(
      'src/a.ts:12:7: function fill (calls it in line 3, 9)',
    );
    expect(await code('outgoingCalls', { symbol: 'Shelf' })).toBe('src/a.ts:12:7: function fill (called in line 3, 9)');
    expect(await code('hover', { symbol: 'Shelf' })).toBe('```ts\nclass Shelf\n```\n\nHolds books.');
    expect(await look.text('Code', { operation: 'workspaceSymbols', query: 'She' })).toBe(
      'src/a.ts:3:1: class Shelf in library',
    );
  });

  test('nobody knows the language, or its server is still starting: it says so', async () => {
    look.editor.put('x.py', 'def f(): pass\n');
    look.languages = { ...noLanguages, symbols: async () => ({ served: 'unserved', language: 'python', found: [] }) };
    expect(await code('symbols', { path: 'x.py' })).toContain('No language server for python is here');
    look.languages = {
      ...noLanguages,
      places: async () => ({ served: 'starting', language: 'typescript', found: [] }),
    };
    expect(await code('definition', { symbol: 'Shelf' })).toContain('may still be starting');
    look.languages = servers();
    expect(await code('implementations', { symbol: 'Shelf' })).toBe(
      'No implementations of Shelf (src/a.ts:3:14) found.',
    );
  });

  test.each([
    [{ operation: 'definition', symbol: 'x' }, 'needs the path'],
    [{ operation: 'workspaceSymbols' }, 'needs a query'],
    [{ operation: 'symbols', path: 'none.ts' }, 'does not exist'],
    [{ operation: 'symbols', path: '../x.ts' }, 'outside the workspace'],
  ])('%j is an error', async (input, message) => {
    expect(await look.call('Code', input)).toMatchObject({ status: 'error', text: expect.stringContaining(message) });
  });
});
