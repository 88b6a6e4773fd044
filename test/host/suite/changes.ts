// Patches, moves and deletions in a real VS Code: all or nothing, no byte otherwise than asked, nothing lost.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, closeAll, onDisk, put, reachOf, show, type, until, withEditor } from '../support.ts';

const patch = (...lines: string[]) => ({
  operation: 'patch',
  patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n'),
});
const move = (path: string, to: string) => ({ operation: 'move', path, to });
const remove = (path: string) => ({ operation: 'delete', path });
const fresh = (name: string) => rmSync(at(name), { recursive: true, force: true });
const bytes = (name: string) => readFileSync(at(name));

export const cases: HostCase[] = [
  {
    name: 'a patch adds, changes, moves and deletes in one call, keeping line endings, encodings and byte order marks',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/crlf.txt', 'one\r\ntwo\r\nthree');
        put('changes/wide.txt', Buffer.from('\ufeffgrün\r\nblau\r\n', 'utf16le'));
        put('changes/gone.txt', 'away\n');
        put('changes/old.py', 'def f():\n    return 1\n');
        put('changes/data.json', '{\n  "a": 1\n}\n');
        const result = await callTool(
          editor,
          'Files',
          patch(
            '*** Update File: changes/crlf.txt',
            '@@',
            ' one',
            '-two',
            '+2',
            '+zwei',
            '*** Update File: changes/wide.txt',
            '@@',
            '-grün',
            '+rot',
            '*** Delete File: changes/gone.txt',
            '*** Update File: changes/old.py',
            '*** Move to: changes/deep/new.py',
            '@@ def f():',
            '-    return 1',
            '+    return 2',
            '*** Update File: changes/data.json',
            '@@',
            '-  "a": 1',
            '+  "a": 2',
            '*** Add File: changes/made/a.txt',
            '+made',
          ),
        );
        assert.match(result.text, /Changed changes\/crlf\.txt \(saved\)/);
        assert.match(result.text, /Moved changes\/old\.py → changes\/deep\/new\.py \(saved\)/);
        assert.match(result.text, /Deleted changes\/gone\.txt \(a copy is kept in .+\)/);
        assert.match(result.text, /Created changes\/made\/a\.txt \(saved\)/);
        assert.equal(onDisk('changes/crlf.txt'), 'one\r\n2\r\nzwei\r\nthree');
        assert.equal(bytes('changes/wide.txt').toString('utf16le'), '\ufeffrot\r\nblau\r\n');
        assert.equal(existsSync(at('changes/gone.txt')), false);
        assert.equal(existsSync(at('changes/old.py')), false);
        assert.equal(onDisk('changes/deep/new.py'), 'def f():\n    return 2\n');
        assert.equal(onDisk('changes/data.json'), '{\n  "a": 2\n}\n');
        assert.equal(onDisk('changes/made/a.txt'), 'made\n');
        assert.equal(result.view?.body?.kind === 'files' ? result.view.body.files.length : 0, 6);
        assert.equal(vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).length, 0);
      }),
  },
  {
    name: 'a unified diff is applied to several files, with wrong counts of lines in its headers',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/a.ts', 'export const a = 1;\nexport const b = 2;\n');
        put('changes/b.ts', 'export const c = 3;\n');
        await callTool(editor, 'Files', {
          operation: 'patch',
          patch: [
            'diff --git a/changes/a.ts b/changes/a.ts',
            '--- a/changes/a.ts',
            '+++ b/changes/a.ts',
            '@@ -1,9 +1,9 @@',
            ' export const a = 1;',
            '-export const b = 2;',
            '+export const b = 20;',
            'diff --git a/changes/b.ts b/changes/b.ts',
            '--- a/changes/b.ts',
            '+++ b/changes/b.ts',
            '@@ -1 +1 @@',
            '-export const c = 3;',
            '+export const c = 30;',
            '',
          ].join('\n'),
        });
        assert.equal(onDisk('changes/a.ts'), 'export const a = 1;\nexport const b = 20;\n');
        assert.equal(onDisk('changes/b.ts'), 'export const c = 30;\n');
      }),
  },
  {
    name: 'what changed while the person looked refuses the whole patch',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/a.txt', 'a\n');
        put('changes/b.txt', 'b\n');
        const call = patch(
          '*** Update File: changes/a.txt',
          '@@',
          '-a',
          '+A',
          '*** Delete File: changes/b.txt',
          '*** Add File: changes/c.txt',
          '+c',
        );
        await assert.rejects(
          callTool(editor, 'Files', call, () => void put('changes/b.txt', 'mine\n')),
          /b\.txt changed since/,
        );
        assert.deepEqual([onDisk('changes/a.txt'), onDisk('changes/b.txt')], ['a\n', 'mine\n']);
        assert.equal(existsSync(at('changes/c.txt')), false);
      }),
  },
  {
    name: 'something in the way in the very moment of the edit: what was done of it is taken back',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/a.txt', 'a\n');
        put('changes/b.txt', 'b\n');
        put('changes/from.txt', 'from\n');
        const shown = await show('changes/a.txt');
        // VS Code tells extensions before it makes a file: meanwhile somebody else makes another.
        const listening = vscode.workspace.onWillCreateFiles(() => void put('changes/to.txt', 'theirs\n'));
        const call = patch(
          '*** Add File: changes/c.txt',
          '+c',
          '*** Update File: changes/from.txt',
          '*** Move to: changes/to.txt',
          '*** Delete File: changes/b.txt',
          '*** Update File: changes/a.txt',
          '@@',
          '-a',
          '+A',
        );
        const refused = /did not apply.*not as they were; look at them: changes\/to\.txt\./;
        await assert.rejects(callTool(editor, 'Files', call), refused);
        listening.dispose();
        assert.equal(shown.document.getText() + onDisk('changes/a.txt'), 'a\na\n');
        assert.equal(shown.document.isDirty, false);
        assert.equal(onDisk('changes/b.txt'), 'b\n');
        assert.equal(onDisk('changes/from.txt'), 'from\n');
        assert.equal(existsSync(at('changes/c.txt')), false);
        assert.equal(onDisk('changes/to.txt'), 'theirs\n');
      }),
  },
  {
    name: 'moving a module updates the imports of others and its own, and one undo takes it back',
    run: () =>
      withEditor(async (editor) => {
        fresh('src/moved');
        put('src/moved/unit.ts', "import { greet } from '../greet.js';\n\nexport const hello = greet('you');\n");
        put('src/moved/user.ts', "import { hello } from './unit.js';\n\nexport const twice = hello + hello;\n");
        await show('src/moved/user.ts');
        let planned: string[] = [];
        const result = await callTool(editor, 'Files', move('src/moved/unit.ts', 'src/moved/lib/unit.ts'), (plan) => {
          planned = (plan?.targets ?? []).map(({ path }) => path);
        });
        assert.match(result.text, /Moved src\/moved\/unit\.ts → src\/moved\/lib\/unit\.ts \(saved\)/);
        assert.match(onDisk('src/moved/user.ts'), /from '\.\/lib\/unit\.js'/);
        assert.match(onDisk('src/moved/lib/unit.ts'), /from '\.\.\/\.\.\/greet\.js'/);
        assert.ok(planned.includes(at('src/moved/user.ts')), 'the person saw that its import changes');
        assert.equal(existsSync(at('src/moved/unit.ts')), false);
        await show('src/moved/user.ts');
        await vscode.commands.executeCommand('undo');
        await until('the file is back', () => existsSync(at('src/moved/unit.ts')));
        await until('its text is back', () => {
          const user = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === at('src/moved/user.ts'));
          return user?.getText().includes("from './unit.js'") === true;
        });
        await closeAll();
        fresh('src/moved');
      }),
  },
  {
    name: 'moving a folder of modules updates the imports from outside and those that lead out, and no others',
    run: () =>
      withEditor(async (editor) => {
        fresh('src/moved');
        put(
          'src/moved/box/a.ts',
          "import { b } from './b.js';\nimport { greet } from '../../greet.js';\n\nexport const a = greet(b);\n",
        );
        put('src/moved/box/b.ts', "export const b = 'b';\n");
        put(
          'src/moved/user.ts',
          "import { a } from './box/a.js';\nimport { b } from './box/b.js';\n\nexport const both = a + b;\n",
        );
        await show('src/moved/user.ts');
        await callTool(editor, 'Files', move('src/moved/box', 'src/crate'));
        const user =
          "import { a } from '../crate/a.js';\nimport { b } from '../crate/b.js';\n\nexport const both = a + b;\n";
        assert.equal(onDisk('src/moved/user.ts'), user);
        const own = "import { b } from './b.js';\nimport { greet } from '../greet.js';\n\nexport const a = greet(b);\n";
        assert.equal(onDisk('src/crate/a.ts'), own);
        assert.equal(vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).length, 0);
        await closeAll();
        fresh('src/moved');
        fresh('src/crate');
      }),
  },
  {
    name: 'a cell of a notebook is edited in its file, and in its editor where that is open: outputs and unsaved work stay',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        const output = { output_type: 'stream', name: 'stdout', text: ['ran\n'] };
        const cell = (...source: string[]) => ({
          cell_type: 'code',
          execution_count: 1,
          metadata: {},
          outputs: [output],
          source,
        });
        const cells = [cell('x = 1\n', 'y = 2'), cell('z = 5')];
        const json = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1);
        const edit = (path: string, from = 'y = 2', to = 'y = 3') =>
          callTool(editor, 'Edit', { path, edits: [{ old_string: from, new_string: to }] });
        put('changes/book.ipynb', `${json}\n`);
        await edit('changes/book.ipynb');
        assert.equal(onDisk('changes/book.ipynb'), `${json.replace('y = 2', 'y = 3')}\n`);

        put('changes/shown.ipynb', `${json}\n`);
        const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(at('changes/shown.ipynb')));
        await vscode.window.showNotebookDocument(notebook);
        const sources = () => notebook.getCells().map(({ document }) => document.getText());
        const saved = await edit('changes/shown.ipynb');
        assert.match(saved.text, /Changed changes\/shown\.ipynb \(saved\)/);
        assert.deepEqual(sources(), ['x = 1\ny = 3', 'z = 5']);
        assert.equal(notebook.isDirty, false);
        const kept = JSON.parse(onDisk('changes/shown.ipynb')) as { cells: (typeof cells)[number][] };
        assert.deepEqual(
          kept.cells.map(({ source, outputs }) => [source.join(''), outputs]),
          [
            ['x = 1\ny = 3', [output]],
            ['z = 5', [output]],
          ],
        );

        const typedInto = async ({ document }: vscode.NotebookCell, text: string) => {
          const typed = new vscode.WorkspaceEdit();
          typed.insert(document.uri, new vscode.Position(0, 0), text);
          assert.ok(await vscode.workspace.applyEdit(typed));
        };
        const [first, second] = notebook.getCells();
        assert.ok(first && second);
        await typedInto(second, 'mine ');
        await until('it has unsaved changes', () => notebook.isDirty);
        const dirty = await edit('changes/shown.ipynb', 'y = 3', 'y = 4');
        assert.match(dirty.text, /it had unsaved changes, so it was left unsaved/);
        assert.deepEqual(sources(), ['x = 1\ny = 4', 'mine z = 5']);
        assert.match(onDisk('changes/shown.ipynb'), /y = 3/);
        await edit('changes/shown.ipynb', 'y = 4', 'y = 5');
        await edit('changes/shown.ipynb', 'mine z = 5', 'mine z = 6');
        assert.deepEqual(sources(), ['x = 1\ny = 5', 'mine z = 6']);
        assert.match(onDisk('changes/shown.ipynb'), /y = 3/);
        await assert.rejects(
          callTool(
            editor,
            'Edit',
            { path: 'changes/shown.ipynb', edits: [{ old_string: 'x = 1', new_string: 'x' }] },
            () => typedInto(first, 'now '),
          ),
          /changed since the edit was planned/,
        );
        const whole = {
          path: 'changes/shown.ipynb',
          content: json.replace('"nbformat_minor": 5', '"nbformat_minor": 4'),
        };
        await assert.rejects(callTool(editor, 'Write', whole), /only text in its cells/);
        assert.deepEqual(sources(), ['now x = 1\ny = 5', 'mine z = 6']);
        await vscode.window.showNotebookDocument(notebook);
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }),
  },
  {
    name: 'a folder moves with everything in it: text, bytes, links, empty folders, unsaved text',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/box/a.txt', 'a\n');
        put('changes/box/deep/data.bin', Buffer.from([0, 1, 2, 255, 0]));
        mkdirSync(at('changes/box/empty'));
        symlinkSync('a.txt', at('changes/box/link'));
        const shown = await show('changes/box/a.txt');
        await type(shown, new vscode.Position(0, 0), 'unsaved ');
        const result = await callTool(editor, 'Files', move('changes/box', 'changes/sub/crate'));
        assert.match(result.text, /Moved changes\/box\/ → changes\/sub\/crate\//);
        assert.equal(existsSync(at('changes/box')), false);
        assert.deepEqual(readdirSync(at('changes/sub/crate')).sort(), ['a.txt', 'deep', 'empty', 'link']);
        assert.deepEqual([...bytes('changes/sub/crate/deep/data.bin')], [0, 1, 2, 255, 0]);
        const moved = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === at('changes/sub/crate/a.txt'));
        assert.equal(moved?.getText(), 'unsaved a\n');
        assert.equal(moved?.isDirty, true);
        assert.equal(onDisk('changes/sub/crate/a.txt'), 'a\n');
      }),
  },
  {
    name: 'a folder is deleted with a copy of all of it, and not when something new is in it',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/old/a.txt', 'a\n');
        put('changes/old/deep/data.bin', Buffer.from([0, 1, 2]));
        const late = () => void put('changes/old/new.txt', 'just made\n');
        await assert.rejects(callTool(editor, 'Files', remove('changes/old'), late), /new\.txt is new/);
        assert.equal(onDisk('changes/old/a.txt'), 'a\n');
        const result = await callTool(editor, 'Files', remove('changes/old'));
        assert.equal(existsSync(at('changes/old')), false);
        const kept = /a copy is kept in (.+?)\)/.exec(result.text)?.[1] ?? '';
        assert.equal(readFileSync(join(kept, 'a.txt'), 'utf8'), 'a\n');
        assert.deepEqual([...readFileSync(join(kept, 'deep/data.bin'))], [0, 1, 2]);
      }),
  },
  {
    name: 'an unsaved file is not deleted, nor one that became unsaved while the person looked',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/a.txt', 'a\n');
        const shown = await show('changes/a.txt');
        const typed = async () => type(shown, new vscode.Position(0, 0), 'typed ');
        await assert.rejects(callTool(editor, 'Files', remove('changes/a.txt'), typed), /unsaved changes/);
        await assert.rejects(callTool(editor, 'Files', remove('changes/a.txt')), /unsaved changes/);
        assert.equal(onDisk('changes/a.txt'), 'a\n');
      }),
  },
  {
    name: 'links are not followed out, and neither moved nor deleted themselves',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/real.txt', 'real\n');
        symlinkSync('real.txt', at('changes/link.txt'));
        symlinkSync('/etc', at('changes/etc'));
        await assert.rejects(callTool(editor, 'Files', remove('changes/link.txt')), /symbolic link/);
        await assert.rejects(callTool(editor, 'Files', move('changes/link.txt', 'changes/b.txt')), /symbolic link/);
        await assert.rejects(callTool(editor, 'Files', remove('changes/etc')), /symbolic link/);
        // Judged as outside by permissions, before anything is done.
        assert.ok(reachOf(editor, 'Files', move('changes/real.txt', 'changes/etc/x')).includes('/etc/x'));
        await assert.rejects(callTool(editor, 'Files', patch('*** Delete File: changes/link.txt')), /symbolic link/);
        assert.equal(onDisk('changes/link.txt'), 'real\n');
      }),
  },
  {
    name: 'read-only files, and characters that an encoding has not, are refused before anything is written',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/fixed.txt', 'one\n');
        chmodSync(at('changes/fixed.txt'), 0o444);
        const edit = { path: 'changes/fixed.txt', edits: [{ old_string: 'one', new_string: 'two' }] };
        await assert.rejects(callTool(editor, 'Edit', edit), /read-only/);
        assert.equal(onDisk('changes/fixed.txt'), 'one\n');
        const settings = vscode.workspace.getConfiguration('files', vscode.Uri.file(at('changes/latin.txt')));
        await settings.update('encoding', 'iso88591', vscode.ConfigurationTarget.Workspace);
        try {
          put('changes/latin.txt', Buffer.from('grün\n', 'latin1'));
          const wide = { path: 'changes/latin.txt', edits: [{ old_string: 'grün', new_string: '緑' }] };
          await assert.rejects(callTool(editor, 'Edit', wide), /iso88591, which has no "緑"/);
          const made = callTool(editor, 'Write', { path: 'changes/new.txt', content: '緑\n' });
          await assert.rejects(made, /iso88591/);
          assert.equal(existsSync(at('changes/new.txt')), false);
          await callTool(editor, 'Edit', { ...wide, edits: [{ old_string: 'grün', new_string: 'größer' }] });
          assert.equal(bytes('changes/latin.txt').toString('latin1'), 'größer\n');
        } finally {
          await settings.update('encoding', undefined, vscode.ConfigurationTarget.Workspace);
        }
      }),
  },
  {
    name: 'a name changes its case alone; a virtual document is no file',
    run: () =>
      withEditor(async (editor) => {
        fresh('changes');
        put('changes/name.txt', 'a\n');
        await callTool(editor, 'Files', move('changes/name.txt', 'changes/NAME.txt'));
        assert.deepEqual(readdirSync(at('changes')), ['NAME.txt']);
        const edit = { path: 'git:/changes/NAME.txt', edits: [{ old_string: 'a', new_string: 'b' }] };
        await assert.rejects(callTool(editor, 'Edit', edit), /not a file in the workspace/);
      }),
  },
];
