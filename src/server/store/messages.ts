// Messages and which conversation has them in which order. A message never changes, save the system message.
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import { fromJson, toJson } from './json.ts';
import type { MessageBody, ToolCall } from './message-body.ts';
import { indexedText } from './message-text.ts';

export type { Approval, AssistantBlock, ContentPart, ImagePart, MessageBody, ToolCall } from './message-body.ts';

export interface Message {
  n: number;
  id: string;
  agentId: string;
  /** The conversation it was written in. */
  owner: string;
  body: MessageBody;
  otid: string | null;
  runId: string | null;
  stepId: string | null;
  /** Handle of the model that wrote it. */
  model: string | null;
  createdAt: number;
}

export interface NewMessage {
  id: string;
  agentId: string;
  owner: string;
  body: MessageBody;
  otid?: string | null;
  runId?: string | null;
  stepId?: string | null;
  model?: string | null;
  /** Milliseconds since 1970; absent: now. */
  createdAt?: number;
}

export interface MessageQuery {
  /** A conversation's id; undefined: all of the agent's messages. */
  owner?: string | undefined;
  /** Undefined: of every agent. */
  agentId: string | undefined;
  /** Exclusive bounds as places in the list's own chronological order. */
  above?: number | undefined;
  below?: number | undefined;
  descending: boolean;
  limit: number;
}

export interface MessageRow {
  n: number;
  id: string;
  agent_id: string;
  owner: string;
  body: string;
  otid: string | null;
  run_id: string | null;
  step_id: string | null;
  model: string | null;
  created_at: number;
  position: number;
}

/** In `history.in_context`: not, as an appended message, or ahead of all others as a summary of what went before. */
const OUT = 0;
const IN = 1;
const HEAD = 2;

/** Of `messages m`. */
export const COLUMNS = 'm.n, m.id, m.agent_id, m.owner, m.body, m.otid, m.run_id, m.step_id, m.model, m.created_at';

/** The system message, then a summary of what went before, then the rest as it was said. */
const CONTEXT_ORDER = `h.position > 0, h.in_context <> ${HEAD}, h.position`;

export class Messages {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Appends to the conversation and its context. Returns the message's number. */
  append(message: NewMessage): number {
    const n = this.insert(message);
    this.db.run('INSERT INTO history (owner, position, message) VALUES (?, ?, ?)', message.owner, n, n);
    return n;
  }

  /** Appends a message that was said elsewhere, and is in context or not. */
  restore(message: NewMessage, isInContext: boolean): void {
    const n = this.insert(message);
    const place = !isInContext ? OUT : message.body.role === 'summary' ? HEAD : IN;
    this.db.run(
      'INSERT INTO history (owner, position, message, in_context) VALUES (?, ?, ?, ?)',
      message.owner,
      n,
      n,
      place,
    );
  }

  /** Writes a conversation's system message: in place where there is one, its id kept. */
  putSystem(
    owner: string,
    agentId: string,
    id: string,
    said: Omit<Extract<MessageBody, { role: 'system' }>, 'role'>,
  ): void {
    const system: MessageBody = { role: 'system', ...said };
    const body = JSON.stringify(system);
    const updated = this.db.run(
      'UPDATE messages SET body = ? WHERE n = (SELECT message FROM history WHERE owner = ? AND position = 0)',
      body,
      owner,
    );
    if (updated.changes > 0) return;
    const n = this.insert({ id, agentId, owner, body: system });
    this.db.run('INSERT INTO history (owner, position, message) VALUES (?, 0, ?)', owner, n);
  }

