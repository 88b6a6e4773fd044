// Rejecting offers Undo, which puts what was proposed back on the list; what came from a file is answered by it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { Review } from '../../../src/memory/store/types.ts';
import type { MemoryDiff } from '../../../src/native/memory-diff.ts';
import { ReviewDesk } from '../../../src/review-desk.ts';
import { AGENT, type FileServer, fileServer, proxied } from './support.ts';

let folder: string;
let store: MemoryStore;
let desk: ReviewDesk;
let offered: { message: string; undo: () => Promise<void> }[];
let refreshed: number;
/** What was written where no block is. */
let carried: string[];
let server: FileServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desk-'));
  store = new MemoryStore({ dataDir: folder });
  offered = [];
  refreshed = 0;
  carried = [];
  server = fileServer(folder, { conventions: '' });
  const { connection } = server;
  const carryOut = async ({ label }: Review, text: string) => {
    if (!label.startsWith('skills/')) return false;
    if (text === '') throw new Error('It was changed since.');
    carried.push(`${label}: ${text}`);
    return true;
  };
  const changes = new ChangeLog(join(folder, 'changes.jsonl'));
  desk = new ReviewDesk({
    connection,
    agentId: AGENT,
    reviews: new ReviewList({ connection, agentId: AGENT, store: proxied(store), changes }),
    // Neither is asked: nothing is compared, and no block is made.
    blocks: new BlockManager(connection, AGENT),
    diff: {} as MemoryDiff,
    filed: { before: async () => {}, carryOut, after: async () => {} },
    titles: async () => new Map(),
    changed: async () => {},
    refresh: async () => void refreshed++,
    offerUndo: (message, undo) => void offered.push({ message, undo }),
    log: (line) => expect.fail(line),
  });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const proposal = { label: 'conventions', before: '', after: 'Use tabs.', sources: ['web'], reason: 'It saw the web.' };

it('decides on more than 200 at once: counted, accepted, told apart from those that cannot be, and put back together', async () => {
  await desk.propose(
    Array.from({ length: 250 }, (_, n) => ({
      ...proposal,
      kind: 'import' as const,
      after: `Line ${n}.`,
      callId: `i${n}`,
    })),
  );
  await desk.propose([{ ...proposal, kind: 'write', label: 'gone', callId: 'w' }]);
  const waiting = await desk.views();
  expect(waiting).toHaveLength(251);
  const [first, second, ...rest] = waiting;
  const last = rest.at(-1);
  const some = [first, second, last].map((review) => review?.id ?? '');
  const { decided, problems } = await desk.decideEach(some, true);
  expect(decided).toBe(2);
  expect(problems).toEqual(['gone: The block gone is no longer there. Nothing was changed.']);
  expect(server.values().conventions).toBe('Line 0.\nLine 1.');
  expect(await desk.views()).toHaveLength(249);
  const [skill] = await desk.propose([{ ...proposal, kind: 'mirror', label: 'skills/a/SKILL.md', after: 'Steps.' }]);
  expect(await desk.decideEach([skill?.id ?? ''], true)).toEqual({ decided: 1, problems: [] });
  expect(carried).toEqual(['skills/a/SKILL.md: Steps.']);
  // What comes from files is answered; a write can come back.
  await desk.decideEach(
    rest.map(({ id }) => id),
    false,
  );
  expect(await desk.views()).toEqual([]);
  expect(await desk.waitingOrRejected()).toHaveLength(249);
  expect(offered.map(({ message }) => message)).toEqual(['Rejected one proposal.']);
  await offered[0]?.undo();
  expect(await desk.views()).toEqual([last]);
});

it('puts a rejected write back as it was', async () => {
  const [added] = await desk.propose([{ ...proposal, kind: 'write', callId: 'call-1', threadId: 'conv-1' }]);
  const [waiting] = await desk.views();
  await desk.reject(added?.id ?? '');
  expect(await desk.views()).toEqual([]);
  expect(offered.map(({ message }) => message)).toEqual(['Rejected what was proposed for conventions.']);
  const before = refreshed;
  await offered[0]?.undo();
  expect(await desk.views()).toEqual([waiting]);
  expect(refreshed).toBe(before + 1);
});

it('offers nothing where a file was answered', async () => {
  const [added] = await desk.propose([{ ...proposal, kind: 'project', base: '' }]);
  await desk.reject(added?.id ?? '');
  expect(offered).toEqual([]);
});

it('what is for no block is carried out once, and waits on where it could not be', async () => {
  const mirrored = { ...proposal, label: 'skills/deploy/SKILL.md', before: null, base: '', kind: 'mirror' } as const;
  const [added] = await desk.propose([mirrored]);
  const id = added?.id ?? '';
  await expect(desk.accept(id, '')).rejects.toThrow('It was changed since.');
  expect((await desk.views()).map(({ label }) => label)).toEqual(['skills/deploy/SKILL.md']);
  await desk.accept(id, 'Use spaces.');
  expect([carried, await desk.views()]).toEqual([['skills/deploy/SKILL.md: Use spaces.'], []]);
  expect((await desk.proposals('accepted')).map(({ editedText }) => editedText)).toEqual(['Use spaces.']);
});
