// A turn: a message out, the stream in, tool calls answered, until the agent is done. Never throws, never leaves a
// conversation waiting for results that nobody will send.
import { randomUUID } from 'node:crypto';
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { errorFromStopReason, LettaError, toFailure } from '../letta/errors.ts';
import { lastRun, pendingCalls, readHistory } from '../letta/history.ts';
import { reminder } from '../letta/reminders.ts';
import { attach, inBody, pause, type RunSource, send } from '../letta/stream.ts';
import type { WireEvent } from '../letta/wire.ts';
import type { MemorySource } from '../protocol/sources.ts';
import { type CallDeps, type CallMode, CallRunner } from './calls.ts';
import type { MemoryContext, Notice } from './context.ts';
import { describeWith, parseArguments } from './describe.ts';
import { COMPACTED, SHUTDOWN, type TurnEvent, type TurnOutcome, type TurnStart } from './events.ts';
import type { Answer, Journal, Outgoing as JournaledMessage, ThreadJournal } from './journal.ts';
import { JournalError } from './journal.ts';
import type { Call } from './memory-calls.ts';
import { asPinned, type Pinned, readPinned } from './pinned.ts';
import { PinError, type Pins } from './pins.ts';
import { reachOf } from './reach.ts';
import { type ClientSkill, composeBody, type Outgoing, type UserMessage } from './request.ts';
import { Seen } from './seen.ts';
import { type StepEnd, StepReader } from './step.ts';
import type { ThreadNote, ThreadNotes } from './thread-notes.ts';
import { refusedPictures, wireAnswers } from './wire-answers.ts';

export { SHUTDOWN };

export interface TurnDeps extends Omit<CallDeps, 'blockValue' | 'pinned'> {
  connection: Connection;
  journal: Journal;
  context: MemoryContext;
  /** Threads with pinned memory; absent: there are none. */
  pins?: Pick<Pins, 'read'>;
  /** What threads are told again when their older messages were summarised; absent: nothing. */
  notes?: Pick<ThreadNotes, 'open'>;
  /** Whether the person trusts the workspace now; absent: they do. */
  trusted?(): boolean;
  /** The skills offered to the model. */
  skills(): readonly ClientSkill[] | Promise<readonly ClientSkill[]>;
  /** What happened behind the thread's turns, each told once: `told` is called when the agent has it for good. */
  news?(threadId: string): { text: string; told(): void }[];
  /** A model for this turn only; absent: the thread's or the agent's own. */
  model?: string;
  /** Rounds of tool calls before the turn pauses. */
  rounds?: number;
  /** Milliseconds; for tests. */
  timing?: { idleMs?: number; retryMs?: number; stopMs?: number; busyMs?: number };
}

export interface TurnRequest {
  agentId: string;
  threadId: string;
  start: TurnStart;
  /**
   * Aborted: the run is cancelled on the server and the turn ends as `stopped`. Aborted with the reason `SHUTDOWN`:
   * the connection is let go, the run goes its way, the turn ends as `interrupted`.
   */
  signal: AbortSignal;
}

/** Rounds of tool calls in one turn before a person is asked whether it shall go on. */
const MAX_ROUNDS = 200;
/** Times a refused request is mended and sent again. */
const MAX_MENDS = 2;
const MAX_BUSY = 4;
const BUSY_MS = 300;
const RECENT = 20;

const GO_ON =
  'Your answer was interrupted. Go on exactly where it stopped: do not greet, do not repeat what you have written, and do not redo tool calls that were done. If nothing is left to do, say so in one sentence.';
const TRY_AGAIN =
  'Your last step failed before you could finish. Go on from where you were: do not repeat what you have written, and do not redo tool calls that were done.';

