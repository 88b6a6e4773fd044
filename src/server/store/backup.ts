// The copy of the database that is made before its schema is changed.
import { chmodSync, closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './errors.ts';

const backupName = (file: string, version: number): string => `${file}.v${version}.backup`;

/**
 * Copies what is there now, whole and on disk, under a name that nobody takes for a backup yet: `keepBackup` gives it its own.
 * Outside of a transaction. @returns its path
 * @throws StoreError where there is no room for it; the database has not been touched
 */
export function makeBackup(db: DatabaseSync, file: string): string {
  const made = `${file}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    db.prepare('VACUUM INTO ?').run(made);
    chmodSync(made, 0o600);
    const fd = openSync(made, 'r+');
    fsyncSync(fd);
    closeSync(fd);
    return made;
  } catch (error) {
    rmSync(made, { force: true });
    throw new StoreError(
      'unusable',
      `The database ${file} has to be changed for this version, and could not be copied before (${error instanceof Error ? error.message : error}). Nothing was changed. Make room on its disk for a second copy and try again.`,
      { cause: error },
    );
  }
}

/** Longer than any copy takes: who made it was killed. */
const LEFT_MS = 3_600_000;

/** Removes copies that a process which was killed has left. */
export function dropLeftCopies(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(file)}.`) || !/\.[0-9a-f]{8}\.tmp(-journal)?$/.test(name)) continue;
    const path = join(folder, name);
    try {
      if (Date.now() - statSync(path).mtimeMs > LEFT_MS) rmSync(path, { force: true });
    } catch {
      // Another process was faster.
    }
  }
}

/** Names the copy after the version it has, and drops the one of the change before. @returns its path */
export function keepBackup(made: string, file: string, version: number): string {
  const kept = backupName(file, version);
  renameSync(made, kept);
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    const isOlder = name.startsWith(`${basename(file)}.v`) && name.endsWith('.backup') && join(folder, name) !== kept;
    if (isOlder) rmSync(join(folder, name), { force: true });
  }
  return kept;
}
