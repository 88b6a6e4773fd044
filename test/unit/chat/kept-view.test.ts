import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptView, readView, VIEW_FILE, ViewKeeper } from '../../../src/chat/kept-view.ts';
import { type KeptView, KeptViewSchema } from '../../../src/protocol/messages.ts';
import type { Snapshot } from '../../../src/protocol/thread-views.ts';
import type { AgentItem, UserItem } from '../../../src/protocol/transcript-views.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-view-'));
  path = join(folder, 'workspace', VIEW_FILE);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const date = '2026-01-02T03:04:05.000Z';
const user = (id: string, text: string): UserItem => ({ kind: 'user', id, text, date });
const answer = (id: string, state: AgentItem['state']): AgentItem => ({
  kind: 'agent',
  id,
  parts: [{ type: 'text', id: `${id}-t`, text: 'An answer.' }],
  state,
  date,
});
const model = (handle: string) => ({ handle, name: handle, provider: 'x', contextWindow: null, demo: false });
const about = {
  agentId: 'agent-1',
  agentName: 'Letta',
  homeLabel: 'Embedded home on this computer (here)',
  homeKind: 'embedded' as const,
  model: 'x/used',
  demo: false,
  trusted: true,
};
const shown = { about, models: [model('x/used'), model('x/other')], mode: 'standard' as const };
const snapshot = (items: Snapshot['items']): Snapshot => ({
  threadId: 'conv-1',
  title: 'A title',
  rev: 7,
  items,
  hasMore: false,
  running: true,
  approvals: [],
});

const must = (view: KeptView | null): KeptView => {
  if (!view) throw new Error('Nothing would be kept.');
  return view;
};

it('keeps the newest items only, and says that there are more', () => {
  const items = Array.from({ length: 200 }, (_, i) => user(`u${i}`, `message ${i}`));
  const { thread } = must(keptView(shown, snapshot(items)));
  expect(thread.items.at(-1)).toMatchObject({ text: 'message 199' });
  expect(thread.items.length).toBeLessThan(40);
  expect(thread.hasMore).toBe(true);
  expect(must(keptView(shown, snapshot(items.slice(0, 3)))).thread).toMatchObject({
    hasMore: false,
    items: items.slice(0, 3),
  });
});

it('keeps a bounded amount of text, and nothing at all rather than a thread that looks empty', () => {
  const long = user('u1', 'x'.repeat(90_000));
  expect(must(keptView(shown, snapshot([long, long, user('u2', 'short')]))).thread.items).toHaveLength(2);
  expect(keptView(shown, snapshot([user('u1', 'x'.repeat(200_000))]))).toBeNull();
  expect(must(keptView(shown, snapshot([]))).thread.items).toEqual([]);
});

it('shows an answer that was still running as cut off, and keeps neither its state nor models that do not answer', () => {
  const view = must(keptView(shown, snapshot([user('u1', 'Hi'), answer('a1', 'streaming'), answer('a2', 'done')])));
  expect(view.thread.items.map((item) => item.kind === 'agent' && item.state)).toEqual([false, 'interrupted', 'done']);
  expect(view.models.map((each) => each.handle)).toEqual(['x/used']);
  expect(KeptViewSchema.safeParse(view).success).toBe(true);
  expect(Object.keys(view.thread).sort()).toEqual(['hasMore', 'items', 'threadId', 'title']);
});

it('is read back as what was kept last, for the same home only', async () => {
  const keeper = new ViewKeeper(path, () => 'home-1');
  for (let i = 0; i < 20; i++) keeper.keep(keptView(shown, snapshot([user('u1', `text ${i}`)])));
  await keeper.flush();
  expect(JSON.parse(await readView(path, 'home-1'))).toEqual(keptView(shown, snapshot([user('u1', 'text 19')])));
  expect(keeper.latest).toBe(await readView(path, 'home-1'));
  expect(await readView(path, 'home-2')).toBe('');
  expect(await readdir(join(folder, 'workspace'))).toEqual([VIEW_FILE]);
});

it('cannot end the element that it stands in', async () => {
  const text = '</script><script>alert(1)</script><!-- <script>';
  const keeper = new ViewKeeper(path, () => 'home-1');
  keeper.keep(keptView(shown, snapshot([user('u1', text)])));
  await keeper.flush();
  const read = await readView(path, 'home-1');
  expect(read).not.toContain('<');
  expect(KeptViewSchema.parse(JSON.parse(read)).thread.items).toEqual([user('u1', text)]);
});

it('goes away when nothing may be kept, and a broken file is as good as none', async () => {
  const keeper = new ViewKeeper(path, () => 'home-1');
  keeper.keep(keptView(shown, snapshot([user('u1', 'secret plan')])));
  await keeper.flush();
  expect(await readFile(path, 'utf8')).toContain('secret plan');
  keeper.keep(null);
  await keeper.flush();
  expect(await readView(path, 'home-1')).toBe('');
  expect(await readdir(join(folder, 'workspace'))).toEqual([]);
  for (const text of ['', 'null', '7', '{"owner":"home-1"}', '{"owner":']) {
    await writeFile(path, text);
    expect(await readView(path, 'home-1')).toBe('');
  }
});
