// A small state that all windows of this computer share, in one file: one change at a time, each on disk at once.
import { readFile } from 'node:fs/promises';
import { writeAtomic } from './files.ts';
import { withLock } from './lock.ts';

export class StateFile<State extends object> {
  private readonly path: string;
  private readonly parse: (text: string) => State | undefined;
  private readonly fresh: () => State;
  private tail: Promise<unknown> = Promise.resolve();

  /** `parse` may throw a SyntaxError, and gives undefined for what makes no sense. */
  constructor(path: string, parse: (text: string) => State | undefined, fresh: () => State) {
    this.path = path;
    this.parse = parse;
    this.fresh = fresh;
  }

  /** What stands there; a file that is missing or makes no sense is a fresh one. @throws Error when it cannot be read */
  async read(): Promise<State> {
    try {
      const parsed = this.parse(await readFile(this.path, 'utf8'));
      if (parsed) return parsed;
    } catch (error) {
      if (!(error instanceof SyntaxError) && !isMissing(error)) throw error;
    }
    return this.fresh();
  }

  /**
   * Changes it; on disk when it resolves. `change` gives the new state, or anything else to leave it as it is.
   * @returns what `change` gave. @throws Error when the file cannot be read or written
   */
  change<T extends State | string | null>(change: (state: State) => T): Promise<T> {
    const work = this.tail.then(() =>
      withLock(`${this.path}.lock`, async () => {
        const result = change(await this.read());
        if (result !== null && typeof result === 'object') await writeAtomic(this.path, JSON.stringify(result));
        return result;
      }),
    );
    this.tail = work.catch(() => {});
    return work;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
