// Glob and Grep over real folders, with the real ripgrep and with the search that stands in for it.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSearch } from '../../../src/editor/open-search.ts';
import { PlainSearch } from '../../../src/editor/plain-search.ts';
import { DiskEditor } from './disk-editor.ts';
import { Looking, ripgrep } from './looking.ts';

let look: Looking;
beforeEach(() => {
  look = new Looking();
});
afterEach(() => look.dispose());

const put = (name: string, text = '') => look.editor.put(name, text);
const glob = (pattern: string, more: object = {}) => look.text('Glob', { pattern, ...more });
const grep = (pattern: string, more: object = {}) => look.text('Grep', { pattern, ...more });

describe.each([
  ['ripgrep', ripgrep],
  ['the plain search', () => new PlainSearch()],
])('with %s', (_, search) => {
  beforeEach(() => {
    look.search = search();
  });

  describe('Glob', () => {
    test('finds by path, a bare name at any depth, sorted', async () => {
      for (const name of ['b.ts', 'src/a.ts', 'src/deep/c.ts', 'src/c.js', 'docs/a.md']) put(name);
      expect(await glob('*.ts')).toBe('b.ts\nsrc/a.ts\nsrc/deep/c.ts');
      expect(await glob('src/**/*.ts')).toBe('src/a.ts\nsrc/deep/c.ts');
      expect(await glob('src/*.{ts,js}')).toBe('src/a.ts\nsrc/c.js');
      expect(await glob('*.ts', { path: 'src/deep' })).toBe('src/deep/c.ts');
      expect(await glob('docs/')).toBe('docs/a.md');
    });

    test('leaves out what ignore files name, wherever the pattern would match it, unless path leads there', async () => {
      put('.gitignore', 'dist/\n*.log\n');
      put('src/.ignore', 'generated.ts\n');
      for (const name of ['a.ts', 'a.log', 'dist/a.ts', 'src/generated.ts', 'src/b.ts']) put(name);
      expect(await glob('**/*')).toBe('a.ts\nsrc/b.ts');
      expect(await glob('*.log')).toMatch(/^No file matches \*\.log\./);
      expect(await glob('*.ts', { path: 'dist' })).toBe('dist/a.ts');
    });

    test('leaves out names with a dot in front unless the pattern names them, and .git always', async () => {
      for (const name of ['.github/workflows/ci.yml', '.env', '.git/config', 'a.yml']) put(name);
      expect(await glob('**/*.yml')).toBe('a.yml');
      expect(await glob('.github/**')).toBe('.github/workflows/ci.yml');
      expect(await glob('.*')).toBe('.env');
      expect(await glob('.git/**')).toMatch(/^No file/);
    });

    test('leaves out what .lettaignore hides', async () => {
      look.ignored = ['secret/', '*.pem'];
      put('.lettaignore', look.ignored.join('\n'));
      for (const name of ['secret/a.ts', 'keys/x.pem', 'a.ts']) put(name);
      expect(await glob('**/*')).toBe('a.ts');
      // Also where ignore files say otherwise.
      put('.gitignore', '!secret/\n');
      expect(await glob('**/*')).toBe('a.ts');
      expect(await look.call('Glob', { pattern: '*', path: 'secret' })).toMatchObject({ status: 'error' });
    });

    test('follows no symlink', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'letta-outside-'));
      writeFileSync(join(outside, 'key.ts'), 'key');
      symlinkSync(outside, look.editor.path('linked'));
      symlinkSync(join(outside, 'key.ts'), look.editor.path('key.ts'));
      put('a.ts', 'no key');
      expect(await glob('**/*')).toBe('a.ts');
      expect(await grep('key')).toBe('a.ts\n1:no key');
      expect(await look.text('Grep', { pattern: 'key', path: 'linked' })).toContain('outside the workspace');
      rmSync(outside, { recursive: true });
    });

    test('goes on with an offset: every file once', async () => {
      for (let n = 0; n < 650; n++) put(`f/${String(n).padStart(3, '0')}.txt`);
      const seen: string[] = [];
      let offset: number | undefined = 1;
      while (offset !== undefined) {
        const text = await glob('*.txt', { offset });
        seen.push(...text.split('\n').filter((line) => line.startsWith('f/')));
        offset = Number(/go on with offset (\d+)/.exec(text)?.[1]) || undefined;
      }
      expect(seen).toHaveLength(650);
      expect(new Set(seen).size).toBe(650);
      expect(await glob('*.txt', { offset: 651 })).toContain('Only 650 files match');
    });
  });

  describe('Grep', () => {
    test('gives lines by file with their numbers, and context', async () => {
      put('a.ts', 'one\ntwo\nthree\nfour\nfive\nsix\nseven two\n');
      put('b.ts', 'two\r\nzwei\r\n');
      expect(await grep('two')).toBe('a.ts\n2:two\n7:seven two\n\nb.ts\n1:two');
      expect(await grep('two', { context: 1 })).toBe(
        'a.ts\n1-one\n2:two\n3-three\n--\n6-six\n7:seven two\n\nb.ts\n1:two\n2-zwei',
      );
      expect(await grep('two$', { path: 'b.ts' })).toBe('b.ts\n1:two');
    });

    test('case, globs, folders, files and counts', async () => {
      put('src/a.ts', 'Needle\nneedle needle\nneedle\n');
      put('src/a.test.ts', 'needle\n');
      put('b.js', 'NEEDLE\n');
      expect(await grep('needle', { mode: 'files' })).toBe('src/a.test.ts\nsrc/a.ts');
      expect(await grep('needle', { mode: 'files', case: false })).toBe('b.js\nsrc/a.test.ts\nsrc/a.ts');
      expect(await grep('needle', { mode: 'count', case: false })).toBe('b.js: 1\nsrc/a.test.ts: 1\nsrc/a.ts: 3');
      expect(await grep('needle', { mode: 'count', glob: 'src/**/*.ts' })).toBe('src/a.test.ts: 1\nsrc/a.ts: 2');
      expect(await grep('needle', { mode: 'files', glob: '!*.test.ts' })).toBe('src/a.ts');
      expect(await grep('NEEDLE', { path: 'src' })).toMatch(/^No line matches "NEEDLE" in src\./);
    });

    test('a glob takes back nothing that ignore files name', async () => {
      put('.gitignore', 'dist/\n*.gen.ts\n');
      put('dist/a.ts', 'needle');
      put('a.gen.ts', 'needle');
      put('a.ts', 'needle');
      expect(await grep('needle', { glob: '**/*.ts' })).toBe('a.ts\n1:needle');
      expect(await grep('needle', { glob: '**/*', mode: 'files' })).toBe('a.ts');
    });

    test('takes unsaved text in place of the file, and documents that were never saved', async () => {
      const path = put('a.ts', 'on disk needle\n');
      put('b.ts', 'needle too\n');
      look.editor.unsaved.set(path, 'first\nin the editor: needle\n');
      look.untitled = [{ name: 'untitled:Untitled-1', path: null, text: 'draft needle' }];
      expect(await grep('needle')).toBe(
        'a.ts [unsaved]\n2:in the editor: needle\n\nuntitled:Untitled-1 [unsaved]\n1:draft needle\n\nb.ts\n1:needle too',
      );
      expect(await grep('on disk')).toMatch(/^No line/);
      expect(await grep('needle', { glob: 'b.*' })).toBe('b.ts\n1:needle too');
      look.ignored = ['a.ts'];
      expect(await grep('in the editor')).toMatch(/^No line/);
    });

    test('leaves out what is hidden, also where the path leads to it', async () => {
      look.ignored = ['private/'];
      put('.lettaignore', 'private/\n');
      put('private/plan.txt', 'needle');
      put('public.txt', 'needle');
      expect(await grep('needle')).toBe('public.txt\n1:needle');
      expect(await grep('needle', { mode: 'count' })).toBe('public.txt: 1');
      expect(await look.call('Grep', { pattern: 'needle', path: 'private/plan.txt' })).toMatchObject({
        status: 'error',
      });
    });

    test('reads UTF-16, leaves out binary files, cuts long lines', async () => {
      writeFileSync(look.editor.path('u16.txt'), Buffer.from('\ufeffgrün needle\r\n', 'utf16le'));
      writeFileSync(look.editor.path('x.bin'), Buffer.from('needle\0\x01needle'));
      put('min.js', `needle ${'x'.repeat(5_000)} end`);
      const text = await grep('needle');
      expect(text).toMatch(/u16\.txt\n1:grün needle$/);
      expect(text).not.toContain('x.bin');
      expect(text.length).toBeLessThan(1_000);
      expect(await grep('end', { path: 'min.js' })).toMatch(/… \(match at column 5009\)$/);
    });

    test('stops at the limit and goes on with an offset: every line once', async () => {
      for (const name of ['a', 'b', 'c']) put(`${name}.txt`, 'needle\n'.repeat(40));
      const seen: string[] = [];
      let offset: number | undefined = 1;
      while (offset !== undefined) {
        const text = await grep('needle', { limit: 17, offset });
        let file = '';
        for (const line of text.split('\n')) {
          if (/^\w\.txt$/.test(line)) file = line;
          const [, number] = /^(\d+):needle$/.exec(line) ?? [];
          if (number !== undefined) seen.push(`${file}:${number}`);
        }
        offset = Number(/go on with offset (\d+)/.exec(text)?.[1]) || undefined;
      }
      expect(seen).toHaveLength(120);
      expect(new Set(seen).size).toBe(120);
      expect(await grep('needle', { offset: 500 })).toContain('only 120 matching lines');
    });

    test('a card shows the places, each with a link to its column', async () => {
      put('src/ä b.ts', 'x\n  ünd needle\n');
      const { view } = await look.call('Grep', { pattern: 'needle' });
      expect(view?.body).toEqual({
        kind: 'hits',
        places: [
          {
            name: 'src/ä b.ts',
            line: 2,
            text: 'ünd needle',
            href: `${encodeURI(look.editor.path('src/ä b.ts'))}:2:7`,
          },
        ],
        more: 0,
      });
    });

    test.each([
      ['a(', 'no regular expression'],
      ['[z-a]', 'no regular expression'],
      ['a\\nb', 'it holds a line break'],
    ])('%s is explained', async (pattern, why) => {
      put('a.txt', 'a');
      const result = await look.call('Grep', { pattern });
      expect(result).toMatchObject({ status: 'error', text: expect.stringContaining(why) });
      expect(result.text).toContain('Put \\ before');
    });
  });

  test('several folders: paths and globs begin with their names', async () => {
    const other = new DiskEditor();
    try {
      look.editor.folders = () => [
        { name: 'one', path: look.editor.root, real: look.editor.root },
        { name: 'two', path: other.root, real: other.root },
      ];
      put('src/a.ts', 'needle');
      other.put('src/b.ts', 'needle');
      expect(await glob('src/*.ts')).toBe('one/src/a.ts\ntwo/src/b.ts');
      expect(await glob('two/src/*.ts')).toBe('two/src/b.ts');
      expect(await grep('needle')).toBe('one/src/a.ts\n1:needle\n\ntwo/src/b.ts\n1:needle');
      expect(await grep('needle', { path: 'two/src', mode: 'files' })).toBe('two/src/b.ts');
      expect(await grep('needle', { glob: 'one/**', mode: 'files' })).toBe('one/src/a.ts');
      expect(await grep('needle', { glob: '!one/**', mode: 'files' })).toBe('two/src/b.ts');
      // One folder in the other: every file once.
      const inner = look.editor.path('src');
      look.editor.folders = () => [
        { name: 'one', path: look.editor.root, real: look.editor.root },
        { name: 'inner', path: inner, real: inner },
      ];
      expect((await glob('*.ts')).split('\n')).toHaveLength(1);
      expect((await grep('needle', { mode: 'files' })).split('\n')).toHaveLength(1);
    } finally {
      other.dispose();
    }
  });
});

