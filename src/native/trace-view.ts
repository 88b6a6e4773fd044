// Shows what stands behind an answer as a read-only Markdown document whose parts lead to blocks, threads and skills.
import * as vscode from 'vscode';
import type { Target, TraceDocument } from '../flows/trace-document.ts';
import { t } from '../protocol/l10n.ts';

const SCHEME = 'letta-trace';

export class TraceView implements vscode.Disposable {
  private readonly shown = new Map<string, TraceDocument>();
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: (uri) => this.shown.get(uri.toString())?.text ?? '',
      }),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, { provideDocumentLinks: (d) => this.links(d) }),
      vscode.workspace.onDidCloseTextDocument((document) => this.shown.delete(document.uri.toString())),
    ];
  }

  async show(document: TraceDocument): Promise<void> {
    // Each its own document: an older one that is still open stays as it is.
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${++this.count}/${document.title.replace(/[/\\?#:]/g, ' ').slice(0, 60)}.md`,
    });
    this.shown.set(uri.toString(), document);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  private links(document: vscode.TextDocument): vscode.DocumentLink[] {
    return (this.shown.get(document.uri.toString())?.links ?? []).map(({ line, start, end, target }) => {
      const link = new vscode.DocumentLink(new vscode.Range(line, start, line, end), uriOf(target));
      link.tooltip = TOOLTIPS[target.kind];
      return link;
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.shown.clear();
  }
}

const TOOLTIPS: Record<Target['kind'], string> = {
  block: t('Show in Memory'),
  message: t('Show in its thread'),
  file: t('Open the skill'),
};

const command = (name: string, ...args: unknown[]): vscode.Uri =>
  vscode.Uri.parse(`command:${name}?${encodeURIComponent(JSON.stringify(args))}`);

function uriOf(target: Target): vscode.Uri {
  switch (target.kind) {
    case 'block':
      return command('letta.openMemory', target.label, ...(target.line === undefined ? [] : [target.line]));
    case 'message':
      return command('letta.showMessage', target.threadId, ...(target.messageId ? [target.messageId] : []));
    case 'file':
      return vscode.Uri.file(target.path);
  }
}
