// The codes of archives that are searched, in memory: loaded in pieces, never more than a fixed size, let go when idle.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Store } from '../store/store.ts';
import { CodeIndex } from '../store/vector-code.ts';
import type { StoredModel } from '../store/vectors.ts';

const IDLE_MS = 5 * 60_000;
/** Of all archives together. */
const MOST_BYTES = 160 * 1024 * 1024;
/** Rows read at once: a few milliseconds, between which answers stream on. */
const ROWS = 2_000;

interface Entry {
  index: CodeIndex;
  usedAt: number;
}

export class VectorMemory {
  private readonly store: Store;
  private readonly idleMs: number;
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<CodeIndex>>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(store: Store, idleMs = IDLE_MS) {
    this.store = store;
    this.idleMs = idleMs;
  }

  /** Bytes in use now. */
  get bytes(): number {
    let sum = 0;
    for (const { index } of this.entries.values()) sum += index.bytes;
    return sum;
  }

  /** All codes that are stored now, those of other windows too. */
  async load(agentId: string, model: StoredModel): Promise<CodeIndex> {
    const key = `${agentId} ${model.n}`;
    const running = this.loading.get(key);
    if (running) return running;
    const load = this.read(key, agentId, model).finally(() => this.loading.delete(key));
    this.loading.set(key, load);
    return load;
  }

  private async read(key: string, agentId: string, model: StoredModel): Promise<CodeIndex> {
    const index = this.entries.get(key)?.index ?? new CodeIndex(model.dim);
    for (;;) {
      if (this.closed) return index;
      const rows = this.store.vectors.codes(agentId, model.n, index.last, ROWS);
      for (const row of rows) index.add(row.n, row.passage, row.code);
      if (rows.length < ROWS) break;
      await nextTurn();
    }
    this.entries.delete(key);
    this.entries.set(key, { index, usedAt: Date.now() });
    for (const [other, entry] of this.entries) {
      if (this.bytes <= MOST_BYTES || entry.index === index) break;
      this.entries.delete(other);
    }
    this.watch();
    return index;
  }

  private watch(): void {
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const before = Date.now() - this.idleMs;
      for (const [key, { usedAt }] of this.entries) if (usedAt <= before) this.entries.delete(key);
      if (this.entries.size > 0) this.watch();
    }, this.idleMs);
    this.timer.unref();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.entries.clear();
  }
}
