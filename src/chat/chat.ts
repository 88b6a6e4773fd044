// The host side of the chat: the open threads, which one the view shows, and the answers to the view's requests.
import * as vscode from 'vscode';
import type { PermissionMode } from '../protocol/about-views.ts';
import type { Init, Params } from '../protocol/messages.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { Patch, Snapshot } from '../protocol/thread-views.ts';
import type { ChangesView, ToolBody } from '../protocol/transcript-views.ts';
import { UNTITLED } from '../threads/threads.ts';
import { acknowledge } from './acknowledge.ts';
import { Answers } from './answers.ts';
import { Attention } from './attention.ts';
import type { CodeRequests } from './code-requests.ts';
import type { ChatHome } from './home.ts';
import type { Kept } from './kept.ts';
import type { ViewKeeper } from './kept-view.ts';
import { memoryRequests } from './memory-requests.ts';
import { OpenThreads } from './open-threads.ts';
import { PageKeeping } from './page-keeping.ts';
import { Revealed } from './revealed.ts';
import { ReviewCount } from './review-count.ts';
import { settleRequests } from './settle-requests.ts';
import { ThreadRequests, type ThreadRequestsDeps } from './thread-requests.ts';
import { ChatView } from './view.ts';

/** Milliseconds after a turn began or ended that the list of threads follows. */
const LIST_AFTER_MS = 150;

export interface ChatDeps {
  context: vscode.ExtensionContext;
  kept: Kept;
  page: ViewKeeper;
  home(): Promise<ChatHome>;
  connectModel(): Promise<void>;
  selectAgent(): Promise<unknown>;
  /** A message, or what is selected of it, is to be remembered. */
  remember(message: Params<'remember'>): Promise<void>;
  /** Files, conversation or both shall be as before a message of the person. */
  restore(message: { threadId: string; messageId: string; text: string; date: string }): Promise<void>;
  /** Runs the command that a message is. @returns false when it is none */
  slash(text: string): Promise<boolean>;
  mode(): PermissionMode;
  selectMode(mode: PermissionMode): Promise<void>;
  /** Puts the diff of a waiting approval in front. */
  showDiff(approvalId: string): Promise<void>;
  status(running: boolean, waiting: number): void;
  /** The agent's changes that wait, once anything is known of them. */
  changes(): Promise<ChangesView> | undefined;
  /** Keeps, undoes or opens them. */
  change(what: Params<'changes'>): Promise<unknown>;
  /** Follows symlinks of what exists of a path. */
  realPath(path: string): string;
  offerUndo: ThreadRequestsDeps['offerUndo'];
  log(line: string): void;
}

export class Chat implements vscode.Disposable {
  readonly view: ChatView;
  readonly answers: Answers;
  readonly sessions: OpenThreads;
  private readonly threads: ThreadRequests;
  private readonly attention: Attention;
  /** What goes with the first message of threads that begin with something said elsewhere. */
  private readonly first = new Map<string, string[]>();
  private shown: string | undefined;
  private disposed = false;
  /** Changes of memory that wait for the person; as last counted, until they are looked at. */
  private readonly reviews: ReviewCount;
  private listing: NodeJS.Timeout | undefined;
  private loadingCode: Promise<CodeRequests> | undefined;
  private readonly keeping: PageKeeping;
  private readonly revealed = new Revealed();
  private readonly deps: ChatDeps;

