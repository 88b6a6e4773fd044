// Puts files back as they were, as one undoable edit: without looking at problems, and without a tab for them.
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import { EditorError } from './editor.ts';
import type { Restored } from './review/review.ts';
import { fileSize, loadDocument, openDocument, stillConfined, uriOf } from './vscode-documents.ts';

interface Step {
  change: Restored;
  uri: vscode.Uri;
  /** Absent for a file that is made again. */
  document?: vscode.TextDocument;
  wasDirty: boolean;
  /** Of a file that is made again. */
  contents?: Uint8Array;
}

/** What was clean is saved. @throws EditorError; then nothing was changed */
export async function restoreFiles(changes: Restored[]): Promise<void> {
  const steps: Step[] = [];
  for (const change of changes) steps.push(await (change.before === null ? toMake(change) : toChange(change)));
  const edit = new vscode.WorkspaceEdit();
  // From here to `applyEdit` nothing may be awaited: it notes the documents' versions, and VS Code refuses it when one moved on.
  for (const step of steps) addTo(edit, step);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new EditorError('rejected', 'VS Code did not do it: a file changed at the same moment. Try again.');
  }
  for (const { change, document, wasDirty } of steps) {
    if (change.after !== null && document && !wasDirty) await document.save();
  }
}

async function toMake(change: Restored): Promise<Step> {
  const { path, after, bytes } = change;
  if (!stillConfined(path) || (await fileSize(path)) !== null || openDocument(path)?.isDirty === true)
    throw moved(path);
  const uri = uriOf(path);
  const same = bytes && (await vscode.workspace.decode(bytes, { uri })) === after;
  const contents = same ? bytes : await vscode.workspace.encode(after ?? '', { uri });
  return { change, uri, wasDirty: false, contents };
}

async function toChange(change: Restored): Promise<Step> {
  const loaded = stillConfined(change.path) ? await loadDocument(change.path) : null;
  if (loaded === null) throw moved(change.path);
  const { document } = loaded;
  const wasDirty = document.isDirty;
  // What goes away must not ask to be saved first.
  if (wasDirty && change.after === null) await document.save();
  return { change, uri: document.uri, document, wasDirty };
}

function addTo(edit: vscode.WorkspaceEdit, { change, uri, document, contents }: Step): void {
  const { path, before, after } = change;
  if (!document) {
    if (contents) edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents });
    return;
  }
  const text = document.getText();
  if (document.isClosed || text !== before) throw moved(path);
  if (after === null) {
    edit.deleteFile(uri, { ignoreIfNotExists: false });
    return;
  }
  for (const { start, end, text: replacement } of textEdits(text, after)) {
    edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement);
  }
}

const moved = (path: string): EditorError =>
  new EditorError('changed', `${path} has changed since; nothing was undone. Look at it again.`);
