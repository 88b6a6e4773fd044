// The append-only log by which processes that share the database learn of each other's changes.
import type { Database } from './database.ts';

export type EventKind =
  | 'agent.created'
  | 'agent.updated'
  | 'agent.deleted'
  | 'block.created'
  | 'block.updated'
  | 'block.deleted'
  | 'conversation.created'
  | 'conversation.updated'
  | 'conversation.deleted'
  | 'passage.created'
  | 'passage.deleted'
  | 'run.started'
  | 'run.ended'
  | 'run.cancel_requested'
  /** What waits for a person's review, in a store beside this one: the subject says how much. */
  | 'reviews.changed';

export interface StoreEvent {
  n: number;
  /** Milliseconds since 1970. */
  at: number;
  kind: EventKind;
  agentId: string | null;
  conversationId: string | null;
  /** The id of what changed. */
  subject: string;
}

/** Readers are asked for far fewer at a time. */
const MOST_OWN = 5_000;

export class Events {
  /** Hears of what this process appends, inside the transaction: it may only take note. */
  heard: (kind: EventKind) => void = () => {};
  /** What this process appended, by number: the subject too, because a transaction that is undone gives its numbers back. */
  private readonly own = new Map<number, string>();
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Inside a transaction, so that an event is there exactly when its change is. */
  append(kind: EventKind, subject: string, agentId: string | null = null, conversationId: string | null = null): void {
    const { rowid } = this.db.run(
      'INSERT INTO events (at, kind, agent_id, conversation_id, subject) VALUES (?, ?, ?, ?, ?)',
      Date.now(),
      kind,
      agentId,
      conversationId,
      subject,
    );
    this.own.set(rowid, subject);
    if (this.own.size > MOST_OWN) this.own.delete(this.own.keys().next().value ?? 0);
    this.heard(kind);
  }

  /** Events after the given number, oldest first. */
  after(n: number, limit = 500): StoreEvent[] {
    return this.db.all<StoreEvent>(
      `SELECT n, at, kind, agent_id AS agentId, conversation_id AS conversationId, subject
       FROM events WHERE n > ? ORDER BY n LIMIT ?`,
      n,
      limit,
    );
  }

  /** Of these, what other processes appended. */
  ofOthers(events: readonly StoreEvent[]): StoreEvent[] {
    return events.filter(({ n, subject }) => this.own.get(n) !== subject);
  }

  /** The number of the newest event before a time, in milliseconds since 1970; 0 when there is none. */
  lastBefore(at: number): number {
    const newest = this.last();
    for (const { n, at: when } of this.after(Math.max(0, newest - 500))) if (when >= at) return n - 1;
    return newest;
  }

  /** The newest event's number; 0 when there is none. */
  last(): number {
    return this.db.get<{ n: number }>('SELECT coalesce(max(n), 0) AS n FROM events')?.n ?? 0;
  }
}
