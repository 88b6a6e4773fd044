// Files over a real folder: what is planned, done, told and refused.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesTool } from '../../../src/tools/files.ts';
import { accessOfCall } from '../../../src/tools/plan-access.ts';
import { type Plan, ToolError, type ToolResult } from '../../../src/tools/tool.ts';
import { DiskEditor } from './disk-editor.ts';

let editor: DiskEditor;
let hidden: string[];

beforeEach(() => {
  editor = new DiskEditor();
  hidden = [];
});
afterEach(() => editor.dispose());

const context = () => ({ callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} });
const tool = () => filesTool(editor, (path) => hidden.includes(path));

async function planned(input: unknown): Promise<Plan> {
  const parsed = tool().input.parse(input);
  tool().access(parsed);
  const plan = await tool().plan?.(parsed, context());
  if (plan === undefined) throw new Error('There is no plan.');
  return plan;
}

async function call(input: unknown): Promise<ToolResult> {
  try {
    return await tool().run(tool().input.parse(input), context(), await planned(input));
  } catch (error) {
    if (error instanceof ToolError) return { status: 'error', text: error.message };
    throw error;
  }
}

const patch = (...lines: string[]) => ({
  operation: 'patch',
  patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n'),
});
const move = (path: string, to: string) => ({ operation: 'move', path, to });
const remove = (path: string) => ({ operation: 'delete', path });

/** Every file below the root, with its text. */
function everything(): Record<string, string> {
  const files = readdirSync(editor.root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(editor.root, name)).isFile(),
  );
  return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(editor.root, name), 'utf8')]));
}

test('what cannot be reviewed or restored is told', async () => {
  const large = `${'x'.repeat(2_000_001)}\n`;
  editor.put('large.txt', `a\n${large}`);
  const changed = await call(patch('*** Update File: large.txt', '@@', '-a', '+A'));
  expect(changed.text).toContain('Changed large.txt (saved).\nIt is too large to wait for review');
  const { apply } = editor;
  const lost = [editor.path('large.txt')];
  editor.apply = async (changes) => {
    const applied = await apply.call(editor, changes);
    return { ...applied, files: applied.files.map(({ kept: _, ...file }) => ({ ...file, lost })) };
  };
  expect((await call(remove('large.txt'))).text).toContain(
    'Deleted large.txt (it is larger than 1 MB: it cannot be restored).\nIt is too large to wait for review',
  );
  editor.put('box/small.txt', 'x\n');
  editor.apply = async (changes) => {
    const applied = await apply.call(editor, changes);
    return { ...applied, files: applied.files.map((file) => ({ ...file, lost, kept: '/kept/box' })) };
  };
  expect((await call(remove('box'))).text).toContain(
    'a copy is kept in /kept/box, without what is larger than 1 MB and cannot be restored: large.txt',
  );
});

