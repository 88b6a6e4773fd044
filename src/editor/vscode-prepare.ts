// What one change of files needs before it is made: documents, bytes, and a last look at the disk.
import { access, constants, lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { FOLDER, standingText } from './content.ts';
import { EditorError, type FileChange } from './editor.ts';
import { type Operations, operationsOf } from './operations.ts';
import { contains, displayPath } from './paths.ts';
import { listTree } from './tree.ts';
import {
  diskText,
  fileSize,
  loadDocument,
  openDocument,
  readText,
  stillConfined,
  unsavedPaths,
  uriOf,
  workspaceFolders,
} from './vscode-documents.ts';
import { type NotebookEdits, notebookEdits, openNotebook, stillThere } from './vscode-notebook-edit.ts';

export interface PreparedEdit {
  path: string;
  /** Where it is afterwards: elsewhere when it moves. */
  to: string;
  toUri: vscode.Uri;
  before: string;
  after: string;
  document: vscode.TextDocument;
  wasDirty: boolean;
  /** Its editor as a notebook is open: then the edit is made there. */
  cells?: NotebookEdits;
}

export interface Prepared {
  changes: readonly FileChange[];
  operations: Operations;
  edits: PreparedEdit[];
  /** Bytes of files that are to be made. */
  creates: { path: string; uri: vscode.Uri; text: string; contents: Uint8Array }[];
  moves: { from: vscode.Uri; to: vscode.Uri; dirty: boolean }[];
  deletes: { path: string; uri: vscode.Uri; folder: boolean }[];
}

/** @throws EditorError */
export async function prepare(changes: readonly FileChange[]): Promise<Prepared> {
  const operations = operationsOf(changes);
  const edits: PreparedEdit[] = [];
  for (const { path, from, before, after } of operations.edits) {
    const loaded = await loadDocument(from ?? path);
    if (loaded === null) throw changed(from ?? path);
    const { document } = loaded;
    await refuseUnwritable(from ?? path);
    await refuseUnencodable(path, after, document.encoding);
    const toUri = from === undefined ? document.uri : uriOf(path);
    const notebook = openNotebook(from ?? path);
    if (notebook && from !== undefined) throw inNotebook(from);
    const cells = notebook && notebookEdits(notebook, nameOf(path), before, after);
    const wasDirty = document.isDirty || notebook?.isDirty === true;
    const where = { path: from ?? path, to: path, toUri };
    edits.push({ ...where, before, after, document, wasDirty, ...(cells ? { cells } : {}) });
  }
  const creates = await Promise.all(
    operations.creates.map(async ({ path, after }) => {
      const uri = uriOf(path);
      const text = after ?? '';
      const encoding = vscode.workspace.getConfiguration('files', uri).get<string>('encoding');
      await refuseUnencodable(path, text, encoding ?? 'utf8');
      return { path, uri, text, contents: await vscode.workspace.encode(text, { uri }) };
    }),
  );
  const moves = operations.moves.map(({ from, to }) => ({
    from: uriOf(from),
    to: uriOf(to),
    dirty: openDocument(from)?.isDirty === true,
  }));
  const deletes = operations.deletes.map((change) => ({
    path: change.path,
    uri: uriOf(change.path),
    folder: change.whole !== undefined || isListedFolder(change),
  }));
  return { changes, operations, edits, creates, moves, deletes };
}

/** A folder whose entries are changes of their own. */
const isListedFolder = ({ before, opaque }: FileChange): boolean => opaque === true && before === FOLDER;

/**
 * The last look at the disk: every path leads where it did, and everything is as the plan saw it.
 * @throws EditorError
 */
export async function verify({ changes, edits, creates, operations }: Prepared): Promise<void> {
  for (const { path } of changes) {
    // What moves or goes may be a link in a folder; what counts is where it lies.
    if (!stillConfined(dirname(path))) throw elsewhere(path);
  }
  for (const edit of edits) await verifyEdit(edit);
  for (const { path } of creates) {
    if (!stillConfined(path)) throw elsewhere(path);
    if ((await fileSize(path)) !== null || openDocument(path)?.isDirty === true) {
      throw new EditorError('changed', `${nameOf(path)} exists by now. Read it, then edit it.`);
    }
  }
  const edited = new Set(edits.map(({ path }) => path));
  const moved = new Set(changes.flatMap(({ from }) => from ?? []));
  for (const change of changes) {
    if (change.after === null && !moved.has(change.path)) refuseUnsaved(change.path, change.whole !== undefined);
    if (edited.has(change.path) || (change.before === null && change.from === undefined && !change.opaque)) continue;
    if (change.after === null) await verifyLeaving(change);
    else if (change.before === null) await verifyFree(change);
  }
  await verifyFolders(changes, operations);
}

async function verifyEdit({ path, document, wasDirty, before, cells }: PreparedEdit): Promise<void> {
  if (!stillConfined(path)) throw elsewhere(path);
  // Its editor and the text of its file would be two truths.
  if (cells ? document.isDirty || !stillThere(cells) : openNotebook(path)) throw inNotebook(path);
  if (wasDirty) return;
  const disk = await diskText(path, document.encoding);
  if (disk === null || disk.replace(/\r\n?/g, '\n') !== before.replace(/\r\n?/g, '\n')) throw changed(path);
}

const inNotebook = (path: string): EditorError =>
  new EditorError('rejected', `${nameOf(path)} is open as a notebook. Ask to save and close it first.`);

/** @throws EditorError `rejected`: what is only in the editor would be lost with the file */
export function refuseUnsaved(path: string, whole = false): void {
  const unsaved = [...unsavedPaths()].find((one) => (whole ? contains(path, one) : one === path));
  if (unsaved === undefined) return;
  throw new EditorError(
    'rejected',
    `${nameOf(unsaved)} has unsaved changes. Ask to save or drop them before it is deleted.`,
  );
}

/** What moves away or is deleted. */
async function verifyLeaving({ path, before, whole }: FileChange): Promise<void> {
  const now = await standingText(path, readText, whole !== undefined);
  if (now?.replace(/\r\n?/g, '\n') !== before?.replace(/\r\n?/g, '\n')) throw changed(path);
}

/** Where something moves to, or a folder is to be. */
async function verifyFree({ path, from }: FileChange): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there === null) return;
  // On a disk that takes `a` and `A` for one name this is the very file that is renamed.
  const source = from === undefined ? null : await lstat(from).catch(() => null);
  if (source !== null && source.ino === there.ino && source.dev === there.dev) return;
  throw new EditorError('exists', `${nameOf(path)} exists by now; nothing was changed.`);
}

