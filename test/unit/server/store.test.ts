// The database as a whole: what is refused, what survives, what other processes see.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../../../src/server/store/errors.ts';
import { newId } from '../../../src/server/store/ids.ts';
import { SCHEMA_VERSION } from '../../../src/server/store/migrations.ts';
import { Store } from '../../../src/server/store/store.ts';
import { temporaryFolder } from './support.ts';

const fields = {
  name: 'Ada',
  description: null,
  system: 'You are Ada.',
  model: 'mock/m',
  tags: [],
  tools: [],
  toolRules: [],
  settings: {},
};

function open(folder: string): Store {
  const store = new Store(folder);
  onTestFinished(() => store.close());
  return store;
}

function withAgent(folder: string): { store: Store; agentId: string } {
  const store = open(folder);
  const agentId = newId('agent');
  store.write('durable', () => {
    store.agents.create(agentId, fields);
    store.conversations.create(agentId, agentId, {});
  });
  return { store, agentId };
}

function refusal(folder: string): StoreError {
  try {
    open(folder);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('It was opened.');
}

function sql(folder: string, statement: string): void {
  const db = new DatabaseSync(join(folder, 'letta.db'));
  db.exec(statement);
  db.close();
}

describe('opening', () => {
  test('makes the folder and finds again what was written', () => {
    const folder = join(temporaryFolder(), 'deep', 'er');
    const { store, agentId } = withAgent(folder);
    store.close();
    expect(open(folder).agents.get(agentId)?.name).toBe('Ada');
  });

  test.each([
    ['text', Buffer.from('this is no database, but somebody wants it')],
    ['a few bytes', Buffer.from('SQLite')],
    ['a header and nonsense', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8000, 7)])],
  ])('refuses %s and leaves it as it is', (_name, content) => {
    const folder = temporaryFolder();
    const file = join(folder, 'letta.db');
    writeFileSync(file, content);
    const error = refusal(folder);
    expect(error.reason).toBe('corrupt');
    expect(error.message).toContain(file);
    expect(readFileSync(file)).toEqual(content);
  });

  test('refuses a database with a damaged page', () => {
    const folder = temporaryFolder();
    const { store, agentId } = withAgent(folder);
    store.write('durable', () => {
      for (let i = 0; i < 200; i++)
        store.messages.append({
          id: newId('message'),
          agentId,
          owner: agentId,
          body: { role: 'user', content: [{ type: 'text', text: `word${i} `.repeat(50) }] },
        });
    });
    store.close();
    const file = join(folder, 'letta.db');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096 * 5, 4096 * 12);
    writeFileSync(file, bytes);
    expect(refusal(folder).reason).toBe('corrupt');
    expect(readFileSync(file)).toEqual(bytes);
  });

  test('refuses a newer schema and leaves it as it is', () => {
    const folder = temporaryFolder();
    withAgent(folder).store.close();
    sql(folder, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    const before = readFileSync(join(folder, 'letta.db'));
    const error = refusal(folder);
    expect(error.reason).toBe('newer_schema');
    expect(error.message).toContain(join(folder, 'letta.db'));
    expect(readFileSync(join(folder, 'letta.db'))).toEqual(before);
  });

  test.each([
    ['of a newer schema', SCHEMA_VERSION + 1, 'newer_schema'],
    ['that is damaged', SCHEMA_VERSION, 'corrupt'],
  ])('leaves the write-ahead log alone that a crash has left beside a database %s', (_, version, reason) => {
    const crashed = temporaryFolder();
    const folder = temporaryFolder();
    withAgent(crashed);
    const db = new DatabaseSync(join(crashed, 'letta.db'));
    onTestFinished(() => db.close());
    db.exec(`PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = ${version}; DELETE FROM events`);
    const files = ['letta.db', 'letta.db-wal'].map((name) => join(folder, name));
    for (const file of files) copyFileSync(join(crashed, basename(file)), file);
    if (reason === 'corrupt') {
      const bytes = readFileSync(join(folder, 'letta.db'));
      writeFileSync(join(folder, 'letta.db'), bytes.fill(0xa5, 4096 * 2, 4096 * 8));
    }
    const before = files.map((file) => readFileSync(file));
    expect(before[1]?.length).toBeGreaterThan(0);
    expect(refusal(folder).reason).toBe(reason);
    expect(files.map((file) => readFileSync(file))).toEqual(before);
  });

  test('says so where the folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'taken'), '');
    expect(refusal(join(folder, 'taken')).reason).toBe('unusable');
  });

  test('says so where a folder stands in place of the file', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'letta.db'));
    expect(refusal(folder)).toBeInstanceOf(StoreError);
  });
});

