// The list of threads, over the embedded server: order, pages, titles, contents, archive, and the agent's own conversation.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/letta/connection.ts';
import type { LettaServer } from '../../../src/server/app.ts';
import { Store } from '../../../src/server/store/store.ts';
import { findInThreads } from '../../../src/threads/find.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { openSeeded, type SeededThreads, seedThreads } from '../../support/seed-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'letta-threads-'));
let seeded: SeededThreads;
let server: LettaServer;
let connection: Connection;
let threads: Threads;

beforeAll(async () => {
  seeded = seedThreads(folder, 1_100, 2);
  ({ server, connection } = await openSeeded(folder));
  threads = new Threads(connection, seeded.agentId, 'shop');
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const newestFirst = () => seeded.threads.map(({ id }) => id).reverse();

describe('the list of threads', () => {
  it('has the newest first, and all of more than a thousand', async () => {
    const page = await threads.page({ limit: 50 });
    expect([page.threads.map(({ id }) => id), page.hasMore]).toEqual([newestFirst().slice(0, 50), true]);
    const all = await threads.page({ limit: 1_100 });
    expect([all.threads.map(({ id }) => id), all.hasMore]).toEqual([newestFirst(), false]);
    expect(await threads.all()).toHaveLength(1_100);
  });

  it('begins with the one that was used a moment ago, however old it is', async () => {
    const { id, title } = seeded.threads[0] ?? { id: '', title: '' };
    await connection.client.conversations.update(id, { last_message_at: new Date(Date.now() + 5_000).toISOString() });
    expect((await threads.page({ limit: 1 })).threads).toMatchObject([{ id, title }]);
  });

  it('is searched by every word of titles, oldest included', async () => {
    const { id, title } = seeded.threads[7] ?? { id: '', title: '' };
    const words = title.toUpperCase().split(' ').reverse().join(' ');
    expect((await threads.page({ query: words, limit: 50 })).threads.map((thread) => thread.id)).toContain(id);
    expect(await threads.page({ query: 'thread nowhere', limit: 50 })).toEqual({ threads: [], hasMore: false });
  });

  it('leaves out what is hidden, and keeps what is archived apart until it comes back', async () => {
    const hidden = await threads.create({ title: 'beside', hidden: true });
    const id = seeded.threads[1]?.id ?? '';
    await threads.archive(id, true);
    const ids = async (archived: boolean) =>
      (await threads.page({ limit: 2_000, archived })).threads.map((thread) => thread.id);
    expect(await ids(true)).toEqual([id]);
    expect(await ids(false)).not.toContain(id);
    expect(await ids(false)).not.toContain(hidden);
    await threads.archive(id, false);
    expect([await ids(true), (await ids(false)).includes(id)]).toEqual([[], true]);
  });

  it('tells in which workspace a thread was made', async () => {
    const made = await threads.create({ title: 'Made here' });
    const fork = await threads.fork(seeded.threads[5]?.id ?? '');
    const { threads: list } = await threads.page({ limit: 2_000 });
    const workspaceOf = (id: string) => list.find((thread) => thread.id === id)?.workspace;
    expect([made, fork, seeded.threads[5]?.id ?? ''].map(workspaceOf)).toEqual(['shop', 'shop', undefined]);
  });

  it('has what was said to the agent without a thread, once anything was', async () => {
    const own = async () => (await threads.page({ limit: 2_000 })).threads.filter(({ isDefault }) => isDefault);
    expect(await own()).toEqual([]);
    const store = new Store(folder, () => {});
    store.write('durable', () => store.conversations.touch(seeded.agentId, Date.now() + 9_000));
    store.close();
    expect(await own()).toMatchObject([{ id: seeded.agentId, title: 'Default thread' }]);
    expect((await threads.page({ limit: 1 })).threads[0]?.isDefault).toBe(true);
    await threads.rename(seeded.agentId, 'Said in a terminal');
    expect((await threads.get(seeded.agentId)).title).toBe('Said in a terminal');
  });

  it('finds messages by their words, each with its thread, none of hidden threads', async () => {
    const find = (query: string) => findInThreads(connection, seeded.agentId, threads, query);
    const [first] = await find('message 1 of thread 1033');
    expect(first).toMatchObject({
      threadId: seeded.threads[1_033]?.id,
      title: seeded.threads[1_033]?.title,
      messageId: seeded.threads[1_033]?.messageIds[1],
    });
    expect(first?.text).toContain('Message 1 of thread 1033');
    await threads.rename(seeded.threads[1_033]?.id ?? '', '\u200bdone beside');
    expect((await find('message 1 of thread 1033')).map(({ threadId }) => threadId)).not.toContain(
      seeded.threads[1_033]?.id,
    );
    expect(await find('  ')).toEqual([]);
  });
});
