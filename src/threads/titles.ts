// The titles of all threads, for whoever names a thread beside something else: read together, and only now and then.
import { HIDDEN_TITLE, type Threads } from './threads.ts';

/** Titles are read again after so long. */
const FRESH_MS = 10_000;

export class ThreadTitles {
  private readonly threads: Pick<Threads, 'all'>;
  private kept: { at: number; names: Promise<Map<string, string>> } | undefined;

  constructor(threads: Pick<Threads, 'all'>) {
    this.threads = threads;
  }

  /** By id, those of flows included; none where they cannot be read. `now`: the youngest thread counts as well. */
  read(now = false): Promise<Map<string, string>> {
    if (now || !this.kept || Date.now() - this.kept.at > FRESH_MS) {
      const names = this.threads.all().then(
        (threads) => new Map(threads.map(({ id, title }) => [id, title.replaceAll(HIDDEN_TITLE, '')])),
        () => new Map<string, string>(),
      );
      this.kept = { at: Date.now(), names };
    }
    return this.kept.names;
  }
}
