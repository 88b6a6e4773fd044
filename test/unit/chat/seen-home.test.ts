// What can be read of a home on a server while it does not answer.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatHome } from '../../../src/chat/home.ts';
import { forgetSeen, LastSeen } from '../../../src/chat/last-seen.ts';
import { keepingSeen, seenHome } from '../../../src/chat/seen-home.ts';
import { maskSecrets } from '../../../src/permissions/secrets.ts';
import type { AboutView } from '../../../src/protocol/about-views.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import type { KeptView } from '../../../src/protocol/messages.ts';

const HOME = 'http://letta.example.com:8283';
const SECRET = `sk-ant-api03-${'Ab3dEf9h'.repeat(6)}`;
const date = '2026-01-02T03:04:05.000Z';
const about: AboutView = {
  agentId: 'agent-1',
  agentName: 'Letta',
  homeLabel: `Letta server at ${HOME}`,
  homeKind: 'selfHosted',
  model: 'x/used',
  demo: false,
  trusted: true,
};
const thread = (threadId: string, text: string): KeptView['thread'] => ({
  threadId,
  title: `About ${text}`,
  items: [{ kind: 'user', id: `${threadId}-1`, text, date }],
  hasMore: true,
});
const view = (threadId: string, text: string): KeptView => ({
  about,
  models: [],
  mode: 'standard',
  thread: thread(threadId, text),
});
const listed = (id: string) => ({ id, title: `Thread ${id}`, createdAt: date, updatedAt: date });
const block = (value: string): BlockView => ({
  id: 'block-1',
  label: 'project',
  description: '',
  value,
  limit: 2_000,
  readOnly: false,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-seen-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (workspace = '/storage/of/one', homeKey = HOME) =>
  new LastSeen({
    globalFolder: folder,
    homeKey,
    workspace,
    mask: async () => maskSecrets,
    log: (line) => {
      throw new Error(line);
    },
  });

/** A home that answers. */
const home = (agentId = 'agent-1', blocks = [block('Names are nouns.')], threads = [listed('conv-1')]) =>
  ({
    about: () => ({ ...about, agentId }),
    threads: { list: async () => ({ threads, hasMore: false, hits: [] }) },
    blocks: { list: async () => blocks },
    skills: { list: async () => [] },
  }) as unknown as ChatHome;

const down = (seen = open(), why = 'Nothing answers there.') =>
  seenHome({
    seen,
    about: { homeLabel: about.homeLabel, homeKind: 'selfHosted', trusted: false },
    why: () => why,
    queueFolder: folder,
  });

it('shows threads, messages and memory as they were seen last, and says why the home does not answer', async () => {
  const seen = open();
  const kept = keepingSeen(home(), seen);
  await kept.threads.list({ limit: 50 });
  await kept.blocks.list();
  kept.keep?.(view('conv-1', 'retries'));
  await seen.flush();

  const away = await down();
  expect(away.about()).toEqual({ ...about, trusted: false, down: 'Nothing answers there.' });
  expect(await away.threads.list({ limit: 50 })).toEqual({
    threads: [{ ...listed('conv-1'), title: 'About retries' }],
    hasMore: false,
    hits: [],
  });
  expect((await away.threads.list({ limit: 50, query: 'nothing like it' })).threads).toEqual([]);
  expect(await away.blocks.list()).toEqual([block('Names are nouns.')]);
  const stored = await away.sessions.load('conv-1');
  expect(stored).toMatchObject({ title: 'About retries', items: [{ text: 'retries' }], hasMore: false });
});

it('lists a thread that began after the list was asked for, by its last message', async () => {
  const seen = open();
  const kept = keepingSeen(home(), seen);
  await kept.threads.list({ limit: 50 });
  const later = view('conv-2', 'later');
  const items = later.thread.items.map((item) => ({ ...item, date: '2026-02-02T03:04:05.000Z' }));
  kept.keep?.({ ...later, thread: { ...later.thread, items } });
  kept.keep?.(view('conv-1', 'retries'));
  await seen.flush();
  const { threads } = await (await down()).threads.list({ limit: 50 });
  expect(threads.map(({ title }) => title)).toEqual(['About later', 'About retries']);
});

it('refuses what needs the home, in words; a message stays in the composer', async () => {
  const away = await down();
  await expect(away.blocks.save('block-1', 'new', 'old')).rejects.toThrow('Nothing answers there.');
  await expect(away.threads.rename('conv-1', 'x')).rejects.toThrow('Nothing answers there.');
  await expect(away.settleModel()).rejects.toThrow('Your message is still in the composer.');
  await expect(away.memory()).rejects.toThrow('Nothing answers there.');
});

it('opens where nothing was ever seen, and says so of a thread that was not read', async () => {
  const away = await down();
  expect(away.about()).toMatchObject({ agentId: '', homeLabel: about.homeLabel });
  expect((await away.threads.list({ limit: 50 })).threads).toEqual([]);
  await expect(away.blocks.list()).rejects.toThrow('Nothing answers there.');
  const none = await away.threads.create();
  expect((await away.sessions.load(none)).items).toEqual([]);
  const { items } = await away.sessions.load('conv-never-read');
  expect(items).toMatchObject([{ kind: 'notice', text: expect.stringContaining('was not read on this computer') }]);
});

it('keeps no secret, and nothing that another account of this computer can read', async () => {
  const seen = open();
  const kept = keepingSeen(home('agent-1', [block(`key: ${SECRET}`)]), seen);
  await kept.blocks.list();
  kept.keep?.(view('conv-1', `use ${SECRET}`));
  await seen.flush();
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  expect(files.length).toBe(3);
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    expect(await readFile(path, 'utf8')).not.toContain(SECRET);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect((await stat(parentPath)).mode & 0o077).toBe(0);
  }
});

it('keeps the twenty threads that were seen last', async () => {
  const seen = open();
  for (let i = 0; i < 30; i++) seen.keepThread(thread(`conv-${i}`, `text ${i}`));
  await seen.flush();
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json'));
  expect(files).toHaveLength(20);
  expect(await open().thread('conv-29')).toMatchObject({ title: 'About text 29' });
});

it('keeps homes and workspaces apart, and forgets a home that the person signs out of', async () => {
  for (const [workspace, homeKey] of [
    ['/one', HOME],
    ['/two', HOME],
    ['/one', 'cloud'],
  ] as const) {
    const seen = open(workspace, homeKey);
    seen.keep('blocks', [block(`${workspace} ${homeKey}`)]);
    await seen.flush();
  }
  const blockOf = async (...where: [string, string]) => (await open(...where).read('blocks'))?.[0]?.value;
  expect(await blockOf('/two', HOME)).toBe(`/two ${HOME}`);
  await forgetSeen(folder, HOME);
  expect(await blockOf('/one', HOME)).toBeUndefined();
  expect(await blockOf('/two', HOME)).toBeUndefined();
  expect(await blockOf('/one', 'cloud')).toBe('/one cloud');
});

it('writes nothing more of a home that was signed out of, whenever that came; signed in again it does', async () => {
  for (const when of ['before', 'during', 'after'] as const) {
    let masked = () => {};
    const masking = new Promise<void>((resolve) => {
      masked = resolve;
    });
    const seen = new LastSeen({
      globalFolder: folder,
      homeKey: HOME,
      workspace: '/one',
      mask: async () => {
        if (when === 'during') await masking;
        return maskSecrets;
      },
      log: () => {},
    });
    if (when === 'before') await forgetSeen(folder, HOME);
    seen.keep('threads', []);
    if (when === 'after') await seen.flush();
    if (when !== 'before') await forgetSeen(folder, HOME);
    masked();
    await seen.flush();
    seen.keep('skills', []);
    await seen.flush();
    expect(await readdir(join(folder, 'last-seen')).catch(() => []), when).toEqual([]);
  }
  const again = open();
  again.keep('threads', []);
  await again.flush();
  expect(await open().read('threads')).toEqual([]);
});

it('lets go of what was seen of another agent of the workspace', async () => {
  const first = open();
  keepingSeen(home(), first).keep?.(view('conv-1', 'old'));
  await first.flush();
  const second = open();
  keepingSeen(home('agent-2'), second);
  await second.flush();
  expect(await open().thread('conv-1')).toBeUndefined();
});

it('a file that was damaged counts as nothing', async () => {
  const seen = open();
  seen.keep('blocks', [block('whole')]);
  await seen.flush();
  const [file = ''] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
  await rm(join(folder, file));
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, file), '[{"id": 3');
  await expect((await down()).blocks.list()).rejects.toThrow('Nothing answers there.');
});
