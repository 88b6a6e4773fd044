import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorAt, anchorFor, checkAnchor, symbolText } from '../../../src/memory/hygiene/anchors.ts';
import { isExpired, parseExpiry } from '../../../src/memory/hygiene/expiry.ts';
import type { WorkspaceFacts } from '../../../src/memory/hygiene/facts.ts';
import { anchorBlock, confirmLine, type LineNotes, unverifiedLines } from '../../../src/memory/hygiene/line-notes.ts';
import { type LineNote, noticeForAgent, renderMark } from '../../../src/memory/hygiene/unverified.ts';
import { lineHash } from '../../../src/memory/line-hash.ts';

const facts = (files: Record<string, string>): WorkspaceFacts => ({
  exists: async (path) => path in files || Object.keys(files).some((file) => file.startsWith(`${path}/`)),
  readText: async (path) => files[path] ?? null,
  files: async () => Object.keys(files).sort(),
});

const TS = `import { a } from './a.ts';

// parse comes first
export function parse(text: string): string[] {
  const parts = text.split(',');
  return parts.map((part) => part.trim());
}

export class Store {
  load(id: string): string {
    return id;
  }

  save(id: string): void {
    if (id === '}') throw new Error('no');
  }
}

export const LIMIT = 5;
export type Mode = 'a' | 'b';
`;

describe('an anchor', () => {
  it('names the file and the symbol of the line', async () => {
    const files = facts({ 'src/parse.ts': TS });
    expect(await anchorFor('`parse` lives in src/parse.ts and splits at commas.', files)).toMatchObject({
      path: 'src/parse.ts',
      symbol: 'parse',
    });
    expect(await anchorFor('`Store.save()` throws for a brace.', files)).toMatchObject({ symbol: 'Store.save' });
    expect(await anchorFor('Everything is in src/parse.ts.', files)).toMatchObject({ path: 'src/parse.ts' });
    expect(await anchorFor('The person likes short answers.', files)).toBeNull();
  });

  it.each([
    ['layout', (text: string) => text.replaceAll('  ', '\t').replace("split(',')", "split(\n      ',',\n    )")],
    ['a comment in it', (text: string) => text.replace('const parts', "// don't ask\n  const parts")],
    [
      'its place in the file',
      (text: string) => `${text.slice(text.indexOf('export class'))}\n${text.slice(0, text.indexOf('export class'))}`,
    ],
    ['another symbol', (text: string) => text.replace('return id', 'return id + id')],
    ['kinds of quotes', (text: string) => text.replace("','", '","')],
  ])('stays the same when %s changes', async (_name, change) => {
    const anchor = await anchorAt('a.ts', 'parse', facts({ 'a.ts': TS }));
    expect(anchor).not.toBeNull();
    expect(change(TS)).not.toBe(TS);
    if (anchor) expect(await checkAnchor(anchor, facts({ 'a.ts': change(TS) }))).toBe('same');
  });

  it('sees a changed body, a changed signature, and a symbol or a file that is gone', async () => {
    const anchor = await anchorAt('a.ts', 'parse', facts({ 'a.ts': TS }));
    if (!anchor) throw new Error('no anchor');
    const state = (text: string) => checkAnchor(anchor, facts({ 'a.ts': text }));
    expect(await state(TS.replace("','", "';'"))).toBe('changed');
    expect(await state(TS.replace('text: string)', 'text: string, max: number)'))).toBe('changed');
    expect(await state(TS.replace('function parse', 'function parseAll'))).toBe('gone');
    expect(await checkAnchor(anchor, facts({}))).toBe('gone');
  });

  it.each([
    ['a.ts', TS, 'Store.save', "save(id: string): void {\n    if (id === '}') throw new Error('no');\n  }"],
    ['a.ts', TS, 'LIMIT', 'export const LIMIT = 5;'],
    ['a.ts', TS, 'Mode', "export type Mode = 'a' | 'b';"],
    ['a.js', 'const f = (a) => {\n  return a;\n};\nconst g = 1;\n', 'f', 'const f = (a) => {\n  return a;\n};'],
    [
      'a.py',
      'def f(a,\n      b):\n    """Says } and def g."""\n    if a:\n        return b\n\n    return a\n\n\ndef g():\n    pass\n',
      'f',
      'def f(a,\n      b):\n    """Says } and def g."""\n    if a:\n        return b\n\n    return a',
    ],
    [
      'a.py',
      'class A:\n    x = 1\n\n    def m(self):\n        return 1\n\n    def n(self):\n        return 2\n',
      'A.m',
      '    def m(self):\n        return 1',
    ],
    [
      'a.go',
      'package a\n\nfunc (s *Store) Get(id string) (string, error) {\n\treturn "}", nil\n}\n\nfunc Put() {}\n',
      'Get',
      'func (s *Store) Get(id string) (string, error) {\n\treturn "}", nil\n}',
    ],
    [
      'a.rs',
      "pub fn first<'a>(x: &'a str) -> char {\n    match x { _ => '}' }\n}\n\nstruct P {\n    a: u8,\n}\n",
      'first',
      "pub fn first<'a>(x: &'a str) -> char {\n    match x { _ => '}' }\n}",
    ],
    [
      'A.java',
      'class A {\n  public static int sum(int a, int b) throws E {\n    return a + b; // }\n  }\n\n  int other() { return sum(1, 2); }\n}\n',
      'sum',
      '  public static int sum(int a, int b) throws E {\n    return a + b; // }\n  }',
    ],
    [
      'A.cs',
      'class A\n{\n    public async Task<int> Run(string s)\n    {\n        return 1;\n    }\n\n    public int Two => 2;\n}\n',
      'Run',
      '    public async Task<int> Run(string s)\n    {\n        return 1;\n    }',
    ],
  ])('finds how far a symbol reaches: %s, %s', (path, text, symbol, expected) => {
    expect(symbolText(text, path, symbol)?.trim()).toBe(expected.trim());
  });

  it('never throws and never reaches beyond the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab {}()[]"\'`\n/*#:;,='.split('')), maxLength: 80 }),
        fc.constantFrom('a.ts', 'a.py', 'a.go', 'a.rs'),
        (tail, path) => {
          const text = `function abc() { ${tail}\ndef abc(): ${tail}\n`;
          const found = symbolText(text, path, 'abc');
          if (found !== null) expect(text.includes(found.split('\n')[0] ?? '')).toBe(true);
        },
      ),
    );
  });

  it('is a mark for the person and a short notice for the agent', async () => {
    const anchor = { path: 'src/a.ts', symbol: 'parse', hash: '' };
    const mark = { line: '- `parse` splits at commas', anchor, state: 'changed' } as const;
    expect(renderMark(mark)).toBe('Unverified: parse in src/a.ts has changed since this was written.');
    expect(noticeForAgent([])).toBe('');
    expect(noticeForAgent([mark])).toContain('unverified since parse in src/a.ts changed: - `parse` splits at commas');
    const many = noticeForAgent(Array.from({ length: 200 }, () => mark));
    expect(many.length).toBeLessThanOrEqual(1_200);
    expect(many).toMatch(/and \d+ more$/);
  });
});

