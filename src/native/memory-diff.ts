// Two states of a memory block side by side in VS Code's diff editor. The texts are read-only documents of a scheme of our own.
import * as vscode from 'vscode';

const SCHEME = 'letta-memory';

export interface MemoryText {
  /** Names the document; the same id is the same text. */
  id: string;
  /** What stands in the tab, e.g. `project (21 Nov, 14:03)`. */
  title: string;
  text: string;
}

export class MemoryDiff implements vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly scheme: string;

  /** @param scheme each has its own: VS Code asks one for a text */
  constructor(scheme = SCHEME) {
    this.scheme = scheme;
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? '',
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
    ];
  }

  async show(label: string, left: MemoryText, right: MemoryText): Promise<void> {
    const title = `${label}: ${left.title} ↔ ${right.title}`;
    await vscode.commands.executeCommand('vscode.diff', this.uri(label, left), this.uri(label, right), title, {
      preview: true,
    });
  }

  /** One text, to be looked at. */
  async open(label: string, text: MemoryText): Promise<void> {
    await vscode.window.showTextDocument(this.uri(label, text), { preview: true });
  }

  private uri(label: string, { id, text }: MemoryText): vscode.Uri {
    // The last part of the path names the document, its ending tells that it is Markdown.
    const uri = vscode.Uri.from({ scheme: this.scheme, path: `/${id}/${label.replaceAll('/', '_')}.md` });
    this.texts.set(uri.toString(), text);
    return uri;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.texts.clear();
  }
}
