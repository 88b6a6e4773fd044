// Conversations. An agent's default one is the row whose id is the agent's id.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';

export interface Conversation {
  n: number;
  /** `conv-…`, or the agent's id for its default conversation. */
  id: string;
  agentId: string;
  summary: string | null;
  description: string | null;
  hidden: boolean;
  model: string | null;
  modelSettings: JsonObject | null;
  contextWindowLimit: number | null;
  recompiledAt: number;
  /** Grows with every change of the context that is not an append. */
  contextVersion: number;
  lastMessageAt: number | null;
  archivedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export type ConversationFields = Pick<
  Conversation,
  | 'summary'
  | 'description'
  | 'hidden'
  | 'model'
  | 'modelSettings'
  | 'contextWindowLimit'
  | 'archivedAt'
  | 'lastMessageAt'
>;

export interface ConversationQuery {
  agentId?: string | undefined;
  summarySearch?: string | undefined;
  archive: 'archived' | 'unarchived' | 'all';
  orderBy: 'created_at' | 'last_run_completion' | 'last_message_at';
  descending: boolean;
  after?: string | undefined;
  limit: number;
}

interface Row {
  n: number;
  id: string;
  agent_id: string;
  summary: string | null;
  description: string | null;
  hidden: number;
  model: string | null;
  model_settings: string | null;
  context_window_limit: number | null;
  recompiled_at: number;
  context_version: number;
  last_message_at: number | null;
  archived_at: number | null;
  created_at: number;
  updated_at: number;
}

const ORDER = {
  created_at: 'n',
  last_run_completion: 'coalesce(last_run_at, 0)',
  // One that nobody has spoken in yet stands where it was made.
  last_message_at: 'coalesce(last_message_at, created_at)',
};

/** The id as clients know it: null for the default conversation. */
export function publicId(owner: string): string | null {
  return owner.startsWith('agent-') ? null : owner;
}

export class Conversations {
  private readonly db: Database;
  private readonly events: Events;

  constructor(db: Database, events: Events) {
    this.db = db;
    this.events = events;
  }

  create(id: string, agentId: string, fields: Partial<ConversationFields>): void {
    const now = Date.now();
    this.db.run(
      `INSERT INTO conversations (id, agent_id, summary, description, hidden, model, model_settings, context_window_limit,
         last_message_at, recompiled_at, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      agentId,
      fields.summary ?? null,
      fields.description ?? null,
      Number(fields.hidden ?? false),
      fields.model ?? null,
      fields.modelSettings ? JSON.stringify(fields.modelSettings) : null,
      fields.contextWindowLimit ?? null,
      fields.lastMessageAt ?? null,
      now,
      now,
      now,
    );
    if (id !== agentId) this.events.append('conversation.created', id, agentId, id);
  }

  /** Undefined when unknown or deleted. */
  get(id: string): Conversation | undefined {
    const row = this.db.get<Row>('SELECT * FROM conversations WHERE id = ? AND deleted_at IS NULL', id);
    return row && toConversation(row);
  }

  update(id: string, fields: ConversationFields): void {
    this.db.run(
      `UPDATE conversations SET summary = ?, description = ?, hidden = ?, model = ?, model_settings = ?, context_window_limit = ?,
         archived_at = ?, last_message_at = ?, updated_at = ? WHERE id = ?`,
      fields.summary,
      fields.description,
      Number(fields.hidden),
      fields.model,
      fields.modelSettings ? JSON.stringify(fields.modelSettings) : null,
      fields.contextWindowLimit,
      fields.archivedAt,
      fields.lastMessageAt,
      Date.now(),
      id,
    );
    this.changed(id);
  }

  /** Notes that the context is no longer what it was plus appended messages. */
  contextReplaced(id: string, recompiledAt: number): void {
    this.db.run(
      'UPDATE conversations SET context_version = context_version + 1, recompiled_at = ? WHERE id = ?',
      recompiledAt,
      id,
    );
    this.changed(id);
  }

  touch(id: string, at: number): void {
    this.db.run('UPDATE conversations SET last_message_at = ?, updated_at = ? WHERE id = ?', at, at, id);
  }

  recordRun(id: string, at: number): void {
    this.db.run('UPDATE conversations SET last_run_at = ? WHERE id = ?', at, id);
    this.changed(id);
  }

  delete(id: string): void {
    this.db.run('UPDATE conversations SET deleted_at = ? WHERE id = ?', Date.now(), id);
    this.events.append('conversation.deleted', id, null, id);
  }

  /** Named conversations only, hidden ones left out. */
  list(query: ConversationQuery): Conversation[] {
    const key = ORDER[query.orderBy];
    const where = ['deleted_at IS NULL', 'hidden = 0', 'id <> agent_id'];
    const params: SQLInputValue[] = [];
    if (query.agentId) {
      where.push('agent_id = ?');
      params.push(query.agentId);
    }
    if (query.archive !== 'all') where.push(`archived_at IS ${query.archive === 'archived' ? 'NOT ' : ''}NULL`);
    if (query.summarySearch) {
      where.push('instr(folded(summary), ?) > 0');
      params.push(query.summarySearch.toLowerCase());
    }
    if (query.after) {
      where.push(`(${key}, n) ${query.descending ? '<' : '>'} (SELECT ${key}, n FROM conversations WHERE id = ?)`);
      params.push(query.after);
    }
    const direction = query.descending ? 'DESC' : 'ASC';
    return this.db
      .all<Row>(
        `SELECT * FROM conversations WHERE ${where.join(' AND ')} ORDER BY ${key} ${direction}, n ${direction} LIMIT ?`,
        ...params,
        query.limit,
      )
      .map(toConversation);
  }

  private changed(id: string): void {
    this.events.append('conversation.updated', id, null, publicId(id));
  }
}

function toConversation(row: Row): Conversation {
  return {
    n: row.n,
    id: row.id,
    agentId: row.agent_id,
    summary: row.summary,
    description: row.description,
    hidden: row.hidden === 1,
    model: row.model,
    modelSettings: row.model_settings === null ? null : fromJson(row.model_settings),
    contextWindowLimit: row.context_window_limit,
    recompiledAt: row.recompiled_at,
    contextVersion: row.context_version,
    lastMessageAt: row.last_message_at,
    archivedAt: row.archived_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