describe('writing', () => {
  test('stops once another process has migrated the file; nothing of the write is kept', () => {
    const folder = temporaryFolder();
    const { store, agentId } = withAgent(folder);
    sql(folder, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    const rename = () => store.write('durable', () => store.agents.update(agentId, { ...fields, name: 'Eve' }));
    expect(rename).toThrow(/Reload this window/);
    expect(store.agents.get(agentId)?.name).toBe('Ada');
  });

  test('is all or nothing, and a failed part does not take the rest with it', () => {
    const { store, agentId } = withAgent(temporaryFolder());
    const name = () => store.agents.get(agentId)?.name;
    expect(() =>
      store.write('durable', () => {
        store.agents.update(agentId, { ...fields, name: 'Half' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(name()).toBe('Ada');
    store.write('durable', () => {
      store.agents.update(agentId, { ...fields, name: 'Outer' });
      expect(() =>
        store.part(() => {
          store.agents.update(agentId, { ...fields, name: 'Inner' });
          throw new Error('part');
        }),
      ).toThrow('part');
    });
    expect(name()).toBe('Outer');
  });

  test('is seen by another connection, with an event that says what changed', () => {
    const folder = temporaryFolder();
    const { store, agentId } = withAgent(folder);
    const other = open(folder);
    const seen = other.events.last();
    store.write('durable', () => store.agents.update(agentId, { ...fields, name: 'Eve' }));
    expect(other.agents.get(agentId)?.name).toBe('Eve');
    expect(other.events.after(seen)).toMatchObject([{ kind: 'agent.updated', subject: agentId }]);
  });

  test('keeps two writers apart', () => {
    const folder = temporaryFolder();
    const { store, agentId } = withAgent(folder);
    const other = open(folder);
    for (let i = 0; i < 50; i++) {
      const writer = i % 2 === 0 ? store : other;
      writer.write('relaxed', () =>
        writer.messages.append({
          id: newId('message'),
          agentId,
          owner: agentId,
          body: { role: 'user', content: [{ type: 'text', text: `${i}` }] },
        }),
      );
    }
    expect(store.messages.count(agentId, agentId)).toBe(50);
  });
});

describe('passages', () => {
  function archive() {
    const { store, agentId } = withAgent(temporaryFolder());
    const add = (text: string, tags: string[] = [], createdAt = Date.now()) =>
      store.write('durable', () =>
        store.passages.create({ id: newId('passage'), agentId, archiveId: 'a', text, tags, metadata: {}, createdAt }),
      );
    const find = (query: string, more: object = {}) =>
      store.passages.search({ agentId, query, tagMode: 'any', limit: 10, ...more }).map((passage) => passage.text);
    return { add, find };
  }

  test('are found by the stem of a word, by any word, and by a part of a word where no word fits', () => {
    const { add, find } = archive();
    add('The deployments run on Fridays.');
    add('Grüße aus Köln');
    add('数据库迁移');
    expect(find('deploying friday')).toEqual(['The deployments run on Fridays.']);
    expect(find('KÖLN')).toEqual(['Grüße aus Köln']);
    expect(find('迁移')).toEqual(['数据库迁移']);
    expect(find('nothing')).toEqual([]);
    expect(find('  ')).toEqual([]);
  });

  test('take no syntax from a query', () => {
    const { add, find } = archive();
    add('quote " and NEAR( and star*');
    for (const query of ['"', 'NEAR(', 'a AND', '* OR -', 'col:x', '%', "');--"])
      expect(() => find(query)).not.toThrow();
    expect(find('NEAR(')).toHaveLength(1);
  });

  test('are narrowed by tags and dates', () => {
    const { add, find } = archive();
    add('one fact', ['a', 'b'], 1000);
    add('two fact', ['a'], 2000);
    expect(find('fact', { tags: ['b'] })).toEqual(['one fact']);
    expect(find('fact', { tags: ['a', 'b'], tagMode: 'all' })).toEqual(['one fact']);
    expect(find('fact', { from: 1500 })).toEqual(['two fact']);
    expect(find('fact', { to: 1500 })).toEqual(['one fact']);
  });
});
