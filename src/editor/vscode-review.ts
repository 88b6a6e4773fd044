// What waits for a decision, as VS Code shows changes: a source control of its own while there is something, with marks in the
// gutter and the base behind them, and diffs.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { displayPath } from './paths.ts';
import { countsOf, type Pending } from './review/pending.ts';
import type { Review } from './review/review.ts';
import { realOf, uriOf, workspaceFolders } from './vscode-documents.ts';

export const BASE_SCHEME = 'letta-base';
const NAME = 'Letta Changes';
/** Names a side of a diff on which there is no file. */
const NOTHING = 'nothing';

export class ReviewSurface implements vscode.Disposable {
  private readonly review: Review;
  private readonly baseChanged = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  /** What the base documents show, by their URI, and whose they are. */
  private readonly bases = new Map<string, { path: string; text: string }>();
  private shown: { control: vscode.SourceControl; group: vscode.SourceControlResourceGroup } | undefined;

  constructor(review: Review) {
    this.review = review;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(BASE_SCHEME, {
      onDidChange: this.baseChanged.event,
      provideTextDocumentContent: (uri) => this.bases.get(uri.toString())?.text ?? '',
    });
  }

  /** Shows what is pending now. */
  update(): void {
    const { files } = this.review;
    for (const file of files) this.show(baseUri(uriOf(file.path)), file.path, file.base ?? '');
    for (const [uri, { path }] of [...this.bases]) {
      if (!this.review.file(path)) this.forget(vscode.Uri.parse(uri), path);
    }
    const uris = files.map(({ path }) => uriOf(path).fsPath);
    void vscode.commands.executeCommand('setContext', 'letta.changedFiles', uris);
    void vscode.commands.executeCommand('setContext', 'letta.hasChanges', files.length > 0);
    if (files.length === 0) {
      this.shown?.control.dispose();
      this.shown = undefined;
      return;
    }
    this.shown ??= this.open();
    this.shown.control.count = files.length;
    this.shown.group.resourceStates = files.map(stateOf);
  }

  private open(): { control: vscode.SourceControl; group: vscode.SourceControlResourceGroup } {
    const control = vscode.scm.createSourceControl('letta', NAME);
    control.inputBox.visible = false;
    control.quickDiffProvider = { provideOriginalResource: (uri) => this.original(uri) };
    const group = control.createResourceGroup('changes', 'Changed by the Agent');
    group.hideWhenEmpty = true;
    return { control, group };
  }

  private original(uri: vscode.Uri): vscode.Uri | undefined {
    if (uri.scheme !== 'file') return undefined;
    const file = this.review.file(uri.fsPath) ?? this.review.file(realOf(uri.fsPath));
    return file && file.now !== null ? baseUri(uri) : undefined;
  }

  private show(uri: vscode.Uri, path: string, text: string): void {
    const key = uri.toString();
    if (this.bases.get(key)?.text === text) return;
    this.bases.set(key, { path, text });
    this.baseChanged.fire(uri);
  }

  /** A diff that is still open shows no difference any more; what nobody looks at goes. */
  private forget(uri: vscode.Uri, path: string): void {
    const { textDocuments } = vscode.workspace;
    const open = textDocuments.some((document) => document.uri.toString() === uri.toString());
    const fsPath = uriOf(path).fsPath;
    const file = textDocuments.find((document) => document.uri.scheme === 'file' && document.uri.fsPath === fsPath);
    if (open && file) this.show(uri, path, file.getText());
    else this.bases.delete(uri.toString());
  }

  /** Opens a file's changes in the diff editor, or those of all files in VS Code's viewer of many. */
  async openDiff(path?: string): Promise<void> {
    const file = path === undefined ? undefined : this.review.file(path);
    if (path === undefined) {
      const all = this.review.files.map((each) => {
        const { label, left, right } = sidesOf(each);
        return [label, left, right];
      });
      await vscode.commands.executeCommand('vscode.changes', NAME, all);
    } else if (file) {
      const { label, left, right } = sidesOf(file);
      const nothing = label.with({ scheme: BASE_SCHEME, query: NOTHING });
      const title = `${basename(path)} (${NAME})`;
      await vscode.commands.executeCommand('vscode.diff', left ?? nothing, right ?? nothing, title);
    } else await vscode.window.showTextDocument(uriOf(path));
  }

  /** The file that a document shows, or shows the base of; undefined where nothing of it waits. */
  pathOf(uri: vscode.Uri): string | undefined {
    const path = this.bases.get(uri.toString())?.path ?? realOf(uri.fsPath);
    return this.review.file(path) ? path : undefined;
  }

  dispose(): void {
    this.shown?.control.dispose();
    this.shown = undefined;
    this.registration.dispose();
    this.baseChanged.dispose();
    void vscode.commands.executeCommand('setContext', 'letta.hasChanges', false);
    void vscode.commands.executeCommand('setContext', 'letta.changedFiles', []);
  }
}

const baseUri = (uri: vscode.Uri): vscode.Uri => uri.with({ scheme: BASE_SCHEME });

function sidesOf({ path, base, now }: Pending): { label: vscode.Uri; left?: vscode.Uri; right?: vscode.Uri } {
  const label = uriOf(path);
  return {
    label,
    ...(base === null ? {} : { left: baseUri(label) }),
    ...(now === null ? {} : { right: label }),
  };
}

function stateOf(file: Pending): vscode.SourceControlResourceState {
  const resourceUri = uriOf(file.path);
  const { added, removed } = countsOf(file);
  const what = file.base === null ? 'Created' : file.now === null ? 'Deleted' : 'Changed';
  const tooltip = `${what} by the agent: ${displayPath(file.path, workspaceFolders())}, +${added} −${removed}`;
  return {
    resourceUri,
    command: { command: 'letta.openChanges', title: 'Open Changes', arguments: [resourceUri] },
    decorations: { tooltip, strikeThrough: file.now === null },
    contextValue: what.toLowerCase(),
  };
}
