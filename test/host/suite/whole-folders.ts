// Folders with more in them than a plan names one by one, in a real VS Code: moved and deleted as one, all or nothing.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, onDisk, put, show, type, withEditor } from '../support.ts';

const COUNT = 700;
const move = (path: string, to: string) => ({ operation: 'move', path, to });
const remove = (path: string) => ({ operation: 'delete', path });

function fill(name: string): void {
  rmSync(at('whole'), { recursive: true, force: true });
  for (let index = 0; index < COUNT - 2; index += 1) put(`${name}/${index % 2}/${index}.txt`, `${index}\n`);
}

export const cases: HostCase[] = [
  {
    name: 'it moves with all that is in it, unsaved text too, and goes with a copy of everything kept',
    run: () =>
      withEditor(async (editor) => {
        fill('whole/data');
        const shown = await show('whole/data/1/7.txt');
        await type(shown, new vscode.Position(0, 0), 'unsaved ');
        const moved = await callTool(editor, 'Files', move('whole/data', 'whole/sub/more'));
        assert.match(moved.text, /^Moved whole\/data\/ → whole\/sub\/more\/ \(700 files and folders\)\./);
        assert.equal(existsSync(at('whole/data')), false);
        assert.equal(readdirSync(at('whole/sub/more/1')).length, COUNT / 2 - 1);
        const along = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === at('whole/sub/more/1/7.txt'));
        assert.equal(along?.getText(), 'unsaved 7\n');

        await assert.rejects(callTool(editor, 'Files', remove('whole/sub/more')), /1\/7\.txt has unsaved changes/);
        await along?.save();
        const gone = await callTool(editor, 'Files', remove('whole/sub/more'));
        assert.match(gone.text, /^Deleted whole\/sub\/more\/ \(700 files and folders\) \(a copy is kept in /);
        assert.equal(existsSync(at('whole/sub/more')), false);
        const kept = /a copy is kept in (.+?)\)/.exec(gone.text)?.[1] ?? '';
        assert.equal(readFileSync(join(kept, '1/7.txt'), 'utf8'), 'unsaved 7\n');
        assert.equal(readdirSync(join(kept, '0')).length, COUNT / 2 - 1);
      }),
  },
  {
    name: 'it is left alone when something in it changed while the person looked, or something is in the way at the last moment',
    run: () =>
      withEditor(async (editor) => {
        fill('whole/data');
        const written = () => void put('whole/data/0/new.txt', 'just made\n');
        await assert.rejects(callTool(editor, 'Files', remove('whole/data'), written), /changed since/);
        const typed = async () => type(await show('whole/data/0/8.txt'), new vscode.Position(0, 0), 'typed ');
        await assert.rejects(callTool(editor, 'Files', remove('whole/data'), typed), /0\/8\.txt has unsaved changes/);
        await vscode.commands.executeCommand('workbench.action.files.revert');
        // VS Code tells extensions before it moves: meanwhile somebody else takes the place.
        const listening = vscode.workspace.onWillRenameFiles(() => void put('whole/taken/mine.txt', 'theirs\n'));
        try {
          await assert.rejects(callTool(editor, 'Files', move('whole/data', 'whole/taken')), /did not apply/);
        } finally {
          listening.dispose();
        }
        assert.equal(onDisk('whole/taken/mine.txt'), 'theirs\n');
        assert.equal(onDisk('whole/data/0/new.txt'), 'just made\n');
        assert.equal(readdirSync(at('whole/data/1')).length, COUNT / 2 - 1);
        rmSync(at('whole'), { recursive: true, force: true });
      }),
  },
];
