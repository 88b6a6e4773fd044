// Runs and their steps.
import type { SQLInputValue } from 'node:sqlite';
import { publicId } from './conversations.ts';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import { fromJson, type JsonObject } from './json.ts';

export type RunStatus = 'created' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface RunError {
  error_type: string;
  message: string;
  detail: string;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cached_input_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
}

export interface Run {
  n: number;
  id: string;
  agentId: string;
  /** The conversation's id; the agent's for its default one. */
  owner: string;
  status: RunStatus;
  stopReason: string | null;
  background: boolean;
  /** The first otid of the request. */
  otid: string | null;
  error: RunError | null;
  request: JsonObject;
  usage: Usage | null;
  cancelRequested: boolean;
  ttftNs: number | null;
  durationNs: number | null;
  createdAt: number;
  completedAt: number | null;
}

export interface Step {
  id: string;
  runId: string;
  agentId: string;
  status: string;
  stopReason: string | null;
  model: string | null;
  usage: Usage | null;
  error: RunError | null;
  contextWindowLimit: number | null;
  createdAt: number;
  completedAt: number | null;
}

export interface RunQuery {
  agentIds?: string[] | undefined;
  owner?: string | undefined;
  statuses?: string[] | undefined;
  background?: boolean | undefined;
  stopReason?: string | undefined;
  descending: boolean;
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
}

interface RunRow {
  n: number;
  id: string;
  agent_id: string;
  owner: string;
  status: RunStatus;
  stop_reason: string | null;
  background: number;
  otid: string | null;
  error: string | null;
  request: string;
  usage: string | null;
  cancel_requested: number;
  ttft_ns: number | null;
  duration_ns: number | null;
  created_at: number;
  completed_at: number | null;
}

interface StepRow {
  id: string;
  run_id: string;
  agent_id: string;
  status: string;
  stop_reason: string | null;
  model: string | null;
  usage: string | null;
  error: string | null;
  context_window_limit: number | null;
  created_at: number;
  completed_at: number | null;
}

export class Runs {
  private readonly db: Database;
  private readonly events: Events;

  constructor(db: Database, events: Events) {
    this.db = db;
    this.events = events;
  }

  create(run: Pick<Run, 'id' | 'agentId' | 'owner' | 'background' | 'otid' | 'request'>): void {
    this.db.run(
      `INSERT INTO runs (id, agent_id, owner, status, background, otid, request, created_at)
       VALUES (?, ?, ?, 'running', ?, ?, ?, ?)`,
      run.id,
      run.agentId,
      run.owner,
      Number(run.background),
      run.otid,
      JSON.stringify(run.request),
      Date.now(),
    );
    this.events.append('run.started', run.id, run.agentId, publicId(run.owner));
  }

  get(id: string): Run | undefined {
    const row = this.db.get<RunRow>('SELECT * FROM runs WHERE id = ?', id);
    return row && toRun(row);
  }

  finish(
    run: Pick<Run, 'id' | 'agentId' | 'owner'>,
    end: Pick<Run, 'status' | 'stopReason' | 'error' | 'usage' | 'ttftNs' | 'durationNs'>,
  ): void {
    this.db.run(
      `UPDATE runs SET status = ?, stop_reason = ?, error = ?, usage = ?, ttft_ns = ?, duration_ns = ?, completed_at = ? WHERE id = ?`,
      end.status,
      end.stopReason,
      end.error ? JSON.stringify(end.error) : null,
      end.usage ? JSON.stringify(end.usage) : null,
      end.ttftNs,
      end.durationNs,
      Date.now(),
      run.id,
    );
    this.events.append('run.ended', run.id, run.agentId, publicId(run.owner));
  }

  requestCancel(run: Pick<Run, 'id' | 'agentId' | 'owner'>): void {
    this.db.run('UPDATE runs SET cancel_requested = 1 WHERE id = ?', run.id);
    this.events.append('run.cancel_requested', run.id, run.agentId, publicId(run.owner));
  }

  cancelRequested(id: string): boolean {
    return (
      this.db.get<{ cancel_requested: number }>('SELECT cancel_requested FROM runs WHERE id = ?', id)
        ?.cancel_requested === 1
    );
  }

  /** The newest run whose request began with this otid. */
  withOtid(owner: string, otid: string): Run | undefined {
    const row = this.db.get<RunRow>(
      'SELECT * FROM runs WHERE owner = ? AND otid = ? ORDER BY n DESC LIMIT 1',
      owner,
      otid,
    );
    return row && toRun(row);
  }

  live(agentId: string): Run[] {
    return this.db
      .all<RunRow>("SELECT * FROM runs WHERE status IN ('created', 'running') AND agent_id = ? ORDER BY n", agentId)
      .map(toRun);
  }

