// Everything the view asks the host for and is told by it. Holds no truth: all but drafts comes from the host.
import type { StoreApi } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Panel } from '../../src/protocol/about-views.ts';
import type { Attachment } from '../../src/protocol/attachments.ts';
import type { BlockView } from '../../src/protocol/memory-views.ts';
import { KeptViewSchema, type Method, type Params, type Result } from '../../src/protocol/messages.ts';
import type { ViewEnd } from '../../src/protocol/rpc.ts';
import type { Snapshot } from '../../src/protocol/thread-views.ts';
import { type AppState, LIST_PAGE, startState } from './app-state.ts';
import { EMPTY_FEED, receiveSnapshot } from './chat/feed.ts';
import { FeedFollower } from './chat/feed-follower.ts';
import { Paging } from './chat/paging.ts';
import { t } from './l10n.tsx';
import { type Anchor, type BlockDraft, readSaved, type StateKeeper, withEntry } from './saved.ts';

/** Ten times what a slow start takes: by then a person wonders. */
const SLOW_START_MS = 8_000;
const SLOW_START = t('Letta is still starting. If it does not come, “Letta: Show Log” says why.');

export class App {
  readonly store: StoreApi<AppState>;
  private readonly host: ViewEnd;
  private readonly keeper: StateKeeper;
  private readonly follower: FeedFollower;
  readonly paging: Paging;
  private readonly subscriptions: (() => void)[] = [];
  /** Drafts as an earlier page left them: they stay with their threads. */
  private readonly earlier: Readonly<Record<string, string>>;
  /** The workspace has got another agent: its first thread comes next. */
  private moving = false;

  constructor(host: ViewEnd, keeper: StateKeeper) {
    this.host = host;
    this.keeper = keeper;
    const saved = readSaved(keeper);
    this.earlier = saved.drafts;
    this.store = createStore(() => startState(saved));
    this.follower = new FeedFollower({
      feed: () => this.state.feed,
      changed: (feed) => this.set({ feed }),
      snapshot: (threadId) => this.host.request('snapshot', { threadId }),
      show: (snapshot) => this.show(snapshot),
      failed: (error) => this.report(error),
    });
    this.paging = new Paging(this.store, (method, params) => this.ask(method, params));
    this.listen();
  }

  private get state(): AppState {
    return this.store.getState();
  }

  private set(change: Partial<AppState>): void {
    this.store.setState(change);
  }

  private listen(): void {
    const { host } = this;
    this.subscriptions.push(
      host.on('patch', (patch) => this.follower.take(patch)),
      host.on('snapshot', (snapshot) => this.show(snapshot)),
      host.on('about', (news) => {
        if (this.state.about && this.state.about.agentId !== news.about.agentId) this.moving = true;
        this.set(news);
      }),
      host.on('threads', () => {
        if (this.state.panel === 'threads') void this.listThreads();
      }),
      host.on('blocks', (blocks) => this.set({ blocks })),
      host.on('reviews', (reviews) => this.set({ reviews })),
      host.on('changes', (changes) => this.set({ changes })),
      host.on('archive', () => this.set({ archiveRev: this.state.archiveRev + 1 })),
      host.on('skills', (skills) => this.set({ skills })),
      host.on('shared', (shared) => this.set({ shared })),
      host.on('offer', (offer) => this.set({ offer })),
      host.on('show', ({ panel, focus }) => this.showPanel(panel, focus)),
      host.on('insert', ({ text, attached }) => this.insert(text, attached)),
      host.on('again', () => {
        if (this.state.phase === 'failed') void this.start();
      }),
    );
  }

  dispose(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.follower.flush();
  }

  /** Shows what the last page showed, until the host has spoken. @param kept a `KeptView`; anything else is ignored */
  showKept(kept: unknown): void {
    const view = KeptViewSchema.safeParse(kept);
    if (!view.success) return;
    const { thread, ...shown } = view.data;
    const { savedThreadId } = this.state;
    // The page remembers another thread: what is kept is older than that.
    if (savedThreadId !== null && savedThreadId !== thread.threadId) return;
    const snapshot = { ...thread, rev: 0, running: false, approvals: [] };
    this.set({ phase: 'kept', ...shown, feed: receiveSnapshot(EMPTY_FEED, snapshot), savedThreadId: thread.threadId });
  }

