// Finds, reads and lists documents: the unsaved text where the editor has it, else what is on disk.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import {
  type DirectoryEntry,
  EditorError,
  type FileText,
  type Folder,
  MAX_FILE_BYTES,
  type OpenFile,
} from './editor.ts';
import { contains, displayPath, errorCode, realOf, resolvePath } from './paths.ts';

import { unsavedText } from './vscode-notebook-edit.ts';

export { realOf };

/** How long a clean document may lag behind its file before an edit of it is refused, in milliseconds. */
const CATCH_UP_MS = 2_000;

export function workspaceFolders(): Folder[] {
  const folders: Folder[] = [];
  for (const { name, uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme === 'file') folders.push({ name, path: uri.fsPath, real: realOf(uri.fsPath) });
  }
  return folders;
}

/** The document of a file that is open, however it was spelled when it was opened. */
export function openDocument(path: string): vscode.TextDocument | undefined {
  const files = vscode.workspace.textDocuments.filter((document) => document.uri.scheme === 'file');
  return (
    files.find((document) => document.uri.fsPath === path) ??
    files.find((document) => realOf(document.uri.fsPath) === path)
  );
}

/**
 * The URI under which VS Code should know the file: the one it is open by, else spelled under the workspace folder, so that
 * language servers count it to their project although the folder was opened through a symlink.
 */
export function uriOf(path: string): vscode.Uri {
  const open = openDocument(path);
  if (open !== undefined) return open.uri;
  const folder = workspaceFolders().find(({ real }) => contains(real, path));
  return vscode.Uri.file(folder === undefined ? path : join(folder.path, relative(folder.real, path)));
}

/** What a file is, or null where there is none. */
export async function fileSize(path: string): Promise<number | null> {
  const name = displayPath(path, workspaceFolders());
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new EditorError('directory', `${name} is a folder.`);
    if (!stats.isFile()) throw new EditorError('not-a-file', `${name} is no regular file.`);
    return stats.size;
  } catch (error) {
    if (error instanceof EditorError) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new EditorError('io', `${name} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export async function readText(path: string): Promise<FileText | null> {
  const open = openDocument(path);
  if (open?.isDirty === true) return { text: open.getText(), dirty: true };
  const text = await diskText(path, open?.encoding);
  return text === null ? null : withCells(path, text);
}

/**
 * With what an open notebook holds unsaved, as far as a text of its file can say it: of other cells than on disk only the person
 * is told, by `documentText`.
 */
function withCells(path: string, text: string): FileText {
  try {
    const unsaved = unsavedText(path, path, text);
    return { text: unsaved ?? text, dirty: unsaved !== undefined };
  } catch {
    return { text, dirty: true };
  }
}

/**
 * The text of a document as an edit of it begins: in a notebook's file with what its open cells hold unsaved.
 * @throws EditorError `rejected` where cells came or went there unsaved
 */
export function documentText(document: vscode.TextDocument): { text: string; dirty: boolean } {
  const path = realOf(document.uri.fsPath);
  const text = document.getText();
  const unsaved = document.isDirty ? undefined : unsavedText(path, displayPath(path, workspaceFolders()), text);
  return { text: unsaved ?? text, dirty: document.isDirty || unsaved !== undefined };
}

/** Files whose text in the editor is not the one on disk; absolute, symlinks resolved. */
export function unsavedPaths(): Set<string> {
  const { textDocuments, notebookDocuments } = vscode.workspace;
  const dirty = [...textDocuments, ...notebookDocuments].filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file');
  return new Set(dirty.map(({ uri }) => realOf(uri.fsPath)));
}

/** The decoded text on disk, without byte order mark; null where there is no file. */
export async function diskText(path: string, encoding?: string): Promise<string | null> {
  const size = await fileSize(path);
  if (size === null) return null;
  const name = displayPath(path, workspaceFolders());
  if (size > MAX_FILE_BYTES) {
    const mb = (size / 1024 / 1024).toFixed(0);
    throw new EditorError(
      'too-large',
      `${name} has ${mb} MB; files over ${MAX_FILE_BYTES / 1024 / 1024} MB can't be used.`,
    );
  }
  const bytes = await readFile(path).catch((error: Error) => {
    throw new EditorError('io', `${name} can't be read: ${error.message}`);
  });
  try {
    const text =
      encoding === undefined
        ? await vscode.workspace.decode(bytes, { uri: uriOf(path) })
        : await vscode.workspace.decode(bytes, { encoding });
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch {
    throw new EditorError('binary', `${name} is a binary file (${size} bytes); only text can be used.`);
  }
}

