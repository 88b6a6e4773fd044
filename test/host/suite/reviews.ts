// The review over real documents: CRLF, unsaved text, closed files, other programs, undo; and the base behind a diff.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Editor, FileChange } from '../../../src/editor/editor.ts';
import { hunksOf } from '../../../src/editor/review/pending.ts';
import { Review } from '../../../src/editor/review/review.ts';
import { ReviewStore } from '../../../src/editor/review/store.ts';
import { ReviewSurface } from '../../../src/editor/vscode-review.ts';
import { ReviewWatch, reviewDocuments } from '../../../src/editor/vscode-review-documents.ts';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, onDisk, put, show, type, until, withEditor } from '../support.ts';

interface Reviewed {
  editor: Editor;
  review: Review;
  surface: ReviewSurface;
  /** The agent makes these changes. */
  agent(changes: Record<string, string | null>): Promise<void>;
}

const cell = (...source: string[]) => ({ cell_type: 'code', execution_count: 1, metadata: {}, outputs: [], source });
const notebookOf = (...cells: object[]): string =>
  `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;

const never = new AbortController().signal;

function withReview(run: (reviewed: Reviewed) => Promise<void>): Promise<void> {
  return withEditor(async (editor) => {
    const folder = mkdtempSync(join(tmpdir(), 'letta-review-'));
    const review: Review = new Review(
      reviewDocuments,
      new ReviewStore(
        folder,
        (work) => work(),
        () => true,
      ),
      () => {
        surface.update();
        watch.update();
      },
      (line) => assert.fail(line),
    );
    const surface = new ReviewSurface(review);
    const watch = new ReviewWatch(review, join(folder, 'index.json'));
    const agent = async (changes: Record<string, string | null>) => {
      const wanted: FileChange[] = [];
      for (const [name, after] of Object.entries(changes)) {
        wanted.push({ path: at(name), before: (await editor.open(at(name)))?.text ?? null, after });
      }
      await review.during(wanted, () => editor.apply(wanted, never));
    };
    try {
      await run({ editor, review, surface, agent });
    } finally {
      watch.dispose();
      surface.dispose();
      await review.saved();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

const count = (review: Review, name: string): number => {
  const file = review.file(at(name));
  return file ? hunksOf(file).length : 0;
};
const chosen = (review: Review, name: string, index: number) => {
  const file = review.file(at(name));
  return { hunks: file ? hunksOf(file) : [], index };
};

const THREE = 'one\r\n-\r\ntwo\r\n-\r\nthree\r\n';
const CHANGED = 'ONE\r\n-\r\nTWO\r\n-\r\nTHREE\r\n';

export const cases: HostCase[] = [
  {
    name: 'what waits in a folder moves along with it, and goes with it',
    run: () =>
      withReview(async ({ review, agent }) => {
        rmSync(at('review/folder'), { recursive: true, force: true });
        rmSync(at('review/other'), { recursive: true, force: true });
        put('review/folder/deep/a.txt', 'one\n');
        put('review/folder/b.txt', 'one\n');
        await agent({ 'review/folder/deep/a.txt': 'two\n', 'review/folder/b.txt': 'two\n' });
        const move = new vscode.WorkspaceEdit();
        move.renameFile(vscode.Uri.file(at('review/folder')), vscode.Uri.file(at('review/other')));
        assert.ok(await vscode.workspace.applyEdit(move));
        await until('both have moved along', () =>
          review.files.every(({ path }) => path.startsWith(at('review/other'))),
        );
        assert.deepEqual([count(review, 'review/other/deep/a.txt'), count(review, 'review/other/b.txt')], [1, 1]);
        // Somebody else takes it away, by no means of VS Code.
        rmSync(at('review/other'), { recursive: true });
        await until('nothing of it waits', () => review.files.length === 0);
      }),
  },
  {
    name: 'two of three changes kept and one undone in a closed file with CRLF: saved, byte for byte',
    run: () =>
      withReview(async ({ review, agent }) => {
        put('review/crlf.txt', THREE);
        await agent({ 'review/crlf.txt': CHANGED });
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await review.keep(at('review/crlf.txt'), chosen(review, 'review/crlf.txt', 0));
        await review.undo(at('review/crlf.txt'), chosen(review, 'review/crlf.txt', 0));
        await review.keep(at('review/crlf.txt'), chosen(review, 'review/crlf.txt', 0));
        assert.equal(onDisk('review/crlf.txt'), 'ONE\r\n-\r\ntwo\r\n-\r\nTHREE\r\n');
        assert.equal(review.files.length, 0);
      }),
  },
  {
    name: 'undone changes come back with Ctrl+Z, and wait again',
    run: () =>
      withReview(async ({ review, agent }) => {
        put('review/undo.txt', THREE);
        const shown = await show('review/undo.txt');
        await agent({ 'review/undo.txt': CHANGED });
        await review.undo(at('review/undo.txt'), chosen(review, 'review/undo.txt', 1));
        assert.equal(shown.document.getText(), 'ONE\r\n-\r\ntwo\r\n-\r\nTHREE\r\n');
        assert.equal(shown.document.isDirty, false);
        await show('review/undo.txt');
        await vscode.commands.executeCommand('undo');
        assert.equal(shown.document.getText(), CHANGED);
        await until('the change waits again', () => count(review, 'review/undo.txt') === 3);
        await vscode.commands.executeCommand('undo');
        await until('nothing waits', () => review.files.length === 0);
        assert.equal(shown.document.getText(), THREE);
        await vscode.commands.executeCommand('redo');
        await until('all waits', () => count(review, 'review/undo.txt') === 3);
      }),
  },
  {
    name: 'what the person types beside a change stays when it is undone; a dirty document stays dirty',
    run: () =>
      withReview(async ({ review, agent }) => {
        put('review/typed.txt', 'one\n-\ntwo\n');
        const shown = await show('review/typed.txt');
        await agent({ 'review/typed.txt': 'ONE\n-\ntwo\n' });
        await type(shown, new vscode.Position(2, 3), ' mine');
        await until('it was seen', () => review.file(at('review/typed.txt'))?.base === 'one\n-\ntwo mine\n');
        await review.undo(at('review/typed.txt'));
        assert.equal(shown.document.getText(), 'one\n-\ntwo mine\n');
        assert.equal(shown.document.isDirty, true);
        assert.equal(onDisk('review/typed.txt'), 'ONE\n-\ntwo\n');
      }),
  },
  {
    name: 'what another program writes is followed, open or closed',
    run: () =>
      withReview(async ({ review, agent }) => {
        for (const name of ['review/open.txt', 'review/closed.txt']) put(name, 'one\n-\ntwo\n');
        await agent({ 'review/open.txt': 'ONE\n-\ntwo\n', 'review/closed.txt': 'ONE\n-\ntwo\n' });
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await show('review/open.txt');
        for (const name of ['review/open.txt', 'review/closed.txt']) put(name, 'ONE\n-\ntwo\nother\n');
        const followed = (name: string) => review.file(at(name))?.base === 'one\n-\ntwo\nother\n';
        await until('the open one', () => followed('review/open.txt'));
        await until('the closed one', () => followed('review/closed.txt'));
        await review.undoAll();
        assert.equal(onDisk('review/open.txt'), 'one\n-\ntwo\nother\n');
        assert.equal(onDisk('review/closed.txt'), 'one\n-\ntwo\nother\n');
        put('review/closed.txt', 'x\n');
        await agent({ 'review/closed.txt': 'y\n' });
        rmSync(at('review/closed.txt'));
        await until('a file that is gone waits for nothing', () => review.files.length === 0);
      }),
  },
  {
    name: 'a new file goes and a deleted one comes back with its bytes; Ctrl+Z is VS Code’s',
    run: () =>
      withReview(async ({ review, agent }) => {
        const utf16 = Buffer.from('\ufeffümläut\r\n', 'utf16le');
        put('review/utf16.txt', utf16);
        const opened = await vscode.workspace.openTextDocument(vscode.Uri.file(at('review/utf16.txt')));
        assert.equal(opened.encoding, 'utf16le');
        rmSync(at('review/new.txt'), { force: true });
        await agent({ 'review/new.txt': 'new\n', 'review/utf16.txt': null });
        assert.equal(existsSync(at('review/utf16.txt')), false);
        assert.equal(review.files.length, 2);
        await review.undoAll();
        assert.equal(existsSync(at('review/new.txt')), false);
        assert.deepEqual(readFileSync(at('review/utf16.txt')), utf16);
        assert.equal(review.files.length, 0);
      }),
  },
  {
    name: 'the diff shows the base beside the file and follows what is kept; several files open together',
    run: () =>
      withReview(async ({ review, surface, agent }) => {
        put('review/diff.txt', 'one\n-\ntwo\n');
        rmSync(at('review/diff-new.txt'), { force: true });
        await agent({ 'review/diff.txt': 'ONE\n-\nTWO\n', 'review/diff-new.txt': 'new\n' });
        await surface.openDiff();
        assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith('Letta Changes'), true);
        await surface.openDiff(at('review/diff.txt'));
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        assert.ok(input instanceof vscode.TabInputTextDiff);
        assert.equal(input.original.scheme, 'letta-base');
        assert.equal(input.modified.fsPath, at('review/diff.txt'));
        const base = await vscode.workspace.openTextDocument(input.original);
        assert.equal(base.getText(), 'one\n-\ntwo\n');
        assert.equal(surface.pathOf(input.original), at('review/diff.txt'));
        await review.keep(at('review/diff.txt'), chosen(review, 'review/diff.txt', 0));
        await until('the base follows', () => base.getText() === 'ONE\n-\ntwo\n');
        await review.keepAll();
        await until('nothing differs any more', () => base.getText() === 'ONE\n-\nTWO\n');
      }),
  },
  {
    name: 'a file that the person renames stays pending',
    run: () =>
      withReview(async ({ review, agent }) => {
        put('review/old-name.txt', 'one\n');
        rmSync(at('review/new-name.txt'), { force: true });
        await agent({ 'review/old-name.txt': 'ONE\n' });
        const edit = new vscode.WorkspaceEdit();
        edit.renameFile(vscode.Uri.file(at('review/old-name.txt')), vscode.Uri.file(at('review/new-name.txt')));
        assert.ok(await vscode.workspace.applyEdit(edit));
        await until('it has moved along', () => review.file(at('review/new-name.txt')) !== undefined);
        await review.undo(at('review/new-name.txt'));
        assert.equal(onDisk('review/new-name.txt'), 'one\n');
      }),
  },
  {
    name: 'our keyboard shortcuts are nobody else’s',
    run: async () => {
      const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
      const defaults = (await vscode.workspace.openTextDocument(uri)).getText();
      const taken = [...defaults.matchAll(/"key": "([^"]+)",\s*"command": "([^"]+)"/g)];
      assert.ok(taken.length > 300, 'the list of all shortcuts was read');
      for (const key of ['ctrl+k alt+k', 'ctrl+k alt+u', 'ctrl+k shift+alt+k', 'ctrl+k shift+alt+u', 'ctrl+k alt+r']) {
        const others = taken.filter(([, used, command]) => used === key && !command?.startsWith('letta.'));
        assert.deepEqual(
          others.map(([, , command]) => command),
          [],
          key,
        );
      }
    },
  },
  {
    name: 'a file that is to go keeps its unsaved text where nothing can be done',
    run: () =>
      withEditor(async () => {
        put('half/moved.txt', 'moved on\n');
        put('half/unsaved.txt', 'disk\n');
        const editor = await show('half/unsaved.txt');
        await type(editor, new vscode.Position(0, 0), 'typed ');
        const changes = [
          { path: at('half/unsaved.txt'), before: 'typed disk\n', after: null },
          { path: at('half/moved.txt'), before: 'something else\n', after: 'base\n' },
        ];
        await assert.rejects(reviewDocuments.apply(changes), /half\/moved\.txt has changed since/);
        assert.equal(onDisk('half/unsaved.txt'), 'disk\n');
        assert.equal(editor.document.isDirty, true);
      }),
  },
  {
    name: 'what the agent changes in an open notebook waits, saved or not, and is undone in the cells',
    run: () =>
      withReview(async ({ editor, review }) => {
        const path = put('review/book.ipynb', notebookOf(cell('x = 1\n', 'y = 2'), cell('z = 5')));
        const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path));
        await vscode.window.showNotebookDocument(notebook);
        const sources = () => notebook.getCells().map(({ document }) => document.getText());
        const edit = (from: string, to: string) => {
          const reviewed: Editor = {
            ...editor,
            apply: (changes, signal) => review.during(changes, () => editor.apply(changes, signal)),
          };
          const edits = [{ old_string: from, new_string: to }];
          return callTool(reviewed, 'Edit', { path: 'review/book.ipynb', edits });
        };
        const typed = async (index: number, text: string) => {
          const typing = new vscode.WorkspaceEdit();
          typing.insert(notebook.cellAt(index).document.uri, new vscode.Position(0, 0), text);
          assert.ok(await vscode.workspace.applyEdit(typing));
          await until('it has unsaved changes', () => notebook.isDirty);
        };

        // Unsaved: it waits, what was typed is the person's, and a second edit works on what the cells hold.
        await typed(1, 'mine ');
        await edit('y = 2', 'y = 3');
        assert.equal(count(review, 'review/book.ipynb'), 1);
        await edit('y = 3', 'y = 4');
        await edit('mine z', 'mine w');
        assert.deepEqual(sources(), ['x = 1\ny = 4', 'mine w = 5']);
        assert.equal(count(review, 'review/book.ipynb'), 2);
        assert.match(onDisk('review/book.ipynb'), /y = 2/);
        await review.undo(path, chosen(review, 'review/book.ipynb', 0));
        assert.deepEqual(sources(), ['x = 1\ny = 2', 'mine w = 5']);
        assert.equal(notebook.isDirty, true);
        assert.equal(count(review, 'review/book.ipynb'), 1);

        // The person saves: it waits on; undone, it goes through the cells and is saved, and what was typed stays.
        assert.ok(await notebook.save());
        await review.sync(path);
        assert.equal(count(review, 'review/book.ipynb'), 1);
        await review.undo(path, undefined, 'take');
        assert.deepEqual(sources(), ['x = 1\ny = 2', 'mine z = 5']);
        assert.equal(notebook.isDirty, false);
        assert.match(onDisk('review/book.ipynb'), /mine z = 5/);
        assert.equal(review.files.length, 0);

        // A saved edit is undone in the notebook beside what was typed there since.
        await edit('x = 1', 'x = 2');
        assert.equal(notebook.isDirty, false);
        await typed(1, 'and ');
        await review.sync(path);
        await review.undo(path);
        assert.deepEqual(sources(), ['x = 1\ny = 2', 'and mine z = 5']);
        assert.equal(notebook.isDirty, true);

        // Unsaved work that is dropped takes along what the agent did in it.
        assert.ok(await notebook.save());
        await typed(1, 'more ');
        await edit('y = 2', 'y = 9');
        assert.equal(review.files.length, 1);
        await vscode.window.showNotebookDocument(notebook);
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
        await until('nothing waits in what was dropped', () => review.files.length === 0);
      }),
  },
];
