// Which files are in a tab and since when: language servers look only at those.
import * as vscode from 'vscode';

/** A language server has said what it has to say about a file that has been in a tab for so long, in milliseconds. */
const KNOWN_AFTER_MS = 6_000;

export class Tabs {
  private readonly since = new Map<string, number>();
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.note();
    this.subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.note());
  }

  private note(): void {
    const now = new Set(shownUris());
    for (const uri of this.since.keys()) if (!now.has(uri)) this.since.delete(uri);
    for (const uri of now) if (!this.since.has(uri)) this.since.set(uri, Date.now());
  }

  /** Whether it is in a tab, or a side of a diff, and has been for long enough that its problems are known. */
  isKnown(uri: vscode.Uri): boolean {
    const since = this.since.get(uri.toString());
    return since !== undefined && Date.now() - since > KNOWN_AFTER_MS;
  }

  /** Puts it into a tab behind the others, where it is in none. Resolves to whether it had to. */
  async open(uri: vscode.Uri, preview: boolean): Promise<boolean> {
    // A notebook's tab would hold it apart from the text that is edited.
    if (textTab(uri) !== undefined || /\.ipynb$/i.test(uri.path)) return false;
    // `background` is no part of the documented options; without it the tab would come to the front, as `showTextDocument` does.
    await vscode.commands.executeCommand('vscode.open', uri, { background: true, preserveFocus: true, preview });
    return true;
  }

  /** Closes its tab, unless it has come to hold unsaved text or the person looks at it. */
  async closeUnused(uri: vscode.Uri): Promise<void> {
    const tab = textTab(uri);
    const front = vscode.window.tabGroups.all.some(({ activeTab, tabs }) => activeTab === tab && tabs.length > 1);
    if (tab !== undefined && !tab.isDirty && !front) await vscode.window.tabGroups.close(tab, true);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

export function textTab(uri: vscode.Uri): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}

function shownUris(): string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText) return [input.uri.toString()];
      return input instanceof vscode.TabInputTextDiff ? [input.original.toString(), input.modified.toString()] : [];
    }),
  );
}
