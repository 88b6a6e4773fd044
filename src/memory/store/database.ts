// The connection to memory.db: opening, schema, cached statements, transactions. Several windows may have it open.
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { corrupt, MemoryStoreError, newerSchema, toMemoryStoreError } from './errors.ts';
import { migrations, SCHEMA_VERSION } from './schema.ts';

/** NFS, SMB, CIFS, SMB2, 9p: no shared memory between processes, so no WAL. */
const NETWORK_FILE_SYSTEMS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997]);
const BUSY_MS = 5_000;
/** Above this size the whole-file check would be felt; damage then shows when a page is read. */
const CHECKED_AT_OPEN_BYTES = 16 * 1024 * 1024;
/** SQLite's code for what only a writer could do: roll back the journal that a crash has left. */
const READ_ONLY = 8;

/** For this user only, what SQLite keeps beside it too, wherever the folder is and whatever made the file. */
function closeToOthers(dataDir: string, file: string): void {
  if (process.platform === 'win32') return;
  try {
    closeSync(openSync(file, 'a', 0o600));
    for (const name of readdirSync(dataDir)) {
      const path = join(dataDir, name);
      if (name.startsWith(basename(file)) && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    }
  } catch {
    // Another user's, or gone in this moment: opening it says what is wrong.
  }
}

export class MemoryDatabase {
  readonly file: string;
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;
  private closed = false;

  /**
   * Opens `memory.db` in the folder, making both when missing.
   * @throws MemoryStoreError
   */
  constructor(dataDir: string, log: (line: string) => void = () => {}) {
    this.file = join(dataDir, 'memory.db');
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      closeToOthers(dataDir, this.file);
      const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > 0) inspect(this.file, size);
      this.db = new DatabaseSync(this.file);
    } catch (error) {
      throw toMemoryStoreError(error, this.file) ?? unusable(this.file, error);
    }
    try {
      this.prepareFile(dataDir, log);
    } catch (error) {
      this.close();
      throw toMemoryStoreError(error, this.file) ?? error;
    }
  }

  private prepareFile(dataDir: string, log: (line: string) => void): void {
    this.db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (this.version() > SCHEMA_VERSION) throw newerSchema(this.file);
    if (NETWORK_FILE_SYSTEMS.has(statfsSync(dataDir).type)) {
      this.db.exec('PRAGMA locking_mode = EXCLUSIVE');
      log(`${this.file} is on a network file system: only one window can use it at a time.`);
    } else this.db.exec('PRAGMA journal_mode = WAL');
    this.db.exec('PRAGMA synchronous = FULL');
    if (this.version() < SCHEMA_VERSION) this.migrate();
    this.db.prepare('SELECT count(*) FROM evidence WHERE n < 0').get();
  }

  private migrate(): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      // Read again: another process may have migrated while this one waited for the lock.
      const from = this.version();
      if (from > SCHEMA_VERSION) throw newerSchema(this.file);
      for (const sql of migrations.slice(from)) this.db.exec(sql);
      this.db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private version(): number {
    return Number(this.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  }

  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** The first row. `T` is the shape the SQL selects; the caller owns that promise. */
  get<T>(sql: string, ...params: SQLInputValue[]): T | undefined {
    return this.guard(() => this.prepare(sql).get(...params) as T | undefined);
  }

  all<T>(sql: string, ...params: SQLInputValue[]): T[] {
    return this.guard(() => this.prepare(sql).all(...params) as T[]);
  }

  /** Runs one changing statement; only inside `write`. Returns how many rows changed. */
  run(sql: string, ...params: SQLInputValue[]): number {
    if (this.depth === 0) throw new Error('A change outside of a transaction.');
    return this.guard(() => Number(this.prepare(sql).run(...params).changes));
  }

  /**
   * Runs `change` in a transaction that is on disk when this returns; nested calls join the outer one.
   * @throws MemoryStoreError `newer_schema` where another process has migrated the file since it was opened
   */
  write<T>(change: () => T): T {
    if (this.depth > 0) return change();
    return this.guard(() => {
      this.prepare('BEGIN IMMEDIATE').run();
      this.depth = 1;
      try {
        if (this.version() !== SCHEMA_VERSION) throw newerSchema(this.file);
        const result = change();
        this.prepare('COMMIT').run();
        return result;
      } catch (error) {
        try {
          this.prepare('ROLLBACK').run();
        } catch {
          // SQLite has rolled back by itself (disk full, I/O error).
        }
        throw error;
      } finally {
        this.depth = 0;
      }
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.statements.clear();
    this.db.close();
  }

  private guard<T>(action: () => T): T {
    if (this.closed)
      throw new MemoryStoreError('closed', `The memory history ${this.file} is closed. Reload this window.`);
    try {
      return action();
    } catch (error) {
      throw toMemoryStoreError(error, this.file) ?? error;
    }
  }
}

const unusable = (file: string, error: unknown): MemoryStoreError =>
  new MemoryStoreError(
    'unusable',
    `The memory history ${file} cannot be opened (${error instanceof Error ? error.message : error}). Choose another folder in letta.embedded.dataDir.`,
    { cause: error },
  );

/** Looks at the file through a connection that cannot write: what is refused stays as it is. */
function inspect(file: string, size: number): void {
  if (!hasHeader(file)) throw corrupt(file);
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) throw newerSchema(file);
    if (size <= CHECKED_AT_OPEN_BYTES && db.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok')
      throw corrupt(file);
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === READ_ONLY)) throw error;
  } finally {
    db.close();
  }
}

function hasHeader(file: string): boolean {
  const fd = openSync(file, 'r');
  try {
    const head = Buffer.alloc(16);
    readSync(fd, head, 0, 16, 0);
    return head.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(fd);
  }
}
