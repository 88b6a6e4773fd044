// Archival memory: passages, their tags, and full-text search over them.
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';

export interface Passage {
  n: number;
  id: string;
  agentId: string;
  archiveId: string;
  text: string;
  tags: string[];
  metadata: JsonObject;
  createdAt: number;
}

export interface PassageSearch {
  agentId: string;
  query: string;
  tags?: string[] | undefined;
  tagMode: 'any' | 'all';
  /** Milliseconds since 1970. */
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
}

interface Row {
  n: number;
  id: string;
  agent_id: string;
  archive_id: string;
  text: string;
  tags: string;
  metadata: string;
  created_at: number;
}

export class Passages {
  private readonly db: Database;
  private readonly events: Events;

  constructor(db: Database, events: Events) {
    this.db = db;
    this.events = events;
  }

  create(passage: Omit<Passage, 'n'>): void {
    const { rowid } = this.db.run(
      'INSERT INTO passages (id, agent_id, archive_id, text, tags, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      passage.id,
      passage.agentId,
      passage.archiveId,
      passage.text,
      JSON.stringify(passage.tags),
      JSON.stringify(passage.metadata),
      passage.createdAt,
    );
    for (const tag of new Set(passage.tags))
      this.db.run('INSERT INTO passage_tags (agent_id, tag, passage) VALUES (?, ?, ?)', passage.agentId, tag, rowid);
    this.events.append('passage.created', passage.id, passage.agentId);
  }

  get(id: string): Passage | undefined {
    const row = this.db.get<Row>('SELECT * FROM passages WHERE id = ?', id);
    return row && toPassage(row);
  }

  delete(passage: Pick<Passage, 'id' | 'agentId'>): void {
    this.db.run('DELETE FROM passages WHERE id = ?', passage.id);
    this.events.append('passage.deleted', passage.id, passage.agentId);
  }

  list(query: {
    agentId: string;
    after?: string | undefined;
    before?: string | undefined;
    search?: string | undefined;
    ascending: boolean;
    limit: number;
  }): Passage[] {
    const after = query.after ? (this.get(query.after)?.n ?? 0) : 0;
    const before = query.before ? (this.get(query.before)?.n ?? 0) : Number.MAX_SAFE_INTEGER;
    const [low, high] = query.ascending
      ? [after, before]
      : [query.before ? before : 0, after || Number.MAX_SAFE_INTEGER];
    return this.db
      .all<Row>(
        `SELECT * FROM passages WHERE agent_id = ? AND n > ? AND n < ? AND text LIKE ?
         ORDER BY n ${query.ascending ? 'ASC' : 'DESC'} LIMIT ?`,
        query.agentId,
        low,
        high,
        `%${query.search ?? ''}%`,
        query.limit,
      )
      .map(toPassage);
  }

  count(agentId: string): number {
    return this.db.get<{ c: number }>('SELECT count(*) AS c FROM passages WHERE agent_id = ?', agentId)?.c ?? 0;
  }

  tags(agentId: string): string[] {
    return this.db
      .all<{ tag: string }>('SELECT DISTINCT tag FROM passage_tags WHERE agent_id = ? ORDER BY tag', agentId)
      .map((row) => row.tag);
  }

  /** The agent's archive; made with its first passage, so undefined before. */
  archiveOf(agentId: string): string | undefined {
    return this.db.get<{ archive_id: string }>('SELECT archive_id FROM passages WHERE agent_id = ? LIMIT 1', agentId)
      ?.archive_id;
  }

  /** Best first. Words are matched as FTS5 stems them; where none match, as parts of words. An empty query finds nothing. */
  search(search: PassageSearch): Passage[] {
    const match = ftsQuery(search.query);
    if (match === '') return [];
    const filter = `AND p.agent_id = ? AND p.created_at >= ? AND p.created_at <= ?
      AND (? = 0 OR (SELECT count(*) FROM passage_tags t WHERE t.passage = p.n AND t.tag IN (SELECT value FROM json_each(?))) >= ?)`;
    const tags = [...new Set(search.tags ?? [])];
    const bound = [
      search.agentId,
      search.from ?? 0,
      search.to ?? Number.MAX_SAFE_INTEGER,
      tags.length,
      JSON.stringify(tags),
      search.tagMode === 'all' ? tags.length : 1,
      search.limit,
    ] as const;
    const found = this.db.all<Row>(
      `SELECT p.* FROM passages_fts f JOIN passages p ON p.n = f.rowid WHERE passages_fts MATCH ? ${filter}
       ORDER BY f.rank LIMIT ?`,
      match,
      ...bound,
    );
    if (found.length > 0) return found.map(toPassage);
    return this.db
      .all<Row>(
        `SELECT p.* FROM passages p WHERE p.text LIKE ? ESCAPE '\\' ${filter} ORDER BY p.n DESC LIMIT ?`,
        `%${search.query.trim().replace(/[\\%_]/g, '\\$&')}%`,
        ...bound,
      )
      .map(toPassage);
  }
}

/** The words of a text as an FTS5 expression that any of them satisfies; empty when there are none. */
export function ftsQuery(text: string): string {
  const words = new Set(text.normalize('NFC').match(/[\p{L}\p{N}_]+/gu) ?? []);
  return [...words]
    .slice(0, 32)
    .map((word) => `"${word}"`)
    .join(' OR ');
}

function toPassage(row: Row): Passage {
  return {
    n: row.n,
    id: row.id,
    agentId: row.agent_id,
    archiveId: row.archive_id,
    text: row.text,
    tags: fromJson(row.tags),
    metadata: fromJson(row.metadata),
    createdAt: row.created_at,
  };
}
