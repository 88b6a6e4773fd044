// Refactor: how a place is found and a fix chosen, and what is refused; the language servers themselves are in the host suite.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refactorTool } from '../../../src/tools/refactor.ts';
import { ToolError, type ToolResult } from '../../../src/tools/tool.ts';
import { DiskEditor } from './disk-editor.ts';

let editor: DiskEditor;
let hidden: string[];
const SOURCE = 'const counter = 1;\nconst count = counter;\nlog(count, "count");\n';

beforeEach(() => {
  editor = new DiskEditor();
  hidden = [];
  editor.put('a.ts', SOURCE);
});
afterEach(() => editor.dispose());

async function call(input: Record<string, unknown>): Promise<ToolResult> {
  const tool = refactorTool(editor, (path) => hidden.includes(path));
  const context = { callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} };
  const parsed = tool.input.parse({ path: 'a.ts', ...input });
  try {
    return await tool.run(parsed, context, await tool.plan?.(parsed, context));
  } catch (error) {
    if (error instanceof ToolError) return { status: 'error', text: error.message };
    throw error;
  }
}

const rename = (more: object) => ({ operation: 'rename', symbol: 'count', new_name: 'total', ...more });

describe('rename', () => {
  test.each([
    ['the first place where the name stands by itself', {}, { line: 2, column: 7 }],
    ['the line that is given', { line: 3 }, { line: 3, column: 5 }],
  ])('asks at %s', async (_, more, expected) => {
    const asked: unknown[] = [];
    editor.language.rename = async (path, at, name) => {
      asked.push(at, name);
      return [{ path, before: SOURCE, after: SOURCE.replaceAll(/\bcount\b/g, 'total') }];
    };
    const result = await call(rename(more));
    expect(asked).toEqual([expected, 'total']);
    expect(result.text).toContain('Changed a.ts (saved).');
    expect(editor.text('a.ts')).toContain('const total = counter;');
  });

  test.each([
    ['a name that is not there', { symbol: 'nobody' }, /nobody does not stand in a\.ts/],
    ['a line where it is not', { line: 1 }, /not stand in line 1 of a\.ts, but in 2, 3/],
    ['the same name', { new_name: 'count' }, /are the same/],
    ['no name', { symbol: undefined }, /needs symbol/],
    ['what no extension renames', {}, /No extension renames count at a\.ts:2/],
    ['a file that is not there', { path: 'no.ts' }, /no\.ts does not exist/],
  ])('refuses %s', async (_, more, words) => {
    expect(await call(rename(more))).toMatchObject({ status: 'error', text: expect.stringMatching(words) });
    expect(editor.text('a.ts')).toBe(SOURCE);
  });

  test('changes nothing where one of the files is hidden', async () => {
    const secret = editor.put('secret.ts', 'count\n');
    hidden.push(secret);
    editor.language.rename = async (path) => [
      { path, before: SOURCE, after: 'x\n' },
      { path: secret, before: 'count\n', after: 'total\n' },
    ];
    expect((await call(rename({}))).text).toBe('It would change a file that .lettaignore hides. Nothing was changed.');
    expect(editor.text('a.ts')).toBe(SOURCE);
  });
});

describe('quickFix', () => {
  const fix = (more: object) => ({ operation: 'quickFix', line: 2, ...more });

  beforeEach(() => {
    editor.language.fixes = async (path) => [
      { title: 'Remove it', changes: [{ path, before: SOURCE, after: 'removed\n' }] },
      { title: 'Remove it everywhere', changes: [{ path, before: SOURCE, after: 'everywhere\n' }] },
      { title: 'Install types', refused: '“Install types” runs a command.', changes: [] },
    ];
  });

  test.each([
    ['Remove it', 'removed\n'],
    ['remove it EVERYWHERE', 'everywhere\n'],
    ['everywhere', 'everywhere\n'],
  ])('takes “%s” for the one that is meant', async (title, text) => {
    expect((await call(fix({ title }))).status).toBe('success');
    expect(editor.text('a.ts')).toBe(text);
  });

  test.each([
    [
      'no title',
      {},
      /Give one of these as title:\n- Remove it\n- Remove it everywhere\n- Install types \(not offered here\)/,
    ],
    ['words that fit several', { title: 'remove' }, /There is no quick fix “remove”, but these:/],
    ['one that runs a command', { title: 'Install types' }, /runs a command/],
    ['no line', { line: undefined }, /needs line/],
  ])('refuses %s', async (_, more, words) => {
    expect(await call(fix(more))).toMatchObject({ status: 'error', text: expect.stringMatching(words) });
    expect(editor.text('a.ts')).toBe(SOURCE);
  });
});

describe('the rest', () => {
  test('says that nothing is to be done', async () => {
    expect((await call({ operation: 'format' })).text).toContain('a.ts is formatted already');
    expect((await call({ operation: 'organizeImports' })).text).toBe('The imports of a.ts are organized already.');
    expect((await call({ operation: 'quickFix', line: 1 })).text).toBe('There is no quick fix for a.ts:1.');
  });
});