describe('patch', () => {
  test('changes several files, and tells of each with its diff', async () => {
    editor.put('a.txt', 'a\nb\n');
    editor.put('old.txt', 'away\n');
    const result = await call(
      patch('*** Update File: a.txt', '@@', '-a', '+A', '*** Delete File: old.txt', '*** Add File: new/c.txt', '+c'),
    );
    expect(result.text).toContain('Changed a.txt (saved).\nDeleted old.txt (a copy is kept in');
    expect(result.text).toContain('Created new/c.txt (saved).');
    expect(result.view?.body).toMatchObject({
      kind: 'files',
      files: [
        { path: 'a.txt', added: 1, removed: 1 },
        { path: 'old.txt', added: 0, removed: 1 },
        { path: 'new/c.txt', added: 1, removed: 0 },
      ],
    });
    expect(everything()).toEqual({ 'a.txt': 'A\nb\n', 'new/c.txt': 'c\n' });
  });

  test('says of every file why it does not fit, and changes none', async () => {
    editor.put('a.txt', 'a\n');
    editor.put('b.txt', 'b\n');
    const before = everything();
    const wrong = ['*** Update File: b.txt', '@@', '-c', '+C', '*** Add File: b.txt/x', '+x'];
    const result = await call(patch('*** Update File: a.txt', '@@', '-a', '+A', ...wrong));
    expect(result.status).toBe('error');
    expect(result.text).toMatch(/b\.txt, hunk 1 of 1: none of its lines/);
    expect(result.text).toMatch(/b\.txt is a file, nothing can be in it/);
    expect(result.text).toMatch(/Nothing was changed\.$/);
    expect(everything()).toEqual(before);
  });

  test.each([
    ['a file that is not there', patch('*** Update File: no.txt', '@@', '-a', '+b'), /no\.txt does not exist/],
    ['making a file that is there', patch('*** Add File: a.txt', '+x'), /a\.txt exists already/],
    ['a move onto a file', patch('*** Update File: a.txt', '*** Move to: b.txt'), /b\.txt exists already/],
    ['a patch without text', { operation: 'patch' }, /patch needs patch/],
    ['what cannot be read', { operation: 'patch', patch: '*** Begin Patch\nx' }, /does not end with/],
  ])('refuses %s', async (_, input, words) => {
    editor.put('a.txt', 'a\n');
    editor.put('b.txt', 'b\n');
    const result = await call(input);
    expect(result).toMatchObject({ status: 'error', text: expect.stringMatching(words) });
    expect(everything()).toEqual({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  });

  test('a move brings the edits of imports along, also in files that the patch changes, unless it does so itself', async () => {
    editor.put('a.ts', 'a\n');
    for (const name of ['one.ts', 'two.ts', 'three.ts']) editor.put(name, "import './a.js';\nbody\n");
    editor.language.imports = async () =>
      ['one.ts', 'two.ts', 'three.ts'].map((name) => {
        const before = editor.text(name);
        return { path: editor.path(name), before, after: before.replace('./a', './lib/a') };
      });
    const own = ['*** Update File: three.ts', '@@', "-import './a.js';", "+import './lib/a.js'; // moved"];
    await call(
      patch(
        '*** Update File: a.ts',
        '*** Move to: lib/a.ts',
        '*** Update File: two.ts',
        '@@',
        '-body',
        '+BODY',
        ...own,
      ),
    );
    expect(everything()).toEqual({
      'lib/a.ts': 'a\n',
      'one.ts': "import './lib/a.js';\nbody\n",
      'two.ts': "import './lib/a.js';\nBODY\n",
      'three.ts': "import './lib/a.js'; // moved\nbody\n",
    });
  });

  test('a diff that deletes a file must show all of it', async () => {
    editor.put('a.txt', 'a\nmore\n');
    const diff = '--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n';
    expect((await call({ operation: 'patch', patch: diff })).text).toContain('has more lines than the patch deletes');
    expect(everything()).toEqual({ 'a.txt': 'a\nmore\n' });
  });

  test('any patch of any files comes to what it says; one that does not fit changes nothing', async () => {
    const names = ['a', 'b', 'c', 'd/e'] as const;
    const step = fc.record({
      name: fc.constantFrom(...names),
      act: fc.constantFrom('add', 'update', 'delete', 'move'),
      wrong: fc.boolean(),
    });
    const started = fc.subarray([...names]);
    await fc.assert(
      fc.asyncProperty(
        started,
        fc.uniqueArray(step, { selector: (s) => s.name, minLength: 1, maxLength: 4 }),
        async (there, steps) => {
          const own = new DiskEditor();
          const outer = editor;
          editor = own;
          try {
            for (const name of there) own.put(name, `1 ${name}\n2 ${name}\n`);
            const before = everything();
            const model: Record<string, string> = { ...before };
            let fits = true;
            const lines = steps.flatMap(({ name, act, wrong }) => {
              const exists = there.includes(name);
              if (act === 'add') {
                // `d` cannot be a file and a folder; nothing here makes it one.
                fits &&= !exists;
                model[name] = 'new\n';
                return [`*** Add File: ${name}`, '+new'];
              }
              fits &&= exists;
              delete model[name];
              if (act === 'delete') return [`*** Delete File: ${name}`];
              if (wrong) fits = false;
              const to = act === 'move' ? `moved/${name}` : name;
              model[to] = `1 ${name}\nchanged\n`;
              const head = act === 'move' ? [`*** Move to: ${to}`] : [];
              return [`*** Update File: ${name}`, ...head, '@@', `-${wrong ? 'nothing' : '2'} ${name}`, '+changed'];
            });
            const result = await call(patch(...lines));
            expect(result.status).toBe(fits ? 'success' : 'error');
            expect(everything()).toEqual(fits ? model : before);
          } finally {
            editor = outer;
            own.dispose();
          }
        },
      ),
      { numRuns: 150, seed: 9 },
    );
  });
});

describe('move', () => {
  test('takes a file along with the edits that imports need, and shows them', async () => {
    const from = editor.put('src/a.ts', "import './b.js';\n");
    const user = editor.put('src/user.ts', "import './a.js';\n");
    editor.language.imports = async () => [
      { path: user, before: "import './a.js';\n", after: "import './lib/a.js';\n" },
      { path: from, before: "import './b.js';\n", after: "import '../b.js';\n" },
    ];
    const input = move('src/a.ts', 'src/lib/a.ts');
    const plan = await planned(input);
    expect(accessOfCall(tool(), input, plan)).toEqual({
      kind: 'edit',
      paths: ['src/a.ts', 'src/lib/a.ts', 'src/user.ts'].map((name) => editor.path(name)),
    });
    const result = await call(input);
    expect(result.text).toContain('Moved src/a.ts → src/lib/a.ts (saved).\nChanged src/user.ts (saved).');
    expect(result.view?.body).toMatchObject({
      files: [
        { path: 'src/a.ts → src/lib/a.ts', added: 1, removed: 1 },
        { path: 'src/user.ts', added: 1, removed: 1 },
      ],
    });
    expect(everything()).toEqual({ 'src/lib/a.ts': "import '../b.js';\n", 'src/user.ts': "import './lib/a.js';\n" });
  });

  test('takes a folder along with all that is in it, and tells of it as one', async () => {
    editor.put('box/a.txt', 'a\n');
    writeFileSync(editor.put('box/deep/data.bin', ''), Buffer.from([0, 255]));
    mkdirSync(editor.path('box/empty'));
    const result = await call(move('box', 'sub/crate/'));
    expect(result.text.split('\n')[0]).toBe('Moved box/ → sub/crate/.');
    expect(existsSync(editor.path('box'))).toBe(false);
    expect(readdirSync(editor.path('sub/crate')).sort()).toEqual(['a.txt', 'deep', 'empty']);
  });

  test.each([
    ['a folder into itself', move('box', 'box/in/box'), /into itself/],
    ['onto itself', move('a.txt', './a.txt'), /nothing to move/],
    ['onto a file', move('a.txt', 'b.txt'), /b\.txt exists already/],
    ['onto a folder', move('a.txt', 'box'), /To move into it give to: box\/a\.txt/],
    ['into a file', move('a.txt', 'b.txt/a.txt'), /b\.txt is a file/],
    ['what is not there', move('no.txt', 'yes.txt'), /no\.txt does not exist/],
    ['a folder out of the workspace', move('box', '/tmp/box-of-nobody'), /is a folder outside the workspace/],
    ['a folder that lies outside', move('/usr/share', 'share'), /share is a folder outside the workspace/],
    ['the workspace', move('.', 'other'), /is a workspace folder/],
    ['a link', move('link', 'other'), /symbolic link to a\.txt/],
    ['without a place to go to', { operation: 'move', path: 'a.txt' }, /move needs to/],
  ])('refuses %s', async (_, input, words) => {
    editor.put('a.txt', 'a\n');
    editor.put('b.txt', 'b\n');
    editor.put('box/c.txt', 'c\n');
    symlinkSync('a.txt', editor.path('link'));
    const before = everything();
    expect(await call(input)).toMatchObject({ status: 'error', text: expect.stringMatching(words) });
    expect(everything()).toEqual(before);
  });

  test('from one workspace folder to another, each named', async () => {
    const other = new DiskEditor();
    try {
      const folders = [
        { name: 'web', path: editor.root, real: editor.root },
        { name: 'api', path: other.root, real: other.root },
      ];
      editor.folders = () => folders;
      editor.put('src/a.txt', 'a\n');
      expect((await call(move('src/b.txt', 'src/c.txt'))).text).toContain('Begin src/b.txt with one of their names');
      expect((await call(move('web/src/a.txt', 'api/lib/a.txt'))).text).toContain(
        'Moved web/src/a.txt → api/lib/a.txt',
      );
      expect(other.text('lib/a.txt')).toBe('a\n');
      expect((await call(remove('api'))).text).toContain('is a workspace folder');
    } finally {
      other.dispose();
    }
  });

  test('names as they come: spaces, quotes, brackets, other scripts', async () => {
    for (const name of ['a b.txt', "it's.txt", '[x] (1).txt', '日本語.txt', '-rf']) {
      editor.put(name, 'x\n');
      expect((await call(move(name, `moved/${name}`))).text).toContain(`Moved ${name} → moved/${name}`);
    }
    expect(Object.keys(everything())).toHaveLength(5);
  });
});

describe('delete and mkdir', () => {
  test('a folder goes with everything in it, all of it listed for permissions and for the person', async () => {
    editor.put('old/a.txt', 'a\n');
    editor.put('old/.git/config', 'x\n');
    const plan = await planned(remove('old'));
    expect(plan.targets.map(({ path }) => path)).toEqual(
      ['old', 'old/.git', 'old/a.txt', 'old/.git/config'].map((name) => editor.path(name)),
    );
    const { text } = await call(remove('old'));
    expect(text.split('\n')[0]).toBe(
      `Deleted old/ with 3 files and folders (a copy is kept in /kept${editor.path('old')}).`,
    );
    expect(text).not.toContain('Deleted old/a.txt');
    expect(everything()).toEqual({});
  });

  test('a folder with unsaved files is refused', async () => {
    const path = editor.put('one/a.txt', 'a\n');
    editor.unsaved.set(path, 'unsaved\n');
    expect((await call(remove('one'))).text).toContain('one/a.txt has unsaved changes');
    expect(existsSync(path)).toBe(true);
  });

  test('a folder is made with those above it', async () => {
    expect((await call({ operation: 'mkdir', path: 'a/b/c' })).text).toContain('Created a/b/c/.');
    expect(statSync(editor.path('a/b/c')).isDirectory()).toBe(true);
    expect((await call({ operation: 'mkdir', path: 'a/b' })).text).toContain('exists already');
    editor.put('file', 'x');
    expect((await call({ operation: 'mkdir', path: 'file/sub' })).text).toContain('file is a file');
  });

  test('the card says what happens', () => {
    const title = (input: unknown) => tool().title(tool().input.parse(input));
    expect(title(move('a', 'b'))).toEqual({ title: 'Move', target: 'a → b' });
    expect(title(remove('a'))).toEqual({ title: 'Delete', target: 'a' });
    expect(title(patch('*** Delete File: a'))).toEqual({ title: 'Patch', target: 'a' });
    expect(title(patch('*** Delete File: a', '*** Delete File: b'))).toEqual({ title: 'Patch', target: '2 files' });
  });
});
