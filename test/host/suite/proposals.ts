// A proposal is VS Code's own diff editor: active while it waits, gone when it is decided.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, onDisk, put, show, until, withEditor } from '../support.ts';

const diffTabs = (): vscode.TabInputTextDiff[] =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => (input instanceof vscode.TabInputTextDiff ? [input] : [])),
  );

export const cases: HostCase[] = [
  {
    name: 'shows the document beside the proposal as the active editor, and closes it',
    run: () =>
      withEditor(async (editor) => {
        const path = put('proposal/a.ts', 'export const a = 1;\n');
        const shown = await show('proposal/a.ts');
        const change = { path, before: 'export const a = 1;\n', after: 'export const a = 2;\n' };
        const proposal = await editor.showProposal({ targets: [change] }, 'Edit proposal/a.ts');
        const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
        assert.ok(tab?.input instanceof vscode.TabInputTextDiff, 'the active tab is a diff');
        assert.equal(tab.label, 'Edit proposal/a.ts');
        assert.equal(tab.input.original.fsPath, path);
        assert.equal(tab.input.modified.scheme, 'letta-proposal');
        const right = await vscode.workspace.openTextDocument(tab.input.modified);
        assert.equal(right.getText(), change.after);
        assert.equal(right.languageId, 'typescript');
        await until('the diff is the active editor', () => vscode.window.activeTextEditor?.document === right);
        assert.equal(
          editor.openFiles().some(({ name }) => name.includes('letta-proposal')),
          false,
        );

        await vscode.window.showTextDocument(shown.document);
        await proposal.show();
        assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
        assert.equal(diffTabs().length, 1, 'showing it again opens no second tab');

        await proposal.dispose();
        assert.equal(diffTabs().length, 0);
        await proposal.dispose();
        assert.equal(shown.document.getText(), change.before);
      }),
  },
  {
    name: 'the person changes the proposal: that is what stands, saved, unsaved or closed, and closing asks nothing',
    run: () =>
      withEditor(async (editor) => {
        const path = put('proposal/edited.txt', 'one\r\n');
        const target = { path, before: 'one\r\n', after: 'two\r\n' };
        const proposal = await editor.showProposal({ targets: [target] }, 'Edit');
        let told = 0;
        proposal.onEdited(() => {
          told += 1;
        });
        assert.deepEqual(proposal.stands(), [target]);
        await proposal.show();
        await until(
          'the proposal is active',
          () => vscode.window.activeTextEditor?.document.uri.scheme === 'letta-proposal',
        );
        await vscode.commands.executeCommand('type', { text: 'x' });
        assert.deepEqual(proposal.stands(), [{ ...target, after: 'xtwo\r\n' }]);
        await until('it was told', () => told === 1);
        await vscode.window.activeTextEditor?.document.save();
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        await until('it is closed', () => diffTabs().length === 0);
        assert.deepEqual(proposal.stands(), [{ ...target, after: 'xtwo\r\n' }]);
        await proposal.show();
        await vscode.commands.executeCommand('type', { text: 'y' });
        assert.equal(vscode.window.activeTextEditor?.document.isDirty, true);
        await proposal.dispose();
        assert.equal(diffTabs().length, 0);
        assert.equal(onDisk('proposal/edited.txt'), 'one\r\n');
      }),
  },
  {
    name: 'where there is nothing to change nothing can be typed: beside a new file, and in place of one that goes',
    run: () =>
      withEditor(async (editor) => {
        const path = put('proposal/goes.txt', 'one\n');
        const gone = { path, before: 'one\n', after: null };
        const proposal = await editor.showProposal({ targets: [gone] }, 'Delete');
        await proposal.show();
        await until(
          'the proposal is active',
          () => vscode.window.activeTextEditor?.document.uri.scheme === 'letta-proposal',
        );
        await vscode.commands.executeCommand('type', { text: 'x' });
        assert.equal(vscode.window.activeTextEditor?.document.isDirty, false);
        assert.deepEqual(proposal.stands(), [gone]);
        await proposal.dispose();
      }),
  },
  {
    name: 'a new file is shown against nothing, and is not made by looking at it',
    run: () =>
      withEditor(async (editor) => {
        rmSync(at('proposal/new.txt'), { force: true });
        const target = { path: at('proposal/new.txt'), before: null, after: 'new\n' };
        const proposal = await editor.showProposal({ targets: [target] }, 'Write proposal/new.txt');
        const [diff] = diffTabs();
        assert.ok(diff);
        assert.equal((await vscode.workspace.openTextDocument(diff.original)).getText(), '');
        assert.equal((await vscode.workspace.openTextDocument(diff.modified)).getText(), 'new\n');
        await proposal.dispose();
        assert.equal(diffTabs().length, 0);
      }),
  },
  {
    name: 'a dirty document is shown with its unsaved text, and closing asks nothing',
    run: () =>
      withEditor(async (editor) => {
        const path = put('proposal/dirty.txt', 'one\n');
        const shown = await show('proposal/dirty.txt');
        assert.ok(await shown.edit((edit) => edit.insert(new vscode.Position(0, 0), 'unsaved ')));
        const target = { path, before: 'unsaved one\n', after: 'unsaved two\n' };
        const proposal = await editor.showProposal({ targets: [target] }, 'Edit');
        await proposal.dispose();
        assert.equal(diffTabs().length, 0);
        assert.equal(shown.document.getText(), 'unsaved one\n');
        assert.equal(shown.document.isDirty, true);
      }),
  },
  {
    name: 'two proposals wait side by side; closing the editor closes what still waits',
    run: async () => {
      await withEditor(async (editor) => {
        for (const name of ['proposal/x.txt', 'proposal/y.txt']) {
          const path = put(name, 'one\n');
          await editor.showProposal({ targets: [{ path, before: 'one\n', after: 'two\n' }] }, name);
        }
        assert.equal(diffTabs().length, 2);
      });
      assert.equal(diffTabs().length, 0);
    },
  },
  {
    name: 'once allowed, the edited file takes the place of the diff, and undo takes the edit back',
    run: () =>
      withEditor(async (editor) => {
        put('proposal/other.txt', 'other\n');
        const path = put('proposal/allowed.ts', "export const a: number = 'a';\n");
        await show('proposal/other.txt');
        const before = onDisk('proposal/allowed.ts');
        const input = { path: 'proposal/allowed.ts', edits: [{ old_string: "'a'", new_string: '1' }] };
        const result = await callTool(editor, 'Edit', input, async (plan) => {
          assert.ok(plan);
          const proposal = await editor.showProposal(plan, 'Edit');
          await until('the diff has been checked', () => editor.problems().some((problem) => problem.path === path));
          await proposal.dispose();
        });
        assert.match(result.text, /Problems: 0 added, 1 removed/);
        await until('the file is in front', () => vscode.window.activeTextEditor?.document.uri.fsPath === path);
        await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
        await vscode.commands.executeCommand('undo');
        await until('the text is back', () => vscode.window.activeTextEditor?.document.getText() === before);
      }),
  },
  {
    name: 'once denied, the person is back where they were and no tab of the file stays',
    run: () =>
      withEditor(async (editor) => {
        put('proposal/mine.txt', 'mine\n');
        const path = put('proposal/denied.txt', 'one\n');
        await show('proposal/mine.txt');
        const proposal = await editor.showProposal({ targets: [{ path, before: 'one\n', after: 'two\n' }] }, 'Edit');
        await proposal.dispose();
        assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, at('proposal/mine.txt'));
        await until('its tab is gone', () => editor.openFiles().length === 1);
        assert.equal(onDisk('proposal/denied.txt'), 'one\n');
      }),
  },
];
