// Diagnostics as VS Code has them, and waiting until its language servers have nothing new to say.
import * as vscode from 'vscode';
import type { Problem, Severity } from './editor.ts';
import { displayPath } from './paths.ts';
import { waitForQuiet } from './settle.ts';
import { workspaceFolders } from './vscode-documents.ts';

export const QUIET_MS = 500;
export const SETTLE_MS = 5_000;
/**
 * How long a language server that is at work may take until its first word about a change. TypeScript waits 200 to 800 ms
 * before it even starts.
 */
const FIRST_WORD_MS = 1_500;

const SEVERITY: Record<vscode.DiagnosticSeverity, Severity> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'info',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/** The languages that VS Code itself brings a checker for; others are known to have one once they have a problem. */
const CHECKED = new Set([
  'typescript',
  'typescriptreact',
  'javascript',
  'javascriptreact',
  'json',
  'jsonc',
  'css',
  'scss',
  'less',
  'html',
]);

/** All problems of files on disk, or those of one URI. */
export function listProblems(uri?: vscode.Uri): Problem[] {
  const folders = workspaceFolders();
  const all: [vscode.Uri, vscode.Diagnostic[]][] =
    uri === undefined ? vscode.languages.getDiagnostics() : [[uri, vscode.languages.getDiagnostics(uri)]];
  return all
    .filter(([file]) => file.scheme === 'file')
    .flatMap(([file, diagnostics]) =>
      diagnostics.map((diagnostic): Problem => {
        const code = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
        return {
          file: displayPath(file.fsPath, folders),
          path: file.fsPath,
          line: diagnostic.range.start.line + 1,
          column: diagnostic.range.start.character + 1,
          severity: SEVERITY[diagnostic.severity],
          ...(diagnostic.source === undefined ? {} : { source: diagnostic.source }),
          ...(code === undefined ? {} : { code: String(code) }),
          message: diagnostic.message,
        };
      }),
    );
}

/** Whether someone checks documents of this language here. */
export function isChecked(document: vscode.TextDocument): boolean {
  if (CHECKED.has(document.languageId)) return true;
  return vscode.workspace.textDocuments.some(
    (other) => other.languageId === document.languageId && vscode.languages.getDiagnostics(other.uri).length > 0,
  );
}

/** True when no diagnostics event came for 500 ms; false when after 5 s they still came, or the wait was aborted. */
export function settle(checked: boolean, signal?: AbortSignal): Promise<boolean> {
  return waitForQuiet({
    subscribe: (listener) => vscode.languages.onDidChangeDiagnostics(listener),
    quietMs: QUIET_MS,
    maxMs: SETTLE_MS,
    ...(checked ? { firstMs: FIRST_WORD_MS } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}
