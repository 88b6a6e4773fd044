// Takes back what was done of a change that VS Code gave up in the middle: all of it or nothing.
import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { contentOf, standingText } from './content.ts';
import type { DeletedFiles, Kept } from './deleted-files.ts';
import { EditorError } from './editor.ts';
import { openDocument, readText } from './vscode-documents.ts';
import { nameOf, type Prepared, type PreparedEdit } from './vscode-prepare.ts';

/**
 * Undoes what stands as it was to become; what somebody has changed since is left alone.
 * @param copies of what was to be deleted, by path
 * @returns the error to throw, which says whether anything is otherwise than before
 */
export async function takeBack(
  prepared: Prepared,
  copies: ReadonlyMap<string, Kept>,
  deleted: DeletedFiles,
): Promise<EditorError> {
  const back = new vscode.WorkspaceEdit();
  for (const { from, to } of prepared.moves.toReversed()) {
    if (!(await isThere(from)) && (await isThere(to))) back.renameFile(to, from);
  }
  for (const { path, uri, text } of prepared.creates) {
    if ((await contentOf(path, readText))?.text === text) back.deleteFile(uri);
  }
  await vscode.workspace.applyEdit(back);
  for (const edit of prepared.edits) await takeBackText(edit);
  for (const { path, uri } of prepared.deletes) {
    const copy = copies.get(path)?.copy;
    if (copy !== undefined && !(await isThere(uri))) await deleted.putBack(copy, path).catch(() => {});
  }
  const left: string[] = [];
  for (const { path, before, whole } of prepared.changes) {
    const now = await standingText(path, readText, whole !== undefined).catch(() => undefined);
    if ((now ?? null) !== before) left.push(nameOf(path));
  }
  const why = 'VS Code did not apply the edit: a file changed at the same moment.';
  if (left.length === 0) return new EditorError('rejected', `${why} Nothing was changed. Read it again.`);
  return new EditorError('rejected', `${why} These are not as they were; look at them: ${left.join(', ')}.`);
}

/** Where the text still is what it was to become. */
export async function takeBackText({ path, before, after, wasDirty }: Text): Promise<void> {
  const document = openDocument(path);
  if (document === undefined || document.getText() !== after) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(0), document.positionAt(after.length)), before);
  if ((await vscode.workspace.applyEdit(edit)) && !wasDirty) await document.save();
}

type Text = Pick<PreparedEdit, 'path' | 'before' | 'after' | 'wasDirty'>;

async function isThere(uri: vscode.Uri): Promise<boolean> {
  return lstat(uri.fsPath).then(
    () => true,
    () => false,
  );
}
