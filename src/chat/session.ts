// One open thread: its transcript, its running turn, its waiting approvals. Lives on when the view is hidden.
import { COMPACTED, SHUTDOWN, type TurnEvent, type TurnOutcome } from '../agent/events.ts';
import type { Hold } from '../agent/turn-holds.ts';
import type { QuestionView, Todo } from '../protocol/asking.ts';
import { t } from '../protocol/l10n.ts';
import type { Patch, PatchOp, PinView, Snapshot } from '../protocol/thread-views.ts';
import type { AgentItem, ApprovalView, ToolBody, UserItem } from '../protocol/transcript-views.ts';
import { answerIdFor } from '../threads/answer-id.ts';
import { MessageQueue } from './message-queue.ts';
import { Outbox } from './outbox.ts';
import { type ItemPage, Pages } from './pages.ts';
import { Projection } from './projection.ts';
import type {
  Along,
  Answer,
  CalledInMessage,
  FirstTurn,
  QuestionAnswer,
  SessionHome,
  SessionStart,
  StoredThread,
} from './session-home.ts';
import { Waiting } from './waiting.ts';

const NOTHING: Along = { attached: [], reminders: [], sources: [], skills: [], pictures: [] };

/** The home, and who is told of a session. */
export interface SessionBackend extends SessionHome {
  /** Called when a turn begins and when it ends, and when what waits in it is another. */
  changed(session: ThreadSession): void;
  /** Called when an answer is done and messages wait. */
  next(session: ThreadSession): void;
  /** Called when a turn has ended. */
  ended(session: ThreadSession, outcome: TurnOutcome, began: number): void;
}

export class ThreadSession {
  title = '';
  private readonly outbox: Outbox;
  private readonly projection: Projection;
  private readonly waiting = new Waiting<ApprovalView, Answer>('deny', () => this.pushApprovals());
  private readonly asking = new Waiting<QuestionView, QuestionAnswer>(null, () => this.pushQuestions());
  private readonly pages: Pages;
  /** The first message, until its turn has ended, and the name that the thread has got from it. */
  private first: Omit<FirstTurn, 'answer'> | undefined;
  private abort: AbortController | undefined;
  private turn: Promise<void> | undefined;
  private loading: Promise<void> | undefined;
  readonly threadId: string;
  readonly queue: MessageQueue;
  private readonly backend: SessionBackend;
  private pin: PinView | undefined;
  private todos: readonly Todo[] = [];
  /** Of the conversation with its last step; undefined while nobody has counted them. */
  private tokens: number | undefined;
  private over = false;
  /** Changed elsewhere while a turn ran. */
  private stale = false;

  constructor(threadId: string, backend: SessionBackend, deliver: (patch: Patch) => void) {
    this.threadId = threadId;
    this.backend = backend;
    this.outbox = new Outbox(threadId, deliver);
    this.projection = new Projection((op) => this.outbox.push(op));
    this.pages = new Pages(threadId, backend, () => this.projection.items);
    this.queue = new MessageQueue(backend.queueFolder, threadId, (queued) => this.push({ op: 'queued', queued }));
  }

  get running(): boolean {
    return this.turn !== undefined;
  }

  get approvals(): ApprovalView[] {
    return this.waiting.views;
  }

  get questions(): QuestionView[] {
    return this.asking.views;
  }

  /** How much waits for the person. */
  get asked(): number {
    return this.approvals.length + this.questions.length;
  }

  get empty(): boolean {
    return this.projection.items.length === 0;
  }

