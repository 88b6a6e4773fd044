// The documents of the window as a review needs them, and who changed which: undo, typing, or somebody on disk.
import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { contains } from './paths.ts';
import type { ReviewDocuments } from './review/documents.ts';
import type { Review } from './review/review.ts';
import { documentText, loadDocument, realOf, unsavedPaths } from './vscode-documents.ts';
import { restoreFiles } from './vscode-restore.ts';

/** How long nothing more was typed until the review looks, in milliseconds. */
const TYPED_MS = 150;
/** Other programs write a file in several steps, or take it away and put it back. */
const WRITTEN_MS = 400;

export const reviewDocuments: ReviewDocuments = {
  read: async (path) => {
    const loaded = await loadDocument(path);
    return loaded && documentText(loaded.document).text;
  },
  exists: (path) =>
    lstat(path).then(
      () => true,
      () => false,
    ),
  unsaved: unsavedPaths,
  bytes: (path) => readFile(path).catch(() => null),
  apply: restoreFiles,
};

/** The file that a document belongs to: cells of a notebook are documents of their own, named by its path. */
function fileOf({ scheme, path }: vscode.Uri): vscode.Uri | undefined {
  return scheme === 'file' || scheme === 'vscode-notebook-cell' ? vscode.Uri.from({ scheme: 'file', path }) : undefined;
}

/** Tells a review what happens to its files. */
export class ReviewWatch implements vscode.Disposable {
  private readonly review: Review;
  private readonly looks = new Map<string, { timer: NodeJS.Timeout; wentBack: boolean }>();
  private readonly subscriptions: vscode.Disposable[];
  private watcher: vscode.Disposable | undefined;

  /** `index`: where the windows of a workspace note what waits; absolute */
  constructor(review: Review, index: string) {
    this.review = review;
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
        const uri = fileOf(document.uri);
        if (uri && contentChanges.length > 0) this.look(uri, TYPED_MS, reason !== undefined);
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => this.look(notebook.uri, TYPED_MS)),
      // What was unsaved in a notebook may be dropped as it is closed, though the document stays.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputNotebook) this.look(input.uri, TYPED_MS);
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        // Where upper and lower case are one, the old name would lead to the new one.
        const former = ({ fsPath }: vscode.Uri) => join(realOf(dirname(fsPath)), basename(fsPath));
        for (const { oldUri, newUri } of files) review.moved(former(oldUri), realOf(newUri.fsPath));
      }),
      this.watchIndex(index),
    ];
  }

  /** Watches the disk while there is something that could change under the review. */
  update(): void {
    if (!this.review.waits) {
      this.watcher?.dispose();
      this.watcher = undefined;
    } else this.watcher ??= this.watchDisk();
  }

  /** What another window of the workspace decides shows in this one. */
  private watchIndex(index: string): vscode.Disposable {
    const place = new vscode.RelativePattern(vscode.Uri.file(dirname(index)), basename(index));
    const watcher = vscode.workspace.createFileSystemWatcher(place);
    const noted = () => void this.review.refresh();
    const all = [watcher, watcher.onDidChange(noted), watcher.onDidCreate(noted), watcher.onDidDelete(noted)];
    return vscode.Disposable.from(...all);
  }

  private watchDisk(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const written = (uri: vscode.Uri) => this.look(uri, WRITTEN_MS);
    // Of a folder that goes VS Code tells once.
    const gone = (uri: vscode.Uri) => {
      const folder = realOf(uri.fsPath);
      const inside = this.review.files.filter(({ path }) => contains(folder, path));
      for (const { path } of inside) this.look(vscode.Uri.file(path), WRITTEN_MS);
      written(uri);
    };
    const all = [watcher, watcher.onDidChange(written), watcher.onDidCreate(written), watcher.onDidDelete(gone)];
    return vscode.Disposable.from(...all);
  }

  /** Looks when nothing more happens. `wentBack`: the last change came by undo or redo; absent: the document did not change. */
  private look(uri: vscode.Uri, after: number, wentBack?: boolean): void {
    const path = this.review.follows(uri.fsPath) ? uri.fsPath : realOf(uri.fsPath);
    if (!this.review.follows(path)) return;
    if (wentBack !== undefined) this.review.heard(path, wentBack);
    const waiting = this.looks.get(path);
    clearTimeout(waiting?.timer);
    const back = wentBack ?? waiting?.wentBack ?? false;
    const look = () => {
      this.looks.delete(path);
      void this.review.sync(path, back);
    };
    this.looks.set(path, { timer: setTimeout(look, after), wentBack: back });
  }

  dispose(): void {
    for (const { timer } of this.looks.values()) clearTimeout(timer);
    this.looks.clear();
    this.watcher?.dispose();
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}
