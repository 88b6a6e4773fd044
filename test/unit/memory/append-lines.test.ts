// Lines that getting to know a repository adds: as many as fit, marked as read by nobody, and taken back whole.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLines } from '../../../src/memory/append-lines.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { AGENT, type FileServer, fileServer } from './support.ts';

let folder: string;
let server: FileServer;
let changes: ChangeLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'append-'));
  server = fileServer(folder, { project: 'A shop.\n', full: 'x'.repeat(9_990) });
  changes = new ChangeLog(join(folder, 'changes.jsonl'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('adds each line that fits, and says which did not', async () => {
  const long = 'a line that is too long';
  const { fits, change } = await appendLines(server.connection, changes, 'block-full', [long, 'short'], 'init');
  expect(fits).toEqual([false, true]);
  expect(server.values().full?.endsWith('\nshort')).toBe(true);
  expect(change).toMatchObject({ label: 'full' });

  const none = await appendLines(server.connection, changes, 'block-full', [long], 'init');
  expect(none).toEqual({ fits: [false] });
  expect(server.writes()).toEqual(['block-full']);
});

it('marks what came out of files as unreviewed, with its source, and leaves the person’s words alone', async () => {
  await appendLines(server.connection, changes, 'block-project', ['- Said by the person'], 'init');
  await appendLines(server.connection, changes, 'block-project', ['- Found (a.ts:1)'], `init:${AGENT}:workspace`);
  expect(server.values().project).toBe('A shop.\n- Said by the person\n- Found (a.ts:1)');
  const store = new MemoryStore({ dataDir: folder });
  store.readJournal('embedded', changes.path);
  store.observe('embedded', AGENT, [{ id: 'block-project', label: 'project', value: server.values().project ?? '' }]);
  const [, said, found] = store.lines('embedded', 'block-project').map(({ revision }) => revision);
  store.close();
  expect(said).toMatchObject({ author: 'person', by: 'init' });
  expect(said?.review).toBeUndefined();
  expect(found).toMatchObject({ author: 'agent', by: 'init', review: 'unreviewed', sources: ['workspace'] });
});