describe('notes about lines', () => {
  const memory = (): LineNotes & { all: Map<string, LineNote> } => {
    const all = new Map<string, LineNote>();
    return {
      all,
      get: async () => all,
      set: async (_block, hash, note) => void all.set(hash, note),
      delete: async (_block, hash) => void all.delete(hash),
    };
  };
  const line = '- `parse` lives in src/parse.ts';

  it('mark a line when its code changes, until it is confirmed', async () => {
    const notes = memory();
    const block = { id: 'b', value: `${line}\nno code here\nold (until 2026-12-01)` };
    await anchorBlock(block, notes, facts({ 'src/parse.ts': TS }));
    expect([...notes.all.keys()].sort()).toEqual([lineHash(line), lineHash('old (until 2026-12-01)')].sort());
    const changed = facts({ 'src/parse.ts': TS.replace("','", "';'") });
    expect(await unverifiedLines(block, notes, facts({ 'src/parse.ts': TS }))).toEqual([]);
    expect(await unverifiedLines(block, notes, changed)).toMatchObject([{ line, state: 'changed' }]);
    // A later write of the block does not hide it.
    await anchorBlock(block, notes, changed);
    expect(await unverifiedLines(block, notes, changed)).toHaveLength(1);
    await confirmLine('b', line, notes, changed);
    expect(await unverifiedLines(block, notes, changed)).toEqual([]);
    await anchorBlock({ id: 'b', value: 'no code here' }, notes, changed);
    expect(notes.all.size).toBe(0);
  });

  it('hold for a line whatever its indentation', () => {
    expect(lineHash('  - a ')).toBe(lineHash('- a'));
    expect(lineHash('- a')).not.toBe(lineHash('- b'));
  });
});

describe('expiry', () => {
  it.each([
    ['Use the old endpoint until 2026-12-01.', { until: '2026-12-01' }],
    ['Freeze (expires 2026-02-28)', { until: '2026-02-28' }],
    ['The flag is off (branch feature/x)', { branch: 'feature/x' }],
    ['Mock the API until feature/api is merged', { branch: 'feature/api' }],
    ['Released on 2026-12-01.', null],
    ['Until 2026-02-30', null],
    ['Branch names are short.', null],
  ])('reads %s', (line, expected) => {
    expect(parseExpiry(line)).toEqual(expected);
  });

  it('holds through its last day, and as long as its branch is there', () => {
    const at = (now: Date, branches: string[] | null = null) => ({ now, branches });
    expect(isExpired({ until: '2026-12-01' }, at(new Date(2026, 11, 1, 23, 59)))).toBe(false);
    expect(isExpired({ until: '2026-12-01' }, at(new Date(2026, 11, 2, 0, 0)))).toBe(true);
    expect(isExpired({ branch: 'a' }, at(new Date(), ['a', 'main']))).toBe(false);
    expect(isExpired({ branch: 'a' }, at(new Date(), ['main']))).toBe(true);
    expect(isExpired({ branch: 'a' }, at(new Date(), null))).toBe(false);
  });
});
