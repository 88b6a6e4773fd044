// Memory blocks and which agents they are attached to.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';
import { isLocalOnly, type KeptLocal } from './kept-local.ts';

export interface Block {
  n: number;
  id: string;
  label: string;
  value: string;
  /** Characters. */
  limit: number;
  description: string | null;
  readOnly: boolean;
  hidden: boolean;
  metadata: JsonObject;
  tags: string[];
  createdAt: number;
  updatedAt: number;
}

export type BlockFields = Pick<
  Block,
  'label' | 'value' | 'limit' | 'description' | 'readOnly' | 'hidden' | 'metadata' | 'tags'
>;

export interface BlockQuery {
  label?: string | undefined;
  labelSearch?: string | undefined;
  descriptionSearch?: string | undefined;
  valueSearch?: string | undefined;
  tags?: string[] | undefined;
  matchAllTags?: boolean | undefined;
  after?: string | undefined;
  before?: string | undefined;
  descending: boolean;
  limit: number;
}

interface Row {
  n: number;
  id: string;
  label: string;
  value: string;
  char_limit: number;
  description: string | null;
  read_only: number;
  hidden: number;
  metadata: string;
  tags: string;
  created_at: number;
  updated_at: number;
}

export class Blocks {
  private readonly db: Database;
  private readonly events: Events;
  private readonly kept: KeptLocal;

  constructor(db: Database, events: Events, kept: KeptLocal) {
    this.db = db;
    this.events = events;
    this.kept = kept;
  }

  create(id: string, fields: BlockFields): void {
    const now = Date.now();
    this.db.run(
      `INSERT INTO blocks (id, label, value, char_limit, description, read_only, hidden, metadata, tags, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      ...values(fields),
      now,
      now,
    );
    this.kept.note(id, fields, false);
    this.events.append('block.created', id);
  }

  get(id: string): Block | undefined {
    const row = this.db.get<Row>('SELECT * FROM blocks WHERE id = ?', id);
    return row && toBlock(row);
  }

  /** A new label goes to all agents that hold the block. */
  update(id: string, fields: BlockFields): void {
    const before = this.get(id);
    if (before && isLocalOnly(before)) this.kept.note(id, before, true);
    this.kept.note(id, fields, before !== undefined && isLocalOnly(before));
    this.db.run(
      `UPDATE blocks SET label = ?, value = ?, char_limit = ?, description = ?, read_only = ?, hidden = ?, metadata = ?, tags = ?,
       updated_at = ? WHERE id = ?`,
      ...values(fields),
      Date.now(),
      id,
    );
    this.db.run('UPDATE agent_blocks SET label = ? WHERE block_id = ? AND label <> ?', fields.label, id, fields.label);
    this.events.append('block.updated', id);
  }

  setValue(id: string, value: string, agentId: string | null): void {
    this.db.run('UPDATE blocks SET value = ?, updated_at = ? WHERE id = ?', value, Date.now(), id);
    const block = this.get(id);
    if (block) this.kept.note(id, block, false);
    this.events.append('block.updated', id, agentId);
  }

  delete(id: string): void {
    this.db.run('DELETE FROM blocks WHERE id = ?', id);
    this.events.append('block.deleted', id);
  }

  list(query: BlockQuery): Block[] {
    const where: string[] = [];
    const params: SQLInputValue[] = [];
    const add = (sql: string, ...more: SQLInputValue[]) => {
      where.push(sql);
      params.push(...more);
    };
    if (query.label !== undefined) add('label = ?', query.label);
    if (query.labelSearch) add('label LIKE ?', `%${query.labelSearch}%`);
    if (query.descriptionSearch) add('description LIKE ?', `%${query.descriptionSearch}%`);
    if (query.valueSearch) add('value LIKE ?', `%${query.valueSearch}%`);
    if (query.tags && query.tags.length > 0) {
      add(
        `(SELECT count(DISTINCT value) FROM json_each(blocks.tags) WHERE value IN (SELECT value FROM json_each(?))) >= ?`,
        JSON.stringify(query.tags),
        query.matchAllTags ? new Set(query.tags).size : 1,
      );
    }
    if (query.after) add(`n ${query.descending ? '<' : '>'} (SELECT n FROM blocks WHERE id = ?)`, query.after);
    if (query.before) add(`n ${query.descending ? '>' : '<'} (SELECT n FROM blocks WHERE id = ?)`, query.before);
    const reversed = query.before !== undefined && query.after === undefined;
    const rows = this.db.all<Row>(
      `SELECT * FROM blocks ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY n ${query.descending !== reversed ? 'DESC' : 'ASC'} LIMIT ?`,
      ...params,
      query.limit,
    );
    if (reversed) rows.reverse();
    return rows.map(toBlock);
  }

  /** The agent's blocks in the order they were attached: the order in its prompt. */
  ofAgent(agentId: string): Block[] {
    return this.db
      .all<Row>(
        'SELECT b.* FROM agent_blocks a JOIN blocks b ON b.id = a.block_id WHERE a.agent_id = ? ORDER BY a.n',
        agentId,
      )
      .map(toBlock);
  }

  byLabel(agentId: string, label: string): Block | undefined {
    const row = this.db.get<Row>(
      'SELECT b.* FROM agent_blocks a JOIN blocks b ON b.id = a.block_id WHERE a.agent_id = ? AND a.label = ?',
      agentId,
      label,
    );
    return row && toBlock(row);
  }

  /** Attaching what is attached already changes nothing. A label the agent has already breaks a constraint. */
  attach(agentId: string, block: Pick<Block, 'id' | 'label'>): void {
    this.db.run(
      'INSERT INTO agent_blocks (agent_id, block_id, label) VALUES (?, ?, ?) ON CONFLICT (agent_id, block_id) DO NOTHING',
      agentId,
      block.id,
      block.label,
    );
    this.events.append('agent.updated', agentId, agentId);
  }

  detach(agentId: string, blockId: string): void {
    this.db.run('DELETE FROM agent_blocks WHERE agent_id = ? AND block_id = ?', agentId, blockId);
    this.events.append('agent.updated', agentId, agentId);
  }

  agentsOf(blockId: string): string[] {
    return this.db
      .all<{ agent_id: string }>('SELECT agent_id FROM agent_blocks WHERE block_id = ? ORDER BY n', blockId)
      .map((row) => row.agent_id);
  }
}

function values(fields: BlockFields): [string, string, number, string | null, number, number, string, string] {
  return [
    fields.label,
    fields.value,
    fields.limit,
    fields.description,
    Number(fields.readOnly),
    Number(fields.hidden),
    JSON.stringify(fields.metadata),
    JSON.stringify(fields.tags),
  ];
}

function toBlock(row: Row): Block {
  return {
    n: row.n,
    id: row.id,
    label: row.label,
    value: row.value,
    limit: row.char_limit,
    description: row.description,
    readOnly: row.read_only === 1,
    hidden: row.hidden === 1,
    metadata: fromJson(row.metadata),
    tags: fromJson(row.tags),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
