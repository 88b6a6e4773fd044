// What an agent's own tools find in their environment. The database lies in a folder that only its user may read.
import type { Database } from './database.ts';

export class Secrets {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Name to value, sorted by name. */
  of(agentId: string): Record<string, string> {
    const rows = this.db.all<{ key: string; value: string }>(
      'SELECT key, value FROM agent_secrets WHERE agent = ? ORDER BY key',
      agentId,
    );
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  /** These and no others. */
  replace(agentId: string, secrets: Readonly<Record<string, string>>): void {
    this.db.run('DELETE FROM agent_secrets WHERE agent = ?', agentId);
    for (const [key, value] of Object.entries(secrets))
      this.db.run('INSERT INTO agent_secrets (agent, key, value) VALUES (?, ?, ?)', agentId, key, value);
  }
}
