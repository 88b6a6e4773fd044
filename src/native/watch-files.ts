// Tells whenever files of the workspace come, change or go.
import * as vscode from 'vscode';

/** @returns what ends the watching */
export function watchFiles(glob: vscode.GlobPattern, changed: () => void): vscode.Disposable[] {
  const watcher = vscode.workspace.createFileSystemWatcher(glob);
  return [watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), watcher.onDidDelete(changed)];
}

/** As `watchFiles`, and also when a folder is added to the workspace or taken out of it. */
export const watchWorkspace = (glob: string, changed: () => void): vscode.Disposable[] => [
  ...watchFiles(glob, changed),
  vscode.workspace.onDidChangeWorkspaceFolders(changed),
];
