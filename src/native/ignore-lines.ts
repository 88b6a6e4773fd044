// The lines of the workspace's `.lettaignore` files and the folders they count from, kept current.
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { watchWorkspace } from './watch-files.ts';

export class IgnoreLines implements vscode.Disposable {
  lines: string[] = [];
  workspace: string[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = watchWorkspace('**/.lettaignore', () => void this.read());
  }

  async read(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
    const paths = folders.map((folder) => folder.uri.fsPath);
    const texts = await Promise.all(paths.map((path) => readFile(join(path, '.lettaignore'), 'utf8').catch(() => '')));
    this.workspace = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
    this.lines = texts.flatMap((text) => text.split(/\r?\n/));
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}
