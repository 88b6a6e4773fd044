// Edits as people expect them in VS Code: undoable, saved only where that was so before, never over somebody's changes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, onDisk, put, show, type, until, withEditor } from '../support.ts';

const replace = (path: string, old_string: string, new_string: string) => ({
  path,
  edits: [{ old_string, new_string }],
});

export const cases: HostCase[] = [
  {
    name: 'a clean document is edited and saved, and one undo takes all of it back',
    run: () =>
      withEditor(async (editor) => {
        put('edits/a.txt', 'one\ntwo\nthree\nfour\n');
        const shown = await show('edits/a.txt');
        const events: vscode.TextDocumentChangeEvent[] = [];
        const listening = vscode.workspace.onDidChangeTextDocument((event) => {
          if (event.document === shown.document && event.contentChanges.length > 0) events.push(event);
        });
        const result = await callTool(editor, 'Edit', {
          path: 'edits/a.txt',
          edits: [
            { old_string: 'one', new_string: 'ONE' },
            { old_string: 'four', new_string: 'FOUR' },
          ],
        });
        listening.dispose();
        assert.match(result.text, /^Changed edits\/a\.txt \(saved\)\./);
        assert.equal(onDisk('edits/a.txt'), 'ONE\ntwo\nthree\nFOUR\n');
        assert.equal(shown.document.isDirty, false);
        assert.equal(events.length, 1, 'one change event: one edit');
        const touched = events[0]?.contentChanges.map(({ rangeLength }) => rangeLength) ?? [];
        assert.ok(Math.max(...touched) <= 4, 'only what differs was replaced');
        await vscode.commands.executeCommand('undo');
        await until('the text is back', () => shown.document.getText() === 'one\ntwo\nthree\nfour\n');
        await vscode.commands.executeCommand('redo');
        await until('the edit is back', () => shown.document.getText() === 'ONE\ntwo\nthree\nFOUR\n');
      }),
  },
  {
    name: 'a file that nobody had open is edited, saved, shown, and undone by Ctrl+Z',
    run: () =>
      withEditor(async (editor) => {
        put('edits/closed.txt', 'before\n');
        const result = await callTool(editor, 'Edit', replace('edits/closed.txt', 'before', 'after'));
        assert.match(result.text, /\(saved\)/);
        assert.equal(onDisk('edits/closed.txt'), 'after\n');
        const active = vscode.window.activeTextEditor;
        assert.equal(active?.document.uri.fsPath, at('edits/closed.txt'));
        await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
        await vscode.commands.executeCommand('undo');
        await until('the text is back', () => active?.document.getText() === 'before\n');
      }),
  },
  {
    name: 'a dirty document stays dirty and its unsaved text is kept',
    run: () =>
      withEditor(async (editor) => {
        put('edits/dirty.txt', 'one\n');
        const shown = await show('edits/dirty.txt');
        await type(shown, new vscode.Position(1, 0), 'unsaved\n');
        const result = await callTool(editor, 'Edit', replace('edits/dirty.txt', 'one', 'two'));
        assert.match(result.text, /left unsaved/);
        assert.equal(shown.document.getText(), 'two\nunsaved\n');
        assert.equal(shown.document.isDirty, true);
        assert.equal(onDisk('edits/dirty.txt'), 'one\n');
        await vscode.commands.executeCommand('undo');
        await until('the edit alone is undone', () => shown.document.getText() === 'one\nunsaved\n');
      }),
  },
  {
    name: 'CRLF, the byte order mark and a missing final newline are kept',
    run: () =>
      withEditor(async (editor) => {
        put('edits/crlf.txt', Buffer.from('\ufeffone\r\ntwo\r\nthree', 'utf8'));
        await callTool(editor, 'Edit', replace('edits/crlf.txt', 'one\ntwo\n', 'one\nand a half\ntwo\n'));
        const bytes = readFileSync(at('edits/crlf.txt'));
        assert.equal(bytes.toString('utf8'), '\ufeffone\r\nand a half\r\ntwo\r\nthree');
        put('edits/utf16.txt', Buffer.from('\ufeffgrün\r\n', 'utf16le'));
        await callTool(editor, 'Edit', replace('edits/utf16.txt', 'grün', 'blau'));
        assert.equal(readFileSync(at('edits/utf16.txt')).toString('utf16le'), '\ufeffblau\r\n');
      }),
  },
  {
    name: 'Write makes a file with its folders, and replaces one without losing its line endings',
    run: () =>
      withEditor(async (editor) => {
        rmSync(at('edits/new'), { recursive: true, force: true });
        const made = await callTool(editor, 'Write', { path: 'edits/new/deep/a.txt', content: 'first\nsecond\n' });
        assert.match(made.text, /^Created edits\/new\/deep\/a\.txt \(saved\)\./);
        assert.equal(onDisk('edits/new/deep/a.txt'), 'first\nsecond\n');
        put('edits/win.txt', 'a\r\nb\r\n');
        await callTool(editor, 'Write', { path: 'edits/win.txt', content: 'a\nb\nc' });
        assert.equal(onDisk('edits/win.txt'), 'a\r\nb\r\nc\r\n');
      }),
  },
  {
    name: 'what changed after the plan is refused and left alone: in the editor',
    run: () =>
      withEditor(async (editor) => {
        put('edits/race.txt', 'one\n');
        const shown = await show('edits/race.txt');
        const typed = () => type(shown, new vscode.Position(0, 0), 'typed ');
        await assert.rejects(callTool(editor, 'Edit', replace('edits/race.txt', 'one', 'two'), typed), /changed since/);
        assert.equal(shown.document.getText(), 'typed one\n');
        assert.equal(onDisk('edits/race.txt'), 'one\n');
      }),
  },
  {
    name: 'what changed after the plan is refused and left alone: on disk, also before the editor noticed',
    run: () =>
      withEditor(async (editor) => {
        put('edits/disk.txt', 'one\n');
        await show('edits/disk.txt');
        const written = () => void put('edits/disk.txt', 'somebody else\n');
        await assert.rejects(
          callTool(editor, 'Edit', replace('edits/disk.txt', 'one', 'two'), written),
          /changed since/,
        );
        assert.equal(onDisk('edits/disk.txt'), 'somebody else\n');
      }),
  },
  {
    name: 'a file that appeared after the plan is not overwritten, one that went is not made again',
    run: () =>
      withEditor(async (editor) => {
        rmSync(at('edits/appears.txt'), { force: true });
        const appears = () => void put('edits/appears.txt', 'theirs\n');
        const write = callTool(editor, 'Write', { path: 'edits/appears.txt', content: 'mine\n' }, appears);
        await assert.rejects(write, /exists by now/);
        assert.equal(onDisk('edits/appears.txt'), 'theirs\n');
        put('edits/goes.txt', 'one\n');
        const goes = () => rmSync(at('edits/goes.txt'));
        await assert.rejects(callTool(editor, 'Edit', replace('edits/goes.txt', 'one', 'two'), goes), /changed since/);
        assert.equal(existsSync(at('edits/goes.txt')), false);
      }),
  },
  {
    name: 'a path that became a symlink after the plan is refused',
    run: () =>
      withEditor(async (editor) => {
        put('edits/swap/a.txt', 'one\n');
        const swap = () => {
          rmSync(at('edits/swap'), { recursive: true });
          symlinkSync(tmpdir(), at('edits/swap'));
        };
        await assert.rejects(callTool(editor, 'Edit', replace('edits/swap/a.txt', 'one', 'two'), swap));
        rmSync(at('edits/swap'));
        assert.equal(existsSync(`${tmpdir()}/a.txt`), false);
      }),
  },
  {
    name: 'one stale file refuses the whole plan: nothing of it is written',
    run: () =>
      withEditor(async (editor) => {
        const first = put('edits/many/a.txt', 'a\n');
        const second = put('edits/many/b.txt', 'b\n');
        const changes = [
          { path: first, before: 'a\n', after: 'A\n' },
          { path: second, before: 'not b\n', after: 'B\n' },
        ];
        await assert.rejects(editor.apply(changes, new AbortController().signal), /changed since/);
        assert.equal(onDisk('edits/many/a.txt'), 'a\n');
        const good = changes.map((change) => (change.path === second ? { ...change, before: 'b\n' } : change));
        const applied = await editor.apply(good, new AbortController().signal);
        assert.deepEqual(
          applied.files.map(({ state }) => state),
          ['saved', 'saved'],
        );
        assert.equal(onDisk('edits/many/a.txt') + onDisk('edits/many/b.txt'), 'A\nB\n');
      }),
  },
  {
    name: 'an edit of a file in the background does not take the screen from the person',
    run: () =>
      withEditor(async (editor) => {
        put('edits/front.txt', 'mine\n');
        put('edits/back.txt', 'one\n');
        await show('edits/front.txt');
        await callTool(editor, 'Edit', replace('edits/back.txt', 'one', 'two'));
        assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, at('edits/front.txt'));
        assert.deepEqual(
          editor.openFiles().map(({ name, active }) => ({ name, active })),
          [
            { name: 'edits/front.txt', active: true },
            { name: 'edits/back.txt', active: false },
          ],
        );
      }),
  },
  {
    name: 'a file that Write made goes with undo',
    run: () =>
      withEditor(async (editor) => {
        rmSync(at('edits/made.txt'), { force: true });
        await callTool(editor, 'Write', { path: 'edits/made.txt', content: 'made\n' });
        assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, at('edits/made.txt'));
        await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
        await vscode.commands.executeCommand('undo');
        await until('the file is gone', () => !existsSync(at('edits/made.txt')));
      }),
  },
  {
    name: 'what saving changed on its own is said and shown',
    run: () =>
      withEditor(async (editor) => {
        put('edits/format.txt', 'one\n');
        const settings = vscode.workspace.getConfiguration('files', vscode.Uri.file(at('edits/format.txt')));
        await settings.update('trimTrailingWhitespace', true, vscode.ConfigurationTarget.Workspace);
        try {
          const result = await callTool(editor, 'Edit', replace('edits/format.txt', 'one', 'two   '));
          assert.equal(onDisk('edits/format.txt'), 'two\n');
          assert.match(result.text, /Saving changed it further/);
          assert.match(result.text, /^\+two$/m);
        } finally {
          await settings.update('trimTrailingWhitespace', undefined, vscode.ConfigurationTarget.Workspace);
        }
      }),
  },
  {
    name: 'mixed line endings are edited, and unified as VS Code does it',
    run: () =>
      withEditor(async (editor) => {
        put('edits/mixed.txt', 'a\r\nb\nc\r\nd\r\n');
        await callTool(editor, 'Edit', replace('edits/mixed.txt', 'b\nc', 'B\nC'));
        assert.equal(onDisk('edits/mixed.txt'), 'a\r\nB\r\nC\r\nd\r\n');
      }),
  },
  {
    name: 'an aborted call changes nothing',
    run: () =>
      withEditor(async (editor) => {
        const path = put('edits/abort.txt', 'one\n');
        const signal = AbortSignal.abort();
        await assert.rejects(editor.apply([{ path, before: 'one\n', after: 'two\n' }], signal), /Stopped before/);
        assert.equal(onDisk('edits/abort.txt'), 'one\n');
      }),
  },
];
