// Edits of a notebook's file while its editor is open: they become edits of its cells, so that outputs stay, unsaved work is not
// overwritten, and Ctrl+Z takes them back there.
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import { EditorError } from './editor.ts';
import { parseNotebook } from './notebook.ts';
import { realOf } from './vscode-documents.ts';

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
 * `before`, `after`: texts of the file; `name`: how the agent knows it.
 * @throws EditorError `unsupported` where more than sources of cells would change; `rejected` where a cell has unsaved text
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
    const cell = open.length === old.length ? open[index] : undefined;
    if (cell && sourceOf(cell) === lines(source)) return [{ cell, before: lines(source), after: lines(now) }];
    const where = open.length === old.length ? `cell ${index + 1}` : 'its list of cells';
    throw new EditorError(
      'rejected',
      `${name} is open as a notebook with unsaved changes in ${where}. Ask to save it first.`,
    );
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
