// Diagnostics as VS Code has them, and waiting until its language servers have nothing new to say.
import * as vscode from 'vscode';
import type { Folder, Problem, Severity } from './editor.ts';
import { displayPath } from './paths.ts';
import { waitForQuiet } from './settle.ts';
import { realOf, workspaceFolders } from './vscode-documents.ts';

export const QUIET_MS = 500;
export const SETTLE_MS = 5_000;
/**
 * How long a language server that has heard of a change may take until its first word about it. TypeScript waits 200 to
 * 800 ms before it even starts.
 */
const FIRST_WORD_MS = 1_200;

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
  const linked = folders.some(({ path, real }) => path !== real);
  const all: [vscode.Uri, vscode.Diagnostic[]][] =
    uri === undefined ? vscode.languages.getDiagnostics() : [[uri, vscode.languages.getDiagnostics(uri)]];
  const real = (uri: vscode.Uri) => (linked ? realOf(uri.fsPath) : uri.fsPath);
  return all
    .filter(([file]) => file.scheme === 'file')
    .flatMap(([file, diagnostics]) =>
      diagnostics.map((diagnostic): Problem => {
        const code = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
        return {
          file: displayPath(file.fsPath, folders),
          path: real(file),
          line: diagnostic.range.start.line + 1,
          column: diagnostic.range.start.character + 1,
          severity: SEVERITY[diagnostic.severity],
          ...(diagnostic.source === undefined ? {} : { source: diagnostic.source }),
          ...(code === undefined ? {} : { code: String(code) }),
          message: diagnostic.message,
          ...related(diagnostic.relatedInformation, folders, real),
        };
      }),
    );
}

function related(
  information: readonly vscode.DiagnosticRelatedInformation[] = [],
  folders: Folder[],
  real: (uri: vscode.Uri) => string,
): Pick<Problem, 'related'> {
  const places = information.filter(({ location }) => location.uri.scheme === 'file');
  if (places.length === 0) return {};
  return {
    related: places.map(({ location: { uri, range }, message }) => ({
      file: displayPath(uri.fsPath, folders),
      path: real(uri),
      line: range.start.line + 1,
      column: range.start.character + 1,
      message,
    })),
  };
}

/** Whether someone checks documents of this language here. */
export function isChecked(document: vscode.TextDocument): boolean {
  if (CHECKED.has(document.languageId)) return true;
  return vscode.workspace.textDocuments.some(
    (other) => other.languageId === document.languageId && vscode.languages.getDiagnostics(other.uri).length > 0,
  );
}

/**
 * True when no diagnostics event came for 500 ms; false when after 5 s they still came, or the wait was aborted.
 * @param ready resolves to the documents whose servers must have taken notice before silence counts
 */
export function settle(ready: Promise<vscode.TextDocument[]>, signal?: AbortSignal): Promise<boolean> {
  // Not known before the documents are there, and asked only then.
  let checked = false;
  const noticed = ready.then((documents) => {
    const watched = documents.filter(isChecked);
    checked = watched.length > 0;
    return Promise.all(watched.map(nudge));
  });
  return waitForQuiet({
    subscribe: (listener) => vscode.languages.onDidChangeDiagnostics(listener),
    quietMs: QUIET_MS,
    maxMs: SETTLE_MS,
    ready: noticed,
    firstMs: () => (checked ? FIRST_WORD_MS : QUIET_MS),
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Asks the document's servers something whose answer needs the whole project. They answer in order, so once it is there they
 * have read the document as it is now; a server that still starts takes its time here.
 */
export async function nudge(document: vscode.TextDocument): Promise<void> {
  const start = new vscode.Range(0, 0, 0, 0);
  await vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, start, 'refactor');
}
