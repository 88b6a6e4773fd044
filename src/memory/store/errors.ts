// What can be wrong with the memory store as a whole.

/**
 * `corrupt`: not a sound database. `newer_schema`: written by a newer version. `unusable`: cannot be opened or written.
 * `exited`: its thread ended. `closed`: nobody may use it any more.
 */
export type MemoryStoreReason = 'corrupt' | 'newer_schema' | 'unusable' | 'exited' | 'closed';
const REASONS: readonly string[] = ['corrupt', 'newer_schema', 'unusable', 'exited', 'closed'];

/** The message names the file and says what to do. The file is never overwritten or made anew. */
export class MemoryStoreError extends Error {
  override name = 'MemoryStoreError';
  readonly reason: MemoryStoreReason;

  constructor(reason: MemoryStoreReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export const isReason = (value: unknown): value is MemoryStoreReason => REASONS.includes(String(value));

/** SQLite's primary result codes that concern the file, not the statement. */
const CORRUPT = new Set([11, 26]);
const BUSY = 5;
const UNUSABLE = new Set([8, 10, 13, 14, 15, 23]);

/** The typed form of an error of SQLite; undefined where it is about the statement (a bug). */
export function toMemoryStoreError(error: unknown, file: string): MemoryStoreError | undefined {
  if (error instanceof MemoryStoreError) return error;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const code = error.errcode & 0xff;
  if (CORRUPT.has(code)) return corrupt(file, error);
  if (code === BUSY)
    return new MemoryStoreError(
      'unusable',
      `The memory history ${file} is held by another program. Close other windows that use it and try again.`,
      { cause: error },
    );
  if (UNUSABLE.has(code))
    return new MemoryStoreError(
      'unusable',
      `The memory history ${file} cannot be used (${error.message}). Check that its folder can be written to and that the disk is not full.`,
      { cause: error },
    );
  return undefined;
}

export function corrupt(file: string, cause?: unknown): MemoryStoreError {
  return new MemoryStoreError(
    'corrupt',
    `The memory history ${file} is damaged and was left untouched. Restore a copy of it, or move it away together with its -wal and -shm files: the history is then rebuilt from the threads.`,
    { cause },
  );
}

export function newerSchema(file: string): MemoryStoreError {
  return new MemoryStoreError(
    'newer_schema',
    `The memory history ${file} was written by a newer version of Letta for VS Code. Reload this window, or update the extension.`,
  );
}
