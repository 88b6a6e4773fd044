// An answer is carried out once, whenever the window dies: each line stands in memory once, and what waits is listed once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { carryOut } from '../../../src/flows/reflect-carry.ts';
import type { Answer, Proposal } from '../../../src/flows/reflect-state.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { MemoryStoreProxy } from '../../../src/memory/store-client.ts';
import { AGENT, type FileServer, fileServer, proxied } from '../memory/support.ts';

let folder: string;
let server: FileServer;
let store: MemoryStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carry-'));
  server = fileServer(folder, { conventions: 'One.\nTwo.', project: '' });
  store = new MemoryStore({ dataDir: folder });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const proposal = (more: Partial<Proposal>): Proposal => ({
  label: 'conventions',
  before: '',
  after: 'Three.',
  base: 'One.\nTwo.',
  why: 'It was said.',
  cites: [{ threadId: 'conv-1', messageId: 'message-1', who: 'person', quote: 'Three, please.' }],
  sources: [],
  act: 'apply',
  ...more,
});
const ANSWER: Answer = {
  tokens: 2_000,
  proposals: [
    proposal({}),
    proposal({ before: 'One.', after: 'First.', act: 'mark', sources: ['workspace'] }),
    proposal({ after: 'Always run it.', act: 'wait', sources: ['workspace'] }),
    proposal({ label: 'project', base: '', after: 'A shop.' }),
  ],
};

/** A window that dies at its n-th call of store or server; its clock is `later` milliseconds ahead. */
function window(later = 0, dies = Number.POSITIVE_INFINITY) {
  let calls = 0;
  const mortal = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name);
        if (typeof value === 'object' && value !== null) return mortal(value);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (++calls > dies ? new Promise(() => {}) : value.apply(of, args));
      },
    });
  const connection = { ...server.connection, client: mortal(server.connection.client) };
  const list = new ReviewList({
    connection,
    agentId: AGENT,
    store: mortal(proxied(store)) as MemoryStoreProxy,
    changes: new ChangeLog(join(folder, 'changes.jsonl')),
    now: () => Date.now() + later,
  });
  return {
    list,
    calls: () => calls,
    carry: () =>
      carryOut(
        {
          propose: async (proposals) => {
            const added = [];
            for (const each of proposals) added.push(await list.add(each));
            return added;
          },
          accepted: () => list.list('accepted'),
          apply: async (id, unreviewed) => void (await list.accept(id, { unreviewed })),
          drop: async (reviews) => {
            for (const { id } of reviews) await list.reject(id);
            return reviews.map(({ label }) => `${label} was changed.`);
          },
          block: async (label) => (await listBlocks(connection, AGENT)).find((block) => block.label === label),
          log: () => {},
        },
        'run-1',
        ANSWER,
      ),
  };
}

const DONE = { conventions: 'First.\nTwo.\nThree.', project: 'A shop.' };

it('applies what may be applied, marks it by what was read, and lists the rest', async () => {
  const { carry, list } = window();
  const carried = await carry();
  expect(server.values()).toEqual(DONE);
  expect(carried).toMatchObject({ waiting: 1, dropped: [] });
  expect(carried.applied.map(({ label }) => label)).toEqual(['conventions', 'conventions', 'project']);
  expect((await list.list()).map(({ after }) => after)).toEqual(['Always run it.']);

  const blocks = ['conventions', 'project'].map((label) => ({
    id: `block-${label}`,
    label,
    value: server.values()[label] ?? '',
  }));
  store.readJournal('embedded', join(folder, 'changes.jsonl'));
  store.observe('embedded', AGENT, blocks);
  const marks = blocks.flatMap(({ id }) => store.history('embedded', id).revisions);
  expect(marks.filter(({ author }) => author === 'reflection').map(({ review, sources }) => [review, sources])).toEqual(
    [
      ['unreviewed', ['workspace']],
      ['accepted', []],
      ['accepted', []],
    ],
  );
});

it('does nothing twice, wherever a kill comes', async () => {
  const whole = window();
  await whole.carry();
  const steps = whole.calls();
  expect(steps).toBeGreaterThan(20);
  for (let n = 0; n < steps; n++) {
    store.close();
    rmSync(folder, { recursive: true, force: true });
    folder = mkdtempSync(join(tmpdir(), 'carry-'));
    server = fileServer(folder, { conventions: 'One.\nTwo.', project: '' });
    store = new MemoryStore({ dataDir: folder });
    const dead = window(0, n);
    void dead.carry();
    await expect.poll(() => dead.calls(), { interval: 1 }).toBeGreaterThan(n);
    const next = window(20_000);
    await next.list.recover();
    await next.carry();
    expect(server.values(), `killed at ${n}`).toEqual(DONE);
    expect((await next.list.list()).map(({ after }) => after)).toEqual(['Always run it.']);
    expect(server.writes(), `killed at ${n}`).toHaveLength(3);
  }
});
