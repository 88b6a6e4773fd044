// Vectors of passages, by the model that made them: kept in 8 bits a number, with their signs beside them for the search.

import type { Database } from './database.ts';
import { dot, fromBytes, toCode, toSmall } from './vector-code.ts';

export interface StoredModel {
  n: number;
  handle: string;
  baseUrl: string;
  dim: number;
}

export interface MissingPassage {
  n: number;
  text: string;
}

/** `vector` undefined: the model does not take this text, so that it is not asked again. */
export interface NewVector {
  passage: number;
  vector: Float32Array | undefined;
}

export interface StoredCode {
  n: number;
  passage: number;
  code: Uint8Array;
}

/** Answers of one model to the same text differ by less than this, whatever it runs on. */
const SAME_ANSWER = 0.98;
const MODEL = 'n, handle, base_url AS baseUrl, dim';

export class Vectors {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /**
   * Inside a transaction: the row of a model, made when it is new. What another model of the same name and address left
   * behind goes.
   * @param fingerprint its vector for a text that is always the same
   */
  model(handle: string, baseUrl: string, fingerprint: Float32Array): StoredModel {
    const known = this.db.all<StoredModel & { fingerprint: Uint8Array }>(
      `SELECT ${MODEL}, fingerprint FROM embedding_models WHERE handle = ? AND base_url = ?`,
      handle,
      baseUrl,
    );
    let found: StoredModel | undefined;
    for (const { fingerprint: before, ...row } of known) {
      if (row.dim === fingerprint.length && dot(fingerprint, fromBytes(before)) >= SAME_ANSWER) found = row;
      else this.db.run('DELETE FROM embedding_models WHERE n = ?', row.n);
    }
    if (found) return found;
    const dim = fingerprint.length;
    const { rowid } = this.db.run(
      'INSERT INTO embedding_models (handle, base_url, dim, fingerprint, created_at) VALUES (?, ?, ?, ?, ?)',
      handle,
      baseUrl,
      dim,
      toSmall(fingerprint),
      Date.now(),
    );
    return { n: rowid, handle, baseUrl, dim };
  }

  /** Models that passages of the agent have vectors of, the newest first. */
  modelsOf(agentId: string): StoredModel[] {
    return this.db.all(
      `SELECT ${MODEL} FROM embedding_models m WHERE EXISTS (
         SELECT 1 FROM passage_codes c WHERE c.agent = (SELECT n FROM agents WHERE id = ?) AND c.model = m.n)
       ORDER BY n DESC`,
      agentId,
    );
  }

  /** Ids of agents that have passages. */
  agents(): string[] {
    return this.db
      .all<{ id: string }>('SELECT id FROM agents a WHERE EXISTS (SELECT 1 FROM passages p WHERE p.agent_id = a.id)')
      .map(({ id }) => id);
  }

  /**
   * The newest passages below a number that have no vector of the model.
   * @param withLocal also those that are kept to local models
   */
  missing(agentId: string, model: number, below: number, withLocal: boolean, limit: number): MissingPassage[] {
    return this.db.all(
      `SELECT p.n, p.text FROM passages p WHERE p.agent_id = ? AND p.n < ?
       AND NOT EXISTS (SELECT 1 FROM passage_codes c WHERE c.passage = p.n AND c.model = ?)
       ${withLocal ? '' : "AND json_extract(p.metadata, '$.local_only') IS NOT 1"}
       ORDER BY p.n DESC LIMIT ?`,
      agentId,
      below,
      model,
      limit,
    );
  }

  /** Inside a transaction. A passage that was deleted meanwhile is left out. */
  add(agentId: string, model: number, vectors: readonly NewVector[]): void {
    for (const { passage, vector } of vectors) {
      const { changes, rowid } = this.db.run(
        `INSERT INTO passage_codes (model, agent, passage, code)
         SELECT ?, a.n, p.n, ? FROM passages p JOIN agents a ON a.id = p.agent_id
         WHERE p.n = ? AND a.id = ? AND EXISTS (SELECT 1 FROM embedding_models WHERE n = ?)
         ON CONFLICT (passage, model) DO NOTHING`,
        model,
        vector ? toCode(vector) : null,
        passage,
        agentId,
        model,
      );
      if (changes > 0 && vector)
        this.db.run('INSERT INTO passage_vectors (n, vector) VALUES (?, ?)', rowid, toSmall(vector));
    }
  }

  /** Inside a transaction: at most so many rows of models other than this one. @returns whether there are more */
  dropOthers(agentId: string, model: number, limit: number): boolean {
    const { changes } = this.db.run(
      `DELETE FROM passage_codes WHERE n IN (
         SELECT n FROM passage_codes WHERE agent = (SELECT n FROM agents WHERE id = ?) AND model <> ? LIMIT ?)`,
      agentId,
      model,
      limit,
    );
    return changes === limit;
  }

  /** Codes stored after a row, in the order they were stored. */
  codes(agentId: string, model: number, after: number, limit: number): StoredCode[] {
    return this.db.all(
      `SELECT n, passage, code FROM passage_codes
       WHERE agent = (SELECT n FROM agents WHERE id = ?) AND model = ? AND n > ? AND code IS NOT NULL ORDER BY n LIMIT ?`,
      agentId,
      model,
      after,
      limit,
    );
  }

  /** How near passages are to a vector: the cosine, by the passage's number. */
  nearness(model: number, passages: readonly number[], query: Float32Array): Map<number, number> {
    const rows = this.db.all<{ passage: number; vector: Uint8Array }>(
      `SELECT c.passage, v.vector FROM json_each(?) j CROSS JOIN passage_codes c ON c.passage = j.value AND c.model = ?
       CROSS JOIN passage_vectors v ON v.n = c.n`,
      JSON.stringify(passages),
      model,
    );
    return new Map(rows.map(({ passage, vector }) => [passage, dot(query, fromBytes(vector))]));
  }
}
