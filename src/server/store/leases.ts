// The leases by which only one run is active in a conversation. A holder must renew; nobody looks at process ids.
import type { Database } from './database.ts';

export interface Lease {
  key: string;
  owner: string;
  runId: string;
  expiresAt: number;
}

export class Leases {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  get(key: string): Lease | undefined {
    return this.db.get<Lease>(
      'SELECT key, owner, run_id AS runId, expires_at AS expiresAt FROM leases WHERE key = ?',
      key,
    );
  }

  take(lease: Lease): void {
    this.db.run(
      'INSERT INTO leases (key, owner, run_id, expires_at) VALUES (?, ?, ?, ?)',
      lease.key,
      lease.owner,
      lease.runId,
      lease.expiresAt,
    );
  }

  renew(owner: string, expiresAt: number): void {
    this.db.run('UPDATE leases SET expires_at = ? WHERE owner = ?', expiresAt, owner);
  }

  /** Whether this run still holds its conversation; another process may have taken it after a long sleep. */
  holds(key: string, owner: string, runId: string): boolean {
    const lease = this.get(key);
    return lease?.owner === owner && lease.runId === runId;
  }

  release(runId: string): void {
    this.db.run('DELETE FROM leases WHERE run_id = ?', runId);
  }

  /** A lease that runs out later than any could have been taken for: the clock went back. It is shortened to that. */
  shorten(latest: number): void {
    this.db.run('UPDATE leases SET expires_at = ? WHERE expires_at > ?', latest, latest);
  }

  all(): Lease[] {
    return this.db.all<Lease>('SELECT key, owner, run_id AS runId, expires_at AS expiresAt FROM leases');
  }

  /** When the next lease of another owner runs out; undefined when there is none. */
  nextExpiry(exceptOwner: string): number | undefined {
    return (
      this.db.get<{ at: number | null }>('SELECT min(expires_at) AS at FROM leases WHERE owner <> ?', exceptOwner)
        ?.at ?? undefined
    );
  }
}
