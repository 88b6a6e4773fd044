// Applies a plan as one undoable edit, all of it or nothing, and says what it did to the problems of the workspace.
import { mkdir } from 'node:fs/promises';
import { EOL } from 'node:os';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import type { DeletedFiles, Kept } from './deleted-files.ts';
import { type Applied, type AppliedFile, EditorError, type FileChange } from './editor.ts';
import { contains } from './paths.ts';
import { compareProblems } from './problems.ts';
import { readText, realOf, uriOf } from './vscode-documents.ts';
import { addCellEdits, stillThere } from './vscode-notebook-edit.ts';
import { changed, type Prepared, prepare, verify } from './vscode-prepare.ts';
import { isChecked, listProblems, settle } from './vscode-problems.ts';
import type { Proposals } from './vscode-proposal.ts';
import type { Tabs } from './vscode-tabs.ts';
import { takeBack } from './vscode-take-back.ts';

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
  deleted: DeletedFiles;
}

/** @throws EditorError; then nothing was changed. */
export async function applyChanges(window: Window, changes: FileChange[], signal: AbortSignal): Promise<Applied> {
  const decided = changes.filter(({ path }) => window.proposals.take(path)).map(({ path }) => path);
  const prepared = await prepare(changes);
  await verify(prepared);
  const knew = await makeKnown(window.tabs, prepared, signal);
  const copies = await keepCopies(window.deleted, prepared);
  await verify(prepared);
  if (signal.aborted) throw new EditorError('rejected', 'Stopped before anything was changed.');

  const before = listProblems();
  const dirty = new Set(dirtyDocuments());
  await makeFolders(prepared);
  const edit = new vscode.WorkspaceEdit();
  // From here to `applyEdit` nothing may be awaited: it notes the documents' versions, and VS Code refuses it when one moved on.
  addTo(edit, prepared);
  // Folders alone are made already.
  const alone = prepared.operations.folders.length === changes.length;
  if (!alone && !(await vscode.workspace.applyEdit(edit))) throw await takeBack(prepared, copies, window.deleted);
  // Extensions answer a move with edits of their own, made by now; what is typed from here on is the person's.
  const carried = carriedAlong(prepared, dirty);
  const followers =
    prepared.moves.length > 0
      ? dirtyDocuments().filter((document) => !dirty.has(document) && !carried.has(document.uri.fsPath))
      : [];
  const also = await saveFollowers(prepared, followers);
  const finishing = finish(window, prepared, decided, copies);
  const settled = await settle(
    finishing.then(({ documents }) => documents),
    signal,
  );
  const { files } = await finishing;
  return {
    files,
    ...(also.length > 0 ? { also } : {}),
    problems: { ...compareProblems(before, listProblems()), settled: knew && settled },
  };
}

/**
 * Sees to it that language servers have said what is wrong already: problems of a file that nobody looked at must not count as
 * added. False when they did not come to an end.
 */
async function makeKnown(tabs: Tabs, { edits }: Prepared, signal: AbortSignal): Promise<boolean> {
  const documents = edits.flatMap(({ document, cells }) => (cells ? [] : [document]));
  const unknown = documents.filter((document) => !tabs.isKnown(document.uri) && isChecked(document));
  for (const document of documents) await tabs.open(document.uri, true);
  return unknown.length === 0 || (await settle(Promise.resolve(unknown), signal));
}

/** By path. Where there is a trash they serve only to take back half a change. */
async function keepCopies(deleted: DeletedFiles, { deletes }: Prepared): Promise<Map<string, Kept>> {
  const copies = new Map<string, Kept>();
  try {
    for (const { path } of deletes) copies.set(path, await deleted.keep(path));
  } catch (error) {
    throw new EditorError('io', `No copy could be kept, so nothing was deleted: ${String(error)}`);
  }
  const [lost] = hasTrash() ? [] : [...copies.values()].flatMap((kept) => kept.lost);
  if (lost !== undefined) {
    for (const { copy } of copies.values()) await deleted.drop(copy);
    throw new EditorError(
      'rejected',
      `Nothing was deleted: there is no trash here, and ${lost} is too large to keep a copy of. Ask the person to delete it.`,
    );
  }
  if (deletes.length > 0) void deleted.forgetOld();
  return copies;
}

/** A workspace edit cannot make a folder. */
async function makeFolders({ operations }: Prepared): Promise<void> {
  try {
    for (const { path } of operations.folders) await mkdir(path, { recursive: true });
  } catch (error) {
    throw new EditorError('io', `The folder could not be made: ${String(error)}`);
  }
}

/**
 * Adds everything; documents must still hold the text the plan was made from. Texts come first: whoever hears of a move finds
 * the imports as they are to be, and need not ask whether to update them.
 */
