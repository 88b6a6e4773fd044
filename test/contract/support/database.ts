// Reads a server's database beside the server, knowing nothing of its schema: is it sound, and what text does it hold?

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function reading<T>(dataDir: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(dataDir, 'letta.db'), { readOnly: true });
  try {
    db.exec('PRAGMA busy_timeout = 2000');
    return work(db);
  } finally {
    db.close();
  }
}

/** `ok`, or what SQLite found to be wrong. */
export function integrity(dataDir: string): string {
  return reading(dataDir, (db) => String(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0]));
}

/** All text of all tables, row by row, in the order of storage. */
export function storedText(dataDir: string): string {
  return reading(dataDir, (db) => {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'").all();
    const decoder = new TextDecoder();
    return tables
      .flatMap(({ name }) => db.prepare(`SELECT * FROM ${quoted(String(name))}`).all())
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? decoder.decode(value) : String(value ?? '')))
      .join('\n');
  });
}
