// The sidebar view: owns the webview, feeds it, and knows what it was shown.
import * as vscode from 'vscode';
import type { Panel } from '../protocol/about-views.ts';
import type { EventData, EventName } from '../protocol/messages.ts';
import { type Handlers, HostEnd } from '../protocol/rpc.ts';
import type { EarlyPage } from './html.ts';

/** Milliseconds after which a hidden view's page is gone. */
const HIDDEN_MS = 200;

/** What a command wants the view to show as soon as it listens. */
interface Wanted {
  panel: Panel;
  focus?: string;
}

export class ChatView implements vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private end: HostEnd | undefined;
  private listening = false;
  private wanted: Wanted | undefined;
  private inserts: string[] = [];
  private readonly handlers: Handlers;
  private readonly kept: () => string;
  private readonly log: (line: string) => void;

  /** @param kept what the next page shows until it has an answer */
  constructor(handlers: Handlers, kept: () => string, log: (line: string) => void) {
    this.handlers = handlers;
    this.kept = kept;
    this.log = log;
  }

  get visible(): boolean {
    return this.view?.visible === true;
  }

  resolve(page: EarlyPage): void {
    const { view } = page;
    this.view = view;
    this.listening = false;
    const end = new HostEnd((message) => void view.webview.postMessage(message), this.handlers, this.log);
    this.end = end;
    const subscriptions = [
      page.listen((message) => void end.receive(message)),
      // A hidden webview is thrown away and rebuilt from a snapshot: until it says `ready` again nothing is sent.
      view.onDidChangeVisibility(() => {
        if (view.visible) return;
        this.listening = false;
        // Once VS Code has thrown the page away: before that it would load in vain.
        setTimeout(() => {
          if (this.view === view && !view.visible) page.renew(this.kept());
        }, HIDDEN_MS);
      }),
      view.onDidDispose(() => {
        for (const subscription of subscriptions) subscription.dispose();
        if (this.view !== view) return;
        this.view = undefined;
        this.end = undefined;
        this.listening = false;
      }),
    ];
  }

  /** The panel that a command asked for while the view was not there yet. */
  takeWanted(): Wanted | undefined {
    const wanted = this.wanted;
    this.wanted = undefined;
    return wanted;
  }

  /** Called once the view has its first snapshot. */
  ready(): void {
    this.listening = true;
    for (const text of this.inserts.splice(0)) this.send('insert', { text });
  }

  /** Dropped while no view listens: the next one starts from a snapshot. */
  send<E extends EventName>(event: E, data: EventData<E>): void {
    if (this.listening) this.end?.send(event, data);
  }

  /** A view that could not start, and so does not listen, starts anew. */
  again(): void {
    if (!this.listening) this.end?.send('again', {});
  }

  /** Opens the view at a panel; the keyboard goes where `focus` says. */
  async show(panel: Panel, focus?: string): Promise<void> {
    const wanted = { panel, ...(focus ? { focus } : {}) };
    if (this.listening && this.view) {
      this.view.show(false);
      this.send('show', wanted);
      return;
    }
    this.wanted = wanted;
    await vscode.commands.executeCommand('letta.chat.focus');
  }

  /** Puts text into the composer, now or as soon as the view listens. */
  async insert(text: string): Promise<void> {
    if (this.listening) this.send('insert', { text });
    else this.inserts.push(text);
    await this.show('chat', 'composer');
  }

  /** A number on the view's icon: what waits for the person. */
  badge(count: number, tooltip: string): void {
    if (this.view) this.view.badge = count > 0 ? { value: count, tooltip } : undefined;
  }

  dispose(): void {
    this.view = undefined;
    this.end = undefined;
    this.listening = false;
  }
}
