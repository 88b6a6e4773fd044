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

  /** By id, those of flows included; none where they cannot be read. */
  async read(): Promise<Map<string, string>> {
    return new Map([...(await this.all(false))].map(([id, title]) => [id, title.replaceAll(HIDDEN_TITLE, '')]));
  }

  /** As they are now; null for those of flows, which are not the person's to open. */
  async shown(): Promise<Map<string, string | null>> {
    const all = await this.all(true);
    return new Map([...all].map(([id, title]) => [id, title.startsWith(HIDDEN_TITLE) ? null : title]));
  }

  private all(now: boolean): Promise<Map<string, string>> {
    if (now || !this.kept || Date.now() - this.kept.at > FRESH_MS) {
      const names = this.threads.all().then(
        (threads) => new Map(threads.map(({ id, title }) => [id, title])),
        () => new Map<string, string>(),
      );
      this.kept = { at: Date.now(), names };
    }
    return this.kept.names;
  }
}
