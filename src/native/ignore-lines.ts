// The workspace's `.lettaignore` files and the folders they count from, kept current.
import * as vscode from 'vscode';
import { ignoreFinder } from './find-ignores.ts';
import { IgnoreLists } from './ignore-lists.ts';
import { findRipgrep } from './ripgrep.ts';
import { watchWorkspace } from './watch-files.ts';

export class IgnoreLines implements vscode.Disposable {
  private readonly ignored: IgnoreLists;
  private readonly subscriptions: vscode.Disposable[];

  constructor(log: (line: string) => void) {
    this.ignored = new IgnoreLists(log, ignoreFinder(findRipgrep(vscode.env.appRoot), log));
    this.subscriptions = watchWorkspace('**/.lettaignore', () => void this.read());
  }

  /** By the folders they count from. */
  get lines(): ReadonlyMap<string, readonly string[]> {
    return this.ignored.lists;
  }

  /** Absolute paths of the folders, with symlinks resolved. */
  get workspace(): string[] {
    return [...this.ignored.lists.keys()];
  }

  /** Settles once those in folders further down are known too. */
  whole(): Promise<void> {
    return this.ignored.whole();
  }

  /** All lines that count now, those of folders further down too. */
  async all(): Promise<ReadonlyMap<string, readonly string[]>> {
    await this.whole();
    return this.lines;
  }

  read(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
    return this.ignored.read(folders.map((folder) => folder.uri.fsPath));
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}
