// The host side of the chat: the open threads, which one the view shows, and the answers to the view's requests.
import * as vscode from 'vscode';
import type { Init, Params } from '../protocol/messages.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { ChangesView, Panel, Patch, PermissionMode, Snapshot, ThreadView, ToolBody } from '../protocol/views.ts';
import { Answers } from './answers.ts';
import { pickFiles } from './attach.ts';
import type { ChatHome } from './home.ts';
import type { Kept } from './kept.ts';
import { keptView, type ViewKeeper } from './kept-view.ts';
import { openLink } from './links.ts';
import { ThreadSession } from './session.ts';
import { ChatView } from './view.ts';

/** Threads kept in memory besides those that run: opening one again is a request or two. */
const MAX_IDLE_SESSIONS = 8;
/** Where the number is kept, so that no store has to be opened for it. */
const REVIEWS_KEY = 'letta.reviewsWaiting';
/** Milliseconds after a turn began or ended that the list of threads follows. */
const LIST_AFTER_MS = 150;
/** Milliseconds after the last change that the view is kept for the next page. */
const KEEP_AFTER_MS = 300;
/** How long a deleted thread can be brought back. */
const UNDO_MS = 10_000;

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
  log(line: string): void;
}

export class Chat implements vscode.Disposable {
  readonly view: ChatView;
  readonly answers: Answers;
  private readonly sessions = new Map<string, ThreadSession>();
  private readonly deleting = new Set<string>();
  /** What goes with the first message of threads that begin with something said elsewhere. */
  private readonly first = new Map<string, string[]>();
  private shown: string | undefined;
  private disposed = false;
  /** Changes of memory that wait for the person; as last counted, until they are looked at. */
  private reviews: number;
  private listing: NodeJS.Timeout | undefined;
  private keeping: NodeJS.Timeout | undefined;
  /** Ids of the approvals and questions that the view was shown: no other can be answered from it. */
  private readonly revealed = new Set<string>();
  private readonly deps: ChatDeps;

  constructor(deps: ChatDeps) {
    this.deps = deps;
    this.reviews = deps.context.workspaceState.get<number>(REVIEWS_KEY, 0);
    this.answers = new Answers({
      home: deps.home,
      open: (threadId) => this.open(threadId),
      show: (threadId) => this.show(threadId),
      threadsChanged: async () => {
        this.keepPage();
        await this.refresh('threads');
      },
      log: deps.log,
    });
    this.view = new ChatView(this.handlers(), deps.log);
  }

  /** Reads the thread that the view will show, while its page still loads. */
  async prepare(): Promise<void> {
    const { thread } = await this.deps.kept.read();
    if (thread && !this.shown) await this.open(thread);
  }

  /** @throws Error when no thread is shown */
  get thread(): string {
    if (!this.shown) throw new Error('Open the thread in the chat first.');
    return this.shown;
  }

  /** Forgets every open thread: another home was chosen. */
  reset(): void {
    for (const session of this.sessions.values()) session.dispose();
    this.sessions.clear();
    this.shown = undefined;
  }

  get running(): boolean {
    return [...this.sessions.values()].some((session) => session.running);
  }

  /** Another home is open, or another agent (`fresh`: with a new thread): the view starts over with what is there. */
  async restart(fresh = false): Promise<void> {
    const snapshot = await (fresh ? this.openNew() : this.firstThread(undefined));
    await this.refresh('about');
    this.view.send('snapshot', snapshot);
    for (const what of ['threads', 'blocks', 'skills'] as const) await this.refresh(what);
  }

  async newThread(): Promise<void> {
    await this.view.show('chat', 'composer');
    if (this.shown) this.view.send('snapshot', await this.openNew());
  }

