import { describe, expect, it } from 'vitest';
import type { ChatHome } from '../../../src/chat/home.ts';
import { OpenThreads } from '../../../src/chat/open-threads.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadRequests } from '../../../src/chat/thread-requests.ts';
import type { Snapshot } from '../../../src/protocol/thread-views.ts';

function make({ fails = false } = {}) {
  const stored = new Map([
    ['a', 'Alpha'],
    ['b', 'Beta'],
  ]);
  const said: string[] = [];
  const left: string[] = [];
  let lists = 0;
  const undo = Promise.withResolvers<boolean>();
  const at = '2026-01-01T00:00:00Z';
  const threads: Partial<ChatHome['threads']> = {
    list: async ({ limit }) => {
      const all = [...stored].map(([id, title]) => ({ id, title, createdAt: at, updatedAt: at }));
      return { threads: all.slice(0, limit), hasMore: all.length > limit, hits: [] };
    },
    title: async (id) => stored.get(id) ?? '',
    remove: async (id) => {
      if (fails) throw new Error('The server is gone.');
      stored.delete(id);
    },
  };
  const requests = new ThreadRequests({
    home: async () => ({ threads }) as ChatHome,
    sessions: new OpenThreads(
      async () => ({}) as SessionBackend,
      () => {},
    ),
    seen: () => false,
    openInEditor: async () => {},
    leave: async (threadId) => void left.push(threadId),
    changed: async () => void lists++,
    offerUndo: (message) => {
      said.push(message);
      return undo.promise;
    },
    tellError: (message) => said.push(message),
    log: () => {},
  });
  const titles = async () => (await requests.list({ limit: 10 })).threads.map(({ title }) => title);
  const settled = async (wanted: boolean) => {
    const before = lists;
    undo.resolve(wanted);
    while (lists === before) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const asking = {
    show: async (threadId: string) => ({ snapshot: { threadId } as Snapshot }),
    openNew: async () => ({ threadId: 'new' }) as Snapshot,
    startFrom: async () => {},
  };
  const remove = () => requests.handlers(asking)['threads.delete']({ threadId: 'a' });
  return { requests, stored, said, left, titles, settled, remove };
}

describe('deleting a thread', () => {
  it('hides it at once by its name, though it was never opened, and deletes it when Undo was not taken', async () => {
    const { stored, said, left, titles, settled, remove } = make();
    await remove();
    expect(said).toEqual(['Deleted the thread “Alpha”.']);
    expect(left).toEqual(['a']);
    expect(await titles()).toEqual(['Beta']);
    expect(stored.has('a')).toBe(true);
    await settled(false);
    expect([...stored.keys()]).toEqual(['b']);
    expect(await titles()).toEqual(['Beta']);
  });

  it('Undo brings it back', async () => {
    const { stored, titles, settled, remove } = make();
    await remove();
    await settled(true);
    expect(stored.has('a')).toBe(true);
    expect(await titles()).toEqual(['Alpha', 'Beta']);
  });

  it('one that the server does not delete is in the list again, and the person is told why', async () => {
    const { said, titles, settled, remove } = make({ fails: true });
    await remove();
    await settled(false);
    expect(said[1]).toBe('The thread “Alpha” was not deleted, and is in the list again: The server is gone.');
    expect(await titles()).toEqual(['Alpha', 'Beta']);
  });
});
