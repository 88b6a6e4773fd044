// Notebooks that are open with unsaved changes, as the editor has them.
import * as vscode from 'vscode';
import { bestOutput, type Notebook, type NotebookCell, plainOutput } from './notebook.ts';
import { openNotebook } from './vscode-notebook-edit.ts';

const STREAM = /^application\/vnd\.code\.notebook\.std(?:out|err)$/;
const ERROR = 'application/vnd.code.notebook.error';

/** Undefined: it is not open, or as it is on disk. @param path absolute, symlinks resolved */
export function unsavedNotebook(path: string): Notebook | undefined {
  const open = openNotebook(path);
  return open?.isDirty !== true ? undefined : { cells: open.getCells().map(readCell) };
}

function readCell({ kind, document, outputs, executionSummary }: vscode.NotebookCell): NotebookCell {
  const code = kind === vscode.NotebookCellKind.Code;
  const run = executionSummary?.executionOrder;
  return {
    kind: code ? (document.languageId === 'raw' ? 'raw' : 'code') : 'markdown',
    language: document.languageId,
    source: document.getText(),
    ...(run === undefined ? {} : { run }),
    outputs: outputs.map(({ items }) => outputText(items)).filter((text) => text !== ''),
  };
}

function outputText(items: readonly vscode.NotebookCellOutputItem[]): string {
  const textOf = ({ data }: vscode.NotebookCellOutputItem) => new TextDecoder().decode(data);
  const streams = items.filter(({ mime }) => STREAM.test(mime));
  if (streams.length > 0) return plainOutput(streams.map(textOf).join(''));
  const failed = items.find(({ mime }) => mime === ERROR);
  if (failed !== undefined) return plainOutput(textOf(failed));
  return bestOutput(items.map((item) => ({ mime: item.mime, bytes: item.data.length, text: () => textOf(item) })));
}