  async stop(): Promise<void> {
    if (this.shown) await this.sessions.get(this.shown)?.stop();
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
      this.reviews = reviews.length;
      await this.deps.context.workspaceState.update(REVIEWS_KEY, reviews.length);
      this.changed();
      this.view.send('reviews', reviews);
    } else if (what === 'archive') this.view.send('archive', {});
    else if (what === 'blocks') this.view.send('blocks', await home.blocks.list());
    else if (what === 'skills') this.view.send('skills', await home.skills.list());
    else if (what === 'threads') this.view.send('threads', await this.threads(''));
    else {
      this.view.send('about', { about: home.about(), models: home.models(), mode: this.deps.mode() });
      this.keepPage();
    }
  }

  /** The agent's changes, for the list above the composer. */
  showChanges(): void {
    void this.deps.changes()?.then((changes) => this.view.send('changes', changes));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.listing);
    clearTimeout(this.keeping);
    this.reset();
    this.view.dispose();
  }

  private handlers(): Handlers {
    const home = () => this.deps.home();
    const memory = async () => (await home()).memory();
    const block = async (blockId: string) => {
      const found = (await (await home()).blocks.list()).find((each) => each.id === blockId);
      if (!found) throw new Error('This block is no longer there.');
      return found;
    };
    const none = async (work: Promise<unknown>): Promise<Record<string, never>> => {
      await work;
      return {};
    };
    return {
      ready: (params) => this.ready(params.threadId, params.panel),
      send: async ({ threadId, text }) => {
        if (await this.deps.slash(text)) return {};
        const backend = await home();
        const session = await this.open(threadId);
        if (!(await backend.settleModel()))
          throw new Error('No model was chosen. Your message is still in the composer.');
        await session.send(text, this.takeFirst(threadId));
        return {};
      },
      stop: ({ threadId }) => none(this.open(threadId).then((s) => s.stop())),
      continue: ({ threadId }) => none(this.open(threadId).then((s) => s.resume('continue'))),
      retry: ({ threadId }) => none(this.open(threadId).then((s) => s.resume('retry'))),
      decide: async ({ approvalId, decision, reason = '' }) => {
        const answer = decision === 'deny' && reason.trim() ? { deny: reason.trim() } : decision;
        const session = [...this.sessions.values()].find((s) => s.approvals.some((a) => a.id === approvalId));
        const known = this.revealed.delete(approvalId);
        if (!known || !session?.decide(approvalId, answer)) throw new Error('This question was settled already.');
        return {};
      },
      answer: async ({ questionId, choices, text = '', skip = false }) => {
        const session = [...this.sessions.values()].find((s) => s.questions.some((q) => q.id === questionId));
        const known = this.revealed.delete(questionId);
        const answer = skip ? null : { choices, text: text.trim() };
        if (!known || !session?.answerQuestion(questionId, answer))
          throw new Error('This question was settled already.');
        return {};
      },
      showDiff: ({ approvalId }) => none(this.deps.showDiff(approvalId)),
      'command.show': async ({ callId }) => none((await home()).commands.show(callId)),
      'command.stop': async ({ callId }) => none((await home()).commands.stop(callId)),
      'subagent.stop': async ({ callId }) => none((await home()).stopSubagent(callId)),
      changes: (what) => none(this.deps.change(what)),
      snapshot: async ({ threadId }) => this.reveal((await this.open(threadId)).snapshot()),
      older: async ({ threadId, before }) => (await this.open(threadId)).older(before),
      'threads.list': ({ query }) => this.threads(query),
      'threads.open': ({ threadId }) => this.show(threadId),
      'threads.new': () => this.openNew(),
      'threads.rename': async ({ threadId, title }) => {
        await (await home()).threads.rename(threadId, title);
        this.sessions.get(threadId)?.retitle(title);
        return none(this.refresh('threads'));
      },
      'threads.delete': ({ threadId }) => none(this.remove(threadId)),
      'threads.fork': async ({ threadId }) => this.show(await (await home()).threads.fork(threadId)),
      ...this.answers.handlers,
      'memory.list': async () => (await home()).blocks.list(),
      'memory.save': async ({ blockId, value, base }) => (await home()).blocks.save(blockId, value, base),
      'memory.create': async (block) => (await memory()).create(block),
      'memory.change': async ({ blockId, ...change }) => (await memory()).change(blockId, change),
      'memory.delete': async ({ blockId }) => none((await memory()).remove(blockId)),
      'memory.attach': async () => none((await memory()).attach()),
      'memory.history': async ({ blockId, before }) => (await memory()).history(blockId, before),
      'memory.compare': async ({ blockId, revisionId, to }) => none((await memory()).compare(blockId, revisionId, to)),
      'memory.restore': async ({ blockId, revisionId }) => (await memory()).restore(blockId, revisionId),
      'memory.lines': async ({ blockId }) => (await memory()).lines(blockId),
      'memory.confirm': async ({ blockId, line }) => {
        await (await memory()).confirm(blockId, line);
        return block(blockId);
      },
      'memory.expire': async ({ blockId, line }) => {
        await (await memory()).expire(blockId, line);
        return block(blockId);
      },
      'memory.showTurn': async ({ threadId, messageId }) => none((await memory()).showTurn(threadId, messageId)),
      // Asked by every view that starts: a memory store is not opened for nothing.
      'review.list': async () =>
        this.reviews === 0 && !(await home()).memoryInUse() ? [] : (await memory()).reviews(),
      'review.accept': async ({ id, text }) => none((await memory()).accept(id, text)),
      'review.compare': async ({ id }) => none((await memory()).compareReview(id)),
      'review.reject': async ({ id }) => none((await memory()).reject(id)),
      'archive.list': async (query) => (await memory()).archive.list(query),
      'archive.add': async ({ text, tags }) => (await memory()).archive.add(text, tags),
      'archive.replace': async ({ id, text, tags }) => (await memory()).archive.replace(id, text, tags),
      'archive.delete': async ({ id }) => none((await memory()).archive.remove(id)),
      'context.show': async ({ threadId }) => (await memory()).context(threadId),
      'memory.search': async ({ query }) => (await memory()).search(query),
      'skills.list': async () => (await home()).skills.list(),
      'skills.edit': async ({ skillId }) => none((await home()).skills.edit(skillId)),
      'skills.new': async () => none((await home()).skills.create()),
      'skills.delete': async ({ skillId }) => none((await home()).skills.remove(skillId)),
      'skills.enable': async ({ skillId, enabled }) => none((await home()).skills.enable(skillId, enabled)),
      'model.select': async ({ handle }) => none((await home()).selectModel(handle).then(() => this.refresh('about'))),
      'mode.select': ({ mode }) => none(this.deps.selectMode(mode)),
      remember: (message) => none(this.deps.remember(message)),
      restore: async ({ threadId, itemId }) => {
        const { id, text, date } = (await this.open(threadId)).question(itemId);
        return none(this.deps.restore({ threadId, messageId: id, text, date }));
      },
      'agent.select': () => none(this.deps.selectAgent()),
      'model.connect': () => none(this.deps.connectModel()),
      openLink: ({ href }) => none(openLink(href)),
      attach: async () => {
        const text = await pickFiles();
        if (text) await this.view.insert(text);
        return {};
      },
      copy: ({ text }) => none(Promise.resolve(vscode.env.clipboard.writeText(text))),
    };
  }

  private async ready(wanted: string | undefined, panel: Panel | undefined): Promise<Init> {
    const home = await this.deps.home();
    const snapshot = await this.firstThread(wanted);
    const asked = this.view.takeWanted();
    this.changed();
    // The answer to `ready` goes out before anything that is sent after this turn of the event loop.
    setImmediate(() => {
      this.view.ready();
      this.showChanges();
    });
    return {
      about: home.about(),
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
  private async firstThread(wanted: string | undefined): Promise<Snapshot> {
    const { thread } = await this.deps.kept.read();
    for (const id of [this.shown, thread, wanted]) {
      if (!id) continue;
      const snapshot = await this.show(id).catch((error: unknown) => {
        this.deps.log(`Thread ${id} could not be opened: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      if (snapshot) return snapshot;
    }
    const [newest] = await (await this.deps.home()).threads.list('');
    return newest ? this.show(newest.id) : this.openNew();
  }

  /** Shows a thread, and a message of it where the page that is loaded has it. */
  async openAt(threadId: string, messageId?: string): Promise<void> {
    const snapshot = await this.show(threadId);
    this.view.send('snapshot', snapshot);
    await this.view.show('chat', messageId ? `message:${messageId}` : undefined);
  }

  /** Shows a new thread with a text in its composer; `reminders` go with its first message. */
  async startFrom(threadId: string, text: string, reminders: string[]): Promise<void> {
    this.first.set(threadId, reminders);
    await this.openAt(threadId);
    await this.refresh('threads');
    await this.view.insert(text);
  }

  private takeFirst(threadId: string): string[] {
    const reminders = this.first.get(threadId) ?? [];
    this.first.delete(threadId);
    return reminders;
  }

  private async openNew(): Promise<Snapshot> {
    const current = this.shown ? this.sessions.get(this.shown) : undefined;
    // An empty thread is as new as a new one.
    if (current?.empty && !current.running && !current.pinned) return this.show(current.threadId);
    return this.show(await (await this.deps.home()).threads.create());
  }

  private async show(threadId: string): Promise<Snapshot> {
    const session = await this.open(threadId);
    this.shown = threadId;
    this.forgetIdle();
    this.deps.kept.keep({ thread: threadId });
    this.keepPage();
    return this.reveal(session.snapshot());
  }

  private reveal(snapshot: Snapshot): Snapshot {
    for (const { id } of [...snapshot.approvals, ...(snapshot.questions ?? [])]) this.revealed.add(id);
    return snapshot;
  }

  private async open(threadId: string): Promise<ThreadSession> {
    let session = this.sessions.get(threadId);
    if (!session) {
      const home = await this.deps.home();
      session = this.sessions.get(threadId);
      if (!session) {
        const backend = { ...home.sessions, changed: () => this.changed() };
        session = new ThreadSession(threadId, backend, (patch) => this.deliver(patch));
        this.sessions.set(threadId, session);
      }
    }
    await session.load().catch((error: unknown) => {
      this.sessions.delete(threadId);
      throw error;
    });
    return session;
  }

  /** Those opened longest ago go first. */
  private forgetIdle(): void {
    const idle = [...this.sessions.values()].filter((s) => !s.running && s.threadId !== this.shown);
    for (const session of idle.slice(0, Math.max(0, idle.length - MAX_IDLE_SESSIONS))) {
      session.dispose();
      this.sessions.delete(session.threadId);
    }
  }

  private deliver(patch: Patch): void {
    if (patch.threadId !== this.shown) return;
    for (const op of patch.ops) {
      if (op.op === 'approvals') for (const { id } of op.approvals) this.revealed.add(id);
      if (op.op === 'questions') for (const { id } of op.questions) this.revealed.add(id);
    }
    this.view.send('patch', patch);
  }

  private changed(): void {
    // What ends because the window closes is unfinished, and there is no view to tell.
    if (this.disposed) return;
    const sessions = [...this.sessions.values()];
    const running = sessions.filter((s) => s.running);
    const waiting = sessions.reduce((sum, s) => sum + s.asked, 0);
    this.view.badge(waiting + this.reviews, `${waiting + this.reviews} waiting for you`);
    this.deps.status(running.length > 0, waiting);
    this.deps.kept.keep({ unfinished: running.map((s) => s.threadId) });
    this.keepPage();
    // A turn that begins has better use for the server than a list: it follows when nothing else has happened for a moment.
    clearTimeout(this.listing);
    this.listing = setTimeout(() => {
      this.refresh('threads').catch((error: unknown) => this.deps.log(String(error)));
    }, LIST_AFTER_MS);
  }

  /** Keeps the shown thread for the next page, when nothing else has happened for a moment. */
  private keepPage(): void {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => {
      const session = this.shown ? this.sessions.get(this.shown) : undefined;
      if (!session) return;
      this.deps.home().then(
        (home) => {
          const shown = { about: home.about(), models: home.models(), mode: this.deps.mode() };
          this.deps.page.keep(keptView(shown, session.snapshot()));
        },
        // Without a home there is nothing new to show.
        () => {},
      );
    }, KEEP_AFTER_MS);
  }

  private async threads(query: string): Promise<ThreadView[]> {
    const list = await (await this.deps.home()).threads.list(query);
    return list
      .filter((thread) => !this.deleting.has(thread.id))
      .map((thread) => {
        const session = this.sessions.get(thread.id);
        return { ...thread, running: session?.running ?? false, waiting: (session?.asked ?? 0) > 0 };
      });
  }

  /** Hides the thread at once, deletes it when Undo was not taken. A closed window keeps it: nothing is lost by accident. */
  private async remove(threadId: string): Promise<void> {
    const home = await this.deps.home();
    const session = this.sessions.get(threadId);
    if (session?.running) await session.stop();
    this.deleting.add(threadId);
    if (this.shown === threadId) {
      this.shown = undefined;
      const [next] = await this.threads('');
      this.view.send('snapshot', next ? await this.show(next.id) : await this.openNew());
    }
    await this.refresh('threads');
    const question = vscode.window.showInformationMessage(
      `Deleted the thread “${session?.title || 'Untitled'}”.`,
      'Undo',
    );
    const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, UNDO_MS));
    void Promise.race([question, timeout]).then(async (answer) => {
      this.deleting.delete(threadId);
      if (answer !== 'Undo') {
        await home.threads.remove(threadId);
        this.sessions.get(threadId)?.dispose();
        this.sessions.delete(threadId);
      }
      await this.refresh('threads');
    });
  }
}
