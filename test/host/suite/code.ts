// What language servers of a real VS Code know, as the agent is told.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { withLooking } from '../looking.ts';
import type { HostCase } from '../runner/case.ts';
import { at, put, show, type } from '../support.ts';

function library(): void {
  put(
    'code/book.ts',
    [
      'export interface Book {',
      '  title: string;',
      '}',
      'export interface Reader {',
      '  read(book: Book): number;',
      '}',
      'export class Fast implements Reader {',
      '  read(book: Book): number {',
      '    return book.title.length;',
      '  }',
      '}',
    ].join('\n'),
  );
  put(
    'code/shelf.ts',
    [
      "import { type Book, Fast } from './book.ts';",
      '',
      'export function readAll(books: Book[]): number {',
      '  const fast = new Fast();',
      '  return books.map((book) => fast.read(book)).reduce((a, b) => a + b, 0);',
      '}',
      '',
      'export const twice = (books: Book[]) => readAll(books) + readAll(books);',
    ].join('\n'),
  );
}

export const cases: HostCase[] = [
  {
    name: 'TypeScript: definitions, references, implementations, hovers, calls and outlines, by names alone',
    run: () =>
      withLooking(async ({ text }) => {
        library();
        const code = (operation: string, more: object) => text('Code', { operation, path: 'code/shelf.ts', ...more });
        // Nothing was open: the server may have to start for this.
        assert.equal(
          await code('definition', { symbol: 'Fast' }),
          'code/book.ts:7:14: export class Fast implements Reader {',
        );
        assert.equal(await code('symbols', {}), '3-6 function readAll\n8 variable twice');
        const references = await code('references', { symbol: 'readAll' });
        assert.match(references, /^code\/shelf\.ts:3:17: export function readAll/m);
        assert.match(references, /^code\/shelf\.ts:8:41: /m);
        assert.match(references, /^code\/shelf\.ts:8:58: /m);
        const implementations = await text('Code', {
          operation: 'implementations',
          path: 'code/book.ts',
          symbol: 'Reader',
        });
        assert.match(implementations, /^code\/book\.ts:7:14: export class Fast/m);
        assert.match(await code('hover', { symbol: 'readAll' }), /function readAll\(books: Book\[\]\): number/);
        assert.match(
          await code('incomingCalls', { symbol: 'readAll' }),
          /^code\/shelf\.ts:8:\d+: .*twice \(calls it in line 8\)$/m,
        );
        assert.match(
          await code('outgoingCalls', { symbol: 'readAll' }),
          /^code\/book\.ts:8:3: method read \(called in line 5\)$/m,
        );
        assert.equal(
          await code('typeDefinition', { symbol: 'book', line: 5 }),
          'code/book.ts:1:18: export interface Book {',
        );
        const found = await text('Code', { operation: 'workspaceSymbols', query: 'readAll' });
        assert.match(found, /^code\/shelf\.ts:3:\d+: function readAll/m);
      }),
  },
  {
    name: 'TypeScript: what is declared outside of the workspace is called so, with its line',
    run: () =>
      withLooking(async ({ call }) => {
        library();
        const result = await call('Code', { operation: 'definition', path: 'code/shelf.ts', symbol: 'reduce' });
        assert.match(result.text, /lib\.es5\.d\.ts:\d+:\d+ \(outside the workspace\): reduce\(/);
        const { body } = result.view ?? {};
        assert.ok(
          body?.kind === 'hits' && body.places.length > 0 && body.places.every(({ href }) => href === undefined),
        );
      }),
  },
  {
    name: 'TypeScript: unsaved text counts, and hidden files are left out',
    run: () =>
      withLooking(async ({ text, hidden }) => {
        library();
        put('code/private.ts', "import { readAll } from './shelf.ts';\nexport const hiddenUse = readAll([]);\n");
        await show('code/private.ts');
        const known = await text('Code', {
          operation: 'workspaceSymbols',
          path: 'code/private.ts',
          query: 'hiddenUse',
        });
        assert.match(known, /^code\/private\.ts:2:\d+: /m);
        hidden.push(at('code/private.ts'));
        const editor = await show('code/shelf.ts');
        await type(editor, new vscode.Position(0, 0), 'export const first = () => readAll([]);\n');
        const references = await text('Code', { operation: 'references', path: 'code/shelf.ts', symbol: 'readAll' });
        assert.match(references, /^code\/shelf\.ts:1:28: export const first/m);
        assert.doesNotMatch(references, /private|hiddenUse/);
        const found = await text('Code', { operation: 'workspaceSymbols', query: 'hiddenUse' });
        assert.doesNotMatch(found, /private/);
        await assert.rejects(text('Code', { operation: 'symbols', path: 'code/private.ts' }), /hides/);
      }),
  },
  {
    name: 'JSON has an outline; Python has no server here, and the tool says so at once',
    run: () =>
      withLooking(async ({ text }) => {
        put('code/data.json', '{\n  "name": "shelf",\n  "sizes": { "a": 1 }\n}\n');
        assert.match(await text('Code', { operation: 'symbols', path: 'code/data.json' }), /^2 \w+ name\n3 \w+ sizes/m);
        put('code/tool.py', 'def measure(x):\n    return x\n');
        const begun = Date.now();
        const answer = await text('Code', { operation: 'definition', path: 'code/tool.py', symbol: 'measure' });
        assert.match(answer, /^No language server for python is here/);
        assert.ok(Date.now() - begun < 5_000, `it took ${Date.now() - begun} ms`);
      }),
  },
  {
    name: 'documents that are no files of the workspace are refused',
    run: () =>
      withLooking(async ({ text }) => {
        for (const path of ['untitled:Untitled-1', 'letta-host-test:/a.ts', '/etc/passwd'])
          await assert.rejects(
            text('Code', { operation: 'symbols', path }),
            /not a file in the workspace|was never saved|outside the workspace/,
          );
      }),
  },
  {
    name: 'Diagnostics of a file: related places and quick fixes; of a folder: what lies in it',
    run: () =>
      withLooking(async ({ call, text }) => {
        library();
        put(
          'code/wrong.ts',
          "import type { Book } from './book.ts';\nexport const book: Book = { title: 1 };\nreadAll([]);\n",
        );
        await show('code/wrong.ts');
        const result = await call('Diagnostics', { path: 'code/wrong.ts' });
        assert.match(
          result.text,
          /^code\/wrong\.ts:2:29 error ts\(2322\): .*\n {2}see code\/book\.ts:2:3: The expected type comes from/m,
        );
        assert.match(result.text, /^code\/wrong\.ts:3:1 error ts\(2304\): .*readAll.*\n {2}quick fixes: .*import/im);
        const { body } = result.view ?? {};
        assert.ok(body?.kind === 'hits');
        assert.match(body.places[0]?.href ?? '', /code\/wrong\.ts:2:29$/);
        assert.match(await text('Diagnostics', { path: 'code' }), /^code\/wrong\.ts:2:29 error/m);
        put('empty/a.txt', '');
        assert.match(await text('Diagnostics', { path: 'empty' }), /^No problems in the files under empty/);
      }),
  },
];
