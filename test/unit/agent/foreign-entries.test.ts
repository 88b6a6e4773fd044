// What comes into the archive from elsewhere is noted as foreign before it is there: a search may bring it into any thread.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ForeignEntries } from '../../../src/agent/foreign-entries.ts';
import { Journal } from '../../../src/agent/journal.ts';
import { seenAnywhere } from '../../../src/agent/seen.ts';
import { Bringing, type BringingDeps } from '../../../src/bringing.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import { MemoryFiles, type MemoryFilesDeps } from '../../../src/memory-files.ts';

let folder: string;
let journal: Journal;
/** What had been noted at each entry that was added. */
let noted: string[][];
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  journal = new Journal(join(folder, 'journal'));
  noted = [];
  const create = async (_agent: string, { text }: { text: string }) => {
    noted.push(await seenAnywhere(journal));
    return [{ id: 'passage-1', text }];
  };
  const passages = { create, list: async () => [] };
  connection = { client: { agents: { passages } }, kind: 'embedded', homeKey: 'embedded' } as unknown as Connection;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('entries that others wrote', () => {
  it('are noted before they are added: of an export', async () => {
    const exported = join(folder, 'export');
    mkdirSync(exported);
    const lines = ['one', 'two'].map((text) => `${JSON.stringify({ text, tags: [], createdAt: null })}\n`);
    writeFileSync(join(exported, 'archive.jsonl'), lines.join(''));
    const files = new MemoryFiles({
      connection,
      agent: { id: 'agent-1' },
      journal,
      refresh: async () => {},
    } as unknown as MemoryFilesDeps);
    expect(await files.importArchive(exported, new AbortController().signal, () => {})).toBe(2);
    expect(noted).toEqual([['tool'], ['tool']]);
  });

  it('are noted before they are added: of conversations', async () => {
    const bringing = new Bringing({ connection, agentId: 'agent-1', journal, context: {} } as unknown as BringingDeps);
    expect(await bringing.conversations().add('Said elsewhere.', [], '')).toBe('passage-1');
    expect(noted).toEqual([['tool']]);
  });

  it('are not added when that cannot be noted', async () => {
    writeFileSync(join(folder, 'journal'), 'a file where the folder should be');
    let added = 0;
    const add = async () => {
      added++;
      return { id: '', text: '', tags: [], at: '' };
    };
    const entries = new ForeignEntries({ add }, journal);
    await expect(entries.add('x', [])).rejects.toThrow();
    expect(added).toBe(0);
  });
});
