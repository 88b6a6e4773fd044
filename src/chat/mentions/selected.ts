// What of the editor goes along by itself: what is selected in the active editor, and which files are open.
import * as vscode from 'vscode';
import type { Attachment } from '../../protocol/attachments.ts';
import { t } from '../../protocol/l10n.ts';
import { withLines } from './query.ts';

/** Names of files that are told; the others by their number. */
const MOST_NAMES = 30;
/** Characters of a name. */
const LONGEST_NAME = 120;
/** A name of a few plain words is no text that could instruct anybody; others are not told. */
const PLAIN = /^[\p{L}\p{N}_.@+()[\]/-]+$/u;
const MOST_WORDS = 6;

/** Those of the switches. */
export const SETTINGS = {
  selection: 'letta.context.shareSelection',
  openFiles: 'letta.context.shareOpenFiles',
} as const;

/** A workspace can switch it off, and not on: what the person keeps back stays back. */
export function isShared(what: keyof typeof SETTINGS): boolean {
  const found = vscode.workspace.getConfiguration().inspect<boolean>(SETTINGS[what]);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].every((value) => value !== false);
}

/** @throws Error where the workspace's own settings switch it off */
export async function setShared(what: keyof typeof SETTINGS, on: boolean): Promise<void> {
  await vscode.workspace.getConfiguration().update(SETTINGS[what], on, vscode.ConfigurationTarget.Global);
  if (on && !isShared(what)) throw new Error(t('The settings of this workspace switch it off: {0}.', SETTINGS[what]));
}

/** What is selected now in the active editor, of a file of the workspace or one that was never saved. */
export function selected(): { attachment: Attachment; text(): string } | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return undefined;
  const { document, selection } = editor;
  const { scheme } = document.uri;
  if (scheme !== 'untitled' && (scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(document.uri)))
    return undefined;
  const last = selection.end.character === 0 && selection.end.line > selection.start.line ? 0 : 1;
  const lines: [number, number] = [selection.start.line + 1, selection.end.line + last];
  const name = scheme === 'untitled' ? document.uri.toString(true) : vscode.workspace.asRelativePath(document.uri);
  const attachment = { kind: 'selection' as const, label: withLines(name, lines).slice(-300), ref: name, lines };
  return { attachment, text: () => document.getText(selection) };
}

/** Names of the files that are open, the active one first. */
export function openNames(may: (path: string) => boolean): string[] {
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs, isActive }) =>
    tabs.map((tab) => ({ tab, first: isActive && tab.isActive })),
  );
  const ordered = tabs.toSorted((a, b) => Number(b.first) - Number(a.first));
  const uris = ordered.flatMap(({ tab: { input } }) => {
    const known =
      input instanceof vscode.TabInputText ||
      input instanceof vscode.TabInputNotebook ||
      input instanceof vscode.TabInputCustom;
    return known && input.uri.scheme === 'file' ? [input.uri] : [];
  });
  const seen = uris.filter((uri) => vscode.workspace.getWorkspaceFolder(uri) && may(uri.fsPath));
  return [...new Set(seen.map((uri) => vscode.workspace.asRelativePath(uri)))];
}

/** One line a file; names that could be more than names are counted only. */
export function namesText(names: readonly string[]): string {
  const plain = names.filter(isPlain).slice(0, MOST_NAMES);
  const more = names.length - plain.length;
  return [...plain, ...(more > 0 ? [`… and ${more} more; OpenFiles lists them.`] : [])].join('\n');
}

function isPlain(name: string): boolean {
  const words = (part: string) => part.split(/[^\p{L}\p{N}]+/u).filter(Boolean).length;
  return name.length <= LONGEST_NAME && PLAIN.test(name) && name.split('/').every((part) => words(part) <= MOST_WORDS);
}

/** As the composer shows them. */
export function openFilesOf(names: readonly string[]): Attachment {
  return { kind: 'openFiles', label: names.length === 1 ? '1 open file' : `${names.length} open files`, ref: '' };
}

/** Calls when what is shared may be another; a few times a second at most. */
export function watchShared(changed: () => void): vscode.Disposable {
  let soon: NodeJS.Timeout | undefined;
  const later = () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      changed();
    }, 100);
  };
  const { window, workspace } = vscode;
  const parts = [
    window.onDidChangeTextEditorSelection(later),
    window.onDidChangeActiveTextEditor(later),
    window.tabGroups.onDidChangeTabs(later),
    workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('letta.context') && later()),
  ];
  return vscode.Disposable.from(...parts, new vscode.Disposable(() => clearTimeout(soon)));
}