  /** Reads the thread from the server once, and takes up a run that is still going there. @throws LettaError */
  load(): Promise<void> {
    this.loading ??= this.read().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async read(): Promise<void> {
    const stored = this.fill(await this.backend.load(this.threadId));
    // What waits in another window is sent from there.
    if (!stored.elsewhere) await this.queue.load((id) => this.projection.items.some((item) => item.id === id));
    this.takeUp(stored);
  }

  /** Another window has changed the thread: reads it again, and follows what goes on there. Never rejects. */
  async renew(): Promise<void> {
    // What is followed is read at its end, and what began since then follows.
    this.stale = this.running;
    if (this.stale) return;
    const stored = await this.backend.load(this.threadId).catch(() => undefined);
    // What this window has begun meanwhile is newer.
    if (!stored || this.running || this.over) return;
    this.fill(stored);
    this.outbox.skip();
    this.push({ op: 'title', title: this.title });
    this.takeUp(stored);
  }

  private takeUp(stored: StoredThread): void {
    const { runId, elsewhere } = stored;
    void this.weigh(stored);
    if (runId) this.begin({ kind: 'attach', runId });
    else if (elsewhere) this.begin({ kind: 'follow' });
  }

  /** Nothing waits for it. What a turn has told meanwhile is newer. */
  private async weigh({ tokens }: StoredThread): Promise<void> {
    const before = this.tokens;
    const counted = this.empty ? undefined : await tokens?.().catch(() => undefined);
    if (counted !== undefined && this.tokens === before) this.setTokens(counted);
  }

  private setTokens(tokens: number | undefined): void {
    this.tokens = tokens;
    this.push({ op: 'tokens', ...(tokens === undefined ? {} : { tokens }) });
  }

  private fill(stored: StoredThread): StoredThread {
    const { title, items, hasMore, pin, todos = [] } = stored;
    this.title = title;
    this.pages.reset(hasMore);
    this.pin = pin;
    this.todos = todos;
    this.projection.reset(items);
    return stored;
  }

  snapshot(): Snapshot {
    this.outbox.flush();
    return {
      threadId: this.threadId,
      title: this.title,
      rev: this.outbox.rev,
      items: this.projection.items,
      ...this.pages.ends,
      running: this.running,
      approvals: this.approvals,
      questions: this.questions,
      todos: [...this.todos],
      queued: this.queue.queued,
      ...(this.pin ? { pin: this.pin } : {}),
      ...(this.tokens === undefined ? {} : { tokens: this.tokens }),
    };
  }

  older(before: string): Promise<ItemPage> {
    return this.pages.older(before);
  }

  /** Items behind a page from further back. `hasMore`: some are missing still. */
  newer(after: string): Promise<ItemPage> {
    return this.pages.newer(after);
  }

  /**
   * Sees to it that a message is among the items, by its id or that of an item.
   * @returns the item that shows it; undefined where it cannot be found
   */
  bring(messageId: string): Promise<string | undefined> {
    return this.pages.bring(messageId);
  }

  /** @param otid names the message for good @throws Error when an answer is still running: the text stays in the composer. */
  async send(
    text: string,
    reminders: string[],
    called?: CalledInMessage,
    along: Along = NOTHING,
    otid: string = crypto.randomUUID(),
  ): Promise<void> {
    const hold = this.hold();
    this.pages.forget();
    const first = this.empty;
    const skill = called ? { skill: called.skill.name } : {};
    const attached = along.attached.length > 0 ? { attached: along.attached } : {};
    this.projection.addUser({ kind: 'user', id: otid, text, ...skill, ...attached, date: new Date().toISOString() });
    const start = {
      reminders: [...reminders, ...along.reminders],
      sources: [
        ...(reminders.length > 0 ? (['workspace'] as const) : []),
        ...(called ? [called.source] : []),
        ...along.sources,
      ],
      skills: [...(called ? [called.skill] : []), ...along.skills],
      pictures: along.pictures,
    };
    this.begin({ kind: 'message', text, otid, ...start }, hold);
    if (first) {
      // The turn runs: a name that cannot be stored must not look like a message that was not sent.
      const naming = this.backend.titleFor(this.threadId, text).catch(() => undefined);
      this.first = { title: naming, question: text };
      const title = await naming;
      if (title === undefined) return;
      this.title = title;
      this.outbox.push({ op: 'title', title });
      this.backend.changed(this);
    }
  }

  /** Once: what the first turn was about. */
  takeFirst(): FirstTurn | undefined {
    const { first } = this;
    this.first = undefined;
    const said = this.projection.items.findLast((item) => item.kind === 'agent');
    const texts = (said?.parts ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
    return first && { ...first, answer: texts.join('\n') };
  }

  /** Goes on with an interrupted answer, or repeats a failed step. */
  resume(kind: 'continue' | 'retry'): void {
    this.begin({ kind }, this.hold());
  }

  /** Resolves once the server has said that the run is cancelled. */
  async stop(): Promise<void> {
    this.abort?.abort();
    this.waiting.giveUp();
    this.asking.giveUp();
    await this.turn;
  }

  /** Puts a question about a change before the person. */
  readonly ask: Parameters<SessionBackend['run']>[2] = (view, signal, amended) => {
    amended?.((next) => this.waiting.replace({ ...next, id: view.id }));
    return this.waiting.ask(view, signal);
  };

  /** @returns false when no such approval waits here. */
  decide(approvalId: string, answer: Answer): boolean {
    return this.waiting.settle(approvalId, answer);
  }

  /** @returns false when no such question waits here. */
  answerQuestion(questionId: string, answer: QuestionAnswer): boolean {
    return this.asking.settle(questionId, answer);
  }

  retitle(title: string): void {
    this.title = title;
    this.push({ op: 'title', title });
  }

  get pinned(): boolean {
    return this.pin !== undefined;
  }

  refreshCard(callId: string, body: ToolBody): void {
    this.projection.refresh(callId, body);
  }

  undone(callId: string): void {
    this.projection.undone(callId);
  }

  setPin(pin: PinView | undefined): void {
    this.pin = pin;
    this.push({ op: 'pin', ...(pin ? { pin } : {}) });
  }

  /** An answer and the message that it answers; undefined where one of them is not on the pages that were read. */
  answer(itemId: string): { question: UserItem; answer: AgentItem } | undefined {
    const { items } = this.projection;
    const at = items.findIndex((item) => item.id === itemId);
    const answer = items[at];
    const question = items.slice(0, Math.max(0, at)).findLast((item) => item.kind === 'user');
    return answer?.kind === 'agent' && question?.kind === 'user' ? { question, answer } : undefined;
  }

  /** The message of the person that stands there, or the first one behind the answer; undefined where nothing was said since. */
  async nextQuestion(itemId: string): Promise<UserItem | undefined> {
    if (this.pages.ends.gap === itemId) await this.newer(itemId);
    const { items } = this.projection;
    const at = items.findIndex(({ id }) => id === itemId);
    if (at < 0) throw new Error(t('This message is no longer shown. Open its thread again.'));
    return items.slice(at).find((item) => item.kind === 'user');
  }

  /** A message of the person. @throws Error saying what to do */
  question(itemId: string): UserItem {
    const item = this.projection.items.find(({ id }) => id === itemId);
    if (item?.kind !== 'user') throw new Error(t('This message is no longer shown. Open its thread again.'));
    return item;
  }

  /** Lets a running turn go without cancelling it: the server keeps what came of it. */
  dispose(): void {
    this.over = true;
    this.abort?.abort(SHUTDOWN);
    this.outbox.dispose();
  }

  /** @throws Error while the agent answers here */
  checkFree(): void {
    if (this.running) throw new Error(t('The agent is still answering here. Stop it first, or wait until it is done.'));
  }

  /** @throws Error while the agent answers in this thread, here or in another window */
  private hold(): Hold {
    this.checkFree();
    return this.backend.take(this.threadId, () => void this.stop());
  }

  /** @param hold absent: another window works, and is followed */
  private begin(start: SessionStart, hold?: Hold): void {
    const abort = new AbortController();
    const began = Date.now();
    let done = false;
    this.abort = abort;
    // The ids that a reload will give the same items, so that the view does not jump.
    const answerId = answerIdFor(start.kind === 'message' ? (start.otid ?? '') : crypto.randomUUID());
    this.projection.beginAnswer(answerId, new Date().toISOString(), start.kind !== 'message');
    this.push({ op: 'running', running: true });
    const question = (view: QuestionView, signal: AbortSignal) => this.asking.ask(view, signal);
    this.turn = this.backend
      .run(this.threadId, start, this.ask, abort.signal, (event) => this.take(event), question)
      .then(
        (outcome) => {
          done = outcome.kind === 'done';
          this.backend.ended(this, outcome, began);
        },
        (error: unknown) => {
          // runTurn reports failures as an outcome; what lands here is a bug, and must not leave a spinner for ever.
          const message = error instanceof Error ? error.message : String(error);
          const failure = { message, hint: t('See Letta: Show Log. Your message is kept.'), retry: true };
          this.projection.apply({ type: 'ended', outcome: { kind: 'failed', failure } });
        },
      )
      .finally(() => hold?.release())
      .finally(() => (hold ? undefined : this.catchUp()))
      .finally(() => this.freed(done));
    this.backend.changed(this);
  }

  /** What held the thread is over. @param done it has not failed, and nobody has stopped it */
  private freed(done: boolean): void {
    this.turn = undefined;
    this.abort = undefined;
    this.waiting.clear();
    this.asking.clear();
    this.push({ op: 'running', running: false });
    this.outbox.flush();
    this.backend.changed(this);
    // What was stopped or has failed, the person looks at first.
    if (done && this.queue.queued.length > 0) this.backend.next(this);
    else if (this.stale) void this.renew();
  }

  /**
   * Has older messages summarised. It holds the thread like a turn: Stop ends it, messages wait for its end.
   * @param work does it. @returns the tokens that are left, where they can be told
   * @throws Error saying what to do; nothing where the person has stopped it
   */
  async compact(work: (signal: AbortSignal) => Promise<number | undefined>): Promise<void> {
    const hold = this.hold();
    const abort = new AbortController();
    this.abort = abort;
    this.push({ op: 'running', running: true });
    const line = this.projection.tell(t('Summarising older messages…'));
    const working = work(abort.signal).finally(() => hold.release());
    let done = false;
    this.turn = working
      .then(
        (tokens) => {
          done = true;
          this.projection.tell(COMPACTED, line);
          this.setTokens(tokens);
        },
        () => this.projection.remove(line),
      )
      .finally(() => this.freed(done));
    this.backend.changed(this);
    await this.turn;
    if (!abort.signal.aborted) await working;
  }

  /** What the other window did between its runs, no stream has told. */
  private async catchUp(): Promise<void> {
    if (this.abort?.signal.reason === SHUTDOWN) return;
    this.stale = false;
    // What was followed is right as far as it goes.
    const stored = await this.backend.load(this.threadId).catch(() => undefined);
    if (stored) void this.weigh(this.fill(stored));
    this.outbox.skip();
  }

  private take(event: TurnEvent): void {
    this.projection.apply(event);
    if (event.type === 'usage' && event.context !== null) this.setTokens(event.context);
    if (event.type !== 'tool' || event.part.state !== 'done' || event.part.body?.kind !== 'todos') return;
    this.todos = event.part.body.todos;
    this.push({ op: 'todos', todos: [...this.todos] });
  }

  private pushApprovals(): void {
    this.push({ op: 'approvals', approvals: this.approvals });
    this.backend.changed(this);
  }

  private pushQuestions(): void {
    this.push({ op: 'questions', questions: this.questions });
    this.backend.changed(this);
  }

  private push(op: PatchOp): void {
    this.outbox.push(op);
  }
}
