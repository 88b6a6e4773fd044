// The places in which the chat is shown: the side bar's view, and editor tabs. What is told goes to all, what is asked for to the
// one that was used last.
import type * as vscode from 'vscode';
import type { Panel } from '../protocol/about-views.ts';
import type { Attachment } from '../protocol/attachments.ts';
import type { EventData, EventName } from '../protocol/messages.ts';
import type { Snapshot } from '../protocol/thread-views.ts';
import type { EarlyPage } from './html.ts';
import { ChatView, type ViewDeps } from './view.ts';

export class Views implements vscode.Disposable {
  readonly side: ChatView;
  tabs: readonly ChatView[] = [];
  private used: ChatView;
  private readonly deps: Omit<ViewDeps, 'used'>;

  constructor(deps: Omit<ViewDeps, 'used'>) {
    this.deps = deps;
    this.side = this.make();
    this.used = this.side;
  }

  get all(): readonly ChatView[] {
    return [this.side, ...this.tabs];
  }

  /** The one that the person was in last, where it is still in sight; else the side bar's. */
  get current(): ChatView {
    return this.used.visible ? this.used : this.side;
  }

  get visible(): boolean {
    return this.all.some((view) => view.visible);
  }

  /** Threads that a view has, in sight or not. */
  get threads(): string[] {
    return this.all.flatMap(({ shown }) => (shown === undefined ? [] : [shown]));
  }

  /** Threads in sight. */
  get seen(): string[] {
    return this.all.flatMap(({ shown, visible }) => (visible && shown !== undefined ? [shown] : []));
  }

  /** The editor tab of a thread. */
  tabOf(threadId: string): ChatView | undefined {
    return this.tabs.find(({ shown }) => shown === threadId);
  }

  /** @param shown absent: what the tab remembers */
  addTab(page: EarlyPage, shown?: string): void {
    const tab = this.make();
    tab.shown = shown;
    this.tabs = [...this.tabs, tab];
    // One that VS Code brings back is only looked at.
    if (shown !== undefined) this.used = tab;
    page.surface.onDidDispose(() => {
      this.tabs = this.tabs.filter((other) => other !== tab);
      if (this.used === tab) this.used = this.side;
    });
    tab.resolve(page);
  }

  send<E extends EventName>(event: E, data: EventData<E>): void {
    for (const view of this.all) view.send(event, data);
  }

  /** Another home is open. @param show what a tab shows now; where there is nothing for it, it is closed */
  async renewTabs(show: (tab: ChatView) => Promise<Snapshot | undefined>): Promise<void> {
    for (const tab of this.tabs) {
      tab.again();
      const snapshot = await show(tab).catch(() => undefined);
      if (snapshot) tab.send('snapshot', snapshot);
      else tab.close();
    }
  }

  /** Opens the current view at a panel; the keyboard goes where `focus` says. */
  show(panel: Panel, focus?: string): Promise<void> {
    return this.current.show(panel, focus);
  }

  /** Puts text into the current view's composer. */
  insert(text: string, attached?: Attachment[]): Promise<void> {
    return this.current.insert(text, attached);
  }

  dispose(): void {
    // Tabs stay open: VS Code brings them back with the next window.
    for (const view of this.all) view.dispose();
  }

  private make(): ChatView {
    return new ChatView({
      ...this.deps,
      used: (view) => {
        this.used = view;
      },
    });
  }
}
