// What waits for a decision, as VS Code shows changes: a source control of its own while there is something, with marks in the
// gutter and the base behind them, and diffs.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { displayPath } from './paths.ts';
import { countsOf, type Pending } from './review/pending.ts';
import type { Review } from './review/review.ts';
import { realOf, uriOf, workspaceFolders } from './vscode-documents.ts';

export const BASE_SCHEME = 'letta-base';
const NAME = t('Letta Changes');
/** Names a side of a diff on which there is no file. */
const NOTHING = 'nothing';

export class ReviewSurface implements vscode.Disposable {
  private readonly review: Review;
  private readonly baseChanged = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  /** What the base documents show, by their URI, and whose they are. */
  private readonly bases = new Map<string, { path: string; text: string }>();
  /** How a pending file is called: looked up once, for that takes a while. */
  private readonly uris = new Map<string, vscode.Uri>();
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
    for (const path of this.uris.keys()) if (!this.review.file(path)) this.uris.delete(path);
    for (const file of files) this.show(baseUri(this.uri(file.path)), file.path, file.base ?? '');
    for (const [uri, { path }] of [...this.bases]) {
      const file = this.review.file(path);
      if (file) this.show(vscode.Uri.parse(uri), path, file.base ?? '');
      else this.forget(vscode.Uri.parse(uri), path);
    }
    const uris = files.map(({ path }) => this.uri(path).fsPath);
    void vscode.commands.executeCommand('setContext', 'letta.changedFiles', uris);
    void vscode.commands.executeCommand('setContext', 'letta.hasChanges', files.length > 0);
    if (files.length === 0) {
      this.shown?.control.dispose();
      this.shown = undefined;
      return;
    }
    this.shown ??= this.open();
    this.shown.control.count = files.length;
    this.shown.group.resourceStates = files.map((file) => stateOf(file, this.uri(file.path)));
  }

  private uri(path: string): vscode.Uri {
    const uri = this.uris.get(path) ?? uriOf(path);
    this.uris.set(path, uri);
    return uri;
  }

  private open(): { control: vscode.SourceControl; group: vscode.SourceControlResourceGroup } {
    const control = vscode.scm.createSourceControl('letta', NAME);
    control.inputBox.visible = false;
    control.quickDiffProvider = { provideOriginalResource: (uri) => this.original(uri) };
    const group = control.createResourceGroup('changes', t('Changed by the Agent'));
    group.hideWhenEmpty = true;
    return { control, group };
  }

  private original(uri: vscode.Uri): vscode.Uri | undefined {
    if (uri.scheme !== 'file') return undefined;
    const file = this.review.file(uri.fsPath) ?? this.review.file(realOf(uri.fsPath));
    if (!file || file.now === null) return undefined;
    // However it is spelled here.
    this.show(baseUri(uri), file.path, file.base ?? '');
    return baseUri(uri);
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
    }
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

const ACTS = {
  created: (path: string, added: number, removed: number) =>
    t('Created by the agent: {0}, +{1} −{2}', path, added, removed),
  deleted: (path: string, added: number, removed: number) =>
    t('Deleted by the agent: {0}, +{1} −{2}', path, added, removed),
  changed: (path: string, added: number, removed: number) =>
    t('Changed by the agent: {0}, +{1} −{2}', path, added, removed),
};

function stateOf(file: Pending, resourceUri: vscode.Uri): vscode.SourceControlResourceState {
  const { added, removed } = countsOf(file);
  const what = file.base === null ? 'created' : file.now === null ? 'deleted' : 'changed';
  const tooltip = ACTS[what](displayPath(file.path, workspaceFolders()), added, removed);
  return {
    resourceUri,
    command: { command: 'letta.openChanges', title: t('Open Changes'), arguments: [resourceUri] },
    decorations: { tooltip, strikeThrough: file.now === null },
    contextValue: what,
  };
}
