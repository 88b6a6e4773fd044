// Databases of earlier versions are brought up to date with all they hold.
import { copyFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { migrations } from '../../../src/server/store/migrations.ts';
import { Store } from '../../../src/server/store/store.ts';
import { temporaryFolder } from './support.ts';

/** A database of an earlier version, with a passage and a message. */
function early(version: number): string {
  const folder = temporaryFolder();
  const db = new DatabaseSync(join(folder, 'letta.db'));
  const words = (text: unknown) => String(text);
  for (const name of ['with_identifier_words', 'indexed_text']) db.function(name, { varargs: true }, words);
  db.function('indexed_terms', { varargs: true }, () => '[]');
  db.exec(`PRAGMA journal_mode = WAL; ${migrations.slice(0, version).join('')} PRAGMA user_version = ${version};
    INSERT INTO agents (id, name, system, created_at, updated_at) VALUES ('agent-1', 'Ada', 'x', 0, 0);
    INSERT INTO conversations (id, agent_id, recompiled_at, created_at, updated_at) VALUES ('agent-1', 'agent-1', 0, 0, 0);
    INSERT INTO messages (id, agent_id, owner, role, body, text, created_at)
      VALUES ('message-1', 'agent-1', 'agent-1', 'user', '{"role":"user","content":[{"type":"text","text":"migrated oddWords"}]}', 'migrated oddWords', 0);
    INSERT INTO history (owner, position, message) VALUES ('agent-1', 1, 1);
    INSERT INTO passages (id, agent_id, archive_id, text, created_at) VALUES ('passage-1', 'agent-1', 'archive-1', 'Use the retryPolicy helper', 0);`);
  db.close();
  return folder;
}

const versionOf = (file: string) => {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = [
    db.prepare('PRAGMA user_version').get()?.user_version,
    db.prepare('PRAGMA integrity_check').get()?.integrity_check,
  ];
  const name = db.prepare('SELECT name FROM agents').get()?.name;
  db.close();
  return [...rows, name];
};
const files = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort();

test('a database of the first version is brought up to date with all it holds', () => {
  const folder = early(1);
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

test('how much an agent has said is counted without reading it', () => {
  const folder = early(1);
  const store = new Store(folder);
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepared.mockRestore());
  expect(store.messages.count('agent-1')).toBe(1);
  const sql = prepared.mock.calls.at(-1)?.[0] ?? '';
  prepared.mockRestore();
  store.close();
  const db = new DatabaseSync(join(folder, 'letta.db'));
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('agent-1');
  db.close();
  expect(plan.map(({ detail }) => String(detail))).toEqual([
    expect.stringContaining('INDEX messages_said (agent_id=?)'),
  ]);
});

describe('before it is changed, a database is copied', () => {
  test.each(migrations.slice(1).map((_, n) => n + 1))(
    'from version %i; the copy has all of it, and the one of the change before goes',
    (version) => {
      const folder = early(version);
      writeFileSync(join(folder, 'letta.db.v0.backup'), 'of the change before');
      const log: string[] = [];
      const store = new Store(folder, (line) => log.push(line));
      onTestFinished(() => store.close());
      const copy = `letta.db.v${version}.backup`;
      expect(files(folder)).toEqual(['letta.db', copy]);
      expect(versionOf(join(folder, copy))).toEqual([version, 'ok', 'Ada']);
      expect(versionOf(join(folder, 'letta.db'))).toEqual([migrations.length, 'ok', 'Ada']);
      expect(log.join()).toContain(copy);
      // Put back, it is a database like any other.
      const other = temporaryFolder();
      copyFileSync(join(folder, copy), join(other, 'letta.db'));
      const again = new Store(other);
      onTestFinished(() => again.close());
      expect(again.messages.contextIds('agent-1')).toEqual(['message-1']);
    },
  );

  test('also where another window writes into it all the time', () => {
    const folder = early(1);
    const other = new DatabaseSync(join(folder, 'letta.db'));
    const prepare = DatabaseSync.prototype.prepare;
    let copies = 0;
    const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql) {
      const statement = prepare.call(this, sql);
      if (!sql.startsWith('VACUUM INTO')) return statement;
      copies += 1;
      const run = statement.run.bind(statement);
      statement.run = ((to: string) => {
        const done = run(to);
        other.exec('PRAGMA busy_timeout = 0');
        try {
          other.exec(`UPDATE agents SET name = 'Ada ${copies}'`);
        } catch {
          // It has to wait.
        }
        return done;
      }) as typeof statement.run;
      if (copies > 5) throw new Error('It never ends.');
      return statement;
    });
    onTestFinished(() => spy.mockRestore());
    new Store(folder).close();
    spy.mockRestore();
    other.close();
    expect(copies).toBe(3);
    expect(versionOf(join(folder, 'letta.db.v1.backup'))).toEqual([1, 'ok', 'Ada 2']);
    expect(versionOf(join(folder, 'letta.db'))).toEqual([migrations.length, 'ok', 'Ada 2']);
  });

  test('and whoever waits for the start hears of it before it begins', () => {
    const told = (folder: string) => {
      const lines: string[] = [];
      const store = new Store(
        folder,
        (line) => lines.push(line),
        () => lines.push('migrating'),
      );
      store.close();
      return lines[0];
    };
    const folder = early(2);
    expect(told(folder)).toBe('migrating');
    expect(told(folder)).toBeUndefined();
    expect(told(temporaryFolder())).toBeUndefined();
  });

  test('a copy that was left by a kill is removed later, not one that may be in the making', () => {
    const folder = early(migrations.length);
    const hour = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['letta.db.0a1b2c3d.tmp', 'letta.db.0a1b2c3e.tmp', 'letta.db.notes.tmp'])
      writeFileSync(join(folder, name), 'x');
    for (const name of ['letta.db.0a1b2c3d.tmp', 'letta.db.notes.tmp']) utimesSync(join(folder, name), hour, hour);
    new Store(folder).close();
    expect(files(folder)).toEqual(['letta.db', 'letta.db.0a1b2c3e.tmp', 'letta.db.notes.tmp']);
  });

  test('a new one, or one that is up to date, is not', () => {
    const folder = temporaryFolder();
    new Store(folder).close();
    new Store(folder).close();
    expect(files(folder)).toEqual(['letta.db']);
  });

  test('or nothing is changed, and the reason is said', () => {
    const folder = early(1);
    const exec = vi.spyOn(StatementSync.prototype, 'run').mockImplementation(() => {
      throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    });
    onTestFinished(() => exec.mockRestore());
    expect(() => new Store(folder)).toThrow(
      /could not be copied before \(database or disk is full\).*Nothing was changed.*Make room/,
    );
    exec.mockRestore();
    expect(files(folder)).toEqual(['letta.db']);
    expect(versionOf(join(folder, 'letta.db'))).toEqual([1, 'ok', 'Ada']);
  });

  test('and a change that breaks off leaves it as it was, with the copy beside it', () => {
    const folder = early(1);
    const db = new DatabaseSync(join(folder, 'letta.db'));
    // Stands in the way of a table that a later step makes.
    db.exec('CREATE TABLE kept_marks (x)');
    db.close();
    expect(() => new Store(folder)).toThrow(/kept_marks/);
    expect(versionOf(join(folder, 'letta.db'))).toEqual([1, 'ok', 'Ada']);
    expect(versionOf(join(folder, 'letta.db.v1.backup'))).toEqual([1, 'ok', 'Ada']);
  });
});
