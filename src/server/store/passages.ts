// Archival memory: passages, their tags, and full-text search over them.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';
import { PassageIndex } from './passage-index.ts';
import { rankPassages } from './passage-search.ts';

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

/** Which passages of an agent are meant. Dates in milliseconds since 1970, both included. */
export interface PassageFilter {
  agentId: string;
  tags?: string[] | undefined;
  tagMode?: 'any' | 'all';
  from?: number | undefined;
  to?: number | undefined;
}

export interface PassageSearch extends PassageFilter {
  query: string;
  limit: number;
}

export interface PassageList extends PassageFilter {
  /** Cursors: ids of passages. */
  after?: string | undefined;
  before?: string | undefined;
  /** A part of the text, to the letter. */
  search?: string | undefined;
  ascending: boolean;
  limit: number;
}

export interface FoundPassage extends Passage {
  /** Comparable within one search only. */
  score: number;
  /** Words of the passage that answer the query. */
  matched: string[];
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
  private readonly index: PassageIndex;

  constructor(db: Database, events: Events) {
    this.db = db;
    this.events = events;
    this.index = new PassageIndex(db);
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
    this.index.add({ ...passage, n: rowid });
    this.events.append('passage.created', passage.id, passage.agentId);
  }

  get(id: string): Passage | undefined {
    const row = this.db.get<Row>('SELECT * FROM passages WHERE id = ?', id);
    return row && toPassage(row);
  }

  delete(passage: Passage): void {
    this.index.remove(passage);
    this.db.run('DELETE FROM passages WHERE id = ?', passage.id);
    this.events.append('passage.deleted', passage.id, passage.agentId);
  }

  /** A page. A cursor that is not there any more has nothing after it: the first page would start the iteration anew. */
  list(query: PassageList): Passage[] {
    const where: string[] = [];
    const params: SQLInputValue[] = [];
    for (const [cursor, isAfter] of [
      [query.after, true],
      [query.before, false],
    ] as const) {
      if (!cursor) continue;
      const n = this.get(cursor)?.n;
      if (n === undefined) return [];
      where.push(`p.n ${isAfter === query.ascending ? '>' : '<'} ?`);
      params.push(n);
    }
    if (query.search) {
      where.push("p.text LIKE ? ESCAPE '\\'");
      params.push(likePart(query.search));
    }
    const filter = filterOf(query);
    // A cursor on n has to walk the index on n, whatever dates there are: `+` keeps the other index out of it.
    return this.db
      .all<Row>(
        `SELECT p.* FROM passages p WHERE ${[...filter.where, ...where].join(' AND ').replaceAll('p.created_at', '+p.created_at')}
         ORDER BY p.n ${query.ascending ? 'ASC' : 'DESC'} LIMIT ?`,
        ...filter.params,
        ...params,
        query.limit,
      )
      .map(toPassage);
  }

  count(agentId: string): number {
    return this.db.get<{ c: number }>('SELECT count(*) AS c FROM passages WHERE agent_id = ?', agentId)?.c ?? 0;
  }

  /** The first tags in use, sorted; all where no limit is given. Steps from tag to tag, however many passages each has. */
  tags(agentId: string, limit = -1): string[] {
    return this.db
      .all<{ tag: string }>(
        `WITH RECURSIVE step(tag) AS (
           SELECT min(tag) FROM passage_tags WHERE agent_id = ?1
           UNION ALL SELECT (SELECT min(tag) FROM passage_tags WHERE agent_id = ?1 AND tag > step.tag) FROM step WHERE tag IS NOT NULL
         ) SELECT tag FROM step WHERE tag IS NOT NULL LIMIT ?2`,
        agentId,
        limit,
      )
      .map((row) => row.tag);
  }

  /** The agent's archive; made with its first passage, so undefined before. */
  archiveOf(agentId: string): string | undefined {
    return this.db.get<{ archive_id: string }>('SELECT archive_id FROM passages WHERE agent_id = ? LIMIT 1', agentId)
      ?.archive_id;
  }

