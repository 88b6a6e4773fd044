// A turn: a message out, the stream in, tool calls answered, until the agent is done. Never throws, never leaves a
// conversation waiting for results that nobody will send.
import { randomUUID } from 'node:crypto';
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { LettaError } from '../letta/errors.ts';
import { lastRun, pendingCalls } from '../letta/history.ts';
import { ownTool } from '../letta/own-tools.ts';
import { reminder } from '../letta/reminders.ts';
import { attach, inBody, type SendBody } from '../letta/stream.ts';
import { t } from '../protocol/l10n.ts';
import { type CallDeps, type CallMode, CallRunner } from './calls.ts';
import type { MemoryContext, Notice } from './context.ts';
import { Delivery } from './delivery.ts';
import { describeWith, parseArguments } from './describe.ts';
import { COMPACTED, SHUTDOWN, type TurnEvent, type TurnOutcome, type TurnStart } from './events.ts';
import type { Journal, ThreadJournal } from './journal.ts';
import { JournalError } from './journal.ts';
import type { Answer } from './journal-records.ts';
import type { Call } from './memory-calls.ts';
import type { Outgoing } from './outgoing.ts';
import { asPinned, type Pinned, readPinned } from './pinned.ts';
import { PinError, type Pins } from './pins.ts';
import { type ClientSkill, composeBody } from './request.ts';
import { Seen } from './seen.ts';
import { type StepDeps, type StepEnd, StepReader } from './step.ts';
import { type News, Telling } from './telling.ts';
import type { ThreadNote, ThreadNotes } from './thread-notes.ts';
import { type MessageStart, noteMessage, partsOf, picturesOf, sourcesOfMessage, unheard } from './turn-message.ts';
import { failureOf, outcomeOf, wentThrough } from './turn-outcome.ts';

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
  /** What happened behind the thread's turns, each told once. */
  news?(threadId: string): News[];
  /** The agent files what waits in `inbox` behind this turn; absent: it is not asked to. */
  files?: boolean;
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
        ? pinning.then((pinned) => (pinned ? asPinned(pinned) : deps.context.notice(agentId, threadId, deps.files)))
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
    outcome = await new Turn(deps, request, sink, { journal, note, pinned, notice }).run();
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

async function openJournal(journal: Journal, threadId: string): Promise<ThreadJournal> {
  try {
    return await journal.open(threadId);
  } catch (error) {
    throw new JournalError(threadId, error);
  }
}

/** What a turn begins with. */
type First = Outgoing | { runId: string };

/** What was read of the thread while the turn began. */
interface Opened {
  journal: ThreadJournal;
  note: ThreadNote | undefined;
  pinned: Pinned | undefined;
  /** The notice of a new message, being read already. */
  notice: Promise<Notice> | undefined;
}

class Turn {
  private readonly deps: TurnDeps;
  private readonly request: TurnRequest;
  private readonly sink: (event: TurnEvent) => void;
  private readonly signal: AbortSignal;
  private readonly pinned: Pinned | undefined;
  private readonly journal: ThreadJournal;
  private readonly reader: StepReader;
  private readonly seen: Seen;
  private readonly runner: CallRunner;
  private readonly telling: Telling;
  private readonly delivery: Delivery;
  private skills: readonly ClientSkill[] = [];

  constructor(given: TurnDeps, request: TurnRequest, sink: (event: TurnEvent) => void, opened: Opened) {
    const { journal, note, pinned } = opened;
    const deps = pinned ? { ...given, tools: [...given.tools, ...pinned.memory.tools] } : given;
    const { agentId, threadId, signal } = request;
    const { connection, tools, context } = deps;
    this.deps = deps;
    this.pinned = pinned;
    this.journal = journal;
    this.request = request;
    this.sink = sink;
    this.signal = signal;
    this.reader = new StepReader(this.stepDeps(note));
    const trusted = () => deps.trusted?.() ?? true;
    this.seen = new Seen({ connection, agentId, threadId, tools, trusted }, deps.journal, journal);
    const blockValue = async (label: string) =>
      (await connection.client.agents.blocks.retrieve(label, { agent_id: agentId })).value;
    this.runner = new CallRunner(
      {
        ...deps,
        blockValue,
        ownTool: (name) => ownTool(connection, name),
        pinned: pinned !== undefined,
        ...(note ? { attempts: note.attempts } : {}),
      },
      threadId,
      journal,
      this.seen,
      signal,
      (part) => this.reader.put(part),
    );
    this.telling = new Telling({
      notice: async () => opened.notice ?? (pinned ? asPinned(pinned) : context.notice(agentId, threadId, deps.files)),
      news: () => deps.news?.(threadId) ?? [],
      note,
      given: (blocks, otid) => this.tellGiven(blocks, otid),
    });
    this.delivery = new Delivery({
      connection,
      agentId,
      threadId,
      journal,
      signal,
      body: (outgoing) => this.body(outgoing),
      read: (source) => this.reader.read(source),
      settle: (calls) => this.answer(calls, 'settle'),
      stored: (messages) => this.seen.stored(messages),
      busyMs: deps.timing?.busyMs,
    });
  }

