// Looks at a database that is already there through a connection that cannot write: what is refused stays as it is, its
// write-ahead log included. A connection that can write folds that log into the file when it is closed.
import { DatabaseSync } from 'node:sqlite';
import { corrupt, newerSchema } from './errors.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** Above this size the whole-file check would be felt at start; damage then shows when a page is read. */
const CHECKED_AT_OPEN_BYTES = 16 * 1024 * 1024;
/** SQLite's code for what only a writer could do: roll back the journal that a crash has left. */
const READ_ONLY = 8;

/**
 * @param size of the file in bytes
 * @throws StoreError `newer_schema` or `corrupt`; SQLite's own errors
 */
export function inspect(file: string, size: number): void {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    db.exec('PRAGMA busy_timeout = 5000');
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