  liveIn(owner: string): Run | undefined {
    const row = this.db.get<RunRow>(
      "SELECT * FROM runs WHERE status IN ('created', 'running') AND owner = ? ORDER BY n DESC LIMIT 1",
      owner,
    );
    return row && toRun(row);
  }

  list(query: RunQuery): Run[] {
    const where: string[] = [];
    const params: SQLInputValue[] = [];
    const add = (sql: string, ...more: SQLInputValue[]) => {
      where.push(sql);
      params.push(...more);
    };
    if (query.owner !== undefined) add('owner = ?', query.owner);
    if (query.agentIds) add('agent_id IN (SELECT value FROM json_each(?))', JSON.stringify(query.agentIds));
    if (query.statuses) add('status IN (SELECT value FROM json_each(?))', JSON.stringify(query.statuses));
    if (query.background !== undefined) add('background = ?', Number(query.background));
    if (query.stopReason !== undefined) add('stop_reason = ?', query.stopReason);
    if (query.after) add(`n ${query.descending ? '<' : '>'} (SELECT n FROM runs WHERE id = ?)`, query.after);
    if (query.before) add(`n ${query.descending ? '>' : '<'} (SELECT n FROM runs WHERE id = ?)`, query.before);
    const reversed = query.before !== undefined && query.after === undefined;
    const rows = this.db.all<RunRow>(
      `SELECT * FROM runs ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY n ${query.descending !== reversed ? 'DESC' : 'ASC'} LIMIT ?`,
      ...params,
      query.limit,
    );
    if (reversed) rows.reverse();
    return rows.map(toRun);
  }

  putStep(step: Step): void {
    this.db.run(
      `INSERT INTO steps (id, run_id, agent_id, status, stop_reason, model, usage, error, context_window_limit, created_at, completed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      step.id,
      step.runId,
      step.agentId,
      step.status,
      step.stopReason,
      step.model,
      step.usage ? JSON.stringify(step.usage) : null,
      step.error ? JSON.stringify(step.error) : null,
      step.contextWindowLimit,
      step.createdAt,
      step.completedAt,
    );
  }

  step(id: string): Step | undefined {
    const row = this.db.get<StepRow>('SELECT * FROM steps WHERE id = ?', id);
    return row && toStep(row);
  }

  steps(query: {
    runId?: string | undefined;
    agentId?: string | undefined;
    model?: string | undefined;
    /** Milliseconds since 1970, both included. */
    from?: number | undefined;
    to?: number | undefined;
    descending: boolean;
    after?: string | undefined;
    before?: string | undefined;
    limit: number;
  }): Step[] {
    const where: string[] = [];
    const params: SQLInputValue[] = [];
    for (const [sql, value] of [
      ['run_id = ?', query.runId],
      ['agent_id = ?', query.agentId],
      ['model = ?', query.model],
      ['created_at >= ?', query.from],
      ['created_at <= ?', query.to],
      [`n ${query.descending ? '<' : '>'} (SELECT n FROM steps WHERE id = ?)`, query.after],
      [`n ${query.descending ? '>' : '<'} (SELECT n FROM steps WHERE id = ?)`, query.before],
    ] as const) {
      if (value === undefined) continue;
      where.push(sql);
      params.push(value);
    }
    const reversed = query.before !== undefined && query.after === undefined;
    const rows = this.db.all<StepRow>(
      `SELECT * FROM steps ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY n ${query.descending !== reversed ? 'DESC' : 'ASC'} LIMIT ?`,
      ...params,
      query.limit,
    );
    if (reversed) rows.reverse();
    return rows.map(toStep);
  }
}

function toRun(row: RunRow): Run {
  return {
    n: row.n,
    id: row.id,
    agentId: row.agent_id,
    owner: row.owner,
    status: row.status,
    stopReason: row.stop_reason,
    background: row.background === 1,
    otid: row.otid,
    error: row.error === null ? null : fromJson(row.error),
    request: fromJson(row.request),
    usage: row.usage === null ? null : fromJson(row.usage),
    cancelRequested: row.cancel_requested === 1,
    ttftNs: row.ttft_ns,
    durationNs: row.duration_ns,
    createdAt: row.created_at,
    completedAt: row.completed_at,
  };
}

function toStep(row: StepRow): Step {
  return {
    id: row.id,
    runId: row.run_id,
    agentId: row.agent_id,
    status: row.status,
    stopReason: row.stop_reason,
    model: row.model,
    usage: row.usage === null ? null : fromJson(row.usage),
    error: row.error === null ? null : fromJson(row.error),
    contextWindowLimit: row.context_window_limit,
    createdAt: row.created_at,
    completedAt: row.completed_at,
  };
}
