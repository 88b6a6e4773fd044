// Taking back one write of the agent, from its card or from the block: only where nothing else is touched.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal } from '../../../src/agent/journal.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { MemoryTimeline } from '../../../src/memory/memory-timeline.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { type UndoWriteDeps, undoWrite } from '../../../src/memory/undo-write.ts';
import { AGENT, type FileServer, fileServer, proxied } from './support.ts';

let folder: string;
let server: FileServer;
let store: MemoryStore;
let deps: UndoWriteDeps;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'undo-write-'));
  server = fileServer(folder, { conventions: 'Use semicolons.', human: '' });
  store = new MemoryStore({ dataDir: folder });
  const { connection } = server;
  const changes = new ChangeLog(join(folder, 'changes.jsonl'));
  const timeline = new MemoryTimeline({
    connection,
    agentId: AGENT,
    store: proxied(store),
    changes,
    log: (line) => expect.fail(line),
  });
  deps = { connection, agentId: AGENT, changes, timeline };
  await timeline.observe();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The agent adds a line after it had read files: applied and marked. */
async function insert(id: string, line: string, review: 'unreviewed' | 'accepted' = 'unreviewed'): Promise<void> {
  await deps.timeline.noteCall({
    label: 'conventions',
    threadId: 'conv-1',
    callId: id,
    tool: 'memory_insert',
    args: { label: 'conventions', new_string: line },
    at: Date.now(),
    sources: ['workspace'],
    review,
  });
  server.set('conventions', `${server.values().conventions}\n${line}`);
  await deps.timeline.observe();
}

const call = (id: string) => ({ threadId: 'conv-1', id });
const newest = async () => (await deps.timeline.history('block-conventions')).revisions[0];

it('takes back what a card shows, and keeps what was written after it', async () => {
  await insert('call-1', 'Tests live beside the code.');
  await insert('call-2', 'Names are nouns.');
  expect(await undoWrite(deps, 'conventions', call('call-1'))).toEqual(call('call-1'));
  expect(server.values().conventions).toBe('Use semicolons.\nNames are nouns.');
  await deps.timeline.observe();
  expect(await newest()).toMatchObject({ author: 'person', by: 'undo' });
  // Nobody has to look at what is not there any more; the other one still waits.
  expect((await deps.timeline.unreviewed()).map(({ callId }) => callId)).toEqual(['call-2']);
});

it('takes back the last change of a block, and says whose call it was', async () => {
  await insert('call-1', 'Tests live beside the code.');
  expect(await undoWrite(deps, 'conventions')).toEqual(call('call-1'));
  expect(server.values().conventions).toBe('Use semicolons.');
});

it('refuses where the block was changed since, and touches nothing', async () => {
  await insert('call-1', 'Tests live beside the code.');
  server.set('conventions', 'Use semicolons.\nTests live in a folder of their own.');
  await expect(undoWrite(deps, 'conventions', call('call-1'))).rejects.toThrow(/changed again since then/);
  await expect(undoWrite(deps, 'conventions')).rejects.toMatchObject({ reason: 'changed_since' });
  expect(server.values().conventions).toBe('Use semicolons.\nTests live in a folder of their own.');
});

it('refuses what was taken back already, what was reviewed, what another thread wrote, and a block that is gone', async () => {
  await insert('call-1', 'Tests live beside the code.');
  await undoWrite(deps, 'conventions', call('call-1'));
  await expect(undoWrite(deps, 'conventions', call('call-1'))).rejects.toMatchObject({ reason: 'changed_since' });
  await insert('call-2', 'Names are nouns.', 'accepted');
  await expect(undoWrite(deps, 'conventions')).rejects.toMatchObject({ reason: 'changed_since' });
  const elsewhere = { threadId: 'conv-2', id: 'call-2' };
  await expect(undoWrite(deps, 'conventions', elsewhere)).rejects.toMatchObject({ reason: 'changed_since' });
  await expect(undoWrite(deps, 'style', call('call-2'))).rejects.toMatchObject({ reason: 'gone', label: 'style' });
  expect(server.values().conventions).toBe('Use semicolons.\nNames are nouns.');
});

it('is still known of the card after a restart', async () => {
  const journals = join(folder, 'journal');
  const open = await new Journal(journals).open('conv-1');
  await open.append({ kind: 'memory', callId: 'call-1', review: 'unreviewed' });
  await new Journal(journals).tell('conv-1', { kind: 'memory', callId: 'call-1', review: 'undone' });
  // Whoever had it open goes on writing.
  await open.append({ kind: 'memory', callId: 'call-2', review: 'held' });
  const { calls } = await new Journal(journals).read('conv-1');
  expect([calls.get('call-1')?.memoryReview, calls.get('call-2')?.memoryReview]).toEqual(['undone', 'held']);
});
