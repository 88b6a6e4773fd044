// Reads the embedded server's database as a stranger would: with SQLite, read only, beside whoever uses it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface StoredMessage {
  role: string;
  /** As it is stored, JSON. */
  body: string;
}

const open = (lettaDir: string): DatabaseSync => new DatabaseSync(join(lettaDir, 'letta.db'), { readOnly: true });

/** All messages but system ones, in the order they were stored. */
export function storedMessages(lettaDir: string): StoredMessage[] {
  const db = open(lettaDir);
  try {
    const rows = db.prepare("SELECT role, body FROM messages WHERE role <> 'system' ORDER BY n").all();
    return rows.map((row) => ({ role: String(row.role), body: String(row.body) }));
  } finally {
    db.close();
  }
}

/** Of agents, the newest first. */
export function agentIds(lettaDir: string): string[] {
  const db = open(lettaDir);
  try {
    return db
      .prepare('SELECT id FROM agents ORDER BY n DESC')
      .all()
      .map(({ id }) => String(id));
  } finally {
    db.close();
  }
}

/** The text of steps under way, as far as it is stored. */
export function partialText(lettaDir: string): string {
  const db = open(lettaDir);
  try {
    const rows = db.prepare('SELECT text FROM partials ORDER BY n').all();
    return rows.map((row) => String(row.text)).join('');
  } finally {
    db.close();
  }
}

/** Runs that count as going on, and leases that are held. */
export function liveRuns(lettaDir: string): { runs: number; leases: number } {
  const db = open(lettaDir);
  try {
    const count = (sql: string): number => Number(db.prepare(sql).get()?.n ?? 0);
    return {
      runs: count("SELECT count(*) AS n FROM runs WHERE status IN ('created', 'running')"),
      leases: count('SELECT count(*) AS n FROM leases'),
    };
  } finally {
    db.close();
  }
}

/** What tells one state of a file from another. */
export function fingerprint(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
