// The review list: what waits for a person's eye before it enters memory, and what became of it.
import { createHash, randomUUID } from 'node:crypto';
import type { MemoryDatabase } from './database.ts';
import type { Applying, NewReview, Review, ReviewState } from './types.ts';

interface Row {
  id: string;
  at: number;
  state: ReviewState;
  applying: string | null;
  decided_at: number | null;
  json: string;
}

export class Reviews {
  private readonly db: MemoryDatabase;
  private readonly now: () => number;

  constructor(db: MemoryDatabase, now: () => number) {
    this.db = db;
    this.now = now;
  }

  /** On disk when this returns. The same call's is added once, and given back as it is. */
  add(home: string, review: NewReview): Review {
    const id = idOf(home, review);
    return this.db.write(() => {
      this.db.run(
        `INSERT OR IGNORE INTO reviews (id, home, agent, state, at, json) VALUES (?, ?, ?, 'waiting', ?, ?)`,
        id,
        home,
        review.agentId,
        this.now(),
        JSON.stringify({ ...review, id }),
      );
      return this.need(id);
    });
  }

  /** Oldest first where they wait, newest first where they are decided. */
  list(home: string, agent: string, state: ReviewState = 'waiting'): Review[] {
    return this.db
      .all<Row>(
        `SELECT * FROM reviews WHERE home = ? AND agent = ? AND state = ?
         ORDER BY ${state === 'waiting' ? 'at, id' : 'decided_at DESC, id'}`,
        home,
        agent,
        state,
      )
      .map(toReview);
  }

  count(home: string, agent: string): number {
    const row = this.db.get<{ n: number }>(
      `SELECT count(*) AS n FROM reviews WHERE home = ? AND agent = ? AND state = 'waiting'`,
      home,
      agent,
    );
    return row?.n ?? 0;
  }

  get(id: string): Review | null {
    const row = this.row(id);
    return row ? toReview(row) : null;
  }

  applying(id: string): Applying | null {
    const text = this.row(id)?.applying;
    return text ? (JSON.parse(text) as Applying) : null;
  }

  /** Ids of acceptances that a crash may have left half done. */
  unfinished(home: string, agent: string): string[] {
    return this.db
      .all<{ id: string }>(
        `SELECT id FROM reviews WHERE home = ? AND agent = ? AND state = 'waiting' AND applying IS NOT NULL ORDER BY at`,
        home,
        agent,
      )
      .map(({ id }) => id);
  }

  /**
   * Announces the write of an acceptance. @returns false when it is decided, or being accepted already: `replacing`
   * names the announcement that this one follows.
   */
  begin(id: string, applying: Applying, replacing: string | null): boolean {
    return this.db.write(() => {
      const row = this.row(id);
      if (row?.state !== 'waiting') return false;
      const there = row.applying ? (JSON.parse(row.applying) as Applying).by : null;
      if (there !== replacing) return false;
      return this.db.run('UPDATE reviews SET applying = ? WHERE id = ?', JSON.stringify(applying), id) === 1;
    });
  }

  /** The write was not made. */
  release(id: string): void {
    this.db.write(() => this.db.run(`UPDATE reviews SET applying = NULL WHERE id = ? AND state = 'waiting'`, id));
  }

  /** @returns false when it is decided already. */
  decide(id: string, state: 'accepted' | 'rejected', editedText?: string): boolean {
    return this.db.write(() => {
      const row = this.row(id);
      if (row?.state !== 'waiting') return false;
      const json = editedText === undefined ? row.json : JSON.stringify({ ...JSON.parse(row.json), editedText });
      this.db.run(
        'UPDATE reviews SET state = ?, applying = NULL, decided_at = ?, json = ? WHERE id = ?',
        state,
        this.now(),
        json,
        id,
      );
      return true;
    });
  }

  /** Takes a rejection back. @returns false when it was not rejected */
  reopen(id: string): boolean {
    return this.db.write(
      () =>
        this.db.run(
          `UPDATE reviews SET state = 'waiting', decided_at = NULL WHERE id = ? AND state = 'rejected'`,
          id,
        ) === 1,
    );
  }

  private row(id: string): Row | undefined {
    return this.db.get<Row>('SELECT * FROM reviews WHERE id = ?', id);
  }

  private need(id: string): Review {
    const row = this.row(id);
    if (!row) throw new Error(`There is no review ${id}.`);
    return toReview(row);
  }
}

/** Models repeat the ids of their calls, so what is proposed counts as well. */
function idOf(home: string, review: NewReview): string {
  if (review.callId === undefined) return randomUUID();
  const { agentId, callId, threadId, label, before, after } = review;
  const told = JSON.stringify([home, agentId, threadId, callId, label, before, after]);
  return createHash('sha256').update(told).digest('hex').slice(0, 32);
}

const toReview = (row: Row): Review => ({
  ...(JSON.parse(row.json) as NewReview & { id: string }),
  at: new Date(row.at).toISOString(),
  state: row.state,
  ...(row.decided_at === null ? {} : { decidedAt: new Date(row.decided_at).toISOString() }),
});