  constructor(deps: ChatDeps) {
    this.deps = deps;
    this.reviews = new ReviewCount(deps.context.workspaceState);
    this.sessions = new OpenThreads(
      async () => ({
        ...(await deps.home()).sessions,
        changed: () => this.changed(),
        ended: (session, outcome, began) => {
          this.attention.ends(session.threadId, outcome, began);
          this.threads.ended(session, outcome);
        },
      }),
      (patch) => this.deliver(patch),
    );
    this.keeping = new PageKeeping({
      keeper: deps.page,
      thread: () => (this.shown ? this.sessions.get(this.shown)?.snapshot() : undefined),
      around: async () => {
        const home = await deps.home();
        return { about: home.about(), models: home.models(), mode: deps.mode() };
      },
    });
    this.threads = new ThreadRequests({
      home: deps.home,
      sessions: this.sessions,
      show: (threadId, messageId) => this.showAt(threadId, messageId),
      openNew: () => this.openNew(),
      startFrom: (...start) => this.startFrom(...start),
      seen: (threadId) => this.view.visible && this.shown === threadId,
      leave: (threadId) => this.leave(threadId),
      changed: () => this.refresh('threads'),
      offerUndo: deps.offerUndo,
      tellError: (message) => void vscode.window.showErrorMessage(message),
      log: deps.log,
    });
    this.answers = new Answers({
      home: deps.home,
      open: (threadId) => this.sessions.open(threadId),
      show: (threadId) => this.show(threadId),
      threadsChanged: async () => {
        this.keeping.soon();
        await this.refresh('threads');
      },
      log: deps.log,
    });
    this.view = new ChatView(this.handlers(), () => deps.page.latest, deps.log);
    this.attention = new Attention({
      visible: () => this.view.visible,
      seen: (threadId) => this.view.visible && this.shown === threadId,
      titleOf: (threadId) => this.sessions.get(threadId)?.title || UNTITLED,
      show: (threadId) => this.openAt(threadId),
      notify: (text) => vscode.window.showInformationMessage(text, 'Show').then((choice) => choice === 'Show'),
    });
  }

  /** Reads the thread that the view will show, while its page still loads. */
  async prepare(): Promise<void> {
    const { thread } = await this.deps.kept.read();
    if (thread && !this.shown) await this.sessions.open(thread);
    if (this.reviews.isOfAnother((await this.deps.home()).about().agentId)) await this.refresh('reviews');
  }

  /** @throws Error when no thread is shown */
  get thread(): string {
    if (!this.shown) throw new Error('Open the thread in the chat first.');
    return this.shown;
  }

  /** Forgets every open thread: another home was chosen. */
  reset(): void {
    this.sessions.clear();
    this.shown = undefined;
  }

  get running(): boolean {
    return this.sessions.running.length > 0;
  }

  /** Another home is open, or another agent (`fresh`: with a new thread): the view starts over with what is there. */
  async restart(fresh = false): Promise<void> {
    const snapshot = await (fresh ? this.openNew() : this.firstThread());
    this.view.again();
    await this.refresh('about');
    this.view.send('snapshot', snapshot);
    for (const what of ['threads', 'blocks', 'skills', 'reviews'] as const) await this.refresh(what);
  }

  async newThread(): Promise<void> {
    await this.view.show('chat', 'composer');
    if (this.shown) this.view.send('snapshot', await this.openNew());
  }

  async stop(): Promise<void> {
    if (this.shown) await this.sessions.get(this.shown)?.stop();
  }

  /** The agent waits for an answer in this thread; somebody who does not see it is told. */
  asks(threadId: string, question: string): void {
    this.attention.asks(threadId, question);
  }

  /** A command that nobody waits for has something new to show. */
  refreshCard(threadId: string, callId: string, body: ToolBody): void {
    this.sessions.get(threadId)?.refreshCard(callId, body);
  }

  /** Tells the view what changed outside a thread. */
  async refresh(what: 'blocks' | 'skills' | 'about' | 'threads' | 'reviews' | 'archive'): Promise<void> {
    const home = await this.deps.home();
    if (what === 'reviews') {
      const reviews = await (await home.memory()).reviews();
      await this.reviews.set(home.about().agentId, reviews.length);
      this.changed();
      this.view.send('reviews', reviews);
    } else if (what === 'archive') this.view.send('archive', {});
    else if (what === 'blocks') this.view.send('blocks', await home.blocks.list());
    else if (what === 'skills') this.view.send('skills', await home.skills.list());
    else if (what === 'threads') this.view.send('threads', {});
    else {
      this.view.send('about', { about: home.about(), models: home.models(), mode: this.deps.mode() });
      this.keeping.soon();
    }
  }

