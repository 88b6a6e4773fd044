// The light bulb on a problem: *Remember*. Part of the stub, so it only hands on what VS Code says.
import * as vscode from 'vscode';

const EVERYWHERE: vscode.DocumentSelector = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-remote' },
  { scheme: 'vscode-notebook-cell' },
];
/** Of one place. */
const MOST = 3;

export function registerLightBulb(): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  return vscode.languages.registerCodeActionsProvider(
    EVERYWHERE,
    {
      provideCodeActions: (document, _range, { diagnostics, only }) => {
        if (diagnostics.length === 0 || (only && !only.contains(kind))) return [];
        const action = new vscode.CodeAction('Remember this problem with Letta', kind);
        action.diagnostics = diagnostics.slice(0, MOST);
        action.command = { command: 'letta.remember', title: action.title, arguments: [noteOf(document, diagnostics)] };
        return [action];
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}

function noteOf(document: vscode.TextDocument, diagnostics: readonly vscode.Diagnostic[]): object {
  const shown = diagnostics.slice(0, MOST);
  const lines = shown.flatMap(({ range }) => [range.start.line, range.end.line]);
  const first = Math.min(...lines);
  const last = Math.max(...lines);
  const code = document.lineAt(shown[0]?.range.start.line ?? first).text.trim();
  const by = [...new Set(shown.flatMap(({ source }) => source ?? []))].join(', ');
  return {
    text: shown.map(({ message }) => message).join('\n'),
    source: { path: vscode.workspace.asRelativePath(document.uri), startLine: first + 1, endLine: last + 1 },
    from: `It is a problem that ${by || 'an extension'} reports there, at: ${code}`,
    sources: ['workspace'],
  };
}