  /** Whose archive it is; undefined where it holds nothing. */
  agentOf(archiveId: string): string | undefined {
    return this.db.get<{ agent_id: string }>('SELECT agent_id FROM passages WHERE archive_id = ? LIMIT 1', archiveId)
      ?.agent_id;
  }

  /** Best first. Finds words, their other forms and related words; where none is known, the query as it stands. */
  search(search: PassageSearch): FoundPassage[] {
    const agent = this.index.agentNumber(search.agentId);
    if (agent === undefined || search.query.trim() === '') return [];
    const dated = search.from !== undefined || search.to !== undefined;
    const texts = new Map<number, Passage>();
    const ranked = rankPassages(
      this.index,
      {
        agent,
        query: search.query,
        tags: [...new Set(search.tags ?? [])],
        allTags: search.tagMode === 'all',
        total: this.count(search.agentId),
        admit: dated ? (numbers) => this.within(search, numbers) : undefined,
      },
      (numbers) => {
        const passages = this.read(search.agentId, numbers);
        for (const passage of passages) texts.set(passage.n, passage);
        return passages;
      },
    );
    const found = ranked.slice(0, search.limit).flatMap(({ n, score, matched }) => {
      const passage = texts.get(n);
      return passage ? [{ ...passage, score, matched }] : [];
    });
    return found.length > 0 ? found : this.searchText(search);
  }

  private searchText(search: PassageSearch): FoundPassage[] {
    const filter = filterOf(search);
    const text = search.query.trim();
    return this.db
      .all<Row>(
        `SELECT p.* FROM passages p WHERE ${filter.where.join(' AND ')} AND p.text LIKE ? ESCAPE '\\' ORDER BY p.n DESC LIMIT ?`,
        ...filter.params,
        likePart(text),
        search.limit,
      )
      .map((row) => ({ ...toPassage(row), score: 0, matched: [text] }));
  }

  read(agentId: string, numbers: readonly number[]): Passage[] {
    return this.db
      .all<Row>(
        'SELECT * FROM passages WHERE n IN (SELECT value FROM json_each(?)) AND +agent_id = ?',
        JSON.stringify(numbers),
        agentId,
      )
      .map(toPassage);
  }

  /** Those of the numbers that a filter lets through, in the order given. */
  admitted(filter: PassageFilter, numbers: readonly number[]): number[] {
    const { where, params } = filterOf(filter);
    const rows = this.db.all<{ n: number }>(
      `SELECT p.n FROM passages p WHERE p.n IN (SELECT value FROM json_each(?)) AND +${where.join(' AND ').replaceAll('p.created_at', '+p.created_at')}`,
      JSON.stringify(numbers),
      ...params,
    );
    const found = new Set(rows.map(({ n }) => n));
    return numbers.filter((n) => found.has(n));
  }

  private within(filter: PassageFilter, numbers: readonly number[]): number[] {
    return this.db
      .all<{ n: number }>(
        `SELECT p.n FROM passages p WHERE p.n IN (SELECT value FROM json_each(?)) AND +p.created_at >= ? AND +p.created_at <= ?`,
        JSON.stringify(numbers),
        filter.from ?? 0,
        filter.to ?? Number.MAX_SAFE_INTEGER,
      )
      .map((row) => row.n);
  }
}

function filterOf(filter: PassageFilter): { where: string[]; params: SQLInputValue[] } {
  const where = ['p.agent_id = ?'];
  const params: SQLInputValue[] = [filter.agentId];
  if (filter.from !== undefined) {
    where.push('p.created_at >= ?');
    params.push(filter.from);
  }
  if (filter.to !== undefined) {
    where.push('p.created_at <= ?');
    params.push(filter.to);
  }
  const tags = [...new Set(filter.tags ?? [])];
  if (tags.length > 0) {
    where.push(
      'p.n IN (SELECT passage FROM passage_tags WHERE agent_id = ? AND tag IN (SELECT value FROM json_each(?)) GROUP BY passage HAVING count(*) >= ?)',
    );
    params.push(filter.agentId, JSON.stringify(tags), filter.tagMode === 'all' ? tags.length : 1);
  }
  return { where, params };
}

function likePart(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
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
