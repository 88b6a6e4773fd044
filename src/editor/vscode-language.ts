// Changes that language servers work out, as whole texts of files: renames, quick fixes, imports, formatting.
import * as vscode from 'vscode';
import { type CodeFix, EditorError, type LanguageEdits } from './editor.ts';
import { importChanges } from './vscode-imports.ts';
import { nameOf } from './vscode-prepare.ts';
import { isChecked, settle } from './vscode-problems.ts';
import type { Tabs } from './vscode-tabs.ts';
import { changesOf, documentOf } from './vscode-workspace-edit.ts';

/** So many actions are asked for their edits; a line has fewer. */
const MOST_FIXES = 30;
/**
 * Commands that TypeScript's actions carry beside a complete edit: they count what was used, and reformat nothing. No command is
 * ever run here; an action whose effect is in any other command is refused, since what that does cannot be shown.
 */
const IDLE_COMMANDS = new Set([
  '_typescript.applyCodeActionCommand',
  '_typescript.didApplyRefactoring',
  '_typescript.didOrganizeImports',
]);

export function languageEdits(tabs: Tabs): LanguageEdits {
  return {
    rename: async (path, at, newName) => {
      const document = await documentOf(path);
      const position = new vscode.Position(at.line - 1, at.column - 1);
      const edit = await asked<vscode.WorkspaceEdit | undefined>(
        `${nameOf(path)} can't be renamed at line ${at.line}`,
        vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', document.uri, position, newName),
      );
      return edit === undefined ? [] : changesOf(edit);
    },
    fixes: async (path, line) => {
      const document = await documentOf(path);
      if (line > document.lineCount)
        throw new EditorError('missing', `${nameOf(path)} has ${document.lineCount} lines.`);
      // A fix answers a problem: the servers must have said what is wrong.
      if (isChecked(document) && !tabs.isKnown(document.uri)) {
        await tabs.open(document.uri, true);
        await settle(Promise.resolve([document]));
      }
      const range = document.lineAt(line - 1).range;
      const actions = await codeActions(document, range, vscode.CodeActionKind.QuickFix);
      return Promise.all(actions.map(fixOf));
    },
    organizeImports: async (path) => {
      const document = await documentOf(path);
      const whole = new vscode.Range(0, 0, document.lineCount, 0);
      const [action] = await codeActions(document, whole, vscode.CodeActionKind.SourceOrganizeImports);
      if (action === undefined) {
        throw new EditorError(
          'unsupported',
          `No extension organizes the imports of ${nameOf(path)} (${document.languageId}).`,
        );
      }
      if (action.edit === undefined && isIdle(action.command)) return [];
      const { changes, refused } = await fixOf(action);
      if (refused !== undefined) throw new EditorError('unsupported', refused);
      return changes;
    },
    format: async (path) => {
      const document = await documentOf(path);
      const edits = await asked<vscode.TextEdit[] | undefined>(
        `${nameOf(path)} can't be formatted`,
        vscode.commands.executeCommand('vscode.executeFormatDocumentProvider', document.uri, formatOptions(document)),
      );
      // Nobody formats it, or nothing is to be done: VS Code answers the same.
      if (edits === undefined) return [];
      const edit = new vscode.WorkspaceEdit();
      edit.set(document.uri, edits);
      return changesOf(edit);
    },
    imports: importChanges,
  };
}

/** A provider that refuses says why in an error. */
async function asked<T>(what: string, answer: Thenable<T>): Promise<T> {
  return Promise.resolve(answer).catch((error: Error) => {
    throw new EditorError('unsupported', `${what}: ${error.message}`);
  });
}

async function codeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  const found = await asked<(vscode.CodeAction | vscode.Command)[] | undefined>(
    `${nameOf(document.uri.fsPath)} can't be looked at`,
    vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, range, kind.value, MOST_FIXES),
  );
  return (found ?? []).filter((action): action is vscode.CodeAction => typeof action.command !== 'string');
}

async function fixOf(action: vscode.CodeAction): Promise<CodeFix> {
  const { title, edit, command, disabled } = action;
  const refused = (why: string): CodeFix => ({ title, refused: `“${title}” ${why}`, changes: [] });
  if (disabled !== undefined) return refused(`is not possible: ${disabled.reason}`);
  if (command !== undefined && !isIdle(command)) {
    return refused(`runs a command of its extension (${command.command}), whose effect can't be shown beforehand.`);
  }
  if (edit === undefined) return refused('says nothing of what it changes.');
  try {
    return { title, changes: await changesOf(edit) };
  } catch (error) {
    if (error instanceof EditorError) return refused(`can't be taken: ${error.message}`);
    throw error;
  }
}

/** TypeScript's fixes may name commands for its server, e.g. to install types; then the edit is not all. */
function isIdle(command: vscode.Command | undefined): boolean {
  if (command === undefined) return true;
  if (!IDLE_COMMANDS.has(command.command)) return false;
  const argument: { action?: { commands?: unknown[] } } | undefined = command.arguments?.[0];
  return (argument?.action?.commands ?? []).length === 0;
}

function formatOptions(document: vscode.TextDocument): vscode.FormattingOptions {
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.options;
  const settings = vscode.workspace.getConfiguration('editor', document);
  const tabSize = typeof shown?.tabSize === 'number' ? shown.tabSize : settings.get<number>('tabSize');
  const insertSpaces =
    typeof shown?.insertSpaces === 'boolean' ? shown.insertSpaces : settings.get<boolean>('insertSpaces');
  return { tabSize: tabSize ?? 4, insertSpaces: insertSpaces ?? true };
}
