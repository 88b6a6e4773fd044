// What can be wrong with the database as a whole.

/** `corrupt`: not a sound database. `newer_schema`: written by a newer version. `unusable`: cannot be opened or written. */
export type StoreErrorReason = 'corrupt' | 'newer_schema' | 'unusable';

/** The message names the file and says what to do. The file is never overwritten or recreated. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly reason: StoreErrorReason;

  constructor(reason: StoreErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** SQLite's primary result codes that concern the file, not the statement. */
const CORRUPT = new Set([11, 26]);
const UNUSABLE = new Set([8, 10, 13, 14, 15, 23]);

/** The typed form of an error thrown by SQLite; undefined where it is about the statement (a constraint, a bug). */
export function toStoreError(error: unknown, file: string): StoreError | undefined {
  if (error instanceof StoreError) return error;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const code = error.errcode & 0xff;
  if (CORRUPT.has(code)) return corrupt(file, error);
  if (code === 5)
    return new StoreError(
      'unusable',
      `The database ${file} is held by another program. Close other windows that use it and try again.`,
      { cause: error },
    );
  if (UNUSABLE.has(code))
    return new StoreError(
      'unusable',
      `The database ${file} cannot be used (${error.message}). Check that its folder can be written to and that the disk is not full.`,
      { cause: error },
    );
  return undefined;
}

export function corrupt(file: string, cause?: unknown): StoreError {
  return new StoreError(
    'corrupt',
    `The database ${file} is damaged and was left untouched. Restore a copy of it, or move it away together with its -wal and -shm files to start afresh.`,
    { cause },
  );
}

export function newerSchema(file: string): StoreError {
  return new StoreError(
    'newer_schema',
    `The database ${file} was written by a newer version of Letta for VS Code. Reload this window, or update the extension.`,
  );
}
