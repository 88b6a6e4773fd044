// Shows a change before it is made, in VS Code's own diff editor.
import * as vscode from 'vscode';
import type { FileChange, Proposal } from './editor.ts';
import { uriOf } from './vscode-documents.ts';

export const PROPOSAL_SCHEME = 'letta-proposal';

interface Sides {
  left: vscode.Uri;
  right: vscode.Uri;
}

/** Owns the read-only documents of waiting proposals and the tabs that show them. */
export class Proposals {
  private readonly texts = new Map<string, string>();
  private readonly waiting = new Set<Proposal>();
  private readonly registration: vscode.Disposable;
  private count = 0;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(PROPOSAL_SCHEME, {
      provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? 'This proposal is no longer waiting.',
    });
    // A reload brings tabs of an earlier window back, with nothing behind them.
    void closeTabs((uri) => uri.scheme === PROPOSAL_SCHEME);
  }

  async show(changes: FileChange[], title: string): Promise<Proposal> {
    this.count += 1;
    const sides = changes.map((change) => this.sides(change, this.count));
    const open = async (preserveFocus: boolean) => {
      // The first one is opened last, so that it is the one in front.
      for (const { left, right } of sides.toReversed()) {
        await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: false, preserveFocus });
      }
    };
    const proposal: Proposal = {
      show: () => open(false),
      dispose: async () => {
        if (!this.waiting.delete(proposal)) return;
        const rights = new Set(sides.map(({ right }) => right.toString()));
        await closeTabs((uri) => rights.has(uri.toString()));
        for (const { left, right } of sides) {
          this.texts.delete(left.toString());
          this.texts.delete(right.toString());
        }
      },
    };
    this.waiting.add(proposal);
    // The keyboard stays where the person is, so that Allow can be pressed in the chat.
    await open(true);
    return proposal;
  }

  private sides(change: FileChange, id: number): Sides {
    const file = uriOf(change.path);
    const right = file.with({ scheme: PROPOSAL_SCHEME, query: `${id}` });
    this.texts.set(right.toString(), change.after ?? '');
    if (change.before !== null) return { left: file, right };
    const left = file.with({ scheme: PROPOSAL_SCHEME, query: `${id}&new` });
    this.texts.set(left.toString(), '');
    return { left, right };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.waiting].map((proposal) => proposal.dispose()));
    this.registration.dispose();
  }
}

async function closeTabs(match: (modified: vscode.Uri) => boolean): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputTextDiff && match(tab.input.modified));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
