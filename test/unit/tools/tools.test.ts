// The tools over a real folder: what the model reads, what is written, what is refused.
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { estimateTokenCount } from 'tokenx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { OpenFile, Problem } from '../../../src/editor/editor.ts';
import { SkillLoadError } from '../../../src/skills/offer-skills.ts';
import { unifiedDiff } from '../../../src/tools/support.ts';
import { type AnyTool, type Plan, ToolError, type ToolResult } from '../../../src/tools/tool.ts';
import { toolList } from '../../../src/tools/tool-list.ts';
import { DiskEditor } from './disk-editor.ts';

let editor: DiskEditor;
let tools: AnyTool[];
let hidden: string[];

beforeEach(() => {
  editor = new DiskEditor();
  hidden = [];
  const skills = {
    load: async (name: string) => {
      if (name !== 'release') throw new SkillLoadError('unknown', `There is no skill ${name}. There are: release.`);
      return '# Release\nBump it.';
    },
  };
  tools = toolList({ editor, skills, hidden: (path) => hidden.includes(path) });
});
afterEach(() => editor.dispose());

function tool(name: string): AnyTool {
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No tool ${name}`);
  return found;
}

const context = () => ({ callId: 'c1', threadId: 't1', signal: new AbortController().signal, update: () => {} });

/** As the turn does it: parse, plan, run; a ToolError is a result. */
async function call(name: string, input: unknown, change?: () => void): Promise<ToolResult> {
  const one = tool(name);
  const parsed: unknown = one.input.parse(input);
  try {
    one.access(parsed);
    const plan: Plan | undefined = await one.plan?.(parsed, context());
    change?.();
    return await one.run(parsed, context(), plan);
  } catch (error) {
    if (error instanceof ToolError) return { status: 'error', text: error.message };
    throw error;
  }
}

describe('the list', () => {
  test('names the tools as rules and the model know them, in a fixed order', () => {
    expect(tools.map(({ name }) => name)).toEqual([
      'OpenFiles',
      'Read',
      'Diagnostics',
      'Edit',
      'Write',
      'Files',
      'Refactor',
      'Skill',
    ]);
  });

  test('tells what each word of Skill is for', () => {
    const skill = tools.find(({ name }) => name === 'Skill');
    for (const word of ['name', 'why', 'query']) expect(skill?.description).toContain(word);
  });

  test('takes less than 1,320 tokens of every request', () => {
    const sent = tools.map(({ name, description, input }) => ({
      name,
      description,
      parameters: z.toJSONSchema(input),
    }));
    expect(estimateTokenCount(JSON.stringify(sent)) * 1.4).toBeLessThan(1_320);
  });
});

describe('Read', () => {
  test('numbers the lines and says how to go on', async () => {
    editor.put('a.txt', Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join('\n'));
    expect((await call('Read', { path: 'a.txt', offset: 3, limit: 2 })).text).toBe(
      '3\tline 3\n4\tline 4\n(lines 3-4 of 10; go on with offset 5)',
    );
    expect((await call('Read', { path: 'a.txt', offset: 9 })).text).toBe('9\tline 9\n10\tline 10');
  });

  test('reads the unsaved text and says so', async () => {
    const path = editor.put('a.txt', 'on disk\n');
    editor.unsaved.set(path, 'in the editor\n');
    expect((await call('Read', { path: 'a.txt' })).text).toBe('[with unsaved changes of the editor]\n1\tin the editor');
  });

  test('going on by what it says reads every line of any file once', async () => {
    const line = fc.string({ unit: fc.constantFrom('x', 'é', ' ', '\t'), maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 120 }), async (lines) => {
        editor.put('p.txt', `${lines.join('\n')}\n`);
        const seen: number[] = [];
        let offset: number | undefined = 1;
        while (offset !== undefined) {
          const { text } = await call('Read', { path: 'p.txt', offset });
          expect(text.length).toBeLessThan(70_000);
          for (const [, number] of text.matchAll(/^(\d+)\t/gm)) seen.push(Number(number));
          const next: RegExpExecArray | null = /go on with offset (\d+)\)$/.exec(text);
          offset = next === null ? undefined : Number(next[1]);
        }
        expect(seen).toEqual(lines.map((_, index) => index + 1));
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  test('cuts a long line and shows more of it alone', async () => {
    editor.put('min.js', `${'x'.repeat(10_000)}\nend`);
    expect((await call('Read', { path: 'min.js' })).text).toContain(
      '(8000 more characters in this line, read it alone',
    );
    expect((await call('Read', { path: 'min.js', offset: 1, limit: 1 })).text).toContain('x'.repeat(10_000));
  });

  test('lists a folder without what is hidden', async () => {
    editor.put('src/a.ts', '');
    hidden = [editor.put('src/secret.ts', '')];
    mkdirSync(editor.path('src/sub'));
    const { text } = await call('Read', { path: 'src' });
    expect(text).toContain('sub/');
    expect(text).toContain('a.ts');
    expect(text).not.toContain('secret.ts');
  });

  test('reads an open document that was never saved', async () => {
    editor.untitled.set('untitled:Untitled-1', 'draft');
    expect((await call('Read', { path: 'untitled:Untitled-1' })).text).toContain('1\tdraft');
    expect((await call('Read', { path: 'untitled:Untitled-2' })).status).toBe('error');
  });

  test.each([
    ['missing.txt', 'does not exist'],
    ['../x.txt', 'x.txt does not exist'],
  ])('%s is an error that says why', async (path, why) => {
    const result = await call('Read', { path });
    expect(result.status).toBe('error');
    expect(result.text).toContain(why);
  });

  test('an offset behind the end says how long the file is', async () => {
    editor.put('a.txt', 'one\n');
    expect((await call('Read', { path: 'a.txt', offset: 5 })).text).toContain('has 1 lines');
    editor.put('empty.txt', '');
    expect((await call('Read', { path: 'empty.txt' })).text).toBe('(empty file)');
  });
});

describe('Edit', () => {
  test('writes, reports the diff and the problems', async () => {
    editor.put('src/a.ts', 'const a = 1;\nconst b = 2;\n');
    const problem: Problem = {
      file: 'src/a.ts',
      path: editor.path('src/a.ts'),
      line: 2,
      column: 7,
      severity: 'error',
      source: 'ts',
      code: '2322',
      message: 'Type',
    };
    editor.delta = { added: [problem], removed: [], settled: false };
    const result = await call('Edit', { path: 'src/a.ts', edits: [{ old_string: '2', new_string: '"x"' }] });
    expect(editor.text('src/a.ts')).toBe('const a = 1;\nconst b = "x";\n');
    expect(result.status).toBe('success');
    expect(result.text).toContain('Changed src/a.ts (saved)');
    expect(result.text).toContain('-const b = 2;\n+const b = "x";');
    expect(result.text).toContain('Problems: 1 added, 0 removed.\n+ src/a.ts:2:7 error ts(2322): Type');
    expect(result.text).toContain('had not settled after 5 s');
    expect(result.view?.diff).toMatchObject({ path: 'src/a.ts', added: 1, removed: 1 });
    expect(result.view?.diff?.unified).toMatch(/^--- a\/src\/a\.ts.*\n\+\+\+ b\/src\/a\.ts/m);
    expect(result.view?.problems).toEqual({
      added: ['src/a.ts:2:7 error ts(2322): Type'],
      removed: [],
      settled: false,
    });
  });

  test('leaves a dirty document dirty and says so', async () => {
    const path = editor.put('a.txt', 'disk');
    editor.unsaved.set(path, 'unsaved text');
    const result = await call('Edit', { path: 'a.txt', edits: [{ old_string: 'unsaved', new_string: 'changed' }] });
    expect(editor.unsaved.get(path)).toBe('changed text');
    expect(editor.text('a.txt')).toBe('disk');
    expect(result.text).toContain('left unsaved');
  });

  test('says when saving formatted the text, and shows it as it is', async () => {
    editor.put('a.txt', 'one\n');
    editor.format = (text) => text.toUpperCase();
    const result = await call('Edit', { path: 'a.txt', edits: [{ old_string: 'one', new_string: 'two' }] });
    expect(result.text).toContain('formatting');
    expect(result.text).toContain('+TWO');
  });

  test('refuses a file that changed after the plan, and leaves it alone', async () => {
    editor.put('a.txt', 'one\n');
    const input = { path: 'a.txt', edits: [{ old_string: 'one', new_string: 'two' }] };
    const result = await call('Edit', input, () => editor.put('a.txt', 'one and more\n'));
    expect(result).toMatchObject({ status: 'error', text: expect.stringContaining('changed since') });
    expect(editor.text('a.txt')).toBe('one and more\n');
  });

  test('when one of several edits fails nothing is written', async () => {
    editor.put('a.txt', 'one\ntwo\n');
    const edits = [
      { old_string: 'one', new_string: '1' },
      { old_string: 'three', new_string: '3' },
    ];
    expect((await call('Edit', { path: 'a.txt', edits })).text).toContain('Edit 2 of 2');
    expect(editor.text('a.txt')).toBe('one\ntwo\n');
  });

  test('of what lies outside it says where, so that a person is asked', () => {
    symlinkSync('/etc', editor.path('link'));
    const one = tool('Edit');
    const paths = (path: string) =>
      one.access(one.input.parse({ path, edits: [{ old_string: 'a', new_string: 'b' }] }));
    expect(paths('../a.txt')).toEqual({ kind: 'edit', paths: [join(dirname(editor.root), 'a.txt')] });
    expect(paths('link/hosts')).toEqual({ kind: 'edit', paths: ['/etc/hosts', editor.path('link/hosts')] });
  });

  test('asks for both names of a file behind a symlink', () => {
    editor.put('src/a.ts', '');
    symlinkSync(editor.path('src'), editor.path('.vscode'));
    const one = tool('Edit');
    const input = one.input.parse({ path: '.vscode/a.ts', edits: [{ old_string: 'a', new_string: 'b' }] });
    expect(one.access(input)).toEqual({ kind: 'edit', paths: [editor.path('src/a.ts'), editor.path('.vscode/a.ts')] });
  });

  test('of a file that is not there points to Write', async () => {
    const result = await call('Edit', { path: 'new.txt', edits: [{ old_string: 'a', new_string: 'b' }] });
    expect(result.text).toContain('use Write');
  });
});

describe('Write', () => {
  test('makes a file with its folders', async () => {
    const result = await call('Write', { path: 'src/new/a.ts', content: 'const a = 1;\n' });
    expect(editor.text('src/new/a.ts')).toBe('const a = 1;\n');
    expect(result.text).toContain('Created src/new/a.ts (saved)');
    expect(result.view?.diff?.unified).toContain('--- /dev/null');
  });

  test('keeps CRLF and the final newline of the file it replaces', async () => {
    editor.put('a.txt', 'one\r\ntwo\r\n');
    await call('Write', { path: 'a.txt', content: 'three\nfour' });
    expect(editor.text('a.txt')).toBe('three\r\nfour\r\n');
  });

  test('gives a new file the line endings of the settings', async () => {
    editor.eol = '\r\n';
    await call('Write', { path: 'b.txt', content: 'one\ntwo\n' });
    expect(editor.text('b.txt')).toBe('one\r\ntwo\r\n');
  });

  test('says when there is nothing to do', async () => {
    editor.put('a.txt', 'same\n');
    expect((await call('Write', { path: 'a.txt', content: 'same\n' })).text).toContain('exactly this text');
  });

  test('does not overwrite a file that appeared after the plan', async () => {
    const result = await call('Write', { path: 'a.txt', content: 'mine\n' }, () => editor.put('a.txt', 'theirs\n'));
    expect(result.status).toBe('error');
    expect(editor.text('a.txt')).toBe('theirs\n');
  });
});

describe('Diagnostics', () => {
  const problem = (name: string, severity: Problem['severity'], line: number): Problem => ({
    file: name,
    path: editor.path(name),
    line,
    column: 1,
    severity,
    message: `${severity} in ${name}`,
  });

  test('lists errors first, without hints unless asked, without what is hidden', async () => {
    editor.put('a.ts', '');
    hidden = [editor.path('b.ts')];
    editor.found = [
      problem('a.ts', 'hint', 1),
      problem('a.ts', 'warning', 2),
      problem('a.ts', 'error', 9),
      problem('b.ts', 'error', 1),
    ];
    expect((await call('Diagnostics', {})).text).toBe(
      'a.ts:9:1 error: error in a.ts\na.ts:2:1 warning: warning in a.ts',
    );
    expect((await call('Diagnostics', { severity: 'error' })).text).toBe('a.ts:9:1 error: error in a.ts');
    expect((await call('Diagnostics', { path: 'a.ts', severity: 'hint' })).text.split('\n')).toHaveLength(3);
  });

  test('says that there are none, and when it could not wait long enough', async () => {
    editor.put('a.ts', '');
    editor.delta = { added: [], removed: [], settled: false };
    expect((await call('Diagnostics', { path: 'a.ts' })).text).toMatch(/^No problems in a\.ts\.\n.*not settled/);
    expect((await call('Diagnostics', { path: 'missing.ts' })).status).toBe('error');
  });
});

describe('OpenFiles and Skill', () => {
  test('describes each tab in a line, the active one first', async () => {
    const file = (name: string, more: Partial<OpenFile>): OpenFile => ({
      name,
      path: null,
      language: '',
      dirty: false,
      active: false,
      group: 1,
      visible: [],
      selections: [],
      ...more,
    });
    editor.files = [
      file('src/b.ts', {}),
      file('src/a.ts', {
        active: true,
        dirty: true,
        visible: [{ startLine: 10, endLine: 40 }],
        selections: [{ startLine: 12, startColumn: 1, endLine: 14, endColumn: 8 }],
      }),
    ];
    expect((await call('OpenFiles', {})).text).toBe(
      'src/a.ts (active; unsaved changes; visible lines 10-40; selection 12:1-14:8)\nsrc/b.ts',
    );
    editor.files = [];
    expect((await call('OpenFiles', {})).text).toBe('No files are open.');
  });

  test('loads a skill, and names those there are', async () => {
    expect((await call('Skill', { name: 'release' })).text).toContain('# Release\nBump it.');
    expect((await call('Skill', { name: 'nope' })).text).toContain('There are: release.');
  });
});

describe('unifiedDiff', () => {
  // `-1`: a comparison that takes too long.
  test.each([20, -1])(
    'any two texts: the patch, applied, gives the second; counts are its lines (%i ms)',
    (timeout) => {
      const text = fc
        .array(fc.constantFrom('a', 'b', 'c', '', 'd\r'), { maxLength: 14 })
        .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
      fc.assert(
        fc.property(text, text, (before, after) => {
          const { unified, added, removed } = unifiedDiff('x', before, after, timeout);
          if (before === after) {
            expect([added, removed]).toEqual([0, 0]);
            return;
          }
          expect(applyPatch(before, unified)).toBe(after);
          expect(unified.match(/^\+(?!\+\+ )/gm)?.length ?? 0).toBe(added);
          expect(unified.match(/^-(?!-- )/gm)?.length ?? 0).toBe(removed);
        }),
        { numRuns: 2_000, seed: 2 },
      );
    },
  );

  test('names the lines of the whole file', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`);
    const after = lines.with(49, 'changed').join('\n');
    expect(unifiedDiff('x', lines.join('\n'), after).unified).toContain(
      '@@ -47,7 +47,7 @@\n line 47\n line 48\n line 49\n-line 50\n+changed',
    );
  });
});
