// An entry that a local model wrote stays hidden from models elsewhere, whatever a person does with it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeletedEntries } from '../../../src/flows/deleted-entries.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { exportMemory } from '../../../src/memory/mirror/export.ts';
import { importArchive } from '../../../src/memory/mirror/import-archive.ts';
import { putBack } from '../../../src/memory/put-back.ts';
import { OwnHome } from '../agent/own-home.ts';

const SECRET = 'The clinic calls on Tuesday.';

let home: OwnHome;
let archive: Archive;
let id: string;

beforeEach(async () => {
  home = await OwnHome.open();
  archive = new Archive(home.connection, home.agentId);
  ({ id } = await archive.add(SECRET, ['diary'], { localOnly: true, at: '2025-01-02T03:04:05.000Z' }));
  await archive.add('The canteen closes at two.', []);
});
afterEach(() => home.close());

/** Text and mark of what the server holds, as any other client reads it. */
const stored = async () =>
  (await home.connection.client.agents.passages.list(home.agentId, {})).map(({ text, metadata }) => [
    text,
    metadata?.local_only === true,
  ]);
const other = ['The canteen closes at two.', false];

describe('the mark of an entry', () => {
  it('survives an edit', async () => {
    await archive.replace(id, 'The clinic calls on Monday.', ['diary']);
    expect(await stored()).toEqual([other, ['The clinic calls on Monday.', true]]);
  });

  it('survives an edit together with the date', async () => {
    const made = await archive.replace(id, 'The clinic calls on Monday.', ['diary']);
    expect(made).toMatchObject({ at: '2025-01-02T03:04:05.000Z', localOnly: true });
    const fresh = await new Archive(home.connection, home.agentId).list({ query: '' });
    expect(fresh.passages.map(({ text, at }) => [text, at])).toContainEqual([made.text, '2025-01-02T03:04:05.000Z']);
  });

  it.each(['', 'clinic'])('survives that it is deleted and put back, found by “%s”', async (query) => {
    const { passages } = await archive.list({ query });
    const found = passages.filter(({ text }) => text === SECRET);
    const deleted = new DeletedEntries(join(home.workspace.folder, 'deleted.json'), archive);
    for (const entry of found) await deleted.remove(entry);
    await putBack(deleted, await deleted.list());
    expect((await stored()).toSorted()).toEqual([other, [SECRET, true]]);
  });

  it('survives export and import', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kept-'));
    try {
      const passages = async function* () {
        for await (const { text, tags, at, localOnly } of archive.all()) yield { text, tags, createdAt: at, localOnly };
      };
      const meta = { by: 'test', agent: { id: home.agentId, name: 'Ada' }, exportedAt: '2026-01-01T00:00:00Z' };
      const maskSecrets = (text: string) => text;
      await exportMemory(join(folder, 'out'), { blocks: [], passages: passages(), meta, maskSecrets });
      await archive.remove(id);
      const add = archive.add.bind(archive);
      const signal = new AbortController().signal;
      const options = { archive, add, maskSecrets, signal, onProgress: () => {} };
      expect(await importArchive(join(folder, 'out'), { ...options, keeps: false })).toBe(1);
      expect(await stored()).toEqual([other]);
      expect(await importArchive(join(folder, 'out'), { ...options, keeps: true })).toBe(0);
      expect((await stored()).toSorted()).toEqual([other, [SECRET, true]]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
