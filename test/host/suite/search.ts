// Searching and reading in a real VS Code: its own ripgrep, unsaved text, encodings, notebooks, several folders, many files.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as vscode from 'vscode';
import { findRipgrep } from '../../../src/native/ripgrep.ts';
import { withLooking } from '../looking.ts';
import type { HostCase } from '../runner/case.ts';
import { at, put, show, type, until, withSecondFolder } from '../support.ts';

/** Milliseconds that the longest block of the event loop took while something ran, and all of it. */
async function measured<T>(run: () => Promise<T>): Promise<{ result: T; took: number; blocked: number }> {
  let blocked = 0;
  let last = performance.now();
  const probe = setInterval(() => {
    const now = performance.now();
    blocked = Math.max(blocked, now - last - 5);
    last = now;
  }, 5);
  const begun = performance.now();
  try {
    const result = await run();
    return { result, took: Math.round(performance.now() - begun), blocked: Math.round(blocked) };
  } finally {
    clearInterval(probe);
  }
}

async function manyFiles(folder: string): Promise<void> {
  for (let d = 0; d < 500; d++) {
    const inner = join(folder, `d${d}`);
    mkdirSync(inner, { recursive: true });
    for (let f = 0; f < 100; f++) writeFileSync(join(inner, `f${f}.ts`), `export const f${d}x${f} = ${f};\n`);
    if (d % 25 === 0) await breathe();
  }
  writeFileSync(join(folder, 'd250', 'f50.ts'), 'the only needle\n');
}

