// What the agent sees of documents: tabs, unsaved text, encodings, and nothing outside the workspace.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, put, reachOf, rootFolder, show, type, until, withEditor } from '../support.ts';

export const cases: HostCase[] = [
  {
    name: 'lists the tabs of all groups with what is active, unsaved, visible and selected',
    run: () =>
      withEditor(async (editor) => {
        put('tabs/one.txt', Array.from({ length: 200 }, (_, index) => `line ${index + 1}`).join('\n'));
        put('tabs/two.txt', 'two\n');
        put('tabs/three.txt', 'three\n');
        await show('tabs/three.txt');
        await show('tabs/two.txt', { viewColumn: vscode.ViewColumn.Two });
        const one = await show('tabs/one.txt', { viewColumn: vscode.ViewColumn.One });
        await type(one, new vscode.Position(0, 0), '!');
        one.selection = new vscode.Selection(2, 1, 3, 4);
        await until('the selection has arrived', () =>
          editor.openFiles().some((file) => file.selections.length > 0 && file.visible.length > 0),
        );
        const files = editor.openFiles();
        assert.deepEqual(
          files.map(({ name, group, active, dirty }) => ({ name, group, active, dirty })),
          [
            { name: 'tabs/three.txt', group: 1, active: false, dirty: false },
            { name: 'tabs/one.txt', group: 1, active: true, dirty: true },
            { name: 'tabs/two.txt', group: 2, active: false, dirty: false },
          ],
        );
        assert.deepEqual(files[1]?.selections, [{ startLine: 3, startColumn: 2, endLine: 4, endColumn: 5 }]);
        assert.equal(files[1]?.visible[0]?.startLine, 1);
        assert.ok((files[1]?.visible[0]?.endLine ?? 0) < 200, 'only what is on the screen is visible');
        assert.deepEqual(files[0]?.visible, []);
        const { text } = await callTool(editor, 'OpenFiles', {});
        assert.match(
          text,
          /^tabs\/one\.txt \(active; unsaved changes; group 1; visible lines 1-\d+; selection 3:2-4:5\)$/m,
        );
      }),
  },
  {
    name: 'reads the unsaved text where the editor has it, else the disk',
    run: () =>
      withEditor(async (editor) => {
        put('read/a.txt', 'on disk\n');
        assert.equal((await callTool(editor, 'Read', { path: 'read/a.txt' })).text, '1\ton disk');
        await type(await show('read/a.txt'), new vscode.Position(0, 0), 'not ');
        assert.deepEqual(await editor.read(at('read/a.txt')), { text: 'not on disk\n', dirty: true });
        const { text } = await callTool(editor, 'Read', { path: 'read/a.txt' });
        assert.equal(text, '[with unsaved changes of the editor]\n1\tnot on disk');
      }),
  },
  {
    name: 'reads a clean document as it is on disk, even before the editor has noticed a change',
    run: () =>
      withEditor(async (editor) => {
        put('read/b.txt', 'old\n');
        await show('read/b.txt');
        put('read/b.txt', 'new\n');
        assert.equal((await editor.read(at('read/b.txt')))?.text, 'new\n');
      }),
  },
  {
    name: 'reads text in UTF-8 with a byte order mark and in UTF-16, and refuses what is binary',
    run: () =>
      withEditor(async (editor) => {
        put('read/bom.txt', Buffer.from('\ufeffgrün\n', 'utf8'));
        put('read/utf16.txt', Buffer.from('\ufeffgrün\n', 'utf16le'));
        put('read/image.bin', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 1, 0, 2]));
        assert.equal((await editor.read(at('read/bom.txt')))?.text, 'grün\n');
        assert.equal((await editor.read(at('read/utf16.txt')))?.text, 'grün\n');
        await assert.rejects(callTool(editor, 'Read', { path: 'read/image.bin' }), /binary file/);
      }),
  },
  {
    name: 'lists and reads documents that are on no disk, and refuses other schemes',
    run: () =>
      withEditor(async (editor) => {
        const document = await vscode.workspace.openTextDocument({ content: 'a draft\n' });
        await vscode.window.showTextDocument(document);
        const name = document.uri.toString(true);
        await until('its tab is there', () => editor.openFiles().some((file) => file.name === name));
        assert.equal(editor.openFiles().find((file) => file.name === name)?.path, null);
        assert.match((await callTool(editor, 'Read', { path: name })).text, /1\ta draft/);
        const provider = vscode.workspace.registerTextDocumentContentProvider('letta-host-test', {
          provideTextDocumentContent: () => 'virtual',
        });
        const uri = vscode.Uri.parse('letta-host-test:/some/file.txt');
        await vscode.window.showTextDocument(uri);
        await until('the virtual tab is there', () =>
          editor.openFiles().some((file) => file.name === uri.toString(true)),
        );
        await assert.rejects(callTool(editor, 'Read', { path: uri.toString(true) }), /not a file in the workspace/);
        provider.dispose();
      }),
  },
  {
    name: 'what a symlink or .. leads to out of the workspace is judged by where it really is',
    run: () =>
      withEditor(async (editor) => {
        const outside = realpathSync(mkdtempSync(join(tmpdir(), 'letta-outside-')));
        writeFileSync(join(outside, 'secret.txt'), 'secret\n');
        mkdirSync(at('links'), { recursive: true });
        rmSync(at('links/out'), { force: true });
        symlinkSync(outside, at('links/out'));
        const edits = [{ old_string: 'secret', new_string: 'x' }];
        for (const [tool, input, real] of [
          ['Read', { path: 'links/out/secret.txt' }, join(outside, 'secret.txt')],
          ['Edit', { path: 'links/out/secret.txt', edits }, join(outside, 'secret.txt')],
          ['Write', { path: 'links/out/new.txt', content: 'x' }, join(outside, 'new.txt')],
          ['Read', { path: '../beside.txt' }, join(dirname(rootFolder()), 'beside.txt')],
          ['Read', { path: '/etc/passwd' }, '/etc/passwd'],
        ] as const) {
          const reach = reachOf(editor, tool, input);
          assert.ok(reach.includes(real), `${tool} reaches ${reach.join(', ')}`);
          assert.ok(!real.startsWith(`${rootFolder()}/`));
        }
        rmSync(outside, { recursive: true });
      }),
  },
  {
    name: 'lists a folder and says what is missing',
    run: () =>
      withEditor(async (editor) => {
        put('listing/sub/x.txt', '');
        put('listing/a.txt', '');
        assert.equal((await callTool(editor, 'Read', { path: 'listing' })).text, 'listing is a folder:\nsub/\na.txt');
        await assert.rejects(callTool(editor, 'Read', { path: 'listing/none.txt' }), /does not exist/);
      }),
  },
];
