// Code is coloured by the rules of a theme, in a thread of its own, and stays word for word what it was.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Highlighter } from '../../../src/chat/highlight/highlighter.ts';
import { languageNamed, loadLanguage } from '../../../src/chat/highlight/languages.ts';
import { parseJsonWithComments, readRules } from '../../../src/chat/highlight/theme-file.ts';
import { type EditorTheme, Tokenizer } from '../../../src/chat/highlight/tokenize.ts';
import { placeCode } from '../../../src/chat/place-code.ts';

const THEME: EditorTheme = {
  id: 'test',
  rules: [
    { scope: ['keyword', 'storage.type'], settings: { foreground: '#FF0000', fontStyle: 'bold' } },
    { scope: 'string', settings: { foreground: 'var(--vscode-descriptionForeground)' } },
    { scope: 'comment', settings: { foreground: '#00ff00', fontStyle: 'italic' } },
  ],
};

describe('the tokenizer', () => {
  const tokenizer = new Tokenizer();

  it('colours by the rules of the theme', async () => {
    const view = await tokenizer.colour("const a = 'x'; // y", 'ts', THEME);
    expect(view?.colours).toEqual(['', '#ff0000', 'var(--vscode-descriptionForeground)', '#00ff00']);
    expect(view?.lines).toEqual(['5 1 2 3 0 0 1 1 2 1 0 0 3 2 0 2 0 0 4 3 1']);
  });

  it('takes another theme', async () => {
    const other = { id: 'other', rules: [{ scope: 'string', settings: { foreground: '#0000ff' } }] };
    expect((await tokenizer.colour("'x'", 'js', other))?.colours).toEqual(['', '#0000ff']);
    expect((await tokenizer.colour("'x'", 'js', THEME))?.colours).toEqual(['', 'var(--vscode-descriptionForeground)']);
  });

  it.each(['nope', '__proto__', 'constructor', ''])('leaves the language %j plain', async (language) => {
    expect(await tokenizer.colour('x', language, THEME)).toBeNull();
  });

  it('leaves what is too long plain', async () => {
    expect(await tokenizer.colour('a\n'.repeat(2_000), 'ts', THEME)).toBeNull();
    expect(await tokenizer.colour('a'.repeat(70_000), 'ts', THEME)).toBeNull();
  });

  it.each(['ts', 'py', 'sh', 'html', 'c++', 'rb', 'md', 'yaml'])('knows %s', async (name) => {
    const language = languageNamed(name);
    expect(language && (await loadLanguage(language)).length).toBeGreaterThan(0);
  });

  it('tells of exactly the characters that are there', async () => {
    const piece = fc.constantFrom(
      'const',
      ' ',
      "'",
      '"',
      '`',
      '${',
      '}',
      '\n',
      '/*',
      '*/',
      '//',
      'a',
      '\t',
      '\\',
      '<',
      'é',
      '😀',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (parts) => {
        const code = parts.join('');
        const view = await tokenizer.colour(code, 'ts', THEME);
        const lengths = view?.lines.map((line) =>
          line.split(' ').reduce((sum, number, index) => (index % 3 === 0 ? sum + Number(number) : sum), 0),
        );
        expect(lengths).toEqual(code.split('\n').map((line) => line.length));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the thread', () => {
  let folder = '';
  let highlighter: Highlighter;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'highlight-'));
    await build({
      entryPoints: [join(import.meta.dirname, '../../../src/chat/highlight/worker.ts')],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    highlighter = new Highlighter(pathToFileURL(join(folder, 'worker.mjs')), () => {});
  });
  afterAll(async () => {
    highlighter.dispose();
    await rm(folder, { recursive: true });
  });

  it('answers all that is asked, in whatever order it is loaded', async () => {
    const asked = ['ts', 'py', 'nope', 'sh', 'ts'].map((language) => highlighter.colour("'x'", language, THEME));
    expect((await Promise.all(asked)).map((view) => view !== null)).toEqual([true, true, false, true, true]);
  });

  it('lets nobody wait when it ends', async () => {
    const asked = highlighter.colour("'x'", 'ruby', THEME);
    highlighter.dispose();
    expect(await asked).toBeNull();
    expect(await highlighter.colour("'x'", 'ts', THEME)).not.toBeNull();
  });
});

describe('a theme file', () => {
  it('is JSON with comments, trailing commas and includes', async () => {
    const files: Record<string, string> = {
      '/t/dark.json':
        '{ "include": "./base.json", /* x */ "tokenColors": [{"scope": "a", "settings": {"foreground": "#111"},},], }',
      '/t/base.json':
        '// base\n{"tokenColors": [{"scope": ["b"], "settings": {"fontStyle": "italic", "more": 1}}, "no rule"]}',
    };
    const read = async (file: string) => files[file] ?? '';
    expect(await readRules('/t/dark.json', read, (file) => join('/t', file))).toEqual([
      { scope: ['b'], settings: { fontStyle: 'italic' } },
      { scope: 'a', settings: { foreground: '#111' } },
    ]);
  });

  it('keeps what looks like a comment in a text', () => {
    expect(parseJsonWithComments('{"a": "http://x/*y*/,]"}')).toEqual({ a: 'http://x/*y*/,]' });
  });

  it('that includes itself ends', async () => {
    const read = async () => '{"include": "./a.json", "tokenColors": []}';
    expect(await readRules('/a.json', read, () => '/a.json')).toEqual([]);
  });
});

describe('where code belongs in a file', () => {
  const file = 'import a;\n\nfunction one() {\n  return 1;\n}\n\nfunction two() {\n  return 2;\n}\n';

  it('is what is selected', () => {
    expect(placeCode('abc', 'X\n', { from: 1, to: 2 })).toBe('aXc');
  });

  it('is between its first and its last line', () => {
    expect(placeCode(file, 'function one() {\n  return 10;\n}\n')).toBe(file.replace('return 1;', 'return 10;'));
  });

  it('is the whole file when it is the file again, or there is nothing in it', () => {
    const other = file.replace('import a;', 'import b;').replace('return 2;\n}', 'return 20;\n} // end');
    expect(placeCode(file, other)).toBe(other);
    expect(placeCode('', 'x')).toBe('x\n');
  });

  it('is not guessed', () => {
    expect(placeCode(file, 'function three() {\n  return 3;\n}')).toBeUndefined();
    expect(placeCode(`${file}${file}`, 'function one() {\n  return 10;\n}')).toBeUndefined();
    expect(placeCode(file, 'x')).toBeUndefined();
  });
});
