// Shows a change before it is made, in VS Code's own diff editor.
import * as vscode from 'vscode';
import type { FileChange, Proposal } from './editor.ts';
import { uriOf } from './vscode-documents.ts';
import { PROPOSAL_SCHEME, ProposalTexts } from './vscode-proposal-texts.ts';
import type { Tabs } from './vscode-tabs.ts';

/** How soon after a proposal was closed its change is made, if it is made; in milliseconds. */
const DECIDED_MS = 5_000;
/** How long nothing more was typed into a proposal until it is looked at, in milliseconds. */
const EDITED_MS = 300;

interface Sides {
  left: vscode.Uri;
  right: vscode.Uri;
}

/** Owns the documents of waiting proposals and the tabs that show them. */
export class Proposals {
  private readonly texts = new ProposalTexts();
  private readonly waiting = new Set<Proposal>();
  private readonly tabs: Tabs;
  /** Files whose proposal was closed a moment ago, and how to forget them. */
  private readonly decided = new Map<string, () => void>();
  private count = 0;
  private closing = false;

  constructor(tabs: Tabs) {
    this.tabs = tabs;
    // A reload brings tabs of an earlier window back, with nothing behind them.
    void closeTabs((uri) => uri.scheme === PROPOSAL_SCHEME);
  }

  async show(changes: FileChange[], title: string): Promise<Proposal> {
    this.count += 1;
    const id = this.count;
    const sides = await Promise.all(changes.map((change) => this.sides(change, id)));
    const edits = new Edits(sides.map(({ right }) => right.toString()));
    // Language servers check what is in a tab. The document gets one before the diff does, so that its problems are known when
    // the change is made, and so that closing the diff leads back to where the person was.
    const opened = new Map<string, vscode.Uri>();
    for (const { path, before } of changes) {
      if (before !== null && (await this.tabs.open(uriOf(path), true))) opened.set(path, uriOf(path));
    }
    const open = async (preserveFocus: boolean) => {
      // The first one is opened last, so that it is the one in front.
      for (const { left, right } of sides.toReversed()) {
        await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: false, preserveFocus });
      }
    };
    const proposal: Proposal = {
      show: () => open(false),
      stands: () =>
        changes.map((change, at) => {
          const right = sides[at]?.right;
          return change.after === null || change.opaque || !right
            ? change
            : { ...change, after: this.texts.text(right) };
        }),
      onEdited: (listener) => edits.listeners.push(listener),
      dispose: async () => {
        if (!this.waiting.delete(proposal)) return;
        edits.dispose();
        if (!this.closing) for (const { path } of changes) this.noteDecision(path, opened.get(path));
        const rights = new Set(sides.map(({ right }) => right.toString()));
        await closeTabs((uri) => rights.has(uri.toString()));
        for (const { left, right } of sides) {
          this.texts.forget(left);
          this.texts.forget(right);
        }
      },
    };
    this.waiting.add(proposal);
    // The keyboard stays where the person is, so that Allow can be pressed in the chat.
    await open(true);
    return proposal;
  }

  /**
   * Whether the person has just decided on a change of this file. Its document is then in a tab, and its problems are known.
   */
  take(path: string): boolean {
    const forget = this.decided.get(path);
    if (forget === undefined) return false;
    forget();
    this.decided.delete(path);
    return true;
  }

  /** Remembers for a moment that the person has decided; the tab that was opened for it goes when no change comes. */
  private noteDecision(path: string, opened: vscode.Uri | undefined): void {
    this.decided.get(path)?.();
    const timer = setTimeout(() => {
      this.decided.delete(path);
      if (opened !== undefined) void this.tabs.closeUnused(opened);
    }, DECIDED_MS);
    this.decided.set(path, () => clearTimeout(timer));
  }

  private async sides(change: FileChange, id: number): Promise<Sides> {
    const file = uriOf(change.path);
    const right = file.with({ scheme: PROPOSAL_SCHEME, query: `${id}` });
    await this.texts.put(right, change.after ?? '', change.after === null);
    if (change.before !== null) return { left: file, right };
    const left = file.with({ scheme: PROPOSAL_SCHEME, query: `${id}&new` });
    await this.texts.put(left, '', true);
    return { left, right };
  }

  async dispose(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.waiting].map((proposal) => proposal.dispose()));
    for (const forget of this.decided.values()) forget();
    this.decided.clear();
    this.texts.dispose();
  }
}

/** Says that documents of a proposal were changed, when nothing more has been typed for a moment. */
class Edits implements vscode.Disposable {
  readonly listeners: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(uris: readonly string[]) {
    this.subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || !uris.includes(document.uri.toString())) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        for (const listener of this.listeners) listener();
      }, EDITED_MS);
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }
}

async function closeTabs(match: (modified: vscode.Uri) => boolean): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputTextDiff && match(tab.input.modified));
  // What was typed into one is only in memory; unsaved, VS Code would ask what shall become of it.
  for (const document of vscode.workspace.textDocuments)
    if (document.isDirty && match(document.uri)) await document.save();
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
