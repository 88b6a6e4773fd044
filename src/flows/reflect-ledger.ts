// Keeps what reflection remembers in a file that all windows of this computer share: one change at a time, each on disk at once.
import { readFile } from 'node:fs/promises';
import { writeAtomic } from '../agent/files.ts';
import { withLock } from '../agent/lock.ts';
import { fresh, type State, StateSchema } from './reflect-state.ts';

export class ReflectLedger {
  private readonly path: string;
  private readonly now: () => number;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(path: string, now: () => number = Date.now) {
    this.path = path;
    this.now = now;
  }

  /** What stands there; a file that is missing or makes no sense is one of a reflection that was never run. */
  async read(): Promise<State> {
    try {
      const parsed = StateSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      if (parsed.success) return parsed.data;
    } catch (error) {
      if (!(error instanceof SyntaxError) && !isMissing(error)) throw error;
    }
    return fresh(this.now());
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