  private stepDeps(note: ThreadNote | undefined): StepDeps {
    const { tools, context, timing } = this.deps;
    return {
      describe: describeWith(tools),
      sink: (event) => {
        if (event.type === 'notice' && event.text === COMPACTED) note?.compacted();
        this.sink(event);
      },
      signal: this.signal,
      cancel: () => this.cancel(),
      memoryDone: async (call, asked) => {
        const parsed = parseArguments(call.arguments);
        if (parsed.ok) await context.applied(this.request.threadId, call.name, parsed.value);
        return asked ? undefined : this.runner.memory.judgeAfterwards(call);
      },
      begun: () => this.seen.look(),
      returned: async (tool) => {
        if (!tools.some(({ name }) => name === tool)) await this.seen.returned(tool);
      },
      ...(timing ? { timing } : {}),
    };
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
    let next: Outgoing = {};
    const most = this.deps.rounds ?? MAX_ROUNDS;
    for (let round = 0; round < most; round++) {
      if (this.signal.aborted) return this.broken();
      const attached = round === 0 && 'runId' in first;
      if (round === 0 && !('runId' in first)) next = first;
      const { sources } = this.telling;
      if (sources.length > 0) await this.seen.note(sources);
      this.seen.sends(next);
      const end = attached
        ? await this.reader.read(attach(this.deps.connection, first.runId))
        : await this.delivery.deliver(next);
      await this.noteStep(end, attached ? {} : next);
      // What a run that was begun elsewhere brings is looked at as what is stored.
      if (!attached && wentThrough(end)) await this.seen.passed(end.last);
      const outcome = outcomeOf(end, attached, (text) => this.sink({ type: 'notice', text }));
      if (outcome) return this.signal.aborted && outcome.kind !== 'done' ? this.broken() : outcome;
      const calls = !end.incomplete && end.calls.length > 0 ? end.calls : await this.delivery.pending();
      if (calls.length === 0) return { kind: 'done' };
      if (this.signal.aborted) return this.broken();
      const answers = await this.answer(calls, 'run');
      if (this.signal.aborted) return this.broken();
      next = { approvals: { otid: randomUUID(), answers }, ...this.telling.meanwhile() };
    }
    this.sink({ type: 'notice', text: t('Paused after {0} rounds of tool calls. Continue goes on.', most) });
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
    // The text is noted before anything can fail, the reading of memory included: no kill loses it.
    await noteMessage(this.journal, start, otid);
    await this.seen.note(sourcesOfMessage({ parts, sources: start.sources }));
    const pending = doubtful ? await this.delivery.settlePending([]) : undefined;
    await this.telling.readNotice();
    return {
      user: this.telling.with({ otid, parts, ...picturesOf(start) }),
      ...(pending ? { approvals: pending } : {}),
    };
  }

  /** Goes on with what is there: a run that still goes, calls that wait, a message nobody answered, else a nudge. */
  private async resume(nudge: string): Promise<First> {
    const { connection } = this.deps;
    const { agentId, threadId } = this.request;
    const [run, messages] = await Promise.all([lastRun(connection, agentId, threadId), this.delivery.recent()]);
    await this.seen.stored(messages);
    if (run && (run.status === 'running' || run.status === 'created')) return { runId: run.id };
    const { outgoing } = this.journal.view;
    const open = outgoing && !outgoing.answered ? outgoing : undefined;
    if (open) await this.seen.note(sourcesOfMessage(open));
    const message = open && (await unheard(this.journal, messages, open));
    const pending = pendingCalls(messages);
    if (pending.length === 0) await this.delivery.markSent();
    if (message || pending.length === 0) await this.telling.readNotice();
    const user = message ? { user: this.telling.with(message) } : {};
    if (pending.length > 0) {
      const answers = await this.answer(pending, 'run');
      return { approvals: { otid: randomUUID(), answers }, ...user };
    }
    return message ? user : { user: this.telling.with({ otid: randomUUID(), parts: [reminder(nudge)] }) };
  }

  private async readSkills(): Promise<readonly ClientSkill[]> {
    try {
      return await this.deps.skills();
    } catch (error) {
      this.deps.log?.(`Skills could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  // ── a step ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private body(outgoing: Parameters<typeof composeBody>[0]): SendBody {
    const body = composeBody(outgoing, this.deps.tools, this.skills, this.deps.model);
    return this.pinned?.memory.over(body, this.skills) ?? body;
  }

  private answer(calls: readonly Call[], mode: CallMode): Promise<Answer[]> {
    for (const call of calls) this.reader.know(call);
    return this.runner.answer(calls, mode);
  }

  private async cancel(): Promise<void> {
    const { agentId, threadId } = this.request;
    await this.deps.connection.client.conversations.cancel(threadId, inBody(agentId, threadId), ONCE);
  }

  private async noteStep(end: StepEnd, sent: Outgoing): Promise<void> {
    if (!wentThrough(end)) return;
    const callIds = sent.approvals?.answers.map((a) => a.tool_call_id) ?? [];
    const { outgoing } = this.journal.view;
    const answered = outgoing && !outgoing.answered ? outgoing.otid : undefined;
    this.telling.arrived(sent.user);
    await this.journal.append(
      ...(callIds.length > 0 ? [{ kind: 'sent' as const, callIds }] : []),
      ...(answered ? [{ kind: 'answered' as const, otid: answered }] : []),
    );
  }

  private tellGiven(known: Notice['blocks'], sentAs: string): void {
    const blocks = known.map(({ id, label, value }) => ({ id, label, value }));
    const { start } = this.request;
    // Sent again under another name, it stands in the view under the first one.
    const first = start.kind === 'message' ? start.otid : undefined;
    this.sink({ type: 'given', given: { messageIds: first && first !== sentAs ? [sentAs, first] : [sentAs], blocks } });
  }

  /** The signal was aborted: by the person, or because the host goes away. */
  private async broken(): Promise<TurnOutcome> {
    if (this.signal.reason === SHUTDOWN) return { kind: 'interrupted' };
    // Only a hint for the next turn, which asks the server anyway when it is refused.
    await this.journal.append({ kind: 'stopped' }).catch((error: Error) => this.deps.log?.(error.message));
    return { kind: 'stopped' };
  }
}