test('look-around works where ripgrep has it', async () => {
  put('a.txt', 'foobar\nfoobaz\n');
  expect(await grep('foo(?!bar)')).toBe('a.txt\n2:foobaz');
});

test('names with line breaks pass for no other', async () => {
  look.ignored = ['private'];
  mkdirSync(look.editor.path('private'));
  writeFileSync(look.editor.path('private/x\ny.txt'), 'needle');
  put('y.txt', 'nothing');
  expect(await grep('needle')).toMatch(/^No line/);
});

test.each([
  ['../*.ts', 'leads out'],
  ['/etc/*', 'must be relative'],
  ['', 'is empty'],
  [`${'*a'.repeat(20)}`, 'too many *'],
])('the glob %s is refused', async (pattern, why) => {
  expect(await glob(pattern)).toContain(why);
});

test('a pattern that takes for ever is given up', async () => {
  look.search = new PlainSearch();
  put('a.txt', `${'a'.repeat(40)}!\n`);
  expect(await grep('(a+)+$')).toContain('takes too long');
});

test('without any ripgrep the plain search stands in', async () => {
  const path = process.env.PATH;
  put('a.txt', 'needle');
  process.env.PATH = '';
  try {
    look.search = openSearch(() => '/nowhere/rg');
    expect(await grep('needle')).toBe('a.txt\n1:needle');
  } finally {
    process.env.PATH = path;
  }
});

test('Stop ends the search', async () => {
  put('a.txt', 'needle');
  const stopped = AbortSignal.abort();
  expect((await look.call('Grep', { pattern: 'needle' }, stopped)).text).toMatch(/^No line/);
});
