// Makes what a run streams survive its process: text and chunks are written every 250 ms or 2 KB.
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Chunk, Partial } from '../store/stream-log.ts';

const FLUSH_MS = 250;
const FLUSH_CHARS = 2_048;

export class RunJournal {
  /** A write failed: the run cannot go on. */
  onFailure: (error: unknown) => void = () => {};
  private readonly store: Store;
  private readonly run: Run;
  private readonly fence: () => void;
  private chunks: Chunk[] = [];
  private partials: Partial[] = [];
  private chars = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(store: Store, run: Run, fence: () => void) {
    this.store = store;
    this.run = run;
    this.fence = fence;
  }

  addText(partial: Partial): void {
    const last = this.partials.at(-1);
    if (last?.block === partial.block && last.messageId === partial.messageId) last.text += partial.text;
    else this.partials.push(partial);
    this.chars += partial.text.length;
    if (this.chars >= FLUSH_CHARS) this.flush();
    else this.schedule();
  }

  /** Only runs that can be resumed keep their chunks. */
  addChunks(chunks: readonly Chunk[]): void {
    if (!this.run.background || chunks.length === 0) return;
    this.chunks.push(...chunks);
    this.schedule();
  }

  /** Inside a transaction of the run: its chunks so far, then these. */
  saveChunks(more: readonly Chunk[]): void {
    if (this.run.background) this.store.streamLog.append(this.run.id, [...this.chunks, ...more]);
    this.chunks = [];
  }

  /** Inside a transaction of the run. */
  savePartials(): void {
    for (const partial of this.partials) this.store.streamLog.appendPartial(this.run.id, partial);
    this.partials = [];
    this.chars = 0;
  }

  /** Inside a transaction of the run: the step's text is stored as a message now. */
  dropPartials(): void {
    this.store.streamLog.clearPartials(this.run.id);
    this.partials = [];
    this.chars = 0;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is there now, e.g. since the text is complete and something else begins. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.stopped || (this.chunks.length === 0 && this.partials.length === 0)) return;
    try {
      this.store.write('relaxed', () => {
        this.fence();
        this.savePartials();
        this.saveChunks([]);
      });
    } catch (error) {
      this.onFailure(error);
    }
  }
}
