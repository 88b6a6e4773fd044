// One place in which the chat is shown, the side bar's view or an editor tab: owns the webview, feeds it, and knows what it was shown.
import * as vscode from 'vscode';
import type { Panel } from '../protocol/about-views.ts';
import type { Attachment } from '../protocol/attachments.ts';
import type { EventData, EventName } from '../protocol/messages.ts';
import { type Handlers, HostEnd } from '../protocol/rpc.ts';
import type { Patch } from '../protocol/thread-views.ts';
import { UNTITLED } from '../threads/threads.ts';
import type { EarlyPage, Surface } from './html.ts';

/** Milliseconds after which a hidden view's page is gone. */
const HIDDEN_MS = 200;
/** What a page asks by itself: nobody need be there. */
const BY_ITSELF = /^(?:ready|snapshot|older|.*\.list)$/;

/** What a command wants the view to show as soon as it listens. */
interface Wanted {
  panel: Panel;
  focus?: string;
}

export interface ViewDeps {
  handlers(view: ChatView): Handlers;
  /** What the side bar's next page shows until it has an answer. */
  kept(): string;
  /** The person is in this view. */
  used(view: ChatView): void;
  log(line: string): void;
}

export class ChatView implements vscode.Disposable {
  /** The thread that it shows. */
  shown: string | undefined;
  private surface: Surface | undefined;
  private end: HostEnd | undefined;
  private listening = false;
  private wanted: Wanted | undefined;
  private inserts: EventData<'insert'>[] = [];
  private readonly deps: ViewDeps;

  constructor(deps: ViewDeps) {
    this.deps = deps;
  }

  get visible(): boolean {
    return this.surface?.visible === true;
  }

  resolve(page: EarlyPage): void {
    const { surface } = page;
    const { handlers, log, used } = this.deps;
    this.surface = surface;
    this.listening = false;
    const end = new HostEnd((message) => void surface.webview.postMessage(message), handlers(this), log);
    this.end = end;
    const subscriptions = [
      page.listen((message) => {
        if (isRequest(message) && !BY_ITSELF.test(message.method)) used(this);
        void end.receive(message);
      }),
      // A hidden webview is thrown away and rebuilt from a snapshot: until it says `ready` again nothing is sent.
      onVisibility(surface, () => {
        if ('active' in surface && surface.active) used(this);
        if (surface.visible) return;
        this.listening = false;
        // Once VS Code has thrown the page away: before that it would load in vain. A tab begins with nothing that is kept.
        setTimeout(() => {
          if (this.surface === surface && !surface.visible && !isTab(surface)) page.renew(this.deps.kept());
        }, HIDDEN_MS);
      }),
      surface.onDidDispose(() => {
        for (const subscription of subscriptions) subscription.dispose();
        if (this.surface === surface) this.dispose();
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
    for (const each of this.inserts.splice(0)) this.send('insert', each);
  }

  /** Dropped while no view listens: the next one starts from a snapshot. */
  send<E extends EventName>(event: E, data: EventData<E>): void {
    if (this.listening) this.end?.send(event, data);
  }

  /** What is new in the thread that it shows. */
  patch(patch: Patch): void {
    this.send('patch', patch);
    for (const op of patch.ops) if (op.op === 'title') this.title(op.title);
  }

  /** A view that could not start, and so does not listen, starts anew. */
  again(): void {
    if (!this.listening) this.end?.send('again', {});
  }

  /** Opens the view at a panel; the keyboard goes where `focus` says. */
  async show(panel: Panel, focus?: string): Promise<void> {
    const { surface } = this;
    const wanted = { panel, ...(focus ? { focus } : {}) };
    if (this.listening) this.send('show', wanted);
    else this.wanted = wanted;
    if (surface && isTab(surface)) surface.reveal();
    else if (this.listening && surface) surface.show(false);
    else await vscode.commands.executeCommand('letta.chat.focus');
  }

  /** Puts text into the composer, now or as soon as the view listens. */
  async insert(text: string, attached?: Attachment[]): Promise<void> {
    const what = { text, ...(attached ? { attached } : {}) };
    if (this.listening) this.send('insert', what);
    else this.inserts.push(what);
    await this.show('chat', 'composer');
  }

  /** An editor tab is called by its thread. */
  title(text: string): void {
    if (this.surface && isTab(this.surface)) this.surface.title = text || UNTITLED;
  }

  /** Closes an editor tab. */
  close(): void {
    if (this.surface && isTab(this.surface)) this.surface.dispose();
  }

  /** A number on the view's icon: what waits for the person. */
  badge(count: number, tooltip: string): void {
    if (this.surface && !isTab(this.surface)) this.surface.badge = count > 0 ? { value: count, tooltip } : undefined;
  }

  dispose(): void {
    this.surface = undefined;
    this.end = undefined;
    this.listening = false;
  }
}

const isTab = (surface: Surface): surface is vscode.WebviewPanel => 'reveal' in surface;

const isRequest = (message: unknown): message is { method: string } =>
  typeof message === 'object' && message !== null && 'method' in message && typeof message.method === 'string';

const onVisibility = (surface: Surface, listener: () => void): vscode.Disposable =>
  isTab(surface) ? surface.onDidChangeViewState(listener) : surface.onDidChangeVisibility(listener);
