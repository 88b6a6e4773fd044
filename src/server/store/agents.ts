// Agents: what they are made of, apart from blocks and messages.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';

export interface ToolRule {
  type: string;
  tool_name: string;
  [key: string]: unknown;
}

export interface Agent {
  n: number;
  id: string;
  name: string;
  description: string | null;
  system: string;
  /** Model handle. */
  model: string | null;
  tags: string[];
  /** Names of server tools. */
  tools: string[];
  toolRules: ToolRule[];
  /** Fields of the API's agent that the server keeps and gives back: `agent_type`, `model_settings`, `metadata`, … */
  settings: JsonObject;
  lastRunAt: number | null;
  lastRunMs: number | null;
  lastStopReason: string | null;
  createdAt: number;
  updatedAt: number;
}

export type AgentFields = Pick<
  Agent,
  'name' | 'description' | 'system' | 'model' | 'tags' | 'tools' | 'toolRules' | 'settings'
>;

interface Row {
  n: number;
  id: string;
  name: string;
  description: string | null;
  system: string;
  model: string | null;
  tags: string;
  tools: string;
  tool_rules: string;
  settings: string;
  last_run_at: number | null;
  last_run_ms: number | null;
  last_stop_reason: string | null;
  created_at: number;
  updated_at: number;
}

export interface AgentQuery {
  name?: string | undefined;
  tags?: string[] | undefined;
  matchAllTags?: boolean | undefined;
  /** Part of the name or description. */
  text?: string | undefined;
  lastStopReason?: string | undefined;
  /** Also those that are marked `hidden`. */
  showHidden?: boolean | undefined;
  orderBy: 'created_at' | 'updated_at' | 'last_run_completion';
  descending: boolean;
  /** Ids; relative to the order asked for. */
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
}

const ORDER = { created_at: 'n', updated_at: 'updated_at', last_run_completion: 'coalesce(last_run_at, 0)' };

export class Agents {
  private readonly db: Database;
  private readonly events: Events;

  constructor(db: Database, events: Events) {
    this.db = db;
    this.events = events;
  }

  create(id: string, fields: AgentFields): void {
    const now = Date.now();
    this.db.run(
      `INSERT INTO agents (id, name, description, system, model, tags, tools, tool_rules, settings, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      ...values(fields),
      now,
      now,
    );
    this.events.append('agent.created', id, id);
  }

  get(id: string): Agent | undefined {
    const row = this.db.get<Row>('SELECT * FROM agents WHERE id = ?', id);
    return row && toAgent(row);
  }

  update(id: string, fields: AgentFields): void {
    this.db.run(
      `UPDATE agents SET name = ?, description = ?, system = ?, model = ?, tags = ?, tools = ?, tool_rules = ?, settings = ?,
       updated_at = ? WHERE id = ?`,
      ...values(fields),
      Date.now(),
      id,
    );
    this.events.append('agent.updated', id, id);
  }

  recordRun(id: string, at: number, ms: number, stopReason: string): void {
    this.db.run(
      'UPDATE agents SET last_run_at = ?, last_run_ms = ?, last_stop_reason = ? WHERE id = ?',
      at,
      ms,
      stopReason,
      id,
    );
  }

  /** Its conversations, messages, runs and passages go with it; blocks stay, others may share them. */
  delete(id: string): void {
    this.db.run(
      'DELETE FROM history WHERE owner = ? OR owner IN (SELECT id FROM conversations WHERE agent_id = ?)',
      id,
      id,
    );
    this.db.run('DELETE FROM leases WHERE run_id IN (SELECT id FROM runs WHERE agent_id = ?)', id);
    this.db.run('DELETE FROM agents WHERE id = ?', id);
    this.events.append('agent.deleted', id, id);
  }

  list(query: AgentQuery): Agent[] {
    const key = ORDER[query.orderBy];
    const where: string[] = [];
    const params: SQLInputValue[] = [];
    const add = (sql: string, ...more: SQLInputValue[]) => {
      where.push(sql);
      params.push(...more);
    };
    if (query.name !== undefined) add('name = ?', query.name);
    if (!query.showHidden) where.push("json_extract(settings, '$.hidden') IS NOT 1");
    if (query.text) {
      const like = `%${query.text}%`;
      add('(name LIKE ? OR description LIKE ?)', like, like);
    }
    if (query.lastStopReason) add('last_stop_reason = ?', query.lastStopReason);
    if (query.tags && query.tags.length > 0) {
      add(
        `(SELECT count(DISTINCT value) FROM json_each(agents.tags) WHERE value IN (SELECT value FROM json_each(?))) >= ?`,
        JSON.stringify(query.tags),
        query.matchAllTags ? new Set(query.tags).size : 1,
      );
    }
    const forward = query.descending ? '<' : '>';
    const backward = query.descending ? '>' : '<';
    const cursor = `(SELECT ${key}, n FROM agents WHERE id = ?)`;
    if (query.after) add(`(${key}, n) ${forward} ${cursor}`, query.after);
    if (query.before) add(`(${key}, n) ${backward} ${cursor}`, query.before);
    // With only `before`, the page is the one right before the cursor, still given in the order asked for.
    const reversed = query.before !== undefined && query.after === undefined;
    const direction = query.descending !== reversed ? 'DESC' : 'ASC';
    const rows = this.db.all<Row>(
      `SELECT * FROM agents ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY ${key} ${direction}, n ${direction} LIMIT ?`,
      ...params,
      query.limit,
    );
    if (reversed) rows.reverse();
    return rows.map(toAgent);
  }

  /** All tags in use, sorted. */
  tags(): string[] {
    return this.db
      .all<{ value: string }>('SELECT DISTINCT value FROM agents, json_each(agents.tags) ORDER BY value')
      .map((row) => row.value);
  }
}

function values(fields: AgentFields): [string, string | null, string, string | null, string, string, string, string] {
  return [
    fields.name,
    fields.description,
    fields.system,
    fields.model,
    JSON.stringify(fields.tags),
    JSON.stringify(fields.tools),
    JSON.stringify(fields.toolRules),
    JSON.stringify(fields.settings),
  ];
}

function toAgent(row: Row): Agent {
  return {
    n: row.n,
    id: row.id,
    name: row.name,
    description: row.description,
    system: row.system,
    model: row.model,
    tags: fromJson(row.tags),
    tools: fromJson(row.tools),
    toolRules: fromJson(row.tool_rules),
    settings: fromJson(row.settings),
    lastRunAt: row.last_run_at,
    lastRunMs: row.last_run_ms,
    lastStopReason: row.last_stop_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