/** Runs one turn to its end. Everything that happens is told to `sink`, the outcome last; it never rejects. */
export async function runTurn(
  deps: TurnDeps,
  request: TurnRequest,
  sink: (event: TurnEvent) => void,
): Promise<TurnOutcome> {
  let outcome: TurnOutcome;
  try {
    // Both at once: nothing should stand between the person and the model.
    const { agentId, threadId, start } = request;
    const pinning = readPinned(deps, agentId, threadId);
    const notice =
      start.kind === 'message'
        ? pinning.then((pinned) => (pinned ? asPinned(pinned) : deps.context.notice(agentId, threadId)))
        : undefined;
    notice?.catch(() => {});
    const [journal, note] = await Promise.all([
      openJournal(deps.journal, threadId),
      deps.notes?.open(threadId),
      pinning.catch(() => {}),
    ]);
    if (start.kind === 'message') note?.attempts.spoken();
    const pinned = await pinning.catch(async (error: unknown) => {
      if (start.kind === 'message') await noteMessage(journal, start, start.otid ?? randomUUID());
      throw error;
    });
    outcome = await new Turn(deps, request, sink, journal, notice, pinned, note).run();
    if (note && note.attempts.list.length > 0) note.changed();
  } catch (error) {
    outcome = { kind: 'failed', failure: failureOf(error) };
    if (!(error instanceof LettaError) && !(error instanceof JournalError) && !(error instanceof PinError)) {
      deps.log?.(`Turn failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  sink({ type: 'ended', outcome });
  return outcome;
}

type MessageStart = Extract<TurnStart, { kind: 'message' }>;

const partsOf = ({ reminders, text }: MessageStart): string[] => [...reminders.map(reminder), text];

/** @throws JournalError */
async function noteMessage(journal: ThreadJournal, start: MessageStart, otid: string): Promise<void> {
  const sources = start.sources ? { sources: [...start.sources] } : {};
  const at = new Date().toISOString();
  await journal.append({ kind: 'message', at, otid, text: start.text, parts: partsOf(start), ...sources });
}

async function openJournal(journal: Journal, threadId: string): Promise<ThreadJournal> {
  try {
    return await journal.open(threadId);
  } catch (error) {
    throw new JournalError(threadId, error);
  }
}

const failureOf = (error: unknown) =>
  error instanceof PinError
    ? { message: error.message, hint: 'Unpin memory in this thread, or pin it again, then retry.', retry: true }
    : error instanceof JournalError
      ? { message: error.message, hint: 'Make room on the disk or allow writing there, then retry.', retry: true }
      : toFailure(error);

/** What a turn begins with. */
type First = Outgoing | { runId: string } | { outcome: TurnOutcome };

class Turn {
  private readonly deps: TurnDeps;
  private readonly request: TurnRequest;
  private readonly sink: (event: TurnEvent) => void;
  private readonly signal: AbortSignal;
  private readonly reader: StepReader;
  private readonly journal: ThreadJournal;
  private readonly seen: Seen;
  private readonly runner: CallRunner;
  private readonly early: Promise<Notice> | undefined;
  private readonly pinned: Pinned | undefined;
  private readonly note: ThreadNote | undefined;
  private notice: Notice | undefined;
  /** What goes out next tells what was summarised away. */
  private told = false;
  private skills: readonly ClientSkill[] = [];
  /** The server takes no pictures, or its model takes none. */
  private blind = false;
  private news: readonly { text: string; told(): void }[] = [];

  /** `early`: the notice of a new message, being read already. */
  constructor(
    given: TurnDeps,
    request: TurnRequest,
    sink: (event: TurnEvent) => void,
    journal: ThreadJournal,
    early: Promise<Notice> | undefined,
    pinned: Pinned | undefined,
    note: ThreadNote | undefined,
  ) {
    const deps = pinned ? { ...given, tools: [...given.tools, ...pinned.memory.tools] } : given;
    this.deps = deps;
    this.pinned = pinned;
    this.note = note;
    this.journal = journal;
    this.early = early;
    this.request = request;
    this.sink = sink;
    this.signal = request.signal;
    this.reader = new StepReader({
      describe: describeWith(deps.tools),
      sink: (event) => {
        if (event.type === 'notice' && event.text === COMPACTED) note?.compacted();
        sink(event);
      },
      signal: this.signal,
      cancel: () => this.cancel(),
      memoryDone: async (call, asked) => {
        const parsed = parseArguments(call.arguments);
        if (parsed.ok) await deps.context.applied(request.threadId, call.name, parsed.value);
        return asked ? undefined : this.runner.memory.judgeAfterwards(call);
      },
      returned: async (tool) => {
        if (!deps.tools.some(({ name }) => name === tool)) await this.seen.returned(tool);
      },
      ...(deps.timing ? { timing: deps.timing } : {}),
    });
    const { agentId, threadId } = request;
    const trusted = () => deps.trusted?.() ?? true;
    const { connection, tools } = deps;
    this.seen = new Seen({ connection, agentId, threadId, tools, trusted }, deps.journal, journal);
    const blockValue = async (label: string) =>
      (await deps.connection.client.agents.blocks.retrieve(label, { agent_id: agentId })).value;
    this.runner = new CallRunner(
      { ...deps, blockValue, pinned: pinned !== undefined, ...(note ? { attempts: note.attempts } : {}) },
      threadId,
      journal,
      this.seen,
      this.signal,
      (part) => this.reader.put(part),
    );
  }

  async run(): Promise<TurnOutcome> {
    try {
      return await this.rounds();
    } finally {
      this.reader.closeOpenParts();
      await this.deps.context.touch(this.request.threadId);
    }
  }

  private async rounds(): Promise<TurnOutcome> {
    const [first, skills] = await Promise.all([this.first(), this.readSkills()]);
    this.skills = skills;
    await this.seen.offered(skills);
    if ('outcome' in first) return first.outcome;
    let next: Outgoing = {};
    const most = this.deps.rounds ?? MAX_ROUNDS;
    for (let round = 0; round < most; round++) {
      if (this.signal.aborted) return this.broken();
      const attached = round === 0 && 'runId' in first;
      if (round === 0 && !('runId' in first)) next = first;
      const end = attached
        ? await this.reader.read(attach(this.deps.connection, first.runId))
        : await this.deliver(next);
      await this.noteStep(end, attached ? {} : next);
      const outcome = this.outcomeOf(end, attached);
      if (outcome) return this.signal.aborted && outcome.kind !== 'done' ? this.broken() : outcome;
      const calls = await this.callsOf(end);
      if (calls.length === 0) return { kind: 'done' };
      if (this.signal.aborted) return this.broken();
      const answers = await this.answer(calls, 'run');
      if (this.signal.aborted) return this.broken();
      next = { approvals: { otid: randomUUID(), answers }, ...this.toldAgain() };
    }
    this.sink({ type: 'notice', text: `Paused after ${most} rounds of tool calls. Continue goes on.` });
    return { kind: 'interrupted' };
  }

  // ── how a turn begins ────────────────────────────────────────────────────────────────────────────────────────────

  private first(): Promise<First> {
    const { start } = this.request;
    switch (start.kind) {
      case 'message':
        return this.firstMessage(start);
      case 'attach':
        return Promise.resolve({ runId: start.runId });
      case 'continue':
        return this.resume(GO_ON);
      case 'retry':
        return this.resume(TRY_AGAIN);
    }
  }

  private async firstMessage(start: MessageStart): Promise<Outgoing> {
    const otid = start.otid ?? randomUUID();
    const parts = partsOf(start);
    const doubtful = this.journal.view.unsent || this.journal.view.stopped;
    // Read beside the writing; only the first turn of a thread has to.
    const begun = this.seen.begin();
    begun.catch(() => {});
    // The text is on disk before anything can fail, the reading of memory included.
    await noteMessage(this.journal, start, otid);
    await begun;
    await this.seen.note(sourcesOfMessage({ parts, sources: start.sources }));
    const pending = doubtful ? await this.settlePending([]) : undefined;
    await this.readNotice();
    return { user: this.withNotice({ otid, parts }), ...(pending ? { approvals: pending } : {}) };
  }

  /** Goes on with what is there: a run that still goes, calls that wait, a message nobody answered, else a nudge. */
  private async resume(nudge: string): Promise<First> {
    const { connection } = this.deps;
    const { agentId, threadId } = this.request;
    const [run, page] = await Promise.all([
      lastRun(connection, agentId, threadId),
      readHistory(connection, agentId, threadId, { limit: RECENT }),
    ]);
    await this.seen.begin();
    await this.seen.stored(page.messages);
    if (run && (run.status === 'running' || run.status === 'created')) return { runId: run.id };
    const { outgoing } = this.journal.view;
    if (outgoing && !outgoing.answered) await this.seen.note(sourcesOfMessage(outgoing));
    const unheard = outgoing && !outgoing.answered ? await this.unheard(page.messages, outgoing) : undefined;
    const pending = pendingCalls(page.messages);
    if (pending.length === 0) await this.markSent();
    if (unheard || pending.length === 0) await this.readNotice();
    const user = unheard ? { user: this.withNotice(unheard) } : {};
    if (pending.length > 0) {
      const answers = await this.answer(pending, 'run');
      return { approvals: { otid: randomUUID(), answers }, ...user };
    }
    return unheard ? user : { user: this.withNotice({ otid: randomUUID(), parts: [reminder(nudge)] }) };
  }

  /** The last message, if nothing came of it. */
  private async unheard(
    messages: readonly WireEvent[],
    { text, otid, parts, sources }: JournaledMessage,
  ): Promise<UserMessage | undefined> {
    switch (reachOf(messages, { text, otid })) {
      case 'answered':
        return undefined;
      case 'stored':
        return { otid, parts };
      case 'missing': {
        // Under its old name some servers would answer with the failed run once more.
        const fresh = randomUUID();
        await this.journal.append({
          kind: 'message',
          at: new Date().toISOString(),
          otid: fresh,
          text,
          parts,
          ...(sources ? { sources } : {}),
        });
        return { otid: fresh, parts };
      }
    }
  }

  private async readNotice(): Promise<void> {
    const { agentId, threadId } = this.request;
    const read = () => (this.pinned ? asPinned(this.pinned) : this.deps.context.notice(agentId, threadId));
    this.notice = await (this.early ?? read());
  }

  private withNotice({ otid, parts }: UserMessage): UserMessage {
    const text = this.notice?.text;
    const added = [...this.takeNews(), text, this.again()].flatMap((each) => (each ? [reminder(each)] : []));
    return { otid, parts: [...parts.slice(0, -1), ...added, ...parts.slice(-1)] };
  }

  /** In the middle of an answer: what happened meanwhile, and what was summarised away. */
  private toldAgain(): { user?: UserMessage } {
    const added = [...this.takeNews(), this.again()].flatMap((each) => (each ? [reminder(each)] : []));
    return added.length > 0 ? { user: { otid: randomUUID(), parts: added } } : {};
  }

  private again(): string | null {
    const text = this.note?.reminder() ?? null;
    this.told ||= text !== null;
    return text;
  }

  private takeNews(): string[] {
    this.news = this.deps.news?.(this.request.threadId) ?? [];
    return this.news.map(({ text }) => text);
  }

  private async readSkills(): Promise<readonly ClientSkill[]> {
    try {
      return await this.deps.skills();
    } catch (error) {
      this.deps.log?.(`Skills could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends, and mends what a server refuses: each kind of refusal a few times, then the refusal is the outcome. */
  private async deliver(first: Outgoing): Promise<StepEnd> {
    let outgoing = first;
    let mends = 0;
    let busy = 0;
    for (;;) {
      const end = await this.reader.read(await this.source(outgoing));
      const reason = end.begun || this.signal.aborted ? undefined : end.error?.reason;
      if (reason === 'busy' && busy++ < MAX_BUSY) {
        await pause((this.deps.timing?.busyMs ?? BUSY_MS) * 2 ** busy, this.signal);
        continue;
      }
      if (!this.blind && !this.signal.aborted && refusedPictures(outgoing.approvals?.answers, end)) {
        this.blind = true;
        // Under its old name some servers would answer with the failed run once more.
        outgoing = { ...outgoing, approvals: { otid: randomUUID(), answers: outgoing.approvals?.answers ?? [] } };
        continue;
      }
      const mendable = reason === 'pending_approval' || reason === 'wrong_approval_ids' || reason === 'nothing_pending';
      if (!mendable || mends++ >= MAX_MENDS) return end;
      const approvals =
        reason === 'nothing_pending' ? undefined : await this.settlePending(outgoing.approvals?.answers ?? []);
      const { user } = outgoing;
      if (!approvals && !user) return { ...end, error: undefined, reason: 'nothing_pending' };
      outgoing = { ...(approvals ? { approvals } : {}), ...(user ? { user } : {}) };
    }
  }

  private async source({ approvals, user }: Outgoing): Promise<RunSource> {
    const { connection, tools, model } = this.deps;
    const { agentId, threadId } = this.request;
    const otid = approvals?.otid ?? user?.otid ?? randomUUID();
    const wired = approvals && { ...approvals, answers: await wireAnswers(approvals.answers, !this.blind) };
    const outgoing = { ...(wired ? { approvals: wired } : {}), ...(user ? { user } : {}) };
    const body = composeBody(outgoing, tools, this.skills, model);
    return send(connection, agentId, threadId, otid, this.pinned?.memory.over(body, this.skills) ?? body);
  }

  /**
   * Answers for exactly the calls the server waits for: those at hand, else settled by the journal. Undefined when it
   * waits for none.
   */
  private async settlePending(have: readonly Answer[]): Promise<Outgoing['approvals']> {
    const { agentId, threadId } = this.request;
    const page = await readHistory(this.deps.connection, agentId, threadId, { limit: RECENT });
    await this.seen.stored(page.messages);
    const pending = pendingCalls(page.messages);
    if (pending.length === 0) {
      await this.markSent();
      return undefined;
    }
    const known = new Map(have.map((answer) => [answer.tool_call_id, answer]));
    const missing = pending.filter((call) => !known.has(call.callId));
    for (const answer of await this.answer(missing, 'settle')) known.set(answer.tool_call_id, answer);
    const answers = pending.flatMap((call) => known.get(call.callId) ?? []);
    return { otid: randomUUID(), answers };
  }

  private answer(calls: readonly Call[], mode: CallMode): Promise<Answer[]> {
    for (const call of calls) this.reader.know(call);
    return this.runner.answer(calls, mode);
  }

  /** The server waits for nothing: what the journal still held as not sent is settled. */
  private async markSent(): Promise<void> {
    const callIds = [...this.journal.view.calls].filter(([, entry]) => !entry.sent).map(([callId]) => callId);
    if (callIds.length > 0) await this.journal.append({ kind: 'sent', callIds });
  }

  private async cancel(): Promise<void> {
    const { agentId, threadId } = this.request;
    await this.deps.connection.client.conversations.cancel(threadId, inBody(agentId, threadId), ONCE);
  }

  // ── what a step came to ──────────────────────────────────────────────────────────────────────────────────────────

  private async noteStep(end: StepEnd, sent: Outgoing): Promise<void> {
    if (end.error || end.reason === null || FAILURES.has(end.reason)) return;
    const callIds = sent.approvals?.answers.map((a) => a.tool_call_id) ?? [];
    const { outgoing } = this.journal.view;
    const answered = outgoing && !outgoing.answered ? outgoing.otid : undefined;
    if (sent.user) this.tellGiven(sent.user.otid);
    if (sent.user && this.told) this.note?.reminded();
    this.told = false;
    for (const { told } of this.news) told();
    this.news = [];
    await this.journal.append(
      ...(callIds.length > 0 ? [{ kind: 'sent' as const, callIds }] : []),
      ...(answered ? [{ kind: 'answered' as const, otid: answered }] : []),
    );
  }

  private tellGiven(sentAs: string): void {
    const { notice } = this;
    if (!notice) return;
    this.notice = undefined;
    notice.delivered();
    const blocks = notice.blocks.map(({ id, label, value }) => ({ id, label, value }));
    const { start } = this.request;
    // Sent again under another name, it stands in the view under the first one.
    const first = start.kind === 'message' ? start.otid : undefined;
    this.sink({ type: 'given', given: { messageIds: first && first !== sentAs ? [sentAs, first] : [sentAs], blocks } });
  }

  /** Undefined: there are tool calls to answer. */
  private outcomeOf(end: StepEnd, attached: boolean): TurnOutcome | undefined {
    if (end.error) {
      if (end.error.interrupted) return { kind: 'interrupted' };
      return { kind: 'failed', failure: toFailure(end.error) };
    }
    const asked = end.reason === 'requires_approval' || end.calls.length > 0;
    switch (end.reason) {
      case null:
      case 'nothing_pending':
        return { kind: 'interrupted' };
      case 'cancelled':
        return { kind: 'stopped' };
      case 'max_steps':
        this.sink({ type: 'notice', text: 'Paused: the server’s limit of steps was reached. Continue goes on.' });
        return { kind: 'interrupted' };
      case 'end_turn':
      case 'tool_rule':
      case 'requires_approval':
        // Who follows a run from outside does not know whether the one who began it is answering already.
        if (asked && attached) return { kind: 'interrupted' };
        return asked ? undefined : { kind: 'done' };
      default:
        return { kind: 'failed', failure: toFailure(errorFromStopReason(end.reason)) };
    }
  }

  private async callsOf(end: StepEnd): Promise<Call[]> {
    if (!end.incomplete && end.calls.length > 0) return end.calls;
    const { agentId, threadId } = this.request;
    const page = await readHistory(this.deps.connection, agentId, threadId, { limit: RECENT });
    await this.seen.stored(page.messages);
    return pendingCalls(page.messages);
  }

  /** The signal was aborted: by the person, or because the host goes away. */
  private async broken(): Promise<TurnOutcome> {
    if (this.signal.reason === SHUTDOWN) return { kind: 'interrupted' };
    // Only a hint for the next turn, which asks the server anyway when it is refused.
    await this.journal.append({ kind: 'stopped' }).catch((error: Error) => this.deps.log?.(error.message));
    return { kind: 'stopped' };
  }
}

/** Reminders hold what the editor shows, unless whoever sends them says otherwise. */
const sourcesOfMessage = (message: { parts: string[]; sources?: readonly MemorySource[] | undefined }) =>
  message.sources ?? (message.parts.length > 1 ? (['workspace'] as const) : []);

const FAILURES: ReadonlySet<string> = new Set(['error', 'cancelled', 'nothing_pending']);
