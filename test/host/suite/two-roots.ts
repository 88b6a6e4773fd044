// Two folders in the workspace with files of the same name: whatever names one of them reaches that one, and the other stays as it is.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Checkpoints } from '../../../src/editor/checkpoints/checkpoints.ts';
import { withLooking } from '../looking.ts';
import type { HostCase } from '../runner/case.ts';
import { at, put, rootFolder, withSecondFolder } from '../support.ts';

const FIRST = 'export const shared: number = 1;\n';
/** Wrong in this folder alone. */
const SECOND = "export const shared: number = 'two';\n";

export const cases: HostCase[] = [
  {
    name: 'Read, Edit, Grep and Diagnostics of a name that both have reach the one that is meant',
    run: () =>
      withLooking(({ text, call }) =>
        withSecondFolder(async (second) => {
          const [own] = vscode.workspace.workspaceFolders ?? [];
          assert.ok(own);
          put('twin.ts', FIRST);
          const other = join(second, 'twin.ts');
          writeFileSync(other, SECOND);
          try {
            assert.match(await text('Read', { path: `${own.name}/twin.ts` }), /number = 1;/);
            assert.match(await text('Read', { path: 'second/twin.ts' }), /number = 'two';/);
            assert.match(await text('Read', { path: other }), /number = 'two';/);
            // Neither is guessed.
            await assert.rejects(call('Read', { path: 'twin.ts' }), /begin .*twin\.ts with one of their names/i);

            assert.match(
              await text('Grep', { pattern: 'shared', path: 'second/twin.ts' }),
              /^second\/twin\.ts\n1:.*'two'/,
            );
            assert.equal((await text('Grep', { pattern: 'shared', glob: 'twin.ts' })).match(/twin\.ts$/gm)?.length, 2);
            assert.match(
              await text('Diagnostics', { path: 'second/twin.ts' }),
              /^second\/twin\.ts:1:14 error ts\(2322\)/,
            );
            assert.match(await text('Diagnostics', { path: `${own.name}/twin.ts` }), /^No problems in .*twin\.ts/);

            const edit = { edits: [{ old_string: 'shared', new_string: 'renamed' }] };
            const told = await text('Edit', { path: 'second/twin.ts', ...edit });
            assert.match(told, /^Changed second\/twin\.ts \(saved\)/);
            assert.equal(readFileSync(other, 'utf8'), SECOND.replace('shared', 'renamed'));
            assert.equal(readFileSync(at('twin.ts'), 'utf8'), FIRST);
            await call('Edit', { path: `${own.name}/twin.ts`, edits: [{ old_string: '= 1', new_string: '= 11' }] });
            assert.equal(readFileSync(at('twin.ts'), 'utf8'), FIRST.replace('= 1', '= 11'));
            assert.equal(readFileSync(other, 'utf8'), SECOND.replace('shared', 'renamed'));
          } finally {
            rmSync(at('twin.ts'), { force: true });
          }
        }),
      ),
  },
  {
    name: 'a checkpoint brings back the one that was changed, and leaves the one of the same name',
    run: () =>
      withLooking(({ call }) =>
        withSecondFolder(async (second) => {
          const folder = realpathSync(mkdtempSync(join(tmpdir(), 'letta-host-twins-')));
          const checkpoints = new Checkpoints({ folder });
          const folders = [rootFolder(), second];
          put('twin.txt', 'of the first\n');
          writeFileSync(join(second, 'twin.txt'), 'of the second\n');
          try {
            const about = { threadId: 'thread', messageId: 'message', text: 'Change it', targets: [], unsaved: [] };
            const { id } = await checkpoints.take({ folders, ...about });
            const edits = [{ old_string: 'of', new_string: 'no longer of' }];
            await call('Edit', { path: 'second/twin.txt', edits });
            const { id: preview, steps } = await checkpoints.preview(id, folders);
            assert.deepEqual(
              steps.map(({ root, path }) => join(root, path)),
              [join(second, 'twin.txt')],
            );
            put('twin.txt', 'of the person\n');
            const begun = await checkpoints.begin(preview, [join(second, 'twin.txt')], []);
            await checkpoints.apply(begun.jobId);
            assert.equal(readFileSync(join(second, 'twin.txt'), 'utf8'), 'of the second\n');
            assert.equal(readFileSync(at('twin.txt'), 'utf8'), 'of the person\n');
          } finally {
            await checkpoints.close();
            rmSync(folder, { recursive: true, force: true });
            rmSync(at('twin.txt'), { force: true });
          }
        }),
      ),
  },
];
