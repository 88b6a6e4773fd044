// Checkpoints and open documents: unsaved text is recorded, let go of, and brought back; tabs follow their files.
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Checkpoints } from '../../../src/editor/checkpoints/checkpoints.ts';
import { CheckpointDiff } from '../../../src/editor/vscode-checkpoint-diff.ts';
import { bringBack, caughtUp, closeTabsOf, letGo, unsavedTexts } from '../../../src/editor/vscode-unsaved.ts';
import type { HostCase } from '../runner/case.ts';
import { at, closeAll, onDisk, put, rootFolder, show, type, until } from '../support.ts';

async function withCheckpoints(run: (checkpoints: Checkpoints) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'letta-host-checkpoints-')));
  const checkpoints = new Checkpoints({ folder });
  try {
    await closeAll();
    await run(checkpoints);
  } finally {
    await checkpoints.close();
    rmSync(folder, { recursive: true, force: true });
    await closeAll();
  }
}

const take = (checkpoints: Checkpoints) =>
  checkpoints.take({
    folders: [rootFolder()],
    threadId: 'thread',
    messageId: 'message',
    text: 'Change it',
    targets: [],
    unsaved: unsavedTexts(),
  });

/** As `checkpointing.ts` does it, for files whose names begin so. */
async function restore(checkpoints: Checkpoints, begun: { jobId: string }, paths: string[]) {
  assert.deepEqual(await letGo(paths, unsavedTexts()), []);
  const restored = await checkpoints.apply(begun.jobId);
  assert.deepEqual(restored.skipped, []);
  await closeTabsOf(restored.done.flatMap(({ root, path, to }) => (to === null ? [join(root, path)] : [])));
  await caughtUp(restored.done.flatMap(({ root, path, to }) => (to === null ? [] : [join(root, path)])));
  await bringBack(restored.unsaved.filter(({ path }) => paths.includes(path)));
  return restored;
}

async function begin(checkpoints: Checkpoints, id: string, names: string[]) {
  const preview = await checkpoints.preview(id, [rootFolder()]);
  return checkpoints.begin(preview.id, names.map(at), unsavedTexts());
}

const textOf = (name: string): string | undefined =>
  vscode.workspace.textDocuments.find((document) => document.uri.fsPath === at(name) && !document.isClosed)?.getText();
const start = new vscode.Position(0, 0);

export const cases: HostCase[] = [
  {
    name: 'unsaved text of that time comes back unsaved, and what was typed since comes back with Undo',
    run: () =>
      withCheckpoints(async (checkpoints) => {
        put('points/a.txt', 'disk\n');
        const editor = await show('points/a.txt');
        await type(editor, start, 'typed, ');
        const { id } = await take(checkpoints);
        await type(editor, start, 'of the agent, ');
        await editor.document.save();
        await type(editor, start, 'later, ');

        const restored = await restore(checkpoints, await begin(checkpoints, id, ['points/a.txt']), [
          at('points/a.txt'),
        ]);
        assert.equal(onDisk('points/a.txt'), 'disk\n');
        assert.equal(textOf('points/a.txt'), 'typed, disk\n');
        assert.equal(editor.document.isDirty, true);

        const undone = await checkpoints.undo(restored.jobId, [rootFolder()], unsavedTexts());
        await restore(checkpoints, undone, [at('points/a.txt')]);
        assert.equal(onDisk('points/a.txt'), 'of the agent, typed, disk\n');
        assert.equal(textOf('points/a.txt'), 'later, of the agent, typed, disk\n');
      }),
  },
  {
    name: 'a document with unsaved text shows what was restored and hides nothing; the text is not lost',
    run: () =>
      withCheckpoints(async (checkpoints) => {
        put('points/b.txt', 'one\r\ntwo\r\n');
        const { id } = await take(checkpoints);
        put('points/b.txt', 'changed\r\n');
        const editor = await show('points/b.txt');
        await until('the file is read anew', () => editor.document.getText() === 'changed\r\n');
        await type(editor, start, 'typed ');
        const restored = await restore(checkpoints, await begin(checkpoints, id, ['points/b.txt']), [
          at('points/b.txt'),
        ]);
        assert.equal(textOf('points/b.txt'), 'one\r\ntwo\r\n');
        assert.equal(editor.document.isDirty, false);
        assert.equal(onDisk('points/b.txt'), 'one\r\ntwo\r\n');
        const undone = await checkpoints.undo(restored.jobId, [rootFolder()], unsavedTexts());
        await restore(checkpoints, undone, [at('points/b.txt')]);
        assert.equal(textOf('points/b.txt'), 'typed changed\r\n');
        assert.equal(onDisk('points/b.txt'), 'changed\r\n');
      }),
  },
  {
    name: 'the tab of a file that a restore removes is closed; a diff shows both sides, other encodings too',
    run: () =>
      withCheckpoints(async (checkpoints) => {
        put('points/c.txt', Buffer.from('\uFEFFwide\n', 'utf16le'));
        const { id } = await take(checkpoints);
        put('points/new.txt', 'new\n');
        put('points/c.txt', 'narrow\n');
        await show('points/new.txt');
        const diff = new CheckpointDiff((point, path) =>
          checkpoints.content(point, rootFolder(), path.slice(rootFolder().length + 1)),
        );
        try {
          await diff.show(id, { path: at('points/c.txt'), isNow: true, wasThen: true }, '14:03');
          const { activeTab } = vscode.window.tabGroups.activeTabGroup;
          assert.equal(activeTab?.label, 'c.txt: now ↔ 14:03');
          assert.ok(activeTab.input instanceof vscode.TabInputTextDiff);
          const then = await vscode.workspace.openTextDocument(activeTab.input.modified);
          assert.equal(then.getText(), 'wide\n');
          await diff.showAll(id, [{ path: at('points/new.txt'), isNow: true, wasThen: false }], '14:03');
        } finally {
          diff.dispose();
        }
        await restore(checkpoints, await begin(checkpoints, id, ['points/new.txt', 'points/c.txt']), []);
        const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
        assert.ok(!labels.includes('new.txt'), labels.join(', '));
        assert.throws(() => onDisk('points/new.txt'));
      }),
  },
  {
    name: 'a document that was typed in since its text was recorded is left alone and named, and so is every other one',
    run: async () => {
      await closeAll();
      try {
        put('points/d.txt', 'disk\n');
        put('points/e.txt', 'other\n');
        const other = await show('points/e.txt', { viewColumn: vscode.ViewColumn.Two });
        await type(other, start, 'mine, ');
        const editor = await show('points/d.txt', { viewColumn: vscode.ViewColumn.One });
        await type(editor, start, 'recorded, ');
        const recorded = unsavedTexts();
        await type(editor, start, 'typed since, ');
        assert.deepEqual(await letGo([at('points/d.txt')], recorded), [at('points/d.txt')]);
        assert.equal(textOf('points/d.txt'), 'typed since, recorded, disk\n');
        assert.equal(editor.document.isDirty, true);

        // The person clicks elsewhere while it lets go.
        const letting = letGo([at('points/d.txt')], unsavedTexts());
        await show('points/e.txt', { viewColumn: vscode.ViewColumn.Two });
        const held = await letting;
        assert.equal(textOf('points/e.txt'), 'mine, other\n');
        assert.equal(textOf('points/d.txt'), held.length > 0 ? 'typed since, recorded, disk\n' : 'disk\n');
      } finally {
        await closeAll();
      }
    },
  },
];
