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
  realOf,
  stillConfined,
  uriOf,
  workspaceFolders,
} from './vscode-documents.ts';
import { isChecked, listProblems, settle } from './vscode-problems.ts';
import type { Proposals } from './vscode-proposal.ts';
import type { Tabs } from './vscode-tabs.ts';

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

/** What an edit needs to know of the window. */
export interface Window {
  tabs: Tabs;
  proposals: Proposals;
}

/** @throws EditorError; then nothing was changed. */
export async function applyChanges(window: Window, changes: FileChange[], signal: AbortSignal): Promise<Applied> {
  const decided = changes.filter(({ path }) => window.proposals.take(path)).map(({ path }) => path);
  const prepared: Prepared[] = [];
  for (const change of changes) prepared.push(await prepare(change));
  for (const one of prepared) await verifyDisk(one);
  const knew = await makeKnown(window.tabs, prepared, signal);
  for (const one of prepared) await verifyDisk(one);
  if (signal.aborted) throw new EditorError('rejected', 'Stopped before anything was changed.');

  const before = listProblems();
  const edit = new vscode.WorkspaceEdit();
  // From here to `applyEdit` nothing may be awaited: it notes the documents' versions, and VS Code refuses it when one moved on.
  for (const one of prepared) addTo(edit, one);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new EditorError(
      'rejected',
      'VS Code did not apply the edit: a file changed at the same moment. Read it again.',
    );
  }
  const finishing = finish(window.tabs, prepared, decided);
  const settled = await settle(
    finishing.then(({ documents }) => documents),
    signal,
  );
  const { files } = await finishing;
  return { files, problems: { ...compareProblems(before, listProblems()), settled: knew && settled } };
}

/**
 * Sees to it that language servers have said what is wrong already: problems of a file that nobody looked at must not count as
 * added. False when they did not come to an end.
 */
async function makeKnown(tabs: Tabs, prepared: Prepared[], signal: AbortSignal): Promise<boolean> {
  const unknown = prepared.flatMap(({ document }) =>
    document !== undefined && !tabs.isKnown(document.uri) && isChecked(document) ? [document] : [],
  );
  for (const { document } of prepared) if (document !== undefined) await tabs.open(document.uri, true);
  return unknown.length === 0 || (await settle(Promise.resolve(unknown), signal));
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

/** Saves what was clean, and shows what the person has decided on. */
async function finish(
  tabs: Tabs,
  prepared: Prepared[],
  decided: string[],
): Promise<{ files: AppliedFile[]; documents: vscode.TextDocument[] }> {
  const files: AppliedFile[] = [];
  const documents: vscode.TextDocument[] = [];
  for (const { change, uri, document: existing, wasDirty } of prepared) {
    const { path } = change;
    if (change.after === null) {
      files.push({ path, state: 'deleted', created: false, text: null });
      continue;
    }
    const document = existing ?? (await vscode.workspace.openTextDocument(uri));
    const saved = existing === undefined ? !document.isDirty : !wasDirty && (await document.save());
    const state = wasDirty ? 'dirty' : saved ? 'saved' : 'unsaved';
    files.push({ path, state, created: existing === undefined, text: document.getText() });
    documents.push(document);
    await tabs.open(uri, true);
  }
  // The diff stood where the person was looking; the file takes its place, so that Ctrl+Z finds it.
  const front = documents.find((document) => decided.includes(realOf(document.uri.fsPath)));
  if (front !== undefined) await vscode.window.showTextDocument(front, { preserveFocus: true });
  return { files, documents };
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
