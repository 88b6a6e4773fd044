// The word index of the archive: FTS5 over search terms, and how many passages have each term.
import type { Database } from './database.ts';
import { documentOf, documentTerms } from './search-terms.ts';

export interface IndexedPassage {
  n: number;
  agentId: string;
  text: string;
  tags: readonly string[];
}

export class PassageIndex {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Inside a transaction. */
  add(passage: IndexedPassage): void {
    const agent = this.agentNumber(passage.agentId);
    if (agent === undefined) return;
    const terms = documentTerms(passage.text, passage.tags);
    this.db.run(
      'INSERT INTO passages_words (rowid, terms) VALUES (?, ?)',
      documentNumber(agent, passage.n),
      documentOf(terms, passage.tags),
    );
    for (const term of new Set(terms))
      this.db.run(
        'INSERT INTO passage_terms (agent, term, passages) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET passages = passages + 1',
        agent,
        term,
      );
  }

  /** Inside a transaction, before the passage itself goes; a trigger takes it out of FTS5. */
  remove(passage: IndexedPassage): void {
    const agent = this.agentNumber(passage.agentId);
    if (agent === undefined) return;
    for (const term of new Set(documentTerms(passage.text, passage.tags)))
      this.db.run('UPDATE passage_terms SET passages = passages - 1 WHERE agent = ? AND term = ?', agent, term);
  }

  agentNumber(agentId: string): number | undefined {
    return this.db.get<{ n: number }>('SELECT n FROM agents WHERE id = ?', agentId)?.n;
  }

  /** How many passages of the agent have the term. */
  count(agent: number, term: string): number {
    return (
      this.db.get<{ c: number }>('SELECT passages AS c FROM passage_terms WHERE agent = ? AND term = ?', agent, term)
        ?.c ?? 0
    );
  }

  /** Terms of the agent that begin so, the most frequent first. */
  beginning(agent: number, start: string, limit: number): { term: string; passages: number }[] {
    return this.db.all(
      `SELECT term, passages FROM passage_terms WHERE agent = ? AND term >= ? AND term < ? AND passages > 0
       ORDER BY passages DESC LIMIT ?`,
      agent,
      start,
      `${start}\u{10ffff}`,
      limit,
    );
  }

  /** Terms of the agent that have this in their middle or end. Reads the whole vocabulary: for what is found no other way. */
  containing(agent: number, part: string, limit: number): { term: string; passages: number }[] {
    return this.db.all(
      `SELECT term, passages FROM passage_terms WHERE agent = ? AND instr(term, ?) > 1 AND passages > 0
       ORDER BY passages DESC LIMIT ?`,
      agent,
      part,
      limit,
    );
  }

  /** Numbers of the agent's passages that a FTS5 expression finds, newest first. */
  match(agent: number, expression: string, limit: number): number[] {
    const first = documentNumber(agent, 0);
    // As one text: a row for each of thousands costs more than finding them.
    const list = this.db.get<{ list: string }>(
      `SELECT json_group_array(rowid) AS list FROM (
         SELECT rowid FROM passages_words WHERE passages_words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)`,
      expression,
      first,
      first + AGENT_SPAN - 1,
      limit,
    )?.list;
    return (JSON.parse(list ?? '[]') as number[]).map((rowid) => rowid - first);
  }
}

/** FTS5 seeks by row id: with the agent in its upper part no agent's passages are in another one's way. */
const AGENT_SPAN = 2 ** 32;
const documentNumber = (agent: number, n: number): number => agent * AGENT_SPAN + n;
