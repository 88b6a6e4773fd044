// Which blocks are kept to local models, what of their text was ever in them, and which agents could read them.
import type { Database } from './database.ts';
import type { JsonObject } from './json.ts';
import { marksOf } from './kept-text.ts';

/** In a block's metadata, where it survives export and import. In a passage's: a local model wrote it. */
export const LOCAL_ONLY = 'local_only';

export const isLocalOnly = ({ metadata }: { metadata: JsonObject }): boolean => metadata[LOCAL_ONLY] === true;

export class KeptLocal {
  private readonly db: Database;
  private cache: { version: string; marks: ReadonlySet<string> } | undefined;

  constructor(db: Database) {
    this.db = db;
  }

  /** Inside a transaction, with every state that a block gets. One that is released is forgotten. */
  note(blockId: string, block: { value: string; metadata: JsonObject }, wasKept: boolean): void {
    if (isLocalOnly(block)) {
      for (const mark of marksOf(block.value))
        this.db.run('INSERT INTO kept_marks (block, mark) VALUES (?, ?) ON CONFLICT DO NOTHING', blockId, mark);
    } else if (wasKept) {
      this.db.run('DELETE FROM kept_marks WHERE block = ?', blockId);
      this.db.run('DELETE FROM kept_readers WHERE block = ?', blockId);
    }
  }

  /** Inside a transaction: models of this agent can read the block from now on. */
  noteReader(agentId: string, blockId: string): void {
    this.db.run('INSERT INTO kept_readers (agent, block) VALUES (?, ?) ON CONFLICT DO NOTHING', agentId, blockId);
  }

  /** Inside a transaction: what the person said last in a conversation went into such a block. */
  noteSaid(owner: string): void {
    this.db.run(
      `INSERT INTO kept_messages (message)
       SELECT m.n FROM history h JOIN messages m ON m.n = h.message
       WHERE h.owner = ? AND h.position > 0 AND m.role = 'user' ORDER BY h.position DESC LIMIT 1
       ON CONFLICT DO NOTHING`,
      owner,
    );
  }

  wasSaid(message: number): boolean {
    return this.db.get('SELECT 1 FROM kept_messages WHERE message = ?', message) !== undefined;
  }

  /** Whether local models of this agent could read such a block, now or once. */
  isReader(agentId: string): boolean {
    return this.db.get('SELECT 1 FROM kept_readers WHERE agent = ? LIMIT 1', agentId) !== undefined;
  }

  /** Changes whenever something of all this does. */
  version(): string {
    const row = this.db.get<{ v: string }>(
      `SELECT (SELECT count(*) || ':' || coalesce(max(rowid), 0) FROM kept_marks) || ' ' ||
              (SELECT count(*) || ':' || coalesce(max(rowid), 0) FROM kept_readers) || ' ' ||
              (SELECT count(*) || ':' || coalesce(max(message), 0) FROM kept_messages) AS v`,
    );
    return row?.v ?? '';
  }

  /** Of all blocks, whoever has them. */
  marks(version = this.version()): ReadonlySet<string> {
    if (this.cache?.version !== version) {
      const rows = this.db.all<{ mark: string }>('SELECT DISTINCT mark FROM kept_marks');
      this.cache = { version, marks: new Set(rows.map(({ mark }) => mark)) };
    }
    return this.cache.marks;
  }
}
