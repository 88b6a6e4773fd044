// What is known of the blocks' changes: calls of the agent's threads, our own writes, and what was seen. Only ever added to.
import { createHash, randomUUID } from 'node:crypto';
import type { Op } from '../timeline/chain.ts';
import { returnedValue } from '../timeline/replay.ts';
import type { MemoryDatabase } from './database.ts';
import { pack, type Texts, unpack } from './texts.ts';
import type { CallNote, SeenBlock } from './types.ts';

export interface EvidenceRow {
  n: number;
  block: string;
  key: string;
  kind: 'call' | 'ours' | 'seen';
  at: number;
  maybe: number;
  agent: string | null;
  label: string | null;
  author: string;
  made_by: string;
  thread: string | null;
  run: string | null;
  message: string | null;
  call: string | null;
  cause: string | null;
  cause_text: string | null;
  /** JSON, long ones packed against the text `args_base`. */
  args: string | Uint8Array | null;
  args_base: string | null;
  before: string | null;
  after: string | null;
  from_history: number;
  bound: string | null;
}

/** A write of ours, as the log of our writes tells it. */
export interface OwnWrite {
  id: string;
  /** ISO 8601. */
  at: string;
  blockId: string;
  label: string;
  before: string;
  after: string;
  by: string;
  /** Where an accepted proposal came from. */
  origin?: { author: 'agent' | 'person' | 'reflection'; agentId: string; threadId?: string; messageId?: string };
}

export const ORDER = 'at, kind, sub, key';

/** History and watching tell the time of one call differently, but never by more than this. */
const SAME_CALL_MS = 10 * 60_000;
const CAUSE_LENGTH = 600;
const PACKED_ARGS = 500;

const print = (tool: string, args: unknown): string =>
  createHash('sha256')
    .update(`${tool}\0${JSON.stringify(args) ?? ''}`)
    .digest('base64url')
    .slice(0, 16);

/** A block nobody has seen yet, known by its label alone. */
const unnamed = (agent: string, label: string): string => `?${agent}/${label}`;

export class Evidence {
  private readonly db: MemoryDatabase;
  private readonly texts: Texts;

  constructor(db: MemoryDatabase, texts: Texts) {
    this.db = db;
    this.texts = texts;
  }

  /** Which block bore the label then. */
  blockOf(home: string, agent: string, label: string, at: number): string | undefined {
    const row =
      this.db.get<{ block: string }>(
        'SELECT block FROM labels WHERE home = ? AND agent = ? AND label = ? AND since <= ? ORDER BY since DESC LIMIT 1',
        home,
        agent,
        label,
        at,
      ) ??
      this.db.get<{ block: string }>(
        'SELECT block FROM labels WHERE home = ? AND agent = ? AND label = ? ORDER BY since LIMIT 1',
        home,
        agent,
        label,
      );
    return row?.block;
  }

  /** Only inside a transaction, as all that follows. */
  nameBlock(home: string, agent: string, block: SeenBlock, at: number): void {
    if (this.blockOf(home, agent, block.label, at) === block.id) return;
    this.db.run(
      'INSERT OR REPLACE INTO labels (home, agent, label, block, since) VALUES (?, ?, ?, ?, ?)',
      home,
      agent,
      block.label,
      block.id,
      at,
    );
    const first = this.db.get<{ at: number | null }>(
      'SELECT min(at) AS at FROM evidence WHERE home = ? AND block = ?',
      home,
      unnamed(agent, block.label),
    );
    if (first?.at == null) return;
    this.db.run(
      'UPDATE evidence SET block = ? WHERE home = ? AND block = ?',
      block.id,
      home,
      unnamed(agent, block.label),
    );
    this.stale(home, block.id, first.at);
  }

