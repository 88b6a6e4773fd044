// Export and import of an archive with more entries than the server gives at once: each is there once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Archive } from '../../../src/memory/archive.ts';
import { exportMemory } from '../../../src/memory/mirror/export.ts';
import { importArchive } from '../../../src/memory/mirror/import-archive.ts';
import { readArchive } from '../../../src/memory/mirror/read-archive.ts';
import { OwnHome } from '../agent/own-home.ts';

/** Of the server: what is read at once otherwise takes long to write. */
const PAGE = '100';
const COUNT = 250;
const SECOND_MS = 1_000;

let home: OwnHome;
let folder: string;

beforeEach(async () => {
  home = await OwnHome.open((request) => new Request(request.url.replace('limit=1000', `limit=${PAGE}`), request));
  folder = await mkdtemp(join(tmpdir(), 'whole-'));
});
afterEach(async () => {
  await home.close();
  await rm(folder, { recursive: true });
});

const texts = Array.from({ length: COUNT }, (_, i) => `Entry ${i}`);

it('an export holds each entry once, and a second import adds none', async () => {
  const archive = new Archive(home.connection, home.agentId);
  const last = Date.UTC(2026, 0, 1);
  // As an import leaves them: the newest came first.
  for (const [i, text] of texts.entries()) {
    await archive.add(text, [], { at: new Date(last - i * SECOND_MS).toISOString() });
  }

  const fresh = new Archive(home.connection, home.agentId);
  const passages = async function* () {
    for await (const { text, tags, at, localOnly } of fresh.all()) yield { text, tags, createdAt: at, localOnly };
  };
  const meta = { by: 'test', agent: { id: home.agentId, name: 'Ada' }, exportedAt: '2026-01-01T00:00:00Z' };
  const maskSecrets = (text: string) => text;
  await exportMemory(join(folder, 'out'), { blocks: [], passages: passages(), meta, maskSecrets });
  const exported: string[] = [];
  for await (const { text } of readArchive(join(folder, 'out'))) exported.push(text);
  expect(exported).toEqual(texts.toReversed());

  const options = { maskSecrets, keeps: true, signal: new AbortController().signal };
  let added = 0;
  const onProgress = () => void added++;
  await importArchive(join(folder, 'out'), { ...options, archive: fresh, add: fresh.add.bind(fresh), onProgress });
  expect(added).toBe(0);
});
