// Search over everything people and agents have said, whether it is still in a context or was compacted away.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import { COLUMNS, type Message, type MessageRow, toMessage } from './messages.ts';
import { STOP_WORDS, tokenize } from './search-terms.ts';
import { synonymsOf } from './synonyms.ts';

export interface MessageFilter {
  agentId?: string | undefined;
  /** The conversation they were written in. */
  owner?: string | undefined;
  roles?: readonly string[] | undefined;
  /** Milliseconds since 1970, both included. */
  from?: number | undefined;
  to?: number | undefined;
  /** Messages of this run are left out: whoever searches knows what was just said. */
  exceptRun?: string | undefined;
  limit: number;
}

export interface FoundMessage extends Message {
  /** Comparable within one search only; 0 where nothing was asked for. */
  score: number;
}

const MAX_WORDS = 24;
/** How many neighbouring words may be one identifier. */
const MAX_JOINED = 4;
/** So many are read to see how much of the query they answer, and so much of each. */
const READ = 60;
const READ_CHARS = 8_000;
/** What stands in so many messages tells little: they are not all ranked for it. */
const COMMON = 5_000;
/** Where only such words are asked for, so many of the newest messages are ranked. */
const NEWEST = 1_000;

export class MessageSearch {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Best first; where the query has no words, the newest first. */
  find(query: string, filter: MessageFilter): FoundMessage[] {
    const words = wordsOf(query);
    if (words.length === 0) return query.trim() === '' ? this.newest(filter) : [];
    const found = this.matching(expressionOf(words, query, false), words, filter);
    if (found.length >= filter.limit) return found;
    // Nobody knows the words that were used then.
    const ids = new Set(found.map((message) => message.id));
    const related = this.matching(expressionOf(words, query, true), words, filter);
    return [...found, ...related.filter((message) => !ids.has(message.id))].slice(0, filter.limit);
  }

  private matching({ terms, joined }: Expression, words: readonly string[], filter: MessageFilter): FoundMessage[] {
    const rare = terms.filter((term) => !this.isCommon(term));
    const found = rare.length > 0 ? this.ranked([...rare, ...joined], words, filter) : [];
    if (found.length > 0 || rare.length === terms.length) return found;
    return this.ranked([...terms, ...joined], words, filter, NEWEST);
  }

  private isCommon(term: string): boolean {
    const row = this.db.get<{ c: number }>(
      'SELECT count(*) AS c FROM (SELECT 1 FROM messages_fts WHERE messages_fts MATCH ? LIMIT ?)',
      term,
      COMMON,
    );
    return row?.c === COMMON;
  }

  /** @param newest only so many that match are looked at */
  private ranked(
    terms: readonly string[],
    words: readonly string[],
    filter: MessageFilter,
    newest?: number,
  ): FoundMessage[] {
    const { where, params } = conditions(filter);
    // The index first: led by an agent's messages, all of them would be looked up in it.
    const matches = `SELECT ${COLUMNS}, substr(m.text, 1, ${READ_CHARS}) AS text, f.rank AS rank
      FROM messages_fts f CROSS JOIN messages m ON m.n = f.rowid WHERE messages_fts MATCH ? AND ${where.join(' AND ')}`;
    const from = newest === undefined ? matches : `SELECT * FROM (${matches} ORDER BY f.rowid DESC LIMIT ${newest})`;
    return this.db
      .all<MessageRow & { rank: number; text: string }>(
        `${from} ORDER BY rank LIMIT ?`,
        terms.join(' OR '),
        ...params,
        Math.max(READ, filter.limit),
      )
      .map((row) => ({ ...toMessage(row), score: -row.rank * (0.4 + 0.6 * coverage(row.text, words)) }))
      .sort((a, b) => b.score - a.score || b.n - a.n)
      .slice(0, filter.limit);
  }

  private newest(filter: MessageFilter): FoundMessage[] {
    const { where, params } = conditions(filter);
    return this.db
      .all<MessageRow>(
        `SELECT ${COLUMNS} FROM messages m WHERE m.text IS NOT NULL AND ${where.join(' AND ')} ORDER BY m.n DESC LIMIT ?`,
        ...params,
        filter.limit,
      )
      .map((row) => ({ ...toMessage(row), score: 0 }));
  }
}

function conditions(filter: MessageFilter): { where: string[]; params: SQLInputValue[] } {
  // A thread that the person deleted is not brought back by search; what a fork shares is the fork's too.
  const where = [
    `EXISTS (SELECT 1 FROM history h JOIN conversations c ON c.id = h.owner WHERE h.message = m.n AND c.deleted_at IS NULL)`,
  ];
  const params: SQLInputValue[] = [];
  const given: [string, SQLInputValue | undefined][] = [
    ['m.agent_id = ?', filter.agentId],
    ['m.owner = ?', filter.owner],
    ['m.created_at >= ?', filter.from],
    ['m.created_at <= ?', filter.to],
    ['m.run_id IS NOT ?', filter.exceptRun],
    [
      'm.role IN (SELECT value FROM json_each(?))',
      filter.roles && filter.roles.length > 0 ? JSON.stringify(filter.roles) : undefined,
    ],
  ];
  for (const [sql, value] of given) {
    if (value === undefined) continue;
    where.push(sql);
    params.push(value);
  }
  return { where, params };
}

/** Stems of the words that tell something; of all words where none does. */
function wordsOf(query: string): string[] {
  const parts = tokenize(query)
    .slice(0, MAX_WORDS)
    .flatMap((token) => token.parts);
  const telling = parts.filter((part) => !STOP_WORDS.has(part));
  return [...new Set(telling.length > 0 ? telling : parts)];
}

interface Expression {
  terms: readonly string[];
  joined: readonly string[];
}

/**
 * Expressions of FTS5, any of which a message may satisfy: the words, and neighbours that may be one identifier. FTS5
 * stems by itself.
 */
function expressionOf(words: readonly string[], query: string, withRelated: boolean): Expression {
  const tokens = tokenize(query).slice(0, MAX_WORDS);
  const wanted = new Set(words);
  const plain = tokens.flatMap(({ raw, parts, whole }) =>
    whole === undefined ? (parts.every((part) => wanted.has(part)) ? [raw] : []) : [raw, ...parts],
  );
  const terms = new Set(plain.map((word) => quoted(word)));
  for (const { whole } of tokens) if (whole !== undefined) terms.add(`${quoted(whole)} *`);
  for (const word of plain) if (word.length >= 5) terms.add(`${quoted(word)} *`);
  const joined = new Set<string>();
  for (let from = 0; from < tokens.length; from++)
    for (let count = 2; count <= MAX_JOINED && from + count <= tokens.length; count++)
      joined.add(
        quoted(
          tokens
            .slice(from, from + count)
            .map(({ raw, whole }) => whole ?? raw)
            .join(''),
        ),
      );
  if (withRelated) for (const word of words) for (const other of synonymsOf(word)) terms.add(`${quoted(other)} *`);
  return { terms: [...terms], joined: [...joined] };
}

function quoted(word: string): string {
  return `"${word.toLowerCase().replaceAll('"', '')}"`;
}

/** Share of the words that stand in the text. */
function coverage(text: string, words: readonly string[]): number {
  const present = new Set(
    tokenize(text).flatMap(({ parts, whole }) => (whole === undefined ? parts : [...parts, whole])),
  );
  return (
    words.filter((word) => present.has(word) || synonymsOf(word).some((other) => present.has(other))).length /
    words.length
  );
}
