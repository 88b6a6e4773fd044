// Unsaved text of documents around checkpoints: told to them, let go before a file is written behind it, and brought back.
import * as vscode from 'vscode';
import { textEdits } from './changes.ts';
import { contains } from './paths.ts';
import { openDocument, realOf, uriOf, workspaceFolders } from './vscode-documents.ts';
import { textTab } from './vscode-tabs.ts';

export interface UnsavedText {
  /** Absolute, symlinks resolved. */
  path: string;
  text: string;
}

/** Longer texts are not recorded, in characters: as files of that size. */
const LONGEST = 1024 * 1024;

/** What the person or the agent has written in documents of the workspace and not saved. */
export function unsavedTexts(): UnsavedText[] {
  const folders = workspaceFolders();
  return vscode.workspace.textDocuments.flatMap((document) => {
    if (!document.isDirty || document.uri.scheme !== 'file') return [];
    const path = realOf(document.uri.fsPath);
    if (!folders.some(({ real }) => contains(real, path))) return [];
    const text = document.getText();
    return text.length > LONGEST ? [] : [{ path, text }];
  });
}

/**
 * Documents of these files go back to what the disk has, so that none hides what will be written there.
 * @param recorded what a checkpoint keeps of unsaved text: a document that holds anything else is left alone
 * @returns the files whose documents still hold unsaved text
 */
export async function letGo(paths: readonly string[], recorded: readonly UnsavedText[]): Promise<string[]> {
  const kept = new Map(recorded.map(({ path, text }) => [path, text]));
  const held: string[] = [];
  for (const path of paths) {
    if (vscode.workspace.notebookDocuments.some(({ isDirty, uri }) => isDirty && realOf(uri.fsPath) === path))
      held.push(path);
    const document = openDocument(path);
    if (!document?.isDirty) continue;
    const text = kept.get(path);
    if (text !== undefined) await revert(document, path, text);
    if (document.isDirty) held.push(path);
  }
  return held;
}

/** VS Code reverts the editor that is active only, so nothing is done once another one is, or when words were typed. */
async function revert(document: vscode.TextDocument, path: string, text: string): Promise<void> {
  if (document.getText() !== text) return;
  await vscode.window.showTextDocument(document, { preview: false });
  if (document.getText() !== text || vscode.window.activeTextEditor?.document !== document) return;
  const others = unsavedTexts().filter((other) => other.path !== path);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  // The focus moved on the way there: what another document held comes back.
  if (document.isDirty) await bringBack(others.filter((other) => openDocument(other.path)?.isDirty === false));
}

/** Puts unsaved text into documents again, as an edit that can be undone. */
export async function bringBack(texts: readonly UnsavedText[]): Promise<void> {
  for (const { path, text } of texts) {
    const document = await vscode.workspace.openTextDocument(uriOf(path)).then(
      (opened) => opened,
      () => undefined,
    );
    if (!document || document.getText() === text) continue;
    const edit = new vscode.WorkspaceEdit();
    for (const { start, end, text: replacement } of textEdits(document.getText(), text))
      edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement);
    await vscode.workspace.applyEdit(edit);
  }
}

/** Resolves once documents that are open show what was written to their files, or a moment has passed. */
export async function caughtUp(paths: readonly string[]): Promise<void> {
  const behind = async (path: string): Promise<boolean> => {
    const document = openDocument(path);
    if (!document || document.isClosed || document.isDirty) return false;
    const disk = await Promise.resolve(vscode.workspace.fs.readFile(document.uri)).catch(() => null);
    if (disk === null) return false;
    return (await vscode.workspace.decode(disk, { uri: document.uri })) !== document.getText();
  };
  const until = Date.now() + CATCH_UP_MS;
  for (const path of paths) while (Date.now() < until && (await behind(path))) await nextChange();
}

const CATCH_UP_MS = 3_000;
const POLL_MS = 50;

/** A document is changed, or a moment has passed. */
function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      changed.dispose();
      resolve();
    };
    const timer = setTimeout(done, POLL_MS);
    const changed = vscode.workspace.onDidChangeTextDocument(done);
  });
}

/** Tabs of files that are gone. */
export async function closeTabsOf(paths: readonly string[]): Promise<void> {
  const tabs = paths.flatMap((path) => textTab(uriOf(path)) ?? []).filter((tab) => !tab.isDirty);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
