// Reveals places and diffs in VS Code's editors; the keyboard stays where it is unless it is asked to come along.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { EditorError } from './editor.ts';
import type { Comparison, Shower, ShownLines } from './shower.ts';
import { diskText, loadDocument } from './vscode-documents.ts';

/** What a file was like: documents of this scheme, by a number in their query. */
const EARLIER_SCHEME = 'letta-earlier';
const KEPT_TEXTS = 20;
/** A place stays marked for that long, in milliseconds. */
const MARKED_MS = 4_000;

/** Runs git in a folder. `code`: null where there is no git. */
export type RunGit = (
  folder: string,
  args: readonly string[],
) => Promise<{ code: number | null; output: string; complaint: string; cut: boolean }>;

export class VsCodeShower implements Shower, vscode.Disposable {
  private readonly runGit: RunGit;
  private provider: vscode.Disposable | undefined;
  private readonly texts = new Map<string, string>();
  private count = 0;
  private mark: vscode.TextEditorDecorationType | undefined;
  private unmark: NodeJS.Timeout | undefined;

  constructor(runGit: RunGit) {
    this.runGit = runGit;
  }

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
    const before = against === 'saved' ? await saved(path, document) : await this.head(path, display);
    if (before === null || unified(before) === unified(document.getText())) return false;
    const left = this.earlier(document.uri, before);
    const title = against === 'saved' ? t('{0} (since saved)', display) : t('{0} (since HEAD)', display);
    const options: vscode.TextDocumentShowOptions = { preserveFocus: !focus, preview: false };
    await vscode.commands.executeCommand('vscode.diff', left, document.uri, title, options);
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

  /** A document that holds what the file was like. */
  private earlier(uri: vscode.Uri, text: string): vscode.Uri {
    this.provider ??= vscode.workspace.registerTextDocumentContentProvider(EARLIER_SCHEME, {
      provideTextDocumentContent: ({ query }) => this.texts.get(query) ?? '',
    });
    this.count += 1;
    const key = String(this.count);
    this.texts.set(key, text);
    for (const oldest of [...this.texts.keys()].slice(0, -KEPT_TEXTS)) this.texts.delete(oldest);
    return uri.with({ scheme: EARLIER_SCHEME, query: key });
  }

  /** @throws EditorError */
  private async head(path: string, display: string): Promise<string> {
    const { code, output, complaint, cut } = await this.runGit(dirname(path), [
      'cat-file',
      'blob',
      `HEAD:./${basename(path)}`,
    ]);
    if (code === null && !cut)
      throw new EditorError('io', 'git could not be run, so there is no HEAD to compare with.');
    if (cut) throw new EditorError('too-large', `${display} is too large in HEAD to be shown.`);
    if (code === 0) return output;
    if (/not a git repository/i.test(complaint))
      throw new EditorError('missing', `${display} is in no git repository.`);
    throw new EditorError('missing', `${display} is not in HEAD: all of it is new.`);
  }
}

/** Null: there is nothing that is not saved. */
async function saved(path: string, { isDirty }: vscode.TextDocument): Promise<string | null> {
  return isDirty ? ((await diskText(path)) ?? '') : null;
}

const unified = (text: string): string => text.replace(/\r\n?/g, '\n');
