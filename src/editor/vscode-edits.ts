// Applies a plan as one undoable edit, and says what it did to the problems of the workspace.
import { EOL } from 'node:os';
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import { type Applied, type AppliedFile, EditorError, type FileChange } from './editor.ts';
import { displayPath } from './paths.ts';
import { compareProblems } from './problems.ts';
import {
  diskText,
  fileSize,
  loadDocument,
  openDocument,
  stillConfined,
  uriOf,
  workspaceFolders,
} from './vscode-documents.ts';
import { isChecked, listProblems, settle } from './vscode-problems.ts';

interface Prepared {
  change: FileChange;
  uri: vscode.Uri;
  /** Absent for a file that is to be created. */
  document: vscode.TextDocument | undefined;
  wasDirty: boolean;
  /** Bytes of a file that is to be created. */
  contents: Uint8Array | undefined;
}

/** Line ending and final newline that the settings ask of a new file. */
export function newFileStyle(path: string): { eol: '\n' | '\r\n'; finalNewline: boolean } {
  const settings = vscode.workspace.getConfiguration('files', uriOf(path));
  const eol = settings.get<string>('eol');
  return {
    eol: (eol === '\n' || eol === '\r\n' ? eol : EOL) === '\r\n' ? '\r\n' : '\n',
    finalNewline: settings.get<boolean>('insertFinalNewline') === true,
  };
}

/** @throws EditorError; then nothing was changed. */
export async function applyChanges(changes: FileChange[], signal: AbortSignal): Promise<Applied> {
  const unopened = changes.some(({ path, before }) => before !== null && openDocument(path) === undefined);
  const prepared: Prepared[] = [];
  for (const change of changes) prepared.push(await prepare(change));
  const checked = prepared.some(({ document }) => document === undefined || isChecked(document));
  // What was already wrong in a file nobody had open must not count as added.
  if (unopened) await settle(checked, signal);
  for (const one of prepared) await verifyDisk(one);
  stopIfAborted(signal);

  const before = listProblems();
  const edit = new vscode.WorkspaceEdit();
  // From here to `applyEdit` nothing may be awaited: it notes the documents' versions, and VS Code refuses it when one moved on.
  for (const one of prepared) addTo(edit, one);
  const applied = await vscode.workspace.applyEdit(edit);
  if (!applied) {
    throw new EditorError(
      'rejected',
      'VS Code did not apply the edit: a file changed at the same moment. Read it again.',
    );
  }
  const settled = settle(checked, signal);
  const files: AppliedFile[] = [];
  for (const one of prepared) files.push(await finish(one));
  await reveal(prepared);
  return { files, problems: await deltaAfter(settled, before) };
}

async function deltaAfter(
  settled: Promise<boolean>,
  before: ReturnType<typeof listProblems>,
): Promise<Applied['problems']> {
  const quiet = await settled;
  return { ...compareProblems(before, listProblems()), settled: quiet };
}

async function prepare(change: FileChange): Promise<Prepared> {
  if (change.before === null) {
    if (change.after === null) throw new EditorError('bad-path', 'A change must have a text before or after.');
    const uri = uriOf(change.path);
    const contents = await vscode.workspace.encode(change.after, { uri });
    return { change, uri, document: undefined, wasDirty: false, contents };
  }
  const loaded = await loadDocument(change.path);
  if (loaded === null) throw changed(change);
  const { document } = loaded;
  return { change, uri: document.uri, document, wasDirty: document.isDirty, contents: undefined };
}

/** The last look at the disk: the path leads where it did, and the file is as the plan saw it. */
async function verifyDisk({ change, document, wasDirty }: Prepared): Promise<void> {
  if (!stillConfined(change.path)) {
    throw new EditorError('outside', `${nameOf(change)} leads elsewhere now than when the change was planned.`);
  }
  if (change.before === null) {
    if ((await fileSize(change.path)) !== null || openDocument(change.path)?.isDirty === true) {
      throw new EditorError('changed', `${nameOf(change)} exists by now. Read it, then edit it.`);
    }
    return;
  }
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.fsPath === change.path);
  if (notebook?.isDirty === true) {
    throw new EditorError(
      'rejected',
      `${nameOf(change)} is open as a notebook with unsaved changes. Ask to save it first.`,
    );
  }
  if (document === undefined || wasDirty) return;
  const disk = await diskText(change.path, document.encoding);
  if (disk === null || disk.replace(/\r\n?/g, '\n') !== change.before.replace(/\r\n?/g, '\n')) throw changed(change);
}

/** Adds one file's edits; the document must still hold the text the plan was made from. */
function addTo(edit: vscode.WorkspaceEdit, { change, uri, document, contents }: Prepared): void {
  if (document === undefined) {
    if (contents !== undefined) edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents });
    return;
  }
  const text = document.getText();
  if (document.isClosed || change.before !== text) throw changed(change);
  if (change.after === null) {
    edit.deleteFile(uri, { ignoreIfNotExists: false });
    return;
  }
  for (const { start, end, text: replacement } of textEdits(text, change.after)) {
    edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement);
  }
}

async function finish({ change, uri, document, wasDirty }: Prepared): Promise<AppliedFile> {
  if (change.after === null) return { path: change.path, state: 'deleted', created: false, text: null };
  if (document === undefined) {
    const created = await vscode.workspace.openTextDocument(uri);
    return { path: change.path, state: created.isDirty ? 'unsaved' : 'saved', created: true, text: created.getText() };
  }
  const saved = !wasDirty && (await document.save());
  return {
    path: change.path,
    state: wasDirty ? 'dirty' : saved ? 'saved' : 'unsaved',
    created: false,
    text: document.getText(),
  };
}

/** Shows the first changed file where no tab does: a change nobody sees could not be undone by Ctrl+Z. */
async function reveal(prepared: Prepared[]): Promise<void> {
  const [first] = prepared.filter(({ change }) => change.after !== null);
  if (first === undefined) return;
  const shown = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === first.uri.toString());
  if (!shown) await vscode.window.showTextDocument(first.uri, { preview: true, preserveFocus: true });
}

function changed(change: FileChange): EditorError {
  return new EditorError(
    'changed',
    `${nameOf(change)} changed since the edit was planned; nothing was written. Read it again.`,
  );
}

function nameOf(change: FileChange): string {
  return displayPath(change.path, workspaceFolders());
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new EditorError('rejected', 'Stopped before anything was changed.');
}
