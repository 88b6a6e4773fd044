// What Show puts before the person: lines in an editor, and diffs of VS Code's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { VsCodeShower } from '../../../src/editor/vscode-show.ts';
import { runGit } from '../../../src/memory/run-git.ts';
import { showTool } from '../../../src/tools/show.ts';
import type { HostCase } from '../runner/case.ts';
import { at, put, show, until, withEditor } from '../support.ts';

type Run = (input: Parameters<ReturnType<typeof showTool>['run']>[0]) => Promise<string>;

/** `hidden`: ends of paths that `.lettaignore` hides. */
const withShow = (run: (show: Run) => Promise<void>, hidden: string[] = []): Promise<void> =>
  withEditor(async (editor) => {
    const shower = new VsCodeShower(runGit);
    const tool = showTool(editor, shower, (path) => hidden.some((end) => path.endsWith(end)));
    const context = { callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} };
    try {
      await run(async (input) => (await tool.run(input, context)).text);
    } finally {
      shower.dispose();
    }
  });

const activeDiff = (): vscode.TabInputTextDiff => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  assert.ok(input instanceof vscode.TabInputTextDiff, 'the active tab is a diff');
  return input;
};
const lines = Array.from({ length: 300 }, (_, n) => `line ${n + 1}`).join('\n');

export const cases: HostCase[] = [
  {
    name: 'a range of lines comes into sight, and the cursor stays where it was',
    run: () =>
      withShow(async (run) => {
        const path = put('show/long.txt', lines);
        const text = await run({ path: 'show/long.txt', line: 200, endLine: 203 });
        assert.equal(text, 'The person sees show/long.txt, lines 200-203.');
        const editor = () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === path);
        await until('the lines are in sight', () =>
          Boolean(editor()?.visibleRanges.some((range) => range.start.line <= 199 && range.end.line >= 202)),
        );
        assert.equal(editor()?.selection.active.line, 0);
        await run({ path: 'show/long.txt', line: 100, focus: true });
        await until('the cursor is there', () => editor()?.selection.active.line === 99);
        assert.match(await run({ path: 'show/long.txt', line: 900 }), /has only 300 lines/);
      }),
  },
  {
    name: 'what is not saved is shown against what is on disk; without changes nothing opens',
    run: () =>
      withShow(async (run) => {
        put('show/dirty.txt', 'one\n');
        assert.match(await run({ path: 'show/dirty.txt', diff: 'saved' }), /no changes since it was saved/);
        const shown = await show('show/dirty.txt');
        await shown.edit((edit) => edit.insert(new vscode.Position(0, 0), 'new '));
        assert.match(await run({ path: 'show/dirty.txt', diff: 'saved' }), /sees what changed/);
        const { original, modified } = activeDiff();
        assert.equal((await vscode.workspace.openTextDocument(original)).getText(), 'one\n');
        assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), 'new one\n');
      }),
  },
  {
    name: 'a file is shown against HEAD, and what is not in HEAD is said to be new',
    run: () =>
      withShow(async (run) => {
        put('repo/kept.txt', 'first\n');
        const git = (...args: string[]) => execFileSync('git', args, { cwd: at('repo'), stdio: 'pipe' });
        git('init', '-q');
        git('add', '.');
        git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'first');
        assert.match(await run({ path: 'repo/kept.txt', diff: 'head' }), /no changes since HEAD/);
        put('repo/kept.txt', 'second\n');
        assert.match(await run({ path: 'repo/kept.txt', diff: 'head' }), /sees what changed/);
        const { original } = activeDiff();
        assert.equal((await vscode.workspace.openTextDocument(original)).getText(), 'first\n');
        put('repo/new.txt', 'new\n');
        await assert.rejects(run({ path: 'repo/new.txt', diff: 'head' }), /not in HEAD/);
      }),
  },
  {
    name: 'what is hidden, outside or not there is not shown',
    run: () =>
      withShow(
        async (run) => {
          put('show/secret.txt', 'secret\n');
          await assert.rejects(run({ path: 'show/secret.txt' }), /\.lettaignore hides/);
          await assert.rejects(run({ path: '../outside.txt' }), /outside\.txt does not exist/);
          await assert.rejects(run({ path: 'show/nowhere.txt' }), /does not exist/);
        },
        ['secret.txt'],
      ),
  },
];