  /** The agent's changes, for the list above the composer. */
  showChanges(): void {
    void this.deps.changes()?.then((changes) => this.view.send('changes', changes));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.listing);
    this.keeping.dispose();
    this.threads.dispose();
    this.reset();
    void this.loadingCode?.then((code) => code.dispose());
    this.view.dispose();
  }

  private handlers(): Handlers {
    const home = () => this.deps.home();
    return {
      ready: (params) => this.ready(params),
      send: async ({ threadId, text }) => {
        if (await this.deps.slash(text)) return {};
        const backend = await home();
        const called = text.trimStart().startsWith('/') ? await backend.skills.called(text) : undefined;
        const session = await this.sessions.open(threadId);
        if (!(await backend.settleModel()))
          throw new Error('No model was chosen. Your message is still in the composer.');
        const reminders = this.first.get(threadId) ?? [];
        this.first.delete(threadId);
        await session.send(text, reminders, called);
        return {};
      },
      stop: ({ threadId }) => acknowledge(this.sessions.open(threadId).then((s) => s.stop())),
      continue: ({ threadId }) => acknowledge(this.sessions.open(threadId).then((s) => s.resume('continue'))),
      retry: ({ threadId }) => acknowledge(this.sessions.open(threadId).then((s) => s.resume('retry'))),
      ...settleRequests(this.sessions, this.revealed),
      showDiff: ({ approvalId }) => acknowledge(this.deps.showDiff(approvalId)),
      'command.show': async ({ callId }) => acknowledge((await home()).commands.show(callId)),
      'command.stop': async ({ callId }) => acknowledge((await home()).commands.stop(callId)),
      'subagent.stop': async ({ callId }) => acknowledge((await home()).stopSubagent(callId)),
      changes: (what) => acknowledge(this.deps.change(what)),
      snapshot: async ({ threadId }) => this.revealed.snapshot((await this.sessions.open(threadId)).snapshot()),
      older: async ({ threadId, before }) => (await this.sessions.open(threadId)).older(before),
      newer: async ({ threadId, after }) => (await this.sessions.open(threadId)).newer(after),
      ...this.threads.handlers,
      ...this.answers.handlers,
      ...memoryRequests({
        home,
        nothingWaits: () => this.reviews.count === 0,
        undone: ({ threadId, id }) => this.sessions.get(threadId)?.undone(id),
      }),
      'model.select': async ({ handle }) =>
        acknowledge((await home()).selectModel(handle).then(() => this.refresh('about'))),
      'mode.select': ({ mode }) => acknowledge(this.deps.selectMode(mode)),
      remember: (message) => acknowledge(this.deps.remember(message)),
      restore: async ({ threadId, itemId }) => {
        const { id, text, date } = (await this.sessions.open(threadId)).question(itemId);
        return acknowledge(this.deps.restore({ threadId, messageId: id, text, date }));
      },
      'agent.select': () => acknowledge(this.deps.selectAgent()),
      'model.connect': () => acknowledge(this.deps.connectModel()),
      openLink: async ({ href }) => acknowledge((await import('./links.ts')).openLink(href, this.deps.realPath)),
      'links.find': async ({ hrefs }) => (await import('./links.ts')).findLinks(hrefs, this.deps.realPath),
      'code.highlight': async (block) => (await this.code()).highlight(block),
      'code.insert': async ({ text }) => acknowledge((await this.code()).insert(text)),
      'code.apply': async (block) => acknowledge((await this.code()).apply(block)),
      'code.run': async ({ text }) => acknowledge((await this.code()).run(text)),
      attach: async () => {
        const text = await (await import('./attach.ts')).pickFiles();
        if (text) await this.view.insert(text);
        return {};
      },
      copy: ({ text }) => acknowledge(Promise.resolve(vscode.env.clipboard.writeText(text))),
    };
  }

  /** What is done with code blocks; loaded with the first one. */
  private code(): Promise<CodeRequests> {
    this.loadingCode ??= import('./code-requests.ts').then(({ CodeRequests: Loaded }) => {
      const { context, home, realPath, log } = this.deps;
      return new Loaded({ extensionPath: context.extensionPath, home, sessions: this.sessions, realPath, log });
    });
    return this.loadingCode;
  }

  private async ready({ threadId, at, panel }: Params<'ready'>): Promise<Init> {
    const home = await this.deps.home();
    const snapshot = await this.firstThread(threadId, at);
    const asked = this.view.takeWanted();
    this.changed();
    const about = home.about();
    // The answer to `ready` goes out before anything that is sent after this turn of the event loop.
    setImmediate(() => {
      this.view.ready();
      this.showChanges();
      // What was told meanwhile had nobody to listen.
      if (JSON.stringify(home.about()) !== JSON.stringify(about)) void this.refresh('about');
    });
    return {
      about,
      models: home.models(),
      mode: this.deps.mode(),
      panel: asked?.panel ?? panel ?? 'chat',
      ...(asked?.focus ? { focus: asked.focus } : {}),
      snapshot,
    };
  }

  /**
   * The thread that is shown, else the workspace's last one, else the one the view remembers (which VS Code may have
   * kept from long ago), else the newest, else a new one.
   */
  private async firstThread(wanted?: string, at?: string): Promise<Snapshot> {
    const { thread } = await this.deps.kept.read();
    for (const id of [this.shown, thread, wanted]) {
      if (!id) continue;
      // Where the person was reading in it they go on; a page that cannot be read is no reason to show another thread.
      if (at && id === wanted) await this.bring(id, at).catch(() => {});
      const snapshot = await this.show(id).catch((error: unknown) => {
        this.deps.log(`Thread ${id} could not be opened: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      if (snapshot) return snapshot;
    }
    const newest = await this.threads.newest();
    return newest ? this.show(newest) : this.openNew();
  }

  /** Shows a thread, and a message of it. */
  async openAt(threadId: string, messageId?: string): Promise<void> {
    // Memory calls the agent's own conversation as the API does.
    const id = threadId === 'default' ? (await this.deps.home()).about().agentId : threadId;
    const { snapshot, itemId = messageId } = await this.showAt(id, messageId);
    this.view.send('snapshot', snapshot);
    await this.view.show('chat', itemId ? `message:${itemId}` : undefined);
  }

  /** `itemId`: the item that shows the message, where it could be read. */
  private async showAt(threadId: string, messageId?: string): Promise<{ snapshot: Snapshot; itemId?: string }> {
    const itemId = messageId && (await this.bring(threadId, messageId));
    return { snapshot: await this.show(threadId), ...(itemId ? { itemId } : {}) };
  }

  private async bring(threadId: string, messageId: string): Promise<string | undefined> {
    return (await this.sessions.open(threadId)).bring(messageId);
  }

  /** Shows a new thread with a text in its composer; `reminders` go with its first message. */
  async startFrom(threadId: string, text: string, reminders: string[]): Promise<void> {
    this.first.set(threadId, reminders);
    await this.openAt(threadId);
    await this.refresh('threads');
    await this.view.insert(text);
  }

  private async openNew(): Promise<Snapshot> {
    const current = this.shown ? this.sessions.get(this.shown) : undefined;
    // An empty thread is as new as a new one.
    if (current?.empty && !current.running && !current.pinned) return this.show(current.threadId);
    return this.show(await (await this.deps.home()).threads.create());
  }

  private async show(threadId: string): Promise<Snapshot> {
    const session = await this.sessions.open(threadId);
    const { threads } = await this.deps.home();
    // What was said while the person was there, they have seen.
    for (const id of this.shown === threadId ? [threadId] : [this.shown, threadId]) if (id) threads.seen(id);
    this.shown = threadId;
    this.sessions.forgetIdle(threadId);
    this.deps.kept.keep({ thread: threadId });
    this.keeping.soon();
    return this.revealed.snapshot(session.snapshot());
  }

  private deliver(patch: Patch): void {
    if (patch.threadId !== this.shown) return;
    this.revealed.patch(patch);
    this.view.send('patch', patch);
  }

  private changed(): void {
    // What ends because the window closes is unfinished, and there is no view to tell.
    if (this.disposed) return;
    const { running, asked: waiting } = this.sessions;
    const badge = waiting + this.reviews.count;
    this.view.badge(badge, `${badge} waiting for you`);
    this.deps.status(running.length > 0, waiting);
    this.deps.kept.keep({ unfinished: running.map((s) => s.threadId) });
    this.keeping.soon();
    // A turn that begins has better use for the server than a list: it follows when nothing else has happened for a moment.
    clearTimeout(this.listing);
    this.listing = setTimeout(() => {
      this.refresh('threads').catch((error: unknown) => this.deps.log(String(error)));
    }, LIST_AFTER_MS);
  }

  /** Shows the next thread in place of one that goes. */
  private async leave(threadId: string): Promise<void> {
    if (this.shown !== threadId) return;
    this.shown = undefined;
    const next = await this.threads.newest();
    this.view.send('snapshot', next ? await this.show(next) : await this.openNew());
  }
}
