// Reveals places and diffs in VS Code's editors; the keyboard stays where it is unless it is asked to come along.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { EditorError } from './editor.ts';
import type { Comparison, Shower, ShownLines } from './shower.ts';
import { diskText, loadDocument } from './vscode-documents.ts';

/** Documents of this scheme are what lies on disk under the same path. */
const SAVED_SCHEME = 'letta-saved';
/** A place stays marked for that long, in milliseconds. */
const MARKED_MS = 4_000;

/** What is used of the Git extension's API, version 1. */
const GitSchema = z.object({
  getAPI: z.custom<(version: 1) => GitApi>((value) => typeof value === 'function'),
});
interface GitApi {
  getRepository(uri: vscode.Uri): GitRepository | null;
  openRepository?(root: vscode.Uri): Promise<GitRepository | null>;
  toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
}
interface GitRepository {
  show(ref: string, path: string): Promise<string>;
}

export class VsCodeShower implements Shower, vscode.Disposable {
  private provider: vscode.Disposable | undefined;
  private mark: vscode.TextEditorDecorationType | undefined;
  private unmark: NodeJS.Timeout | undefined;

  async reveal(path: string, lines: ShownLines | undefined, focus: boolean): ReturnType<Shower['reveal']> {
    const document = await this.open(path);
    const last = document.lineCount;
    const options = { preserveFocus: !focus, preview: false };
    if (lines === undefined) {
      await vscode.window.showTextDocument(document, options);
      return { lines: last };
    }
    const start = Math.min(lines.startLine, last);
    const end = Math.min(lines.endLine, last);
    const range = new vscode.Range(start - 1, 0, end - 1, document.lineAt(end - 1).text.length);
    const editor = await vscode.window.showTextDocument(document, options);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    // A person who types there keeps their place; who only looks finds the cursor where they look.
    if (focus) editor.selection = new vscode.Selection(range.start, range.start);
    this.markRange(editor, range);
    return { lines: last, shown: { startLine: start, endLine: end } };
  }

  async compare(path: string, display: string, against: Comparison, focus: boolean): Promise<boolean> {
    const document = await this.open(path);
    const { uri } = document;
    const before = against === 'saved' ? this.saved(document) : await this.head(document, display);
    if (before === null) return false;
    const title = `${display} (${against === 'saved' ? 'since saved' : 'since HEAD'})`;
    const options: vscode.TextDocumentShowOptions = { preserveFocus: !focus, preview: false };
    await vscode.commands.executeCommand('vscode.diff', before, uri, title, options);
    return true;
  }

  dispose(): void {
    clearTimeout(this.unmark);
    this.mark?.dispose();
    this.provider?.dispose();
  }

  private async open(path: string): Promise<vscode.TextDocument> {
    const loaded = await loadDocument(path);
    if (loaded === null) throw new EditorError('missing', 'The file is not there any more.');
    return loaded.document;
  }

  private markRange(editor: vscode.TextEditor, range: vscode.Range): void {
    this.mark ??= vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    });
    const { mark } = this;
    editor.setDecorations(mark, [range]);
    clearTimeout(this.unmark);
    this.unmark = setTimeout(() => {
      mark.dispose();
      if (this.mark === mark) this.mark = undefined;
    }, MARKED_MS);
  }

  /** Null: there is nothing that is not saved. */
  private saved({ uri, isDirty }: vscode.TextDocument): vscode.Uri | null {
    if (!isDirty) return null;
    this.provider ??= vscode.workspace.registerTextDocumentContentProvider(SAVED_SCHEME, {
      provideTextDocumentContent: async (wanted) =>
        (await diskText(wanted.with({ scheme: 'file', query: '' }).fsPath)) ?? '',
    });
    // Another query each time: the text of a document of such a scheme is read once.
    return uri.with({ scheme: SAVED_SCHEME, query: String(Date.now()) });
  }

  private async head(document: vscode.TextDocument, display: string): Promise<vscode.Uri | null> {
    const { uri } = document;
    const extension = vscode.extensions.getExtension('vscode.git');
    const git = GitSchema.safeParse(await extension?.activate());
    if (!git.success)
      throw new EditorError('io', "VS Code's Git extension is off, so there is no HEAD to compare with.");
    const api = git.data.getAPI(1);
    const repository = api.getRepository(uri) ?? (await api.openRepository?.(vscode.Uri.joinPath(uri, '..')));
    if (!repository) throw new EditorError('missing', `${display} is in no git repository.`);
    const text = await repository.show('HEAD', uri.fsPath).catch(() => null);
    if (text === null) throw new EditorError('missing', `${display} is not in HEAD: all of it is new.`);
    const same = text.replaceAll('\r\n', '\n') === document.getText().replaceAll('\r\n', '\n');
    return same ? null : api.toGitUri(uri, 'HEAD');
  }
}
