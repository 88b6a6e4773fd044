// The host side of the chat: the open threads, which one the view shows, and the answers to the view's requests.
import * as vscode from 'vscode';
import type { Attachment } from '../protocol/attachments.ts';
import { t } from '../protocol/l10n.ts';
import type { Init, Params } from '../protocol/messages.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { Patch, Snapshot } from '../protocol/thread-views.ts';
import type { ToolBody } from '../protocol/transcript-views.ts';
import { UNTITLED } from '../threads/threads.ts';
import { acknowledge } from './acknowledge.ts';
import type { Answers } from './answers.ts';
import { Attention } from './attention.ts';
import type { ChatDeps } from './chat-deps.ts';
import { type CodeHandlers, codeHandlers } from './code-handlers.ts';
import { Composer } from './composer.ts';
import { type HearOthers, hearOthers } from './hear-others.ts';
import { later, OF_ANSWERS, OF_MEMORY } from './later.ts';
import { standingNotification } from './notification.ts';
import { OpenThreads } from './open-threads.ts';
import { PageKeeping } from './page-keeping.ts';
import { Revealed } from './revealed.ts';
import { ReviewCount } from './review-count.ts';
import { settleRequests } from './settle-requests.ts';
import { ThreadRequests } from './thread-requests.ts';
import type { ChatView } from './view.ts';
import { Views } from './views.ts';

/** Milliseconds after a turn began or ended that the list of threads follows. */
const LIST_AFTER_MS = 150;

