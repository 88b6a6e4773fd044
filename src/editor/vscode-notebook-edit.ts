// Edits of a notebook's file while its editor is open: they become edits of its cells, so that outputs stay, unsaved work is not
// overwritten, and Ctrl+Z takes them back there.
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import { EditorError } from './editor.ts';
import { parseNotebook } from './notebook.ts';
import { notebookSources, withSources } from './notebook-text.ts';
import { realOf } from './paths.ts';

/** A cell of an open notebook, its source as the plan saw it, and as it is to be. */
interface CellEdit {
  cell: vscode.NotebookCell;
  before: string;
  after: string;
}

/** What an edit of its file comes to in an open notebook. */
export interface NotebookEdits {
  notebook: vscode.NotebookDocument;
  cells: CellEdit[];
}

/** The notebook that is open for a file, however it was spelled. */
export function openNotebook(path: string): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(
    ({ uri }) => uri.scheme === 'file' && (uri.fsPath === path || realOf(uri.fsPath) === path),
  );
}

/**
 * The text of a notebook's file with what its open cells hold unsaved. `text`: on disk; `name`: how the agent knows it.
 * @returns undefined where it is not open, or not changed there
 * @throws EditorError `rejected` where cells came, went or moved: no text of the file says that
 */
export function unsavedText(path: string, name: string, text: string): string | undefined {
  const open = openNotebook(path);
  const old = open?.isDirty === true ? notebookSources(text) : undefined;
  if (!open || !old) return undefined;
  const cells = open.getCells();
  if (cells.length !== old.length || !sameKinds(cells, text)) throw otherCells(name);
  const sources = cells.map((cell, index) => {
    const source = old[index] ?? '';
    return sourceOf(cell) === lines(source) ? source : sourceOf(cell);
  });
  return withSources(text, sources);
}

const sameKinds = (cells: readonly vscode.NotebookCell[], text: string): boolean =>
  parseNotebook(text)?.cells.every(
    ({ kind }, index) => (kind === 'markdown') === (cells[index]?.kind === vscode.NotebookCellKind.Markup),
  ) === true;

const otherCells = (name: string): EditorError =>
  new EditorError(
    'rejected',
    `${name} is open as a notebook with unsaved changes in its list of cells. Ask to save it first.`,
  );

/**
 * `before`, `after`: texts of the file with what is unsaved; `name`: how the agent knows it.
 * @throws EditorError `unsupported` where more than sources of cells would change; `changed` where a cell is not as before;
 * `rejected` where there are other cells
 */
export function notebookEdits(
  notebook: vscode.NotebookDocument,
  name: string,
  before: string,
  after: string,
): NotebookEdits {
  const [old, fresh] = [parseNotebook(before)?.cells, parseNotebook(after)?.cells];
  if (!old || !fresh || !isDeepStrictEqual(withoutSources(before), withoutSources(after))) {
    const what = 'only text in its cells can be changed meanwhile';
    throw new EditorError('unsupported', `${name} is open as a notebook: ${what}. Ask to save and close it first.`);
  }
  const open = notebook.getCells();
  const cells = old.flatMap(({ source }, index) => {
    const now = fresh[index]?.source ?? '';
    if (now === source) return [];
    const cell = open[index];
    if (!cell || open.length !== old.length) throw otherCells(name);
    if (sourceOf(cell) === lines(source)) return [{ cell, before: lines(source), after: lines(now) }];
    const what = `cell ${index + 1} changed since the edit was planned`;
    throw new EditorError('changed', `${name} is open as a notebook, and ${what}; nothing was written. Read it again.`);
  });
  return { notebook, cells };
}

/** Whether the cells still hold what the plan was made from. */
export const stillThere = ({ notebook, cells }: NotebookEdits): boolean =>
  !notebook.isClosed && cells.every(({ cell, before }) => !cell.document.isClosed && sourceOf(cell) === before);

/** Adds the edits of all cells. */
export function addCellEdits(edit: vscode.WorkspaceEdit, { cells }: NotebookEdits): void {
  for (const { cell, after } of cells) {
    const { document } = cell;
    const wanted = document.eol === vscode.EndOfLine.CRLF ? after.replaceAll('\n', '\r\n') : after;
    for (const { start, end, text } of textEdits(document.getText(), wanted)) {
      edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
    }
  }
}

const lines = (text: string): string => text.replace(/\r\n?/g, '\n');
const sourceOf = ({ document }: vscode.NotebookCell): string => lines(document.getText());

/** The file's value with empty sources. Only of texts that are notebooks. */
const withoutSources = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (key === 'source' ? '' : value));