  /** @returns its key. */
  addCall(home: string, note: CallNote, near: (block: string) => string | null): string {
    const mark = print(note.tool, note.args);
    const same = this.db
      .all<EvidenceRow>('SELECT * FROM evidence WHERE home = ? AND call = ? AND print = ?', home, note.callId, mark)
      .find((row) => isSame(row, note));
    if (same) {
      this.complete(home, same, note, near);
      return same.key;
    }
    const block = this.blockOf(home, note.agentId, note.label, note.at) ?? unnamed(note.agentId, note.label);
    const like = near(block);
    const args = JSON.stringify(note.args ?? null).toWellFormed();
    const used = this.db.get(
      'SELECT 1 FROM evidence WHERE home = ? AND block = ? AND key = ?',
      home,
      block,
      `call:${note.callId}:${mark}`,
    );
    const key = `call:${note.callId}:${mark}${used ? `:${note.messageId ?? note.runId ?? randomUUID()}` : ''}`;
    this.db.run(
      `INSERT OR IGNORE INTO evidence (home, block, key, kind, at, sub, maybe, agent, label, author, made_by, thread, run, message, call, print, cause, cause_text, args, args_base, after, from_history)
       VALUES (?, ?, ?, 'call', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      home,
      block,
      key,
      note.at,
      note.sub ?? 0,
      note.maybe ? 1 : 0,
      note.agentId,
      note.label,
      note.author ?? 'agent',
      note.tool,
      note.threadId,
      note.runId ?? null,
      note.messageId ?? null,
      note.callId,
      mark,
      note.cause?.messageId ?? null,
      note.cause?.text.slice(0, CAUSE_LENGTH).toWellFormed() ?? null,
      args.length > PACKED_ARGS ? pack(args, this.text(like)) : args,
      like,
      this.putReturned(note, like),
      note.fromHistory ? 1 : 0,
    );
    this.stale(home, block, note.at);
    return key;
  }

  /** The same call told again: what was not known of it is added. */
  private complete(home: string, row: EvidenceRow, note: CallNote, near: (block: string) => string | null): void {
    const after = row.after ?? this.putReturned(note, near(row.block));
    const maybe = row.maybe && note.maybe ? 1 : 0;
    this.db.run(
      `UPDATE evidence SET run = coalesce(run, ?), message = coalesce(?, message), cause = coalesce(cause, ?),
         cause_text = coalesce(cause_text, ?), after = ?, maybe = ?, from_history = max(from_history, ?) WHERE n = ?`,
      note.runId ?? null,
      note.fromHistory && !row.from_history ? (note.messageId ?? null) : null,
      note.cause?.messageId ?? null,
      note.cause?.text.slice(0, CAUSE_LENGTH).toWellFormed() ?? null,
      after,
      maybe,
      note.fromHistory ? 1 : 0,
      row.n,
    );
    if (after !== row.after || maybe !== row.maybe) this.stale(home, row.block, row.at);
  }

  private putReturned(note: CallNote, near: string | null): string | null {
    const value = note.returned === undefined ? undefined : returnedValue(note.tool, note.args, note.returned);
    return value === undefined ? null : this.texts.put(value, near);
  }

  /** Announced; whether it was made is told by `endWrite`. */
  addWrite(home: string, write: OwnWrite, near: string | null): void {
    const before = this.texts.put(write.before, near);
    const after = this.texts.put(write.after, before);
    const at = Date.parse(write.at);
    const added = this.db.run(
      `INSERT OR IGNORE INTO evidence (home, block, key, kind, at, maybe, label, author, made_by, before, after, agent, thread, message)
       VALUES (?, ?, ?, 'ours', ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
      home,
      write.blockId,
      `ours:${write.id}`,
      at,
      write.label,
      write.origin?.author ?? (write.by.startsWith('reflection') ? 'reflection' : 'person'),
      write.by,
      before,
      after,
      write.origin?.agentId ?? null,
      write.origin?.threadId ?? null,
      write.origin?.messageId ?? null,
    );
    if (added > 0) this.stale(home, write.blockId, at);
  }

  endWrite(home: string, id: string, outcome: 'applied' | 'refused'): void {
    const row = this.db.get<{ n: number; block: string; at: number }>(
      `SELECT n, block, at FROM evidence WHERE home = ? AND key = ? AND maybe = 1`,
      home,
      `ours:${id}`,
    );
    if (!row) return;
    if (outcome === 'applied') this.db.run('UPDATE evidence SET maybe = 0 WHERE n = ?', row.n);
    else this.db.run('DELETE FROM evidence WHERE n = ?', row.n);
    this.stale(home, row.block, row.at);
  }

  /** What the log says of the write that was made under this name; null when it was not even announced, or refused. */
  writeBy(home: string, by: string): { key: string; block: string; certain: boolean } | null {
    const row = this.db.get<{ key: string; block: string; maybe: number }>(
      `SELECT key, block, maybe FROM evidence WHERE home = ? AND kind = 'ours' AND made_by = ?`,
      home,
      by,
    );
    return row ? { key: row.key, block: row.block, certain: row.maybe === 0 } : null;
  }

  /** @returns the key of what was seen. */
  addSeen(home: string, agent: string, block: SeenBlock, at: number, near: string | null): string {
    const key = `seen:${randomUUID()}`;
    const after = this.texts.put(block.value, near);
    // Of two values that were seen within one millisecond, the first stays the first: keys tell no order.
    const last = this.db.get<{ sub: number | null }>(
      `SELECT max(sub) AS sub FROM evidence WHERE home = ? AND block = ? AND at = ? AND kind = 'seen'`,
      home,
      block.id,
      at,
    );
    this.db.run(
      `INSERT INTO evidence (home, block, key, kind, at, sub, agent, label, author, made_by, after)
       VALUES (?, ?, ?, 'seen', ?, ?, ?, ?, 'elsewhere', 'unknown', ?)`,
      home,
      block.id,
      key,
      at,
      (last?.sub ?? -1) + 1,
      agent,
      block.label,
      after,
    );
    this.stale(home, block.id, at);
    return key;
  }

  /** Revisions of the block are out of date from that time on. */
  stale(home: string, block: string, at: number): void {
    this.db.run(
      `INSERT INTO stale (home, block, at) VALUES (?, ?, ?)
       ON CONFLICT (home, block) DO UPDATE SET at = min(at, excluded.at)`,
      home,
      block,
      at,
    );
  }

  toOp(row: EvidenceRow): Op {
    const { key, at } = row;
    if (row.kind === 'seen') return { kind: 'seen', key, at, value: this.text(row.after) };
    const maybe = row.maybe === 1;
    if (row.kind === 'ours')
      return { kind: 'write', key, at, before: this.text(row.before), after: this.text(row.after), maybe };
    return {
      kind: 'call',
      key,
      at,
      lane: row.thread ?? '',
      tool: row.made_by,
      args: this.args(row),
      maybe,
      ...(row.after === null ? {} : { after: this.text(row.after) }),
    };
  }

  /** The calls that wrote under a label, made between two times. */
  callsFor(home: string, agent: string, label: string, from: number, to: number): EvidenceRow[] {
    return this.db.all<EvidenceRow>(
      `SELECT * FROM evidence WHERE home = ? AND block = ? AND kind = 'call' AND at BETWEEN ? AND ? ORDER BY ${ORDER}`,
      home,
      this.blockOf(home, agent, label, to) ?? unnamed(agent, label),
      from,
      to,
    );
  }

  args({ args, args_base }: EvidenceRow): unknown {
    if (args === null) return null;
    return JSON.parse(typeof args === 'string' ? args : unpack(args, this.text(args_base)));
  }

  private text(hash: string | null): string {
    return hash === null ? '' : this.texts.get(hash);
  }
}

/** Whether a row tells of the same call. Models repeat ids, and a fork holds the calls of the thread it came from. */
function isSame(row: EvidenceRow, note: CallNote): boolean {
  if (row.message !== null && row.message === note.messageId) return true;
  if (row.from_history && note.fromHistory)
    return row.message === null && row.thread === note.threadId && row.at === note.at;
  if (row.run !== null && note.runId !== undefined && row.run !== note.runId) return false;
  return Math.abs(row.at - note.at) <= SAME_CALL_MS;
}
