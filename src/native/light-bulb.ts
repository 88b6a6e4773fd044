// The light bulb on a problem: *Fix* and *Remember*. Part of the stub, so it only hands on what VS Code says.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

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
        const shown = diagnostics.slice(0, MOST);
        const action = (title: string, command: string, given: object): vscode.CodeAction => {
          const made = new vscode.CodeAction(title, kind);
          made.diagnostics = shown;
          made.command = { command, title, arguments: [given] };
          return made;
        };
        return [
          action(t('Fix with Letta'), 'letta.fix', problemOf(document, shown)),
          action(t('Remember this problem with Letta'), 'letta.remember', noteOf(document, shown)),
        ];
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}

/** For the composer: the lines as they are, and what is said about them. */
function problemOf(document: vscode.TextDocument, shown: readonly vscode.Diagnostic[]): object {
  const { place, first, last } = placeOf(document, shown);
  return {
    text: document.getText(document.validateRange(new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER))),
    place,
    language: document.languageId,
    problems: shown.map(({ message, range }) => `line ${range.start.line + 1}: ${message}`),
  };
}

function noteOf(document: vscode.TextDocument, shown: readonly vscode.Diagnostic[]): object {
  const { place, first } = placeOf(document, shown);
  const code = document.lineAt(shown[0]?.range.start.line ?? first).text.trim();
  const by = [...new Set(shown.flatMap(({ source }) => source ?? []))].join(', ');
  return {
    text: shown.map(({ message }) => message).join('\n'),
    source: place,
    from: `It is a problem that ${by || 'an extension'} reports there, at: ${code}`,
    sources: ['workspace'],
  };
}

function placeOf(document: vscode.TextDocument, shown: readonly vscode.Diagnostic[]) {
  const lines = shown.flatMap(({ range }) => [range.start.line, range.end.line]);
  const first = Math.min(...lines);
  const last = Math.max(...lines);
  const path = vscode.workspace.asRelativePath(document.uri);
  return { place: { path, startLine: first + 1, endLine: last + 1 }, first, last };
}