function addTo(edit: vscode.WorkspaceEdit, { edits, creates, moves, deletes }: Prepared): void {
  for (const { path, before, after, document, cells } of edits) {
    if (cells) {
      if (!stillThere(cells)) throw changed(path);
      addCellEdits(edit, cells);
      continue;
    }
    const text = document.getText();
    if (document.isClosed || before !== text) throw changed(path);
    for (const { start, end, text: replacement } of textEdits(text, after)) {
      edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement);
    }
  }
  for (const { uri, contents } of creates) {
    edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents });
  }
  for (const { from, to } of moves) edit.renameFile(from, to, { overwrite: false, ignoreIfExists: false });
  for (const { uri, folder } of deletes) edit.deleteFile(uri, { recursive: folder, ignoreIfNotExists: false });
}

/** Saves what was clean, and shows what the person has decided on. */
async function finish(
  { tabs, deleted }: Window,
  prepared: Prepared,
  decided: string[],
  copies: ReadonlyMap<string, Kept>,
): Promise<{ files: AppliedFile[]; documents: vscode.TextDocument[] }> {
  const files = new Map<string, AppliedFile>();
  const documents: vscode.TextDocument[] = [];
  for (const { toUri, to, wasDirty, after, cells } of prepared.edits) {
    if (cells) {
      const saved = !wasDirty && (await cells.notebook.save());
      // Saving may have written it otherwise; unsaved it is a text that nobody has written yet.
      const text = (await readText(to))?.text ?? after;
      files.set(to, { path: to, state: wasDirty ? 'dirty' : saved ? 'saved' : 'unsaved', created: false, text });
      continue;
    }
    const document = await vscode.workspace.openTextDocument(toUri);
    const saved = !wasDirty && (await document.save());
    const state = wasDirty ? 'dirty' : saved ? 'saved' : 'unsaved';
    files.set(to, { path: to, state, created: false, text: document.getText() });
    documents.push(document);
    await tabs.open(toUri, true);
  }
  for (const { path, uri } of prepared.creates) {
    const document = await vscode.workspace.openTextDocument(uri);
    files.set(path, { path, state: 'saved', created: true, text: document.getText() });
    documents.push(document);
    await tabs.open(uri, true);
  }
  const trash = hasTrash();
  for (const { copy } of trash ? copies.values() : []) await deleted.drop(copy);
  for (const { path, from, before, after, opaque } of prepared.changes) {
    if (files.has(path)) continue;
    const kept = trash ? undefined : copies.get(path);
    if (after === null) {
      const lost = kept && kept.lost.length > 0 ? { lost: kept.lost } : {};
      const copy = kept && !kept.lost.includes(path) ? { kept: kept.copy, ...lost } : lost;
      files.set(path, { path, state: 'deleted', created: false, text: null, ...copy });
    } else {
      const dirty = prepared.moves.some((move) => move.dirty && move.to.fsPath === uriOf(path).fsPath);
      const created = before === null && from === undefined;
      files.set(path, { path, state: dirty ? 'dirty' : 'saved', created, text: opaque ? null : after });
    }
  }
  // The diff stood where the person was looking; the file takes its place, so that Ctrl+Z finds it.
  const front = documents.find((document) => decided.includes(realOf(document.uri.fsPath)));
  if (front !== undefined) await vscode.window.showTextDocument(front, { preserveFocus: true });
  return { files: prepared.changes.flatMap(({ path }) => files.get(path) ?? []), documents };
}

/** Whether deleting moves into a trash: only a desktop has one, for files on its own disk. */
function hasTrash(): boolean {
  const desktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  return desktop && vscode.workspace.getConfiguration('files').get<boolean>('enableTrash') !== false;
}

function dirtyDocuments(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file');
}

/** Where unsaved documents are once what they lie in has moved. They are documents of their own there, and stay unsaved. */
function carriedAlong({ moves }: Prepared, dirty: ReadonlySet<vscode.TextDocument>): Set<string> {
  const paths = [...dirty].map(({ uri }) => uri.fsPath);
  return new Set(
    moves.flatMap(({ from, to }) =>
      paths.flatMap((path) => (contains(from.fsPath, path) ? [join(to.fsPath, relative(from.fsPath, path))] : [])),
    ),
  );
}

/** Saves what extensions changed because of a move. @returns the paths */
async function saveFollowers({ changes }: Prepared, followers: vscode.TextDocument[]): Promise<string[]> {
  const planned = new Set(changes.map(({ path }) => path));
  const saved: string[] = [];
  for (const document of followers) {
    const path = realOf(document.uri.fsPath);
    if (!planned.has(path) && (await document.save())) saved.push(path);
  }
  return saved;
}
