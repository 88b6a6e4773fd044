// The one connection to the database: opening, cached statements, transactions.
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { dropLeftCopies, keepBackup, makeBackup } from './backup.ts';
import { corrupt, newerSchema, StoreError, toStoreError } from './errors.ts';
import { inspect } from './inspect.ts';
import { migrations, SCHEMA_VERSION } from './migrations.ts';
import { indexedTerms, indexedText, withIdentifierWords } from './search-terms.ts';

/** NFS, SMB, CIFS, SMB2, 9p: no shared memory between processes, so no WAL. */
const NETWORK_FILE_SYSTEMS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997]);

/** `durable`: on disk before the call returns. `relaxed`: survives a kill of the process, not a power cut. */
export type Durability = 'durable' | 'relaxed';

/** How often a database that is changed meanwhile is copied without keeping others from it. */
const FREE_COPIES = 2;

export class Database {
  readonly file: string;
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private synchronous: Durability | undefined;
  private depth = 0;
  private closed = false;

  /**
   * Opens `letta.db` in the folder, making both when missing, and brings it to this version's schema.
   * @param migrating what follows copies and changes a database that is there, and may take long
   * @throws StoreError
   */
  constructor(dataDir: string, log: (line: string) => void, migrating: () => void) {
    this.file = join(dataDir, 'letta.db');
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new StoreError(
        'unusable',
        `The folder ${dataDir} for ${this.file} cannot be made (${error instanceof Error ? error.message : error}). Choose another in letta.embedded.dataDir.`,
        { cause: error },
      );
    }
    closeToOthers(dataDir, this.file);
    const size = sizeOf(this.file);
    if (size > 0 && !hasHeader(this.file)) throw corrupt(this.file);
    try {
      if (size > 0) inspect(this.file, size);
      this.db = new DatabaseSync(this.file);
    } catch (error) {
      throw toStoreError(error, this.file) ?? error;
    }
    try {
      this.prepareFile(dataDir, log, migrating);
    } catch (error) {
      this.close();
      throw toStoreError(error, this.file) ?? error;
    }
  }

  private prepareFile(dataDir: string, log: (line: string) => void, migrating: () => void): void {
    this.db.exec('PRAGMA busy_timeout = 5000');
    // SQLite's own `lower` and LIKE know no letters beyond A to Z.
    this.db.function('folded', { deterministic: true }, (text) => (text === null ? null : String(text).toLowerCase()));
    if (this.version() > SCHEMA_VERSION) throw newerSchema(this.file);
    if (NETWORK_FILE_SYSTEMS.has(statfsSync(dataDir).type)) {
      this.db.exec('PRAGMA locking_mode = EXCLUSIVE');
      this.db.exec('PRAGMA journal_mode = DELETE');
      log(`${this.file} is on a network file system: only one window can use it at a time.`);
    } else {
      this.db.exec('PRAGMA journal_mode = WAL');
      // Checkpoints wait for the disk several times: they are made when nothing runs (`checkpoint`), by itself only late.
      this.db.exec('PRAGMA wal_autocheckpoint = 4000');
    }
    this.db.exec('PRAGMA foreign_keys = ON');
    if (this.version() < SCHEMA_VERSION) {
      if (this.version() > 0) migrating();
      this.migrate(log);
    }
    this.db.prepare('SELECT count(*) FROM events WHERE n < 0').get();
    dropLeftCopies(this.file);
  }

  private migrate(log: (line: string) => void): void {
    this.db.function('with_identifier_words', { deterministic: true }, (text) => withIdentifierWords(String(text)));
    this.db.function('indexed_text', { deterministic: true }, (text, tags) => indexedText(String(text), String(tags)));
    this.db.function('indexed_terms', { deterministic: true }, (text, tags) =>
      indexedTerms(String(text), String(tags)),
    );
    this.db.exec('PRAGMA synchronous = FULL');
    // Once more where another process has written between the copy and the lock; one that never pauses waits in the end.
    for (let copies = 0; !this.migrateCopied(log, copies >= FREE_COPIES); copies++);
  }

  /**
   * @param locked nobody can write while it is copied
   * @returns whether the copy was of what the change began with
   */
  private migrateCopied(log: (line: string) => void, locked: boolean): boolean {
    const seen = this.dataVersion();
    let copy = this.version() > 0 && !locked ? makeBackup(this.db, this.file) : undefined;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      // Read again: another process may have migrated while this one waited for the lock.
      const from = this.version();
      if (from > SCHEMA_VERSION) throw newerSchema(this.file);
      const isAsCopied = locked || from === SCHEMA_VERSION || this.dataVersion() === seen;
      if (isAsCopied && from < SCHEMA_VERSION) {
        if (locked) copy = this.copyOfCommitted();
        if (copy)
          log(`${this.file} is brought to this version; as it was it is kept in ${keepBackup(copy, this.file, from)}.`);
        for (const sql of migrations.slice(from)) this.db.exec(sql);
        this.db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
      }
      this.db.exec('COMMIT');
      return isAsCopied;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    } finally {
      if (copy) rmSync(copy, { force: true });
    }
  }

  /** A transaction cannot copy: another connection does, and sees what was there before it. */
  private copyOfCommitted(): string {
    const other = new DatabaseSync(this.file);
    try {
      return makeBackup(other, this.file);
    } finally {
      other.close();
    }
  }

  /** Another number whenever another connection has changed the database. */
  dataVersion(): number {
    return this.guard(() => Number(this.prepare('PRAGMA data_version').get()?.data_version));
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

  /** Runs one changing statement; only inside `write`. Returns how many rows changed and the last row id. */
  run(sql: string, ...params: SQLInputValue[]): { changes: number; rowid: number } {
    if (this.depth === 0) throw new Error('A change outside of a transaction.');
    const result = this.guard(() => this.prepare(sql).run(...params));
    return { changes: Number(result.changes), rowid: Number(result.lastInsertRowid) };
  }

  /**
   * Runs `change` in a transaction; nested calls join the outer one.
   * @throws StoreError `newer_schema` where another process has migrated the file since it was opened
   */
  write<T>(durability: Durability, change: () => T): T {
    if (this.depth > 0) return change();
    return this.guard(() => {
      if (this.synchronous !== durability) {
        this.db.exec(`PRAGMA synchronous = ${durability === 'durable' ? 'FULL' : 'NORMAL'}`);
        this.synchronous = durability;
      }
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

  /** Inside `write`: undoes only what `change` did when it throws. */
  savepoint<T>(change: () => T): T {
    this.prepare('SAVEPOINT part').run();
    try {
      const result = change();
      this.prepare('RELEASE part').run();
      return result;
    } catch (error) {
      this.prepare('ROLLBACK TO part').run();
      this.prepare('RELEASE part').run();
      throw error;
    }
  }

  /** Moves the write-ahead log into the database, as far as no reader holds it. */
  checkpoint(): void {
    this.guard(() => this.prepare('PRAGMA wal_checkpoint(PASSIVE)').all());
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.statements.clear();
    this.db.close();
  }

  private guard<T>(action: () => T): T {
    if (this.closed) throw new StoreError('unusable', `The database ${this.file} is closed. Reload this window.`);
    try {
      return action();
    } catch (error) {
      throw toStoreError(error, this.file) ?? error;
    }
  }
}

/**
 * Makes the database, and what SQLite keeps beside it, readable for this user only, wherever the folder is. SQLite gives its log the
 * permissions of the database. What cannot be done here is told where the file is opened.
 */
function closeToOthers(dataDir: string, file: string): void {
  if (process.platform === 'win32') return;
  try {
    closeSync(openSync(file, 'a', 0o600));
    for (const name of readdirSync(dataDir)) {
      if (!name.startsWith(basename(file))) continue;
      const path = join(dataDir, name);
      const { mode } = statSync(path);
      if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
    }
  } catch {
    // Another user's, or gone in this moment.
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

function hasHeader(file: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const head = Buffer.alloc(16);
    readSync(fd, head, 0, 16, 0);
    return head.toString('latin1') === 'SQLite format 3\0';
  } catch (error) {
    throw new StoreError(
      'unusable',
      `The database ${file} cannot be read. Check that it is a file that you may read.`,
      {
        cause: error,
      },
    );
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
