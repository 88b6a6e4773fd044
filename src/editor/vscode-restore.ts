// Puts files back as they were, as one undoable edit: without looking at problems, and without a tab for them.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { textEdits } from './changes.ts';
import { contentOf } from './content.ts';
import { EditorError } from './editor.ts';
import type { Restored } from './review/documents.ts';
import {
  documentText,
  fileSize,
  loadDocument,
  openDocument,
  readText,
  stillConfined,
  uriOf,
} from './vscode-documents.ts';
import { addCellEdits, type NotebookEdits, notebookEdits, openNotebook, stillThere } from './vscode-notebook-edit.ts';
import { nameOf } from './vscode-prepare.ts';
import { takeBackText } from './vscode-take-back.ts';

interface Step {
  change: Restored;
  uri: vscode.Uri;
  /** Absent for a file that is made again. */
  document?: vscode.TextDocument;
  wasDirty: boolean;
  /** Its editor as a notebook is open: the edit is made there. */
  cells?: NotebookEdits;
  /** Of a file that is made again, or is to go. */
  contents?: Uint8Array;
}

/** What was clean is saved. @throws EditorError; what is not as it was then, is named in it */
export async function restoreFiles(changes: Restored[]): Promise<void> {
  const steps: Step[] = [];
  for (const change of changes) steps.push(await (change.before === null ? toMake(change) : toChange(change)));
  for (const step of steps) verify(step);
  for (const step of steps) await makeReady(step);
  const edit = new vscode.WorkspaceEdit();
  // From here to `applyEdit` nothing may be awaited: it notes the documents' versions, and VS Code refuses it when one moved on.
  for (const step of steps) addTo(edit, step);
  if (!(await vscode.workspace.applyEdit(edit))) throw await takeBack(steps);
  for (const { change, document, cells, wasDirty } of steps) {
    if (change.after !== null && document && !wasDirty) await (cells?.notebook ?? document).save();
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
  const notebook = openNotebook(change.path);
  const wasDirty = document.isDirty || notebook?.isDirty === true;
  const cells = notebook && cellsOf(notebook, change);
  return { change, uri: document.uri, document, wasDirty, ...(cells ? { cells } : {}) };
}

/**
 * Undefined: it is done in the file, which the notebook's editor follows while it holds nothing unsaved.
 * @throws EditorError where it does
 */
function cellsOf(notebook: vscode.NotebookDocument, { path, before, after }: Restored): NotebookEdits | undefined {
  if (before === null || after === null) return undefined;
  try {
    return notebookEdits(notebook, nameOf(path), before, after);
  } catch (error) {
    if (notebook.isDirty) throw error;
    return undefined;
  }
}

/** The text must still be the one that the change was made from. */
function verify({ change, document, cells }: Step): void {
  if (document && (document.isClosed || documentText(document).text !== change.before)) throw moved(change.path);
  if (cells && !stillThere(cells)) throw moved(change.path);
}

/** What goes away must not ask to be saved first; what it holds is kept until it is known that all of it was done. */
async function makeReady(step: Step): Promise<void> {
  const { change, document, wasDirty, uri } = step;
  if (!document || change.after !== null) return;
  if (wasDirty) await (openNotebook(change.path) ?? document).save();
  step.contents = await vscode.workspace.fs.readFile(uri);
}

function addTo(edit: vscode.WorkspaceEdit, step: Step): void {
  const { change, uri, document, cells, contents } = step;
  const { after } = change;
  verify(step);
  if (!document) {
    if (contents) edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents });
    return;
  }
  if (after === null) {
    edit.deleteFile(uri, { ignoreIfNotExists: false });
    return;
  }
  if (cells) {
    addCellEdits(edit, cells);
    return;
  }
  const text = document.getText();
  for (const { start, end, text: replacement } of textEdits(text, after)) {
    edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement);
  }
}

/** Undoes what stands as it was to become. @returns the error to throw, which names what is otherwise than before */
async function takeBack(steps: readonly Step[]): Promise<EditorError> {
  const back = new vscode.WorkspaceEdit();
  for (const { change, uri, document, contents } of steps) {
    const there = (await fileSize(change.path).catch(() => 0)) !== null;
    if (!document && (await textOf(change.path)) === change.after) back.deleteFile(uri, { ignoreIfNotExists: true });
    if (document && change.after === null && !there && contents) back.createFile(uri, { contents });
  }
  await vscode.workspace.applyEdit(back);
  for (const { change, wasDirty } of steps) {
    const { path, before, after } = change;
    if (before !== null && after !== null) await takeBackText({ path, before, after, wasDirty });
  }
  const left: string[] = [];
  for (const { change } of steps) if ((await textOf(change.path)) !== change.before) left.push(nameOf(change.path));
  const why = t('VS Code did not do it: a file changed at the same moment.');
  if (left.length === 0) return new EditorError('rejected', t('{0} Nothing was undone. Try again.', why));
  return new EditorError('rejected', t('{0} These are not as they were; look at them: {1}.', why, left.join(', ')));
}

/** Null where there is no file; undefined where it cannot be read. */
const textOf = (path: string): Promise<string | null | undefined> =>
  contentOf(path, readText).then(
    (content) => content?.text ?? null,
    () => undefined,
  );

const moved = (path: string): EditorError =>
  new EditorError('changed', t('{0} has changed since; nothing was undone. Look at it again.', path));