  /** Asks the host for everything. Called once the page listens, and again by *Retry*. */
  async start(): Promise<void> {
    // What stands there from before can be read while it is tried again.
    if (this.state.phase !== 'kept')
      this.set({ phase: this.state.feed.thread ? 'kept' : 'starting', startFailure: '' });
    const { savedThreadId, panel, anchors } = this.state;
    const at = savedThreadId === null ? undefined : anchors[savedThreadId]?.itemId;
    const slow = setTimeout(() => this.set({ problem: SLOW_START }), SLOW_START_MS);
    try {
      const wanted = { ...(savedThreadId ? { threadId: savedThreadId } : {}), ...(at === undefined ? {} : { at }) };
      const init = await this.host.request('ready', { panel, ...wanted });
      if (this.typedEarly) this.adoptDraft(init.snapshot.threadId);
      this.set({
        phase: 'ready',
        about: init.about,
        models: init.models,
        mode: init.mode,
        // Nothing of what was kept stays beside what is true now.
        feed: receiveSnapshot({ thread: undefined, held: this.state.feed.held }, init.snapshot),
        savedThreadId: init.snapshot.threadId,
      });
      this.save();
      this.follower.checkGap();
      // A tab that was chosen while the host was starting is where the person is.
      if (this.state.panel === panel) this.showPanel(init.panel, init.focus);
      else this.loadPanel(this.state.panel);
    } catch (error) {
      this.set({ phase: 'failed', startFailure: error instanceof Error ? error.message : String(error) });
    } finally {
      clearTimeout(slow);
      if (this.state.problem === SLOW_START) this.dismissProblem();
    }
  }

  // --- threads -------------------------------------------------------------------------------------------------------

  private show(snapshot: Snapshot): void {
    // Another agent has other threads: what was being written, the first thing said here, goes to it.
    if (this.moving && this.state.feed.thread?.items.length === 0) this.adoptDraft(snapshot.threadId);
    this.moving = false;
    this.set({ feed: receiveSnapshot(this.state.feed, snapshot), savedThreadId: snapshot.threadId });
    this.save();
    this.follower.checkGap();
  }

  private async open(ask: () => Promise<Snapshot>): Promise<void> {
    this.set({ opening: true });
    try {
      this.show(await ask());
      this.showPanel('chat');
    } catch (error) {
      this.report(error);
    } finally {
      this.set({ opening: false });
    }
  }

  /** Shows a thread; with a message of it, by the server's id, that message. */
  async openThread(threadId: string, messageId?: string): Promise<void> {
    let itemId = messageId;
    await this.open(async () => {
      const at = messageId === undefined ? {} : { messageId };
      const opened = await this.host.request('threads.open', { threadId, ...at });
      itemId = opened.itemId ?? messageId;
      return opened.snapshot;
    });
    if (itemId !== undefined && this.state.feed.thread?.threadId === threadId)
      this.set({ focus: { panel: 'chat', name: `message:${itemId}` } });
  }

  newThread(): Promise<void> {
    return this.open(() => this.host.request('threads.new', {}));
  }

  /** @param itemId up to this answer, or to before this message of the person */
  forkThread(threadId: string, itemId?: string): Promise<void> {
    const at = itemId === undefined ? {} : { itemId };
    return this.open(() => this.host.request('threads.fork', { threadId, ...at }));
  }

  /** Asks the question of an answer again, in a new thread with another memory. */
  async askAgain(itemId: string, memory: 'today' | 'then' | 'none'): Promise<void> {
    const { thread } = this.state.feed;
    if (!thread || this.state.opening) return;
    const { threadId } = thread;
    await this.open(() => this.host.request('answer.askAgain', { threadId, itemId, memory }));
  }

  /** Pins memory in the shown thread, or lets it go. */
  async pin(pinned: boolean): Promise<void> {
    const { thread } = this.state.feed;
    if (!thread || !(await this.ask('threads.pin', { threadId: thread.threadId, pinned }))) return;
    this.announce(pinned ? t('Memory is pinned in this thread.') : t('Memory is no longer pinned in this thread.'));
    // The button in the mark goes away with it.
    if (!pinned) this.set({ focus: { panel: 'chat', name: undefined } });
  }

