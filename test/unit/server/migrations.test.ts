// Databases of earlier versions are brought up to date with all they hold.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../../src/server/store/migrations.ts';
import { Store } from '../../../src/server/store/store.ts';
import { temporaryFolder } from './support.ts';

test('a database of the first version is brought up to date with all it holds', () => {
  const folder = temporaryFolder();
  const [first = ''] = migrations;
  const db = new DatabaseSync(join(folder, 'letta.db'));
  db.exec(`PRAGMA journal_mode = WAL; ${first} PRAGMA user_version = 1;
    INSERT INTO agents (id, name, system, created_at, updated_at) VALUES ('agent-1', 'Ada', 'x', 0, 0);
    INSERT INTO conversations (id, agent_id, recompiled_at, created_at, updated_at) VALUES ('agent-1', 'agent-1', 0, 0, 0);
    INSERT INTO messages (id, agent_id, owner, role, body, text, created_at)
      VALUES ('message-1', 'agent-1', 'agent-1', 'user', '{"role":"user","content":[{"type":"text","text":"migrated oddWords"}]}', 'migrated oddWords', 0);
    INSERT INTO history (owner, position, message) VALUES ('agent-1', 1, 1);
    INSERT INTO passages (id, agent_id, archive_id, text, created_at) VALUES ('passage-1', 'agent-1', 'archive-1', 'Use the retryPolicy helper', 0);`);
  db.close();
  const store = new Store(folder);
  onTestFinished(() => store.close());
  expect(store.messages.contextIds('agent-1')).toEqual(['message-1']);
  expect(store.messageSearch.find('words', { limit: 5 })).toHaveLength(1);
  const search = { agentId: 'agent-1', tagMode: 'any' as const, limit: 5 };
  const find = (query: string) => store.passages.search({ ...search, query }).map(({ id }) => id);
  expect(find('retry policy')).toEqual(['passage-1']);
  const passage = store.passages.get('passage-1');
  if (passage) store.write('durable', () => store.passages.delete(passage));
  expect(find('retry policy')).toEqual([]);
});
