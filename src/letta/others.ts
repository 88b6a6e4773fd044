// What is done in other windows: heard of by the events of a shared database, elsewhere by looking at the shown threads.
import * as z from 'zod/mini';
import { type Connection, ONCE, sharesDatabase } from './connection.ts';
import { lastRun } from './history.ts';
import { pause } from './stream.ts';

/** One change by another window or program; `subject` is the id of what changed. */
const EventSchema = z.object({
  kind: z.string(),
  agent_id: z.nullable(z.string()),
  conversation_id: z.nullable(z.string()),
  subject: z.string(),
});
export type OthersEvent = z.infer<typeof EventSchema>;
const AnswerSchema = z.object({ events: z.array(EventSchema), last: z.number() });

export interface OthersDeps {
  connection: Connection;
  agentId: string;
  /** Threads that a person sees now. */
  shown(): readonly string[];
  /** This window works on it, and knows what it does. */
  working(threadId: string): boolean;
  heard(events: readonly OthersEvent[]): void;
  /** Whether the home answers; told again and again. */
  reachable(is: boolean): void;
  log(line: string): void;
  timing?: { waitMs?: number; seenMs?: number; hiddenMs?: number };
}

/** Milliseconds for which the server holds a question that has no answer yet. */
const WAIT_MS = 10_000;
/** Milliseconds between two looks while something is shown: a change shall be seen within a second. */
const SEEN_MS = 750;
/** And while nothing is. */
const HIDDEN_MS = 2_000;

const HEALTH_MS = 5_000;

const goes = (status: string): boolean => status === 'running' || status === 'created';

export class Others {
  private readonly deps: OthersDeps;
  private readonly closed = new AbortController();
  /** Ends a pause. */
  private awake = new AbortController();
  /** The newest run of each shown thread, as last seen. */
  private runs = new Map<string, string | null>();

  constructor(deps: OthersDeps) {
    this.deps = deps;
    void (sharesDatabase(deps.connection) ? this.follow() : this.look());
  }

  /** Something is shown that was not: no more waiting. */
  wake(): void {
    this.awake.abort();
  }

  dispose(): void {
    this.closed.abort();
    this.awake.abort();
  }

  /** Tells other windows how much waits for review. What cannot be told is seen when they look. */
  tellReviews(waiting: number): void {
    const { connection, agentId, log } = this.deps;
    if (!sharesDatabase(connection)) return;
    const body = { kind: 'reviews.changed', agent_id: agentId, waiting };
    connection.client.post('/v1/events', { body, ...ONCE }).catch((error: unknown) => log(`Events: ${String(error)}`));
  }

  private async follow(): Promise<void> {
    const { connection, agentId, shown, heard, log, timing = {} } = this.deps;
    let after: number | undefined;
    while (!this.closed.signal.aborted) {
      const watched = shown().length > 0;
      try {
        const query = { ...(after === undefined ? {} : { after }), wait: watched ? (timing.waitMs ?? WAIT_MS) : 0 };
        const signal = this.closed.signal;
        const answer = AnswerSchema.parse(await connection.client.get('/v1/events', { query, signal, ...ONCE }));
        after = answer.last;
        const events = answer.events.filter(({ agent_id }) => agent_id === null || agent_id === agentId);
        if (events.length > 0) heard(events);
        if (watched) continue;
      } catch (error) {
        if (this.closed.signal.aborted) return;
        log(`What other windows do cannot be followed now: ${String(error)}`);
      }
      await this.rest(timing.hiddenMs ?? HIDDEN_MS);
    }
  }

  private async look(): Promise<void> {
    const { shown, timing = {} } = this.deps;
    while (!this.closed.signal.aborted) {
      const threads = shown();
      await Promise.all(threads.map((threadId) => this.lookAt(threadId)));
      this.runs = new Map([...this.runs].filter(([threadId]) => threads.includes(threadId)));
      await this.rest(threads.length > 0 ? (timing.seenMs ?? SEEN_MS) : (timing.hiddenMs ?? HIDDEN_MS));
    }
  }

  private async lookAt(threadId: string): Promise<void> {
    const { connection, agentId, working, heard, reachable } = this.deps;
    const own = working(threadId);
    const run = await lastRun(connection, agentId, threadId);
    // No run: it may be no answer.
    const answers = run ? Promise.resolve() : connection.client.get('/v1/health/', { ...ONCE, timeout: HEALTH_MS });
    await answers.then(
      () => reachable(true),
      () => this.closed.signal.aborted || reachable(false),
    );
    const known = this.runs.get(threadId);
    this.runs.set(threadId, run?.id ?? null);
    if (own || working(threadId)) this.runs.delete(threadId);
    else if (run && run.id !== known && (known !== undefined || goes(run.status)) && !this.closed.signal.aborted)
      heard([{ kind: 'run.started', agent_id: agentId, conversation_id: threadId, subject: run.id }]);
  }

  private async rest(ms: number): Promise<void> {
    await pause(ms, this.awake.signal);
    if (!this.closed.signal.aborted) this.awake = new AbortController();
  }
}