  /** @param change what the list is asked for from now on; a new question begins at its first page */
  async listThreads(change: Partial<AppState['listed']> = {}): Promise<void> {
    const again = change.query !== undefined || change.archived !== undefined;
    const listed = { ...this.state.listed, ...(again ? { limit: LIST_PAGE } : {}), ...change };
    this.set({ listed });
    const threads = await this.ask('threads.list', listed);
    // An answer to what was asked before.
    if (threads && this.state.listed === listed) this.set({ threads });
  }

  // --- the conversation ----------------------------------------------------------------------------------------------

  /** Sends the draft. The composer is empty at once; when the host refuses, the text comes back. */
  async send(): Promise<void> {
    const { thread } = this.state.feed;
    if (!thread || this.state.phase === 'failed') return;
    const { threadId } = thread;
    const text = this.state.drafts[threadId] ?? '';
    const attached = this.state.attached[threadId] ?? [];
    if (text.trim() === '') return;
    this.setDraft(threadId, '');
    this.setAttached(threadId, []);
    this.set({ problem: undefined });
    try {
      await this.host.request('send', { threadId, text, ...(attached.length > 0 ? { attached } : {}) });
    } catch (error) {
      if (!this.state.drafts[threadId]) this.setDraft(threadId, text);
      if (!this.state.attached[threadId]) this.setAttached(threadId, attached);
      this.report(error);
    }
  }

  /** For what is asked of the shown thread and answered by patches. */
  async act(method: 'stop' | 'continue' | 'retry'): Promise<void> {
    const { thread } = this.state.feed;
    if (!thread) return;
    // The button goes away with what it does; the keyboard must not go with it.
    this.set({ focus: { panel: 'chat', name: undefined } });
    await this.ask(method, { threadId: thread.threadId });
  }

  /** Answers the offer to learn a skill from the shown thread. */
  async answerOffer(answer: Params<'skills.offered'>['answer']): Promise<void> {
    // The offer goes away at once; the keyboard must not go with it.
    this.set({ offer: null, focus: { panel: 'chat', name: undefined } });
    await this.ask('skills.offered', { answer });
  }

  /** Keeps, undoes or opens what the agent changed in a file, or in all. */
  async change(act: Params<'changes'>['act'], path?: string): Promise<void> {
    await this.ask('changes', { act, ...(path === undefined ? {} : { path }) });
    // The list goes away with the last file; the keyboard must not go with it.
    if (act !== 'open' && (path === undefined || this.state.changes.length <= 1)) {
      this.set({ focus: { panel: 'chat', name: undefined } });
    }
  }

