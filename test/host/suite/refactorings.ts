// Renames, quick fixes, imports and formatting through the language servers that VS Code brings along.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';
import { at, callTool, onDisk, put, show, until, withEditor } from '../support.ts';

const problemsOf = (name: string) => vscode.languages.getDiagnostics(vscode.Uri.file(at(name)));

export const cases: HostCase[] = [
  {
    name: 'a symbol is renamed in all files that use it, in one call that was shown before',
    run: () =>
      withEditor(async (editor) => {
        rmSync(at('src/named'), { recursive: true, force: true });
        put('src/named/one.ts', 'export function count(n: number): number {\n  return n + 1;\n}\n');
        put('src/named/two.ts', "import { count } from './one.js';\r\n\r\nexport const two = count(1);\r\n");
        await show('src/named/two.ts');
        let planned = 0;
        const input = { operation: 'rename', path: 'src/named/one.ts', line: 1, symbol: 'count', new_name: 'next' };
        const result = await callTool(editor, 'Refactor', input, (plan) => {
          planned = plan?.targets.length ?? 0;
          assert.match(onDisk('src/named/one.ts'), /function count/);
        });
        assert.equal(planned, 2);
        assert.equal(onDisk('src/named/one.ts'), 'export function next(n: number): number {\n  return n + 1;\n}\n');
        assert.equal(
          onDisk('src/named/two.ts'),
          "import { next } from './one.js';\r\n\r\nexport const two = next(1);\r\n",
        );
        assert.match(result.text, /Changed src\/named\/one\.ts \(saved\)/);
        const keyword = { operation: 'rename', path: 'src/named/one.ts', symbol: 'return', new_name: 'x' };
        await assert.rejects(callTool(editor, 'Refactor', keyword), /can't be renamed|No extension renames/);
      }),
  },
  {
    name: 'a quick fix is taken by its title, and the problem is told to be gone',
    run: () =>
      withEditor(async (editor) => {
        put('src/named/fix.ts', 'export interface A {\n  x: number;\n}\nexport class B implements A {}\n');
        await show('src/named/fix.ts');
        await until('the problem is known', () => problemsOf('src/named/fix.ts').length > 0, 30_000);
        const at4 = { operation: 'quickFix', path: 'src/named/fix.ts', line: 4 };
        await assert.rejects(callTool(editor, 'Refactor', at4), /- Implement interface 'A'/);
        const result = await callTool(editor, 'Refactor', { ...at4, title: "Implement interface 'A'" });
        assert.match(onDisk('src/named/fix.ts'), /class B implements A \{\n\s+x: number/);
        assert.match(result.text, /Problems: \d+ added, 1 removed|Problems: 1 added, 1 removed/);
      }),
  },
  {
    name: 'imports are organized, and told apart from imports that are in order',
    run: () =>
      withEditor(async (editor) => {
        put('src/named/order.ts', "import { b } from './z.js';\nimport { greet } from '../greet.js';\n\ngreet('x');\n");
        put('src/named/z.ts', 'export const b = 1;\n');
        await show('src/named/order.ts');
        const input = { operation: 'organizeImports', path: 'src/named/order.ts' };
        await callTool(editor, 'Refactor', input);
        assert.equal(onDisk('src/named/order.ts'), "import { greet } from '../greet.js';\n\ngreet('x');\n");
        await assert.rejects(callTool(editor, 'Refactor', input), /organized already/);
      }),
  },
  {
    name: 'JSON is formatted as the file is indented; what nobody formats is said',
    run: () =>
      withEditor(async (editor) => {
        put('src/named/data.json', '{"a":[1,2],\r\n"b":{}}\r\n');
        await callTool(editor, 'Refactor', { operation: 'format', path: 'src/named/data.json' });
        const text = onDisk('src/named/data.json');
        assert.deepEqual(JSON.parse(text), { a: [1, 2], b: {} });
        assert.match(text, /^\{\r\n\s+"a": \[\r\n/);
        const again = callTool(editor, 'Refactor', { operation: 'format', path: 'src/named/data.json' });
        await assert.rejects(again, /formatted already/);
        put('src/named/plain.txt', 'a\n');
        const plain = callTool(editor, 'Refactor', { operation: 'format', path: 'src/named/plain.txt' });
        await assert.rejects(plain, /no extension formats/);
      }),
  },
];
