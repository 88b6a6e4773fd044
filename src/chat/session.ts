// One open thread: its transcript, its running turn, its waiting approvals. Lives on when the view is hidden.
import { SHUTDOWN, type TurnEvent, type TurnOutcome, type TurnStart } from '../agent/events.ts';

import type { AgentItem, ApprovalView, Item, Patch, PatchOp, PinView, Snapshot, UserItem } from '../protocol/views.ts';
import { answerIdFor } from '../threads/transcript.ts';
import { Outbox } from './outbox.ts';
import { Projection } from './projection.ts';

/** `{ deny }`: why not, in the person's words. */
export type Answer = 'allow' | 'always' | 'deny' | { deny: string };

/** What a session needs from the rooms below; the lead file wires it. */
export interface SessionBackend {
  /** The newest page of what the server has stored. `runId`: a run that is still going there. */
  load(threadId: string): Promise<{ title: string; items: Item[]; hasMore: boolean; runId?: string; pin?: PinView }>;
  older(threadId: string, beforeItemId: string): Promise<{ items: Item[]; hasMore: boolean }>;
  run(
    threadId: string,
    start: TurnStart,
    ask: (approval: ApprovalView, signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
    sink: (event: TurnEvent) => void,
  ): Promise<TurnOutcome>;
  /** Names a thread after its first message. */
  titleFor(threadId: string, text: string): Promise<string>;
  /** Called when a turn begins and when it ends. */
  changed(session: ThreadSession): void;
}

interface Waiting {
  view: ApprovalView;
  settle(answer: Answer): void;
}

export class ThreadSession {
  title = '';
  private readonly outbox: Outbox;
  private readonly projection: Projection;
  private readonly waiting = new Map<string, Waiting>();
  private hasMore = false;
  private abort: AbortController | undefined;
  private turn: Promise<void> | undefined;
  private loading: Promise<void> | undefined;
  readonly threadId: string;
  private readonly backend: SessionBackend;
  private pin: PinView | undefined;

  constructor(threadId: string, backend: SessionBackend, deliver: (patch: Patch) => void) {
    this.threadId = threadId;
    this.backend = backend;
    this.outbox = new Outbox(threadId, deliver);
    this.projection = new Projection((op) => this.outbox.push(op));
  }

  get running(): boolean {
    return this.turn !== undefined;
  }

  get approvals(): ApprovalView[] {
    return [...this.waiting.values()].map((w) => w.view);
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
    const { title, items, hasMore, runId, pin } = await this.backend.load(this.threadId);
    this.title = title;
    this.hasMore = hasMore;
    this.pin = pin;
    this.projection.reset(items);
    if (runId) this.begin({ kind: 'attach', runId });
  }

  snapshot(): Snapshot {
    this.outbox.flush();
    return {
      threadId: this.threadId,
      title: this.title,
      rev: this.outbox.rev,
      items: this.projection.items,
      hasMore: this.hasMore,
      running: this.running,
      approvals: this.approvals,
      ...(this.pin ? { pin: this.pin } : {}),
    };
  }

  async older(before: string): Promise<{ items: Item[]; hasMore: boolean }> {
    const page = await this.backend.older(this.threadId, before);
    const first = this.projection.items[0];
    if (first?.id === before) {
      this.projection.items.unshift(...page.items);
      this.hasMore = page.hasMore;
    }
    return page;
  }

  /** @throws Error when an answer is still running: the text stays in the composer. */
  async send(text: string, reminders: string[]): Promise<void> {
    this.refuseWhileRunning();
    const first = this.empty;
    const otid = crypto.randomUUID();
    this.projection.addUser({ kind: 'user', id: otid, text, date: new Date().toISOString() });
    this.begin({ kind: 'message', text, reminders, otid });
    if (first) {
      this.title = await this.backend.titleFor(this.threadId, text);
      this.outbox.push({ op: 'title', title: this.title });
      this.backend.changed(this);
    }
  }

  /** Goes on with an interrupted answer, or repeats a failed step. */
  resume(kind: 'continue' | 'retry'): void {
    this.refuseWhileRunning();
    this.begin({ kind });
  }

  /** Resolves once the server has said that the run is cancelled. */
  async stop(): Promise<void> {
    this.abort?.abort();
    for (const id of [...this.waiting.keys()]) this.decide(id, 'deny');
    await this.turn;
  }

  /** @returns false when no such approval waits here. */
  decide(approvalId: string, answer: Answer): boolean {
    const waiting = this.waiting.get(approvalId);
    if (!waiting) return false;
    this.waiting.delete(approvalId);
    this.pushApprovals();
    waiting.settle(answer);
    return true;
  }

  retitle(title: string): void {
    this.title = title;
    this.push({ op: 'title', title });
  }

  get pinned(): boolean {
    return this.pin !== undefined;
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

  /** A message of the person. @throws Error saying what to do */
  question(itemId: string): UserItem {
    const item = this.projection.items.find(({ id }) => id === itemId);
    if (item?.kind !== 'user') throw new Error('This message is no longer shown. Open its thread again.');
    return item;
  }

  /** Lets a running turn go without cancelling it: the server keeps what came of it. */
  dispose(): void {
    this.abort?.abort(SHUTDOWN);
    this.outbox.dispose();
  }

  private refuseWhileRunning(): void {
    if (this.running) throw new Error('The agent is still answering here. Stop it first, or wait until it is done.');
  }

  private begin(start: TurnStart): void {
    const abort = new AbortController();
    this.abort = abort;
    // The ids that a reload will give the same items, so that the view does not jump.
    const answerId = answerIdFor(start.kind === 'message' ? (start.otid ?? '') : crypto.randomUUID());
    this.projection.beginAnswer(answerId, new Date().toISOString(), start.kind !== 'message');
    this.push({ op: 'running', running: true });
    const ask = (view: ApprovalView, signal: AbortSignal) => this.ask(view, signal);
    this.turn = this.backend
      .run(this.threadId, start, ask, abort.signal, (event) => this.projection.apply(event))
      .then(
        () => {},
        (error: unknown) => {
          // runTurn reports failures as an outcome; what lands here is a bug, and must not leave a spinner for ever.
          const message = error instanceof Error ? error.message : String(error);
          const failure = { message, hint: 'See Letta: Show Log. Your message is kept.', retry: true };
          this.projection.apply({ type: 'ended', outcome: { kind: 'failed', failure } });
        },
      )
      .finally(() => {
        this.turn = undefined;
        this.abort = undefined;
        this.waiting.clear();
        this.pushApprovals();
        this.push({ op: 'running', running: false });
        this.outbox.flush();
        this.backend.changed(this);
      });
    this.backend.changed(this);
  }

  private ask(view: ApprovalView, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve('deny');
      const onAbort = () => this.decide(view.id, 'deny');
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.set(view.id, {
        view,
        settle: (answer) => {
          signal.removeEventListener('abort', onAbort);
          resolve(answer);
        },
      });
      this.pushApprovals();
      this.backend.changed(this);
    });
  }

  private pushApprovals(): void {
    this.push({ op: 'approvals', approvals: this.approvals });
  }

  private push(op: PatchOp): void {
    this.outbox.push(op);
  }
}
