// Sends what a step says and mends what a server refuses: waits while it is busy, and answers exactly the calls it waits for.
import { randomUUID } from 'node:crypto';
import type { Connection } from '../letta/connection.ts';
import { pendingCalls, readHistory } from '../letta/history.ts';
import { pause, type RunSource, type SendBody, send } from '../letta/stream.ts';
import type { WireEvent } from '../letta/wire.ts';
import type { ThreadJournal } from './journal.ts';
import type { Answer } from './journal-records.ts';
import type { Call } from './memory-calls.ts';
import type { Outgoing } from './outgoing.ts';
import type { composeBody } from './request.ts';
import type { StepEnd } from './step.ts';
import { refusedPictures, wireAnswers, wireUser } from './wire-answers.ts';

/** Times a refused request is mended and sent again. */
const MAX_MENDS = 2;
const MAX_BUSY = 4;
const BUSY_MS = 300;
/** Newest messages that can hold what a server waits for. */
const RECENT = 20;

export interface DeliveryDeps {
  connection: Connection;
  agentId: string;
  threadId: string;
  journal: Pick<ThreadJournal, 'view' | 'append'>;
  signal: AbortSignal;
  body(outgoing: Parameters<typeof composeBody>[0]): SendBody;
  /** Follows a run to its end. */
  read(source: RunSource): Promise<StepEnd>;
  /** Answers that the journal has for these calls; none of them is run. */
  settle(calls: readonly Call[]): Promise<Answer[]>;
  /** Stored messages were read: what they show of what the agent has seen is to be noted. */
  stored(messages: readonly WireEvent[]): Promise<void>;
  /** The first wait for a busy server, in milliseconds; for tests. */
  busyMs?: number | undefined;
}

export class Delivery {
  private readonly deps: DeliveryDeps;
  /** The server takes no pictures, or its model takes none. */
  private blind = false;

  constructor(deps: DeliveryDeps) {
    this.deps = deps;
  }

  /** Each kind of refusal is mended a few times, then the refusal is the outcome. */
  async deliver(first: Outgoing): Promise<StepEnd> {
    const { signal, busyMs = BUSY_MS } = this.deps;
    let outgoing = first;
    let mends = 0;
    let busy = 0;
    for (;;) {
      const end = await this.deps.read(await this.source(outgoing));
      const reason = end.begun || signal.aborted ? undefined : end.error?.reason;
      if (reason === 'busy' && busy++ < MAX_BUSY) {
        await pause(busyMs * 2 ** busy, signal);
        continue;
      }
      if (!this.blind && !signal.aborted && refusedPictures(outgoing, end)) {
        this.blind = true;
        // Under its old name some servers would answer with the failed run once more.
        outgoing = renamed(outgoing);
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

  /**
   * Answers for exactly the calls the server waits for: those at hand, else settled by the journal. Undefined when it
   * waits for none.
   */
  async settlePending(have: readonly Answer[]): Promise<Outgoing['approvals']> {
    const pending = await this.pending();
    if (pending.length === 0) {
      await this.markSent();
      return undefined;
    }
    const known = new Map(have.map((answer) => [answer.tool_call_id, answer]));
    const missing = pending.filter((call) => !known.has(call.callId));
    for (const answer of await this.deps.settle(missing)) known.set(answer.tool_call_id, answer);
    const answers = pending.flatMap((call) => known.get(call.callId) ?? []);
    return { otid: randomUUID(), answers };
  }

  /** The newest stored messages, oldest first. */
  async recent(): Promise<readonly WireEvent[]> {
    const { connection, agentId, threadId } = this.deps;
    return (await readHistory(connection, agentId, threadId, { limit: RECENT })).messages;
  }

  /** The calls the server waits for. */
  async pending(): Promise<Call[]> {
    const messages = await this.recent();
    await this.deps.stored(messages);
    return pendingCalls(messages);
  }

  /** The server waits for nothing: what the journal still held as not sent is settled. */
  async markSent(): Promise<void> {
    const { journal } = this.deps;
    const callIds = [...journal.view.calls].filter(([, entry]) => !entry.sent).map(([callId]) => callId);
    if (callIds.length > 0) await journal.append({ kind: 'sent', callIds });
  }

  private async source({ approvals, user }: Outgoing): Promise<RunSource> {
    const { connection, agentId, threadId } = this.deps;
    const otid = approvals?.otid ?? user?.otid ?? randomUUID();
    const wired = approvals && { ...approvals, answers: await wireAnswers(approvals.answers, !this.blind) };
    const said = user && (await wireUser(user, !this.blind));
    const outgoing = { ...(wired ? { approvals: wired } : {}), ...(said ? { user: said } : {}) };
    return send(connection, agentId, threadId, otid, this.deps.body(outgoing));
  }
}

const renamed = ({ approvals, user }: Outgoing): Outgoing => ({
  ...(approvals ? { approvals: { ...approvals, otid: randomUUID() } } : {}),
  ...(user ? { user: { ...user, otid: randomUUID() } } : {}),
});
