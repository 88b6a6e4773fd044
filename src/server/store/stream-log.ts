// What a run has streamed: chunks for replay, and the text of the step under way.
import type { Database } from './database.ts';

/** One server-sent event of a run. `seq` 0: not numbered. */
export interface Chunk {
  seq: number;
  /** The frame's `event:` name, when it has one. */
  event?: 'error';
  /** The frame's JSON text. */
  data: string;
}

export interface Partial {
  messageId: string;
  stepId: string;
  block: number;
  kind: 'text' | 'reasoning';
  text: string;
}

export class StreamLog {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  append(runId: string, chunks: readonly Chunk[]): void {
    const first = chunks[0];
    const last = chunks.at(-1);
    if (!first || !last) return;
    this.db.run(
      'INSERT INTO chunks (run_id, first_seq, last_seq, data, created_at) VALUES (?, ?, ?, ?, ?)',
      runId,
      first.seq,
      last.seq,
      JSON.stringify(chunks),
      Date.now(),
    );
  }

  /** Chunks numbered above `seq`, at most `limit`. */
  after(runId: string, seq: number, limit = Number.POSITIVE_INFINITY): Chunk[] {
    const found: Chunk[] = [];
    const rows = this.db.all<{ data: string }>(
      'SELECT data FROM chunks WHERE run_id = ? AND last_seq > ? ORDER BY first_seq',
      runId,
      seq,
    );
    for (const row of rows) {
      for (const chunk of JSON.parse(row.data) as Chunk[]) if (chunk.seq > seq) found.push(chunk);
      if (found.length >= limit) break;
    }
    return found;
  }

  /** Rewrites what a run that has ended streamed. */
  rewrite(runId: string, change: (data: string) => string): void {
    const rows = this.db.all<{ first_seq: number; data: string }>(
      'SELECT first_seq, data FROM chunks WHERE run_id = ?',
      runId,
    );
    for (const row of rows) {
      const chunks = (JSON.parse(row.data) as Chunk[]).map((chunk) => ({ ...chunk, data: change(chunk.data) }));
      const data = JSON.stringify(chunks);
      if (data !== row.data)
        this.db.run('UPDATE chunks SET data = ? WHERE run_id = ? AND first_seq = ?', data, runId, row.first_seq);
    }
  }

  lastSeq(runId: string): number {
    return (
      this.db.get<{ seq: number | null }>('SELECT max(last_seq) AS seq FROM chunks WHERE run_id = ?', runId)?.seq ?? 0
    );
  }

  prune(before: number): void {
    this.db.run('DELETE FROM chunks WHERE created_at < ?', before);
  }

  appendPartial(runId: string, partial: Partial): void {
    this.db.run(
      'INSERT INTO partials (run_id, message_id, step_id, block, kind, text) VALUES (?, ?, ?, ?, ?, ?)',
      runId,
      partial.messageId,
      partial.stepId,
      partial.block,
      partial.kind,
      partial.text,
    );
  }

  partials(runId: string): Partial[] {
    return this.db.all<Partial>(
      `SELECT message_id AS messageId, step_id AS stepId, block, kind, text FROM partials WHERE run_id = ? ORDER BY n`,
      runId,
    );
  }

  clearPartials(runId: string): void {
    this.db.run('DELETE FROM partials WHERE run_id = ?', runId);
  }
}