export class Chat implements vscode.Disposable {
  readonly view: Views;
  private loadingAnswers: Promise<Answers> | undefined;
  readonly sessions: OpenThreads;
  private readonly threads: ThreadRequests;
  private readonly attention: Attention;
  readonly others: HearOthers;
  private readonly composer: Composer;
  /** What goes with the first message of threads that begin with something said elsewhere. */
  private readonly first = new Map<string, string[]>();
  private disposed = false;
  /** Changes of memory that wait for the person; as last counted, until they are looked at. */
  private readonly reviews: ReviewCount;
  private listing: NodeJS.Timeout | undefined;
  private readonly code: CodeHandlers;
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
        next: (session) => void this.composer.sendNext(session),
      }),
      (patch) => this.deliver(patch),
    );
    this.keeping = new PageKeeping({
      keeper: deps.page,
      thread: () => this.snapshotOf(this.view.side.shown),
      inTabs: () => this.view.tabs.flatMap(({ shown }) => this.snapshotOf(shown) ?? []),
      around: async () => {
        const home = await deps.home();
        return { about: home.about(), models: home.models(), mode: deps.mode(), keep: home.keep };
      },
    });
    this.threads = new ThreadRequests({
      home: deps.home,
      sessions: this.sessions,
      openInEditor: (threadId) => this.openInEditor(threadId),
      seen: (threadId) => this.view.seen.includes(threadId),
      leave: (threadId) => this.leave(threadId),
      changed: () => this.refresh('threads'),
      offerUndo: deps.offerUndo,
      tellError: (message) => void vscode.window.showErrorMessage(message),
      log: deps.log,
    });
    this.code = codeHandlers({ ...deps, extensionPath: deps.context.extensionPath, sessions: this.sessions });
    this.view = new Views({ handlers: (view) => this.handlers(view), kept: () => deps.page.latest, log: deps.log });
    this.composer = new Composer({
      ...deps,
      open: (threadId) => this.sessions.open(threadId),
      takeFirst: (threadId) => {
        const reminders = this.first.get(threadId) ?? [];
        this.first.delete(threadId);
        return reminders;
      },
      shared: (view) => this.view.send('shared', view),
      startFrom: (threadId, text, attached, reminders) =>
        this.startFrom(threadId, text, reminders, this.view.current, attached),
      tell: (text) => void vscode.window.showWarningMessage(text),
    });
    this.others = hearOthers({
      ...deps,
      sessions: this.sessions,
      reviews: this.reviews,
      seen: () => this.view.seen,
      leave: (threadId) => this.leave(threadId),
      refresh: (what) => this.refresh(what),
      changed: () => this.changed(),
    });
    this.attention = new Attention({
      visible: () => this.view.visible,
      seen: (threadId) => this.view.seen.includes(threadId),
      waits: (threadId) => (this.sessions.get(threadId)?.asked ?? 0) > 0,
      titleOf: (threadId) => this.sessions.get(threadId)?.title || UNTITLED,
      show: (threadId) => this.openAt(threadId),
      notify: (text) => vscode.window.showInformationMessage(text, t('Show')).then((choice) => choice !== undefined),
      stand: standingNotification,
    });
  }

  /** Reads the thread that the view will show, while its page still loads. */
  async prepare(): Promise<void> {
    const { thread } = await this.deps.kept.read();
    if (thread && !this.view.side.shown) await this.sessions.open(thread);
    if (this.reviews.isOfAnother((await this.deps.home()).about().agentId)) await this.refresh('reviews');
  }

  /** @throws Error when no thread is shown */
  get thread(): string {
    const { shown } = this.view.current;
    if (!shown) throw new Error(t('Open the thread in the chat first.'));
    return shown;
  }

  /** Forgets every open thread: another home was chosen. */
  reset(): void {
    this.sessions.clear();
    this.view.side.shown = undefined;
  }

  get running(): boolean {
    return this.sessions.running.length > 0;
  }

  /** Another home is open, or another agent (`fresh`: with a new thread): the view starts over with what is there. */
  async restart(fresh = false): Promise<void> {
    const { side } = this.view;
    const snapshot = await (fresh ? this.openNew(side) : this.firstThread(side));
    side.again();
    await this.refresh('about');
    side.send('snapshot', snapshot);
    await this.view.renewTabs(async (tab) => (fresh || !tab.shown ? undefined : this.show(tab, tab.shown)));
    for (const what of ['threads', 'blocks', 'skills', 'reviews'] as const) await this.refresh(what);
  }

  async newThread(): Promise<void> {
    const view = this.view.current;
    await view.show('chat', 'composer');
    if (view.shown) view.send('snapshot', await this.openNew(view));
  }

  async stop(): Promise<void> {
    await this.sessions.get(this.view.current.shown ?? '')?.stop();
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
    this.composer.dispose();
    clearTimeout(this.listing);
    this.keeping.dispose();
    this.threads.dispose();
    this.others.dispose();
    this.reset();
    this.code.dispose();
    this.view.dispose();
  }

  private handlers(view: ChatView): Handlers {
    const home = () => this.deps.home();
    return {
      ready: (params) => this.ready(view, params),
      ...this.composer.handlers,
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
      ...this.threads.handlers({
        show: (...at) => this.showAt(view, ...at),
        openNew: () => this.openNew(view),
        startFrom: (...start) => this.startFrom(...start, view),
      }),
      ...later(OF_ANSWERS, async () => (await this.answers()).handlers((threadId) => this.show(view, threadId))),
      ...later(OF_MEMORY, async () =>
        (await import('./memory-requests.ts')).memoryRequests({
          home,
          nothingWaits: () => this.reviews.count === 0,
          undone: ({ threadId, id }) => this.sessions.get(threadId)?.undone(id),
        }),
      ),
      'model.select': async ({ handle }) =>
        acknowledge((await home()).selectModel(handle).then(() => this.refresh('about'))),
      'mode.select': ({ mode }) => acknowledge(this.deps.selectMode(mode)),
      remember: (message) => acknowledge(this.deps.remember(message)),
      restore: async ({ threadId, itemId }) => {
        const { id, text, date } = (await this.sessions.open(threadId)).question(itemId);
        return acknowledge(this.deps.restore({ threadId, messageId: id, text, date }));
      },
      'agent.select': () => acknowledge(this.deps.selectAgent()),
      'home.retry': () => acknowledge(this.deps.retryHome()),
      'home.select': () => acknowledge(this.deps.selectHome()),
      'model.connect': () => acknowledge(this.deps.connectModel()),
      openLink: async ({ href }) => acknowledge((await import('./links.ts')).openLink(href, this.deps.realPath)),
      'links.find': async ({ hrefs }) => (await import('./links.ts')).findLinks(hrefs, this.deps.realPath),
      ...this.code.handlers,
      copy: ({ text }) => acknowledge(Promise.resolve(vscode.env.clipboard.writeText(text))),
    };
  }

  /** What is asked about answers; loaded with the first question. */
  answers(): Promise<Answers> {
    this.loadingAnswers ??= import('./answers.ts').then(
      ({ Answers: Loaded }) =>
        new Loaded({ ...this.deps, open: (id) => this.sessions.open(id), threadsChanged: async () => this.changed() }),
    );
    return this.loadingAnswers;
  }

  private async ready(view: ChatView, { threadId, at, panel }: Params<'ready'>): Promise<Init> {
    const home = await this.deps.home();
    const snapshot = await this.firstThread(view, threadId, at);
    const asked = view.takeWanted();
    this.changed();
    const about = home.about();
    // The answer to `ready` goes out before anything that is sent after this turn of the event loop.
    setImmediate(() => {
      view.ready();
      home.wake();
      this.showChanges();
      void this.composer.watch();
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
   * The thread that the view shows, else (in the side bar) the workspace's last one, else the one the view remembers (which VS Code may have
   * kept from long ago), else the newest, else a new one.
   */
  private async firstThread(view: ChatView, wanted?: string, at?: string): Promise<Snapshot> {
    const isSide = view === this.view.side;
    const { thread } = await this.deps.kept.read();
    for (const id of [view.shown, isSide ? thread : undefined, wanted]) {
      if (!id) continue;
      // Where the person was reading in it they go on; a page that cannot be read is no reason to show another thread.
      if (at && id === wanted) await this.bring(id, at).catch(() => {});
      const snapshot = await this.show(view, id).catch((error: unknown) => {
        this.deps.log(`Thread ${id} could not be opened: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      if (snapshot) return snapshot;
    }
    const newest = await this.threads.newest();
    return newest ? this.show(view, newest) : this.openNew(view);
  }

  /** Shows a thread, and a message of it. */
  async openAt(threadId: string, messageId?: string): Promise<void> {
    // Memory calls the agent's own conversation as the API does.
    const id = threadId === 'default' ? (await this.deps.home()).about().agentId : threadId;
    const view = this.view.tabOf(id) ?? this.view.side;
    const { snapshot, itemId = messageId } = await this.showAt(view, id, messageId);
    view.send('snapshot', snapshot);
    await view.show('chat', itemId ? `message:${itemId}` : undefined);
  }

  /** Opens a thread beside the side bar, which goes on showing what it shows. */
  async openInEditor(threadId: string): Promise<void> {
    const tab = this.view.tabOf(threadId);
    if (tab) return tab.show('chat', 'composer');
    const { title } = await this.sessions.open(threadId);
    this.view.addTab(await this.deps.openTab(title || UNTITLED), threadId);
    await this.view.tabOf(threadId)?.show('chat', 'composer');
  }

  /** `itemId`: the item that shows the message, where it could be read. */
  private async showAt(view: ChatView, threadId: string, messageId?: string) {
    const itemId = messageId && (await this.bring(threadId, messageId));
    return { snapshot: await this.show(view, threadId), ...(itemId ? { itemId } : {}) };
  }

  private async bring(threadId: string, messageId: string): Promise<string | undefined> {
    return (await this.sessions.open(threadId)).bring(messageId);
  }

  /** Shows a new thread with a text in its composer; `reminders` go with its first message. */
  async startFrom(
    threadId: string,
    text: string,
    reminders: string[],
    view = this.view.side,
    attached: Attachment[] = [],
  ): Promise<void> {
    this.first.set(threadId, reminders);
    view.send('snapshot', await this.show(view, threadId));
    await this.refresh('threads');
    await view.insert(text, attached);
  }

  private snapshotOf(threadId = ''): Snapshot | undefined {
    return this.sessions.get(threadId)?.snapshot();
  }

  private async openNew(view: ChatView): Promise<Snapshot> {
    const current = this.sessions.get(view.shown ?? '');
    // An empty thread is as new as a new one.
    if (current?.empty && !current.running && !current.pinned) return this.show(view, current.threadId);
    return this.show(view, await (await this.deps.home()).threads.create());
  }

  private async show(view: ChatView, threadId: string): Promise<Snapshot> {
    const session = await this.sessions.open(threadId);
    const { threads, about } = await this.deps.home();
    // What was said while the person was there, they have seen.
    for (const id of new Set([view.shown, threadId])) if (id) threads.seen(id);
    view.shown = threadId;
    view.title(session.title);
    this.attention.settle();
    this.sessions.forgetIdle(this.view.threads);
    if (view === this.view.side && about().down === undefined) this.deps.kept.keep({ thread: threadId });
    this.keeping.soon();
    return this.revealed.snapshot(session.snapshot());
  }

  private deliver(patch: Patch): void {
    const views = this.view.all.filter(({ shown }) => shown === patch.threadId);
    if (views.length > 0) this.revealed.patch(patch);
    for (const view of views) view.patch(patch);
  }

  private changed(): void {
    // What ends because the window closes is unfinished, and there is no view to tell.
    if (this.disposed) return;
    const { running, asked: waiting } = this.sessions;
    const badge = waiting + this.reviews.count;
    this.view.side.badge(badge, t('{0} waiting for you', badge));
    this.deps.status(running.length, waiting);
    this.attention.settle();
    this.deps.kept.keep({ unfinished: running.map((s) => s.threadId) });
    this.keeping.soon();
    // A turn that begins has better use for the server than a list: it follows when nothing else has happened for a moment.
    clearTimeout(this.listing);
    this.listing = setTimeout(() => {
      this.refresh('threads').catch((error: unknown) => this.deps.log(String(error)));
    }, LIST_AFTER_MS);
  }

  /** Shows the next thread in place of one that goes; its editor tab is closed. */
  private async leave(threadId: string): Promise<void> {
    this.view.tabOf(threadId)?.close();
    const { side } = this.view;
    if (side.shown !== threadId) return;
    side.shown = undefined;
    const next = await this.threads.newest();
    side.send('snapshot', next ? await this.show(side, next) : await this.openNew(side));
  }
}