  /** Asks the host; a refusal is shown to the person and gives `undefined`. */
  async ask<M extends Method>(method: M, params: Params<M>): Promise<Result<M> | undefined> {
    try {
      return await this.host.request(method, params);
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** As `ask`, for what the person has not asked for: a refusal is told to nobody. */
  quietly<M extends Method>(method: M, params: Params<M>): Promise<Result<M> | undefined> {
    return this.host.request(method, params).catch(() => undefined);
  }

  /** As `ask`, for who tells a refusal in its own place. @throws Error in the host's words */
  tryAsk<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.host.request(method, params);
  }

  /** Shows in Memory what the model sees of the shown thread. */
  showContext(): void {
    this.unfold('section:context', true);
    this.showPanel('memory');
  }

  private report(error: unknown): void {
    this.set({ problem: error instanceof Error ? error.message : String(error) });
  }

  /** Shows what the person has to know, until they dismiss it. */
  tell(text: string): void {
    this.set({ problem: text });
  }

  dismissProblem(): void {
    this.set({ problem: undefined });
  }

  // --- view state ----------------------------------------------------------------------------------------------------

  /** Shows a panel and, when the host names something in it or asks for it, gives that the keyboard. */
  showPanel(panel: Panel, focus?: string): void {
    this.set({ panel, focus: { panel, name: focus } });
    // What is folded away cannot get the keyboard.
    if (focus?.startsWith('archive:')) this.unfold('section:archive', true);
    if (panel === 'chat' && focus === 'context') this.unfold('context', true);
    if (panel === 'threads' && focus?.startsWith('search:'))
      this.set({ listed: { query: focus.slice('search:'.length), archived: false, limit: LIST_PAGE } });
    this.save();
    this.loadPanel(panel);
  }

  /** Shows a panel because its tab was chosen: the keyboard stays on the tab. */
  selectTab(panel: Panel): void {
    this.set({ panel, focus: undefined });
    this.save();
    this.loadPanel(panel);
  }

  async loadSkills(): Promise<void> {
    const skills = await this.ask('skills.list', {});
    if (skills) this.set({ skills });
  }

  /** So that their panel has them when it is opened. Nobody has asked yet: a refusal is told when somebody does. */
  async readSkillsAhead(): Promise<void> {
    const skills = await this.quietly('skills.list', {});
    if (skills) this.set({ skills });
  }

  private loadPanel(panel: Panel): void {
    if (this.state.phase !== 'ready') return;
    if (panel === 'threads') void this.listThreads();
    if (panel === 'memory') {
      void this.ask('memory.list', {}).then((blocks) => blocks && this.set({ blocks }));
      void this.loadReviews();
    }
    if (panel === 'skills') void this.loadSkills();
  }

  setDraft(threadId: string, text: string): void {
    this.set({ drafts: withEntry(this.state.drafts, threadId, text === '' ? undefined : text) });
    this.save();
  }

  /** Whether something was typed into this page before the host had spoken. */
  private get typedEarly(): boolean {
    const key = this.state.feed.thread?.threadId ?? '';
    return this.state.drafts[key] !== this.earlier[key] || key === '';
  }

  /** What was typed before the host had said which thread it is, or into a thread that is no longer there. */
  private adoptDraft(threadId: string): void {
    const key = this.state.feed.thread?.threadId ?? '';
    const early = this.state.drafts[key];
    if (early === undefined || key === threadId) return;
    this.setDraft(key, '');
    if (!this.state.drafts[threadId]) this.setDraft(threadId, early);
    this.setAttached(threadId, this.state.attached[key] ?? []);
    this.setAttached(key, []);
  }

  setAttached(threadId: string, attached: Attachment[]): void {
    this.set({ attached: withEntry(this.state.attached, threadId, attached.length > 0 ? attached : undefined) });
    this.save();
  }

  private insert(text: string, attached: Attachment[] = []): void {
    this.addToDraft(text);
    const key = this.state.feed.thread?.threadId ?? '';
    if (attached.length > 0) this.setAttached(key, [...(this.state.attached[key] ?? []), ...attached]);
    this.showPanel('chat', 'composer');
  }

  /** Puts a text behind what the shown thread's draft holds. */
  addToDraft(text: string): void {
    if (text === '') return;
    const key = this.state.feed.thread?.threadId ?? this.state.savedThreadId ?? '';
    const draft = this.state.drafts[key] ?? '';
    const gap = draft === '' || draft.endsWith('\n') ? '' : '\n';
    this.setDraft(key, `${draft}${gap}${text}`);
  }

  setAnchor(threadId: string, anchor: Anchor | undefined): void {
    this.set({ anchors: withEntry(this.state.anchors, threadId, anchor) });
    this.save();
  }

  setBlockDraft(blockId: string, draft: BlockDraft | undefined): void {
    this.set({ blockDrafts: withEntry(this.state.blockDrafts, blockId, draft) });
    this.save();
  }

  /** Replaces a block by what the host says it is now, or adds it. */
  putBlock(block: BlockView): void {
    const blocks = this.state.blocks ?? [];
    const known = blocks.some((other) => other.id === block.id);
    this.set({ blocks: known ? blocks.map((other) => (other.id === block.id ? block : other)) : [...blocks, block] });
  }

  /** Asks what waits for review. The count on the tab is no reason to bother anybody with a refusal. */
  async loadReviews(): Promise<void> {
    const reviews = await this.quietly('review.list', {});
    if (reviews) this.set({ reviews });
  }

  /** What the person has decided about waits no longer, whatever the host's list says when. */
  dropReview(id: string): void {
    this.set({ reviews: this.state.reviews?.filter((review) => review.id !== id) });
  }

  /** Tells screen readers, politely. */
  announce(text: string): void {
    this.set({ announcement: { text } });
  }

  unfold(key: string, open: boolean): void {
    this.set({ unfolded: { ...this.state.unfolded, [key]: open } });
  }

  private save(): void {
    const { panel, savedThreadId, drafts, anchors, blockDrafts, attached } = this.state;
    this.keeper.setState({ panel, threadId: savedThreadId, drafts, anchors, blockDrafts, attached });
  }
}
