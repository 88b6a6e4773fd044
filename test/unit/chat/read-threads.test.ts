import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadThreads } from '../../../src/chat/read-threads.ts';

const later = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('what was read', () => {
  let folder: string;
  let path: string;
  const logged: string[] = [];
  const open = () => new ReadThreads(path, (line) => logged.push(line));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'letta-read-'));
    path = join(folder, 'read', 'agent.json');
    logged.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is all that was said before, and what is said later until the person sees it', async () => {
    const read = open();
    const thread = { id: 'a', updatedAt: later(60_000) };
    expect((await read.unread())({ id: 'a', updatedAt: later(-60_000) })).toBe(false);
    expect((await read.unread())(thread)).toBe(true);
    read.mark('a', thread.updatedAt);
    expect((await read.unread())(thread)).toBe(false);
    expect((await read.unread())({ ...thread, updatedAt: later(120_000) })).toBe(true);
    await read.flush();
    expect((await open().unread())(thread)).toBe(false);
  });

  it('is shared by windows: neither takes back what the other has marked', async () => {
    const [one, other] = [open(), open()];
    const [a, b] = [later(60_000), later(70_000)];
    one.mark('a', a);
    await one.flush();
    other.mark('b', b);
    other.mark('a', later(1_000));
    await other.flush();
    const unread = await open().unread();
    expect([unread({ id: 'a', updatedAt: a }), unread({ id: 'b', updatedAt: b })]).toEqual([false, false]);
  });

  it('begins anew where its file cannot be read, and stays small', async () => {
    const read = open();
    const base = Date.now() + 60_000;
    const at = (i: number) => new Date(base + i * 1_000).toISOString();
    for (let i = 0; i < 600; i++) read.mark(`thread-${i}`, at(i));
    await read.flush();
    const kept = JSON.parse(await readFile(path, 'utf8'));
    expect(Object.keys(kept.threads)).toHaveLength(500);
    // Those that were let go count as seen up to the newest of them.
    expect((await open().unread())({ id: 'thread-3', updatedAt: at(50) })).toBe(false);
    await writeFile(path, '{"since"');
    expect((await open().unread())({ id: 'a', updatedAt: later(-1_000) })).toBe(false);
    expect((await open().unread())({ id: 'a', updatedAt: later(60_000) })).toBe(true);
    expect(logged).toEqual([]);
  });
});
