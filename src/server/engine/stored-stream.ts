// The events of a run of another process, or of an earlier one, read from the store.
import type { Store } from '../store/store.ts';
import type { Chunk } from '../store/stream-log.ts';
import type { ChunkSource } from './run-stream.ts';

const POLL_MS = 100;

export class StoredStream implements ChunkSource {
  private readonly store: Store;
  private readonly runId: string;
  private readonly sweep: () => void;

  /** @param sweep ends the run where its process is gone, so that nobody waits for it forever */
  constructor(store: Store, runId: string, sweep: () => void) {
    this.store = store;
    this.runId = runId;
    this.sweep = sweep;
  }

  read(seq: number): readonly Chunk[] {
    return this.store.streamLog.after(this.runId, seq);
  }

  ended(): boolean {
    const status = this.store.runs.get(this.runId)?.status;
    return status !== 'running' && status !== 'created';
  }

  async changed(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (!signal.aborted) this.sweep();
  }
}
