// Grep over line breaks: on disk, unsaved, with both kinds of line endings, by ripgrep and by the search that stands in for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlainSearch } from '../../../src/editor/plain-search.ts';
import { anyLineBreak, type Found, type Search, type TextQuery } from '../../../src/editor/search.ts';
import { Looking, ripgrep } from './looking.ts';

let look: Looking;
beforeEach(() => {
  look = new Looking();
});
afterEach(() => look.dispose());

const put = (name: string, text: string) => look.editor.put(name, text);
const grep = (pattern: string, more: object = {}) => look.text('Grep', { pattern, multiline: true, ...more });

const CALLS = 'start(\n  one,\n  two,\n);\nother();\nstart(\n  three,\n);\n';

describe.each([
  ['ripgrep', ripgrep],
  ['the plain search', () => new PlainSearch()],
])('with %s', (_, search) => {
  beforeEach(() => {
    look.search = search();
  });

  test('gives every line of a match, and looks across lines only when asked to', async () => {
    put('a.ts', CALLS);
    const first = 'a.ts\n1:start(\n2:  one,\n3:  two,\n4:);';
    expect(await grep(String.raw`start\([^)]*two[^)]*\)`)).toBe(first);
    expect(await grep('one.*two')).toBe('a.ts\n2:  one,\n3:  two,');
    expect(await grep(String.raw`one,\n\s+two`)).toBe('a.ts\n2:  one,\n3:  two,');
    expect(await grep('one,\n  two')).toBe('a.ts\n2:  one,\n3:  two,');
    expect(await grep('one.*two', { multiline: false })).toMatch(/^No line matches/);
    expect(await grep(String.raw`one,\n`, { multiline: false })).toMatch(/one line, unless multiline is true/);
  });

  test('counts matches, names files, and gives context around them', async () => {
    put('a.ts', CALLS);
    put('b.ts', 'nothing\n');
    const pattern = String.raw`start\([^)]*\)`;
    expect(await grep(pattern, { mode: 'count' })).toBe('a.ts: 2');
    expect(await grep(pattern, { mode: 'files' })).toBe('a.ts');
    expect(await grep(String.raw`three,\n\)`, { context: 1 })).toBe('a.ts\n6-start(\n7:  three,\n8:);');
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('finds the same with %s on disk and in unsaved text', async (_name, eol) => {
    const text = CALLS.replaceAll('\n', eol);
    for (const pattern of [String.raw`one,\n  two,$`, String.raw`^\);\n\w`, String.raw`one,\s*two`, 'two.*three']) {
      put('a.ts', text);
      look.editor.unsaved.clear();
      const onDisk = await grep(pattern);
      expect(onDisk).toMatch(/^a\.ts\n\d/);
      put('a.ts', 'otherwise\n');
      look.editor.unsaved.set(look.editor.path('a.ts'), text);
      expect(await grep(pattern)).toBe(onDisk.replace('a.ts', 'a.ts [unsaved]'));
    }
  });

  test('goes on where a page ends', async () => {
    put('a.ts', CALLS);
    const pattern = String.raw`start\([^)]*\)`;
    const first = await grep(pattern, { limit: 5 });
    expect(first).toContain('go on with offset 6');
    expect(await grep(pattern, { limit: 5, offset: 6 })).toMatch(/^a\.ts\n7: {2}three,\n8:\);/);
  });

  test('says what is wrong with a pattern', async () => {
    put('a.ts', CALLS);
    expect(await look.call('Grep', { pattern: 'start(\n', multiline: true })).toMatchObject({ status: 'error' });
  });
});

test('line breaks match both kinds, save in classes and behind a backslash', () => {
  const breaks = String.raw`(?:\r?\n)`;
  expect(anyLineBreak('a\nb')).toBe(`a${breaks}b`);
  expect(anyLineBreak(String.raw`a\n+b`)).toBe(`a${breaks}+b`);
  for (const kept of [String.raw`[^\n]`, String.raw`[]\n]`, String.raw`a\\n`, String.raw`[\]\n]`, String.raw`\[x`])
    expect(anyLineBreak(kept)).toBe(kept);
});

test('both searches find the same in any text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-multiline-'));
  try {
    const path = join(folder, 'a.txt');
    const lines = fc.array(fc.constantFrom('a', 'b', 'ab', '', 'x a', 'b b'), { minLength: 1, maxLength: 8 });
    const pattern = fc.constantFrom(String.raw`a\nb`, String.raw`b\n+a`, 'a[^x]*b', String.raw`^a$\n`, 'b.a', 'x|b');
    const found = async (search: Search, query: TextQuery, text?: string) => {
      const all: unknown[] = [];
      // Where a match begins is told of its first line only, and of matches that touch of the first of them.
      const each = ({ line, count }: Found) =>
        all.push(line ? [line.line, line.text, line.column !== undefined] : count) > 0;
      const signal = new AbortController().signal;
      if (text === undefined) await search.text({ root: folder, start: path, dotted: false }, query, each, signal);
      else await search.textIn(text, query, each, signal);
      return all;
    };
    const ask = fc.record({
      lines,
      pattern,
      eol: fc.constantFrom('\n', '\r\n'),
      ends: fc.boolean(),
      counts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(ask, async (given) => {
        const text = given.lines.join(given.eol) + (given.ends ? given.eol : '');
        const mode = given.counts ? ('count' as const) : ('content' as const);
        const query: TextQuery = { pattern: given.pattern, multiline: true, ignoreCase: false, context: 0, mode };
        writeFileSync(path, text);
        const expected = await found(ripgrep(), query);
        expect(await found(ripgrep(), query, text)).toEqual(expected);
        expect(await found(new PlainSearch(), query)).toEqual(expected);
      }),
      { numRuns: 60, seed: 11 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