export const cases: HostCase[] = [
  {
    name: "VS Code's own ripgrep is found",
    run: () => assert.ok(isAbsolute(findRipgrep(vscode.env.appRoot))),
  },
  {
    name: 'Grep takes unsaved text in place of the file, and drafts; CRLF and UTF-16 are read',
    run: () =>
      withLooking(async ({ text }) => {
        put('grep/dirty.txt', 'needle on disk\r\nsecond\r\n');
        put('grep/crlf.txt', 'first\r\nneedle end\r\n');
        put('grep/utf16.txt', Buffer.from('\ufeffgrüne needle\n', 'utf16le'));
        const editor = await show('grep/dirty.txt');
        await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 0, 14), 'needle in the editor'));
        const draft = await vscode.workspace.openTextDocument({ content: 'one\nneedle draft\n' });
        const found = await text('Grep', { pattern: 'needle' });
        assert.match(found, /^grep\/dirty\.txt \[unsaved\]\n1:needle in the editor$/m);
        assert.match(found, new RegExp(`^${draft.uri.toString(true)} \\[unsaved\\]\\n2:needle draft$`, 'm'));
        assert.match(found, /^grep\/utf16\.txt\n1:grüne needle$/m);
        assert.doesNotMatch(found, /on disk/);
        assert.equal(await text('Grep', { pattern: 'end$', path: 'grep' }), 'grep/crlf.txt\n2:needle end');
        assert.equal(await text('Glob', { pattern: 'grep/*.txt' }), 'grep/crlf.txt\ngrep/dirty.txt\ngrep/utf16.txt');
      }),
  },
  {
    name: 'no search follows a symlink out of the workspace',
    run: () =>
      withLooking(async ({ text }) => {
        const outside = mkdtempSync(join(tmpdir(), 'letta-outside-'));
        writeFileSync(join(outside, 'key.txt'), 'outsider\n');
        put('symlinks/in.txt', 'insider\n');
        rmSync(at('symlinks/out'), { force: true });
        symlinkSync(outside, at('symlinks/out'));
        assert.equal(await text('Grep', { pattern: '(in|out)sider', path: 'symlinks' }), 'symlinks/in.txt\n1:insider');
        assert.equal(await text('Glob', { pattern: '**', path: 'symlinks' }), 'symlinks/in.txt');
        for (const tool of ['Glob', 'Grep', 'Git', 'Diagnostics', 'Code']) {
          const input = { pattern: 'x', operation: 'symbols', path: 'symlinks/out/key.txt' };
          const given = tool === 'Git' ? { ...input, operation: 'log' } : input;
          await assert.rejects(text(tool, given), /outside the workspace/, tool);
        }
        rmSync(outside, { recursive: true });
      }),
  },
  {
    name: 'Read gives a notebook by cells as the editor has it, and says what a picture is',
    run: () =>
      withLooking(async ({ text }) => {
        const cell = (source: string) => ({
          cell_type: 'code',
          execution_count: null,
          metadata: {},
          outputs: [],
          source,
        });
        const file = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell('a = 1'), cell('b = 2')] };
        const path = put('book/one.ipynb', JSON.stringify(file));
        assert.match(await text('Read', { path: 'book/one.ipynb' }), /^# Cell 1 \(code, python\)\na = 1\n# Cell 2/);
        const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path));
        await vscode.window.showNotebookDocument(notebook);
        const edit = new vscode.WorkspaceEdit();
        const added = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'not saved', 'markdown');
        edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(1, [added])]);
        assert.ok(await vscode.workspace.applyEdit(edit));
        await until('it has unsaved changes', () => notebook.isDirty);
        const unsaved = await text('Read', { path: 'book/one.ipynb', offset: 2, limit: 1 });
        assert.match(
          unsaved,
          /^\[with unsaved changes of the editor\]\n# Cell 2 \(markdown\)\nnot saved\n\(cells 2-2 of 3/,
        );
        const png = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\0\0\0\0', 'latin1');
        put('book/dot.png', png);
        assert.match(await text('Read', { path: 'book/dot.png' }), /PNG image, 3 × 2 pixels/);
        await vscode.window.showNotebookDocument(notebook);
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }),
  },
  {
    name: 'OpenFiles tells what was edited last: by the person, by the agent',
    run: () =>
      withLooking(async ({ text, see, editor }) => {
        put('recent/mine.txt', 'mine\n');
        put('recent/yours.txt', 'yours\n');
        await type(await show('recent/mine.txt'), new vscode.Position(0, 0), 'all ');
        await until('the edit was noticed', () => see.recentEdits().length === 1);
        const change = { path: at('recent/yours.txt'), before: 'yours\n', after: 'ours\n' };
        const { signal } = new AbortController();
        await see.edits.byAgent([change.path], () => editor.apply([change], signal));
        const told = await text('OpenFiles', {});
        assert.match(
          told,
          /Edited last:\nrecent\/yours\.txt \(you, the agent; just now\)\nrecent\/mine\.txt \(the person; just now\)/,
        );
      }),
  },
  {
    name: 'two folders: paths begin with their names, everywhere',
    run: () =>
      withLooking(({ text, call }) =>
        withSecondFolder(async (second) => {
          const [first] = vscode.workspace.workspaceFolders ?? [];
          assert.ok(first);
          put('roots/here.ts', 'export const herePlace = 1;\n');
          writeFileSync(join(second, 'there.ts'), 'export const therePlace = herePlace;\n');
          assert.equal(
            await text('Grep', { pattern: 'herePlace', glob: '*.ts' }),
            `${first.name}/roots/here.ts\n1:export const herePlace = 1;\n\nsecond/there.ts\n1:export const therePlace = herePlace;`,
          );
          assert.equal(await text('Glob', { pattern: 'second/*.ts' }), 'second/there.ts');
          const outline = await call('Code', { operation: 'symbols', path: 'second/there.ts' });
          assert.equal(outline.text, '1 variable therePlace');
          const { body } = outline.view ?? {};
          assert.ok(body?.kind === 'hits');
          assert.equal(body.places[0]?.href, `${join(second, 'there.ts')}:1:14`);
          assert.match(
            await text('Diagnostics', { path: 'second/there.ts' }),
            /^second\/there\.ts:1:27 error ts\(\d+\): .*\n {2}quick fixes: (?!.*Letta)/,
          );
        }),
      ),
  },
  {
    name: 'Glob and Grep over 50,000 files, without standing in the way of others',
    run: (say) =>
      withLooking(async (looking) => {
        const big = realpathSync(mkdtempSync(join(tmpdir(), 'letta-big-')));
        try {
          await manyFiles(big);
          const folders = () => [{ name: 'big', path: big, real: big }];
          looking.editor = { ...looking.editor, folders };
          const glob = await measured(() => looking.text('Glob', { pattern: 'd25?/f5?.ts' }));
          assert.equal(glob.result.split('\n').length, 100);
          const every = await measured(() => looking.text('Glob', { pattern: '**/*.ts' }));
          assert.match(every.result, /\(1-300 of 50000; go on with offset 301\)$/);
          const grep = await measured(() => looking.text('Grep', { pattern: 'needle' }));
          assert.equal(grep.result, 'd250/f50.ts\n1:the only needle');
          const common = await measured(() => looking.text('Grep', { pattern: 'export' }));
          assert.match(common.result, /there are more: go on with offset 201\)$/);
          for (const { took } of [glob, every, grep, common]) assert.ok(took < 10_000, `it took ${took} ms`);
          const told = Object.entries({ glob, every, grep, common }).map(
            ([name, { took, blocked }]) => `${name} ${took} ms (longest block ${blocked} ms)`,
          );
          say(told.join(', '));
        } finally {
          rmSync(big, { recursive: true });
        }
      }),
  },
];
