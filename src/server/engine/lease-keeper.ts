// Keeps this process's runs its own, and ends those of processes that are gone. A process shows that it lives by
// renewing its leases; nobody looks at process ids, which mean nothing between containers that share a folder.
import { randomUUID } from 'node:crypto';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { INTERRUPTED, settleRun, stageAfter } from './settle.ts';

export interface LeaseOptions {
  /** How often leases are renewed; default 2 s. */
  heartbeatMs?: number;
  /** After which silence a lease is void; default 10 s. */
  leaseMs?: number;
}

/** How soon a run hears that another process wants it stopped. */
const TICK_MS = 100;
/** After this long without a run the write-ahead log is moved into the database. */
const IDLE_MS = 1_000;
/** Chunks can be replayed for three hours. */
export const REPLAY_MS = 3 * 3_600_000;

export class LeaseKeeper {
  /** Names this process in the leases. */
  readonly owner = randomUUID();
  private readonly store: Store;
  private readonly log: (line: string) => void;
  private readonly live: ReadonlyMap<string, { cancel(): void }>;
  private readonly heartbeatMs: number;
  private readonly leaseMs: number;
  private ticker: NodeJS.Timeout | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private idler: NodeJS.Timeout | undefined;
  private renewedAt = 0;
  private closed = false;

  /** @param live this process's runs by id */
  constructor(
    store: Store,
    live: ReadonlyMap<string, { cancel(): void }>,
    log: (line: string) => void,
    options: LeaseOptions,
  ) {
    this.store = store;
    this.live = live;
    this.log = log;
    this.heartbeatMs = options.heartbeatMs ?? 2_000;
    this.leaseMs = options.leaseMs ?? 10_000;
  }

  /** Inside a transaction: takes a conversation for a run. */
  take(key: string, runId: string): void {
    this.store.leases.take({ key, owner: this.owner, runId, expiresAt: Date.now() + this.leaseMs });
  }

  /** Ends the runs of processes that are gone, and its own that it could not end when the disk was full. Cheap when there are none. */
  sweep(): void {
    if (this.closed) return;
    const now = Date.now();
    const isDue = (lease: Lease) => this.isVoid(lease, now) || lease.expiresAt > now + this.leaseMs;
    if (this.store.leases.all().some(isDue)) this.store.write('durable', () => this.settleVoid(now));
    this.watchOthers();
  }

  private isVoid(lease: Lease, now: number): boolean {
    return lease.expiresAt <= now || (lease.owner === this.owner && !this.live.has(lease.runId));
  }

  private settleVoid(now: number): void {
    // The clock went back: whoever holds a lease has its time to renew it, from now on.
    this.store.leases.shorten(now + this.leaseMs);
    // Read again: another process may have done it meanwhile.
    for (const lease of this.store.leases.all().filter((each) => this.isVoid(each, now))) {
      if (lease.owner === this.owner && this.live.has(lease.runId)) {
        // This process slept; nobody took the run over.
        this.store.leases.renew(this.owner, now + this.leaseMs);
        continue;
      }
      const run = this.store.runs.get(lease.runId);
      if (run) settleRun(this.store, run, INTERRUPTED, stageAfter(this.store, run));
      else this.store.leases.release(lease.runId);
      this.log(`Run ${lease.runId} was left behind; it is marked interrupted.`);
    }
  }

  /** As long as another process holds a lease, look again when it would be void. */
  watchOthers(): void {
    const at = this.store.leases.nextExpiry(this.owner);
    clearTimeout(this.sweeper);
    if (at === undefined || this.closed) return;
    this.sweeper = setTimeout(() => this.guarded(() => this.sweep()), Math.max(20, at - Date.now() + 20));
    this.sweeper.unref();
  }

  /** A run began: renew its lease from now on. */
  started(): void {
    clearTimeout(this.idler);
    if (this.ticker) return;
    this.renewedAt = performance.now();
    this.ticker = setInterval(() => this.guarded(() => this.tick()), TICK_MS);
    this.ticker.unref();
  }

  /** A run ended. When none is left: stop ticking, and tidy the database once it stays so. */
  ended(): void {
    if (this.live.size > 0 || this.closed) return;
    this.stop();
    this.idler = setTimeout(() => this.guarded(() => this.tidy()), IDLE_MS);
    this.idler.unref();
  }

  /** Drops events that nobody may replay any more, and moves the write-ahead log into the database. */
  tidy(): void {
    this.store.write('relaxed', () => this.store.streamLog.prune(Date.now() - REPLAY_MS));
    this.store.checkpoint();
  }

  private stop(): void {
    clearInterval(this.ticker);
    this.ticker = undefined;
    clearTimeout(this.idler);
  }

  /** Renews the leases, and hears when another process asks to stop a run. */
  private tick(): void {
    // Not by the clock, which may be set.
    const now = performance.now();
    if (now - this.renewedAt >= this.heartbeatMs) {
      this.renewedAt = now;
      this.store.write('relaxed', () => this.store.leases.renew(this.owner, Date.now() + this.leaseMs));
    }
    for (const [runId, run] of this.live) if (this.store.runs.cancelRequested(runId)) run.cancel();
  }

  private guarded(action: () => void): void {
    if (this.closed) return;
    try {
      action();
    } catch (error) {
      this.log(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    this.closed = true;
    this.stop();
    clearTimeout(this.sweeper);
  }
}