/** Opens the document of an existing file and waits until it has caught up with the disk; null where there is no file. */
export async function loadDocument(path: string): Promise<{ document: vscode.TextDocument; mixed: boolean } | null> {
  const known = openDocument(path);
  if (known?.isDirty === true) return { document: known, mixed: false };
  const disk = await diskText(path, known?.encoding);
  if (disk === null) return null;
  const name = displayPath(path, workspaceFolders());
  const document = await Promise.resolve(vscode.workspace.openTextDocument(uriOf(path))).catch((error: Error) => {
    throw new EditorError('binary', `${name} can't be opened as text: ${error.message}`);
  });
  if (!document.isDirty && !(await caughtUp(document, disk))) {
    throw new EditorError('changed', `${name} has just changed on disk and the editor has not caught up. Try again.`);
  }
  return { document, mixed: !document.isDirty && document.getText() !== disk };
}

/** Waits for the file watcher: a document may be a moment older than its file. Line endings are unified by the editor. */
async function caughtUp(document: vscode.TextDocument, disk: string): Promise<boolean> {
  const same = () => unified(document.getText()) === unified(disk);
  if (same()) return true;
  return new Promise((resolve) => {
    const finish = (result: boolean) => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(result);
    };
    const timer = setTimeout(() => finish(same()), CATCH_UP_MS);
    const subscription = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && same()) finish(true);
    });
  });
}

function unified(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

export async function listFolder(path: string, limit: number): Promise<{ entries: DirectoryEntry[]; total: number }> {
  const found = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
    throw new EditorError('io', `The folder can't be listed: ${error.message}`);
  });
  const entries = found.map((entry): DirectoryEntry => {
    const kind = entry.isDirectory() ? 'directory' : entry.isFile() || entry.isSymbolicLink() ? 'file' : 'other';
    return { name: entry.name, kind };
  });
  const rank = (entry: DirectoryEntry) => (entry.kind === 'directory' ? 0 : 1);
  entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return { entries: entries.slice(0, limit), total: entries.length };
}

/** True when the path still leads where it did: no part of it has become a symlink since. */
export function stillConfined(path: string): boolean {
  try {
    return resolvePath(path, workspaceFolders()).path === path;
  } catch {
    return false;
  }
}

/** The tabs that show text, in the order of groups and tabs. */
export function listOpenFiles(hiddenScheme: string): OpenFile[] {
  const folders = workspaceFolders();
  const files: OpenFile[] = [];
  for (const group of vscode.window.tabGroups.all) {
    for (const tab of group.tabs) {
      const uri = tabUri(tab.input);
      if (uri === undefined || uri.scheme === hiddenScheme) continue;
      const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
      const editor = tab.isActive
        ? vscode.window.visibleTextEditors.find(
            (one) => one.viewColumn === group.viewColumn && one.document.uri.toString() === uri.toString(),
          )
        : undefined;
      const path = uri.scheme === 'file' ? realOf(uri.fsPath) : null;
      files.push({
        name: path === null ? uri.toString(true) : displayPath(path, folders),
        path,
        language: document?.languageId ?? '',
        dirty: tab.isDirty || document?.isDirty === true,
        active: group.isActive && tab.isActive,
        group: group.viewColumn,
        visible: (editor?.visibleRanges ?? []).map(({ start, end }) => ({
          startLine: start.line + 1,
          endLine: end.line + 1,
        })),
        selections: (editor?.selections ?? [])
          .filter((selection) => !selection.isEmpty)
          .map(({ start, end }) => ({
            startLine: start.line + 1,
            startColumn: start.character + 1,
            endLine: end.line + 1,
            endColumn: end.character + 1,
          })),
      });
    }
  }
  return files;
}

function tabUri(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  if (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputNotebook ||
    input instanceof vscode.TabInputCustom
  ) {
    return input.uri;
  }
  return undefined;
}
