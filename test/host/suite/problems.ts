// Problems that an edit adds or removes, as real language servers find them.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, put, show, until, withEditor } from '../support.ts';

const replace = (path: string, old_string: string, new_string: string) => ({
  path,
  edits: [{ old_string, new_string }],
});

/** Its server may take longer to start on a busy machine than an edit waits for it. */
async function startTypeScript(): Promise<void> {
  const path = put('src/start.ts', 'export const start: number = undefined;\n');
  await show('src/start.ts');
  const found = () => vscode.languages.getDiagnostics(vscode.Uri.file(path)).length > 0;
  await until('TypeScript has found the error', found, 45_000);
}

export const cases: HostCase[] = [
  {
    name: 'TypeScript: an error that an edit makes is added, mending it removes it',
    run: () =>
      withEditor(async (editor) => {
        await startTypeScript();
        put('src/numbers.ts', 'export const one: number = 1;\n');
        await show('src/numbers.ts');
        const broken = await callTool(editor, 'Edit', replace('src/numbers.ts', '= 1', "= 'one'"));
        assert.match(broken.text, /Problems: 1 added, 0 removed\.\n\+ src\/numbers\.ts:1:14 error ts\(2322\): /);
        assert.equal(broken.view?.problems?.settled, true);
        const mended = await callTool(editor, 'Edit', replace('src/numbers.ts', "'one'", '2'));
        assert.match(mended.text, /Problems: 0 added, 1 removed\.\n- src\/numbers\.ts:1:14 error ts\(2322\): /);
      }),
  },
  {
    name: 'TypeScript: in a file that nobody had open what was wrong before does not count as added',
    run: () =>
      withEditor(async (editor) => {
        put('src/old.ts', "export const old: number = 'old';\nexport const fine = 1;\n");
        const moved = await callTool(editor, 'Edit', replace('src/old.ts', 'export const old', '\n\nexport const old'));
        assert.match(moved.text, /Problems: none added, none removed\./);
        const result = await callTool(editor, 'Edit', replace('src/old.ts', 'fine = 1', 'fine: string = 1'));
        assert.match(result.text, /Problems: 1 added, 0 removed\.\n\+ src\/old\.ts:4:14 error ts\(2322\): /);
      }),
  },
  {
    name: 'TypeScript: a new file is checked',
    run: () =>
      withEditor(async (editor) => {
        const content = 'export const x: string = missing;\n';
        const result = await callTool(editor, 'Write', { path: `src/made-${Date.now()}.ts`, content });
        assert.match(result.text, /1 added.*\n\+ src\/made-\d+\.ts:1:26 error ts\(2304\): Cannot find name 'missing'/);
      }),
  },
  {
    name: 'JSON: a broken file is reported, and Diagnostics lists it',
    run: () =>
      withEditor(async (editor) => {
        put('data/a.json', '{ "a": 1 }\n');
        const result = await callTool(editor, 'Edit', replace('data/a.json', '1 }', '1, , }'));
        assert.match(result.text, /\+ data\/a\.json:1:\d+ error json/);
        const listed = await callTool(editor, 'Diagnostics', { path: 'data/a.json' });
        assert.match(listed.text, /^data\/a\.json:1:\d+ error json/);
        assert.match((await callTool(editor, 'Diagnostics', {})).text, /data\/a\.json:1/);
      }),
  },
  {
    name: 'Diagnostics opens and checks a file that nobody had open',
    run: () =>
      withEditor(async (editor) => {
        put('src/unopened.ts', 'export const x: number = true;\n');
        const { text } = await callTool(editor, 'Diagnostics', { path: 'src/unopened.ts' });
        assert.match(text, /^src\/unopened\.ts:1:14 error ts\(2322\)/);
        put('src/good.ts', 'export const y = 1;\n');
        assert.match(
          (await callTool(editor, 'Diagnostics', { path: 'src/good.ts' })).text,
          /^No problems in src\/good\.ts/,
        );
      }),
  },
  {
    name: 'compares by file, code, source and text, not by line, and counts equal ones',
    run: () =>
      withEditor(async (editor) => {
        const path = put('plain/list.txt', 'TODO\n');
        const uri = vscode.Uri.file(path);
        await show('plain/list.txt');
        const collection = vscode.languages.createDiagnosticCollection('letta-host-test');
        // A checker of its own: one equal warning for each line that says TODO.
        const check = (document: vscode.TextDocument) => {
          if (document.uri.fsPath !== path) return;
          const found = document
            .getText()
            .split('\n')
            .flatMap((line, index) => (line === 'TODO' ? [index] : []))
            .map(
              (line) =>
                new vscode.Diagnostic(new vscode.Range(line, 0, line, 4), 'to do', vscode.DiagnosticSeverity.Warning),
            );
          collection.set(uri, found);
        };
        const listening = vscode.workspace.onDidChangeTextDocument(({ document }) => check(document));
        check(await vscode.workspace.openTextDocument(uri));
        const moved = await callTool(editor, 'Edit', replace('plain/list.txt', 'TODO', '\n\nTODO'));
        assert.match(moved.text, /none added, none removed/);
        const doubled = await callTool(editor, 'Edit', replace('plain/list.txt', 'TODO\n', 'TODO\nTODO\n'));
        assert.match(doubled.text, /Problems: 1 added, 0 removed/);
        listening.dispose();
        collection.dispose();
      }),
  },
  {
    name: 'gives up after 5 s while problems keep changing, says so, and has applied the edit all the same',
    run: () =>
      withEditor(async (editor) => {
        put('plain/busy.txt', 'one\n');
        await show('plain/busy.txt');
        const collection = vscode.languages.createDiagnosticCollection('letta-host-busy');
        const uri = vscode.Uri.file(at('plain/other.txt'));
        let count = 0;
        const busy = setInterval(() => {
          count += 1;
          collection.set(uri, [new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), `number ${count}`)]);
        }, 200);
        try {
          const start = Date.now();
          const result = await callTool(editor, 'Edit', replace('plain/busy.txt', 'one', 'two'));
          const took = Date.now() - start;
          assert.ok(took >= 4_900 && took < 10_000, `it took ${took} ms`);
          assert.match(result.text, /had not settled after 5 s/);
          assert.equal(result.view?.problems?.settled, false);
          assert.equal(result.status, 'success');
        } finally {
          clearInterval(busy);
          collection.dispose();
        }
      }),
  },
  {
    name: 'where nobody checks, the answer comes after the quiet time',
    run: () =>
      withEditor(async (editor) => {
        put('plain/quiet.txt', 'one\n');
        await show('plain/quiet.txt');
        await until('the tab is there', () => editor.openFiles().length === 1);
        const start = Date.now();
        const result = await callTool(editor, 'Edit', replace('plain/quiet.txt', 'one', 'two'));
        assert.equal(result.view?.problems?.settled, true);
        assert.ok(Date.now() - start < 4_000, `it took ${Date.now() - start} ms`);
      }),
  },
];