  private insert(message: NewMessage): number {
    return this.db.run(
      `INSERT INTO messages (id, agent_id, owner, role, body, text, otid, run_id, step_id, model, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      message.id,
      message.agentId,
      message.owner,
      message.body.role,
      toJson(message.body),
      indexedText(message.body),
      message.otid ?? null,
      message.runId ?? null,
      message.stepId ?? null,
      message.model ?? null,
      message.createdAt ?? Date.now(),
    ).rowid;
  }

  get(id: string): Message | undefined {
    const row = this.db.get<MessageRow>(`SELECT ${COLUMNS} FROM messages m WHERE m.id = ?`, id);
    return row && toMessage(row);
  }

  system(owner: string): Message | undefined {
    const row = this.db.get<MessageRow>(
      `SELECT ${COLUMNS} FROM history h JOIN messages m ON m.n = h.message WHERE h.owner = ? AND h.position = 0`,
      owner,
    );
    return row && toMessage(row);
  }

  /** Messages in context after a place, in the order of the context; the system message has place 0. */
  context(owner: string, above = -1): Message[] {
    return this.db
      .all<MessageRow>(
        `SELECT ${COLUMNS} FROM history h JOIN messages m ON m.n = h.message
         WHERE h.owner = ? AND h.position > ? AND h.in_context > 0 ORDER BY ${CONTEXT_ORDER}`,
        owner,
        above,
      )
      .map(toMessage);
  }

  contextIds(owner: string): string[] {
    return this.db
      .all<{ id: string }>(
        `SELECT m.id FROM history h JOIN messages m ON m.n = h.message
         WHERE h.owner = ? AND h.in_context > 0 ORDER BY ${CONTEXT_ORDER}`,
        owner,
      )
      .map((row) => row.id);
  }

  /**
   * Takes messages out of a context and puts a summary in their place. They stay in the conversation's list and in search.
   * @param evicted numbers of messages of that context, the former summary among them
   */
  summarize(summary: NewMessage, evicted: readonly number[]): number {
    for (const message of evicted)
      this.db.run('UPDATE history SET in_context = ? WHERE owner = ? AND message = ?', OUT, summary.owner, message);
    const n = this.insert(summary);
    this.db.run(
      'INSERT INTO history (owner, position, message, in_context) VALUES (?, ?, ?, ?)',
      summary.owner,
      n,
      n,
      HEAD,
    );
    return n;
  }

  /** The newest messages in context, newest first; a summary is none of them. */
  newest(owner: string, limit: number): Message[] {
    return this.db
      .all<MessageRow>(
        `SELECT ${COLUMNS} FROM history h JOIN messages m ON m.n = h.message
         WHERE h.owner = ? AND h.position > 0 AND h.in_context = ? ORDER BY h.position DESC LIMIT ?`,
        owner,
        IN,
        limit,
      )
      .map(toMessage);
  }

  /** Writes other arguments over those of calls that wait no longer, wherever the message is shared. Nothing else may change. */
  putCalls(message: Message, calls: ToolCall[]): void {
    if (message.body.role !== 'request') return;
    const body: MessageBody = { ...message.body, calls };
    this.db.run('UPDATE messages SET body = ? WHERE n = ?', toJson(body), message.n);
  }

  /** Puts a result in the place of the one that stood for it while its tool ran. Nothing else may change. */
  putResult(id: string, body: Extract<MessageBody, { role: 'tool' }>): void {
    this.db.run("UPDATE messages SET body = ? WHERE id = ? AND role = 'tool'", toJson(body), id);
  }

  /** The conversations that have a message. */
  ownersOf(n: number): string[] {
    return this.db.all<{ owner: string }>('SELECT owner FROM history WHERE message = ?', n).map(({ owner }) => owner);
  }

  withOtid(owner: string, otid: string): Message | undefined {
    const row = this.db.get<MessageRow>(
      `SELECT ${COLUMNS} FROM messages m WHERE m.owner = ? AND m.otid = ? AND m.role IN ('user', 'system', 'assistant') ORDER BY m.n LIMIT 1`,
      owner,
      otid,
    );
    return row && toMessage(row);
  }

  /** Where a message stands in a list, for cursors; undefined where it is not in it. */
  place(query: Pick<MessageQuery, 'owner' | 'agentId'>, id: string): number | undefined {
    if (query.owner === undefined)
      return this.db.get<{ n: number }>(
        'SELECT n FROM messages WHERE id = ?1 AND agent_id = coalesce(?2, agent_id)',
        id,
        query.agentId ?? null,
      )?.n;
    return this.db.get<{ position: number }>(
      'SELECT h.position FROM messages m JOIN history h ON h.message = m.n WHERE m.id = ? AND h.owner = ?',
      id,
      query.owner,
    )?.position;
  }

  /** Where a message stands in a conversation, by the otid that it was sent with. */
  placeOfOtid(owner: string, otid: string): number | undefined {
    return this.db.get<{ position: number }>(
      'SELECT h.position FROM history h CROSS JOIN messages m ON m.n = h.message WHERE h.owner = ? AND m.otid = ? LIMIT 1',
      owner,
      otid,
    )?.position;
  }

  /** A page with each message's place. */
  list(query: MessageQuery): { message: Message; place: number }[] {
    const key = query.owner === undefined ? 'm.n' : 'h.position';
    const one = query.owner ?? query.agentId;
    const where = one === undefined ? ['true'] : [query.owner === undefined ? 'm.agent_id = ?' : 'h.owner = ?'];
    const params: SQLInputValue[] = one === undefined ? [] : [one];
    if (query.above !== undefined) {
      where.push(`${key} > ?`);
      params.push(query.above);
    }
    if (query.below !== undefined) {
      where.push(`${key} < ?`);
      params.push(query.below);
    }
    const from = query.owner === undefined ? 'messages m' : 'history h JOIN messages m ON m.n = h.message';
    return this.db
      .all<MessageRow>(
        `SELECT ${COLUMNS}, ${key} AS position FROM ${from} WHERE ${where.join(' AND ')}
         ORDER BY ${key} ${query.descending ? 'DESC' : 'ASC'} LIMIT ?`,
        ...params,
        query.limit,
      )
      .map((row) => ({ message: toMessage(row), place: row.position }));
  }

  ofRun(runId: string): Message[] {
    return this.db
      .all<MessageRow>(`SELECT ${COLUMNS} FROM messages m WHERE m.run_id = ? ORDER BY m.n`, runId)
      .map(toMessage);
  }

  /** How many messages there are beside system messages and summaries; for one conversation (summaries too) or the agent. */
  count(agentId: string, owner?: string): number {
    const row =
      owner === undefined
        ? this.db.get<{ c: number }>(
            "SELECT count(*) AS c FROM messages WHERE agent_id = ? AND role NOT IN ('system', 'summary')",
            agentId,
          )
        : this.db.get<{ c: number }>('SELECT count(*) AS c FROM history WHERE owner = ? AND position > 0', owner);
    return row?.c ?? 0;
  }

  /**
   * Gives `to` all messages of `from` up to and including a place. Before a place that was compacted away since, all of
   * them are in context again; else the summary stands for what it stood for.
   */
  share(from: string, to: string, upTo: number): void {
    this.db.run(
      `INSERT INTO history (owner, position, message, in_context)
       SELECT ?, position, message, in_context FROM history
       WHERE owner = ? AND position > 0 AND (position <= ? OR in_context = ?)`,
      to,
      from,
      upTo,
      HEAD,
    );
    const kept = this.db.get(
      'SELECT 1 FROM history WHERE owner = ? AND position > 0 AND in_context = ? LIMIT 1',
      to,
      IN,
    );
    if (kept || upTo === Number.MAX_SAFE_INTEGER) return;
    this.db.run('DELETE FROM history WHERE owner = ? AND in_context = ?', to, HEAD);
    this.db.run(
      `UPDATE history SET in_context = ? WHERE owner = ? AND position > 0
       AND (SELECT role FROM messages m WHERE m.n = history.message) <> 'summary'`,
      IN,
      to,
    );
  }

  /** Takes all but the system message out of a conversation; what no other conversation shares is deleted. */
  clear(owner: string): void {
    this.db.run('DELETE FROM history WHERE owner = ? AND position > 0', owner);
    this.db.run(
      `DELETE FROM messages WHERE owner = ? AND role <> 'system'
       AND NOT EXISTS (SELECT 1 FROM history h WHERE h.message = messages.n)`,
      owner,
    );
  }
}

export function toMessage(row: MessageRow): Message {
  return {
    n: row.n,
    id: row.id,
    agentId: row.agent_id,
    owner: row.owner,
    body: fromJson(row.body),
    otid: row.otid,
    runId: row.run_id,
    stepId: row.step_id,
    model: row.model,
    createdAt: row.created_at,
  };
}