/** A folder that goes or moves takes along what is in it: nothing may be there that the person was not shown. */
async function verifyFolders(changes: readonly FileChange[], { moves, deletes }: Operations): Promise<void> {
  const known = new Set(changes.map(({ path }) => path));
  const folders = new Set(changes.filter(isListedFolder).map(({ path }) => path));
  for (const path of [...moves.map(({ from }) => from), ...deletes.map((one) => one.path)]) {
    await refuseUnwritable(dirname(path));
    if (!folders.has(path)) continue;
    const now = await listTree(path, nameOf(path));
    const strange = now.find((one) => !known.has(one));
    if (strange !== undefined) throw new EditorError('changed', `${nameOf(strange)} is new; nothing was changed.`);
  }
}

/** @throws EditorError `read-only` */
export async function refuseUnwritable(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return;
  const may = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  // Who may do everything is held back by what the owner wanted.
  if (!may || (stats.isFile() && (stats.mode & 0o222) === 0)) {
    throw new EditorError('read-only', `${nameOf(path)} is read-only. Ask whether it may be made writable.`);
  }
}

/** Characters that the file's encoding has not would be saved as question marks. */
async function refuseUnencodable(path: string, text: string, encoding: string): Promise<void> {
  if (/^utf/.test(encoding)) return;
  const kept = await vscode.workspace.decode(await vscode.workspace.encode(text, { encoding }), { encoding });
  if (kept === text) return;
  const [wanted, got] = [[...text], [...kept]];
  const at = wanted.findIndex((character, index) => got[index] !== character);
  throw new EditorError(
    'unsupported',
    `${nameOf(path)} is saved as ${encoding}, which has no ${JSON.stringify(wanted[at] ?? '')}. Use other characters.`,
  );
}

export function changed(path: string): EditorError {
  return new EditorError(
    'changed',
    `${nameOf(path)} changed since the edit was planned; nothing was written. Read it again.`,
  );
}

function elsewhere(path: string): EditorError {
  return new EditorError('outside', `${nameOf(path)} leads elsewhere now than when the change was planned.`);
}

export function nameOf(path: string): string {
  return displayPath(path, workspaceFolders());
}
