// Conversations that are brought along: each whole or not at all, none twice, and out again when the person wants that.
import { expect, it } from 'vitest';
import {
  archiveConversations,
  type ConversationsDeps,
  removeConversations,
  withoutBrought,
} from '../../../src/memory/bring/archive-conversations.ts';
import type { BringItem } from '../../../src/memory/bring/bring.ts';

const conversation = (id: string, count: number): BringItem => ({
  id,
  kind: 'transcript',
  target: { kind: 'thread', title: id },
  text: '',
  from: `conversations/${id}/messages.jsonl:1`,
  masked: false,
  messages: Array.from({ length: count }, (_, i) => ({
    role: 'user',
    text: `${id} ${i} ${'x'.repeat(1_900)}`,
    at: '',
  })),
});

function make(before?: (text: string) => void) {
  const archive = new Map<string, string>();
  const dates: string[] = [];
  const tags = new Map<string, readonly string[]>();
  let brought: readonly string[] = [];
  let last = 0;
  const deps: ConversationsDeps = {
    add: async (text, tagged, at) => {
      before?.(text);
      const id = `passage-${++last}`;
      archive.set(id, text);
      tags.set(id, tagged);
      dates.push(at);
      return id;
    },
    async *entries() {
      for (const [id, text] of archive) yield { text, tags: tags.get(id) ?? [] };
    },
    remove: async (id) => {
      archive.delete(id);
    },
    brought: () => brought,
    setBrought: async (ids) => {
      brought = ids;
    },
  };
  return { deps, archive, dates };
}

const items = [conversation('one', 3), conversation('two', 3)];
const preview = { source: 'Letta Code agent Ada', found: items, skipped: [] };

it('puts all of them in, names them as brought in the next preview, and takes them out again', async () => {
  const { deps, archive } = make();
  const passages = await archiveConversations(deps, items, new AbortController().signal);
  expect(passages).toHaveLength(archive.size);
  for (const { messages = [] } of items)
    for (const { text } of messages) expect([...archive.values()].join('\n')).toContain(text);
  const next = withoutBrought(preview, deps.brought());
  expect(next.found).toEqual([]);
  expect(next.skipped.map(({ why }) => why)).toEqual(items.map(() => 'It was brought along already.'));

  await removeConversations(deps, items, passages);
  expect(archive.size).toBe(0);
  expect(withoutBrought(preview, deps.brought()).found).toEqual(items);
});

it('leaves nothing of a conversation in which it was stopped', async () => {
  const abort = new AbortController();
  const { deps, archive } = make((text) => {
    if (text.includes('two 1')) abort.abort();
  });
  const passages = await archiveConversations(deps, items, abort.signal);
  expect(new Set(passages)).toEqual(new Set(archive.keys()));
  expect([...archive.values()].join('\n')).not.toContain('two 0');
  expect(deps.brought()).toEqual(['one']);
});

it('leaves nothing of a conversation that the server refused, and says why', async () => {
  const { deps, archive } = make((text) => {
    if (text.includes('one 1')) throw new Error('The archive is full.');
  });
  await expect(archiveConversations(deps, items, new AbortController().signal)).rejects.toThrow('full');
  expect(archive.size).toBe(0);
  expect(deps.brought()).toEqual([]);
});

const go = (deps: ConversationsDeps, conversations: readonly BringItem[]) =>
  archiveConversations(deps, conversations, new AbortController().signal);
const said = (item: BringItem) => (item.messages ?? []).map(({ text }) => text);
const times = (archive: ReadonlyMap<string, string>, text: string) =>
  [...archive.values()].join('\n').split(text).length - 1;

it('keeps when things were said', async () => {
  const { deps, dates } = make();
  const [one] = items;
  if (!one) throw new Error('There is none.');
  const messages = (one.messages ?? []).map((message, i) => ({ ...message, at: `2025-0${i + 1}-02T03:04:05.000Z` }));
  await go(deps, [{ ...one, messages }]);
  expect(dates.map((at) => at.slice(0, 7))).toEqual(['2025-01', '2025-02', '2025-03']);
});

it('adds only what is missing after a kill in the middle', async () => {
  const { deps, archive } = make();
  await go(deps, items);
  const [first, , third] = [...archive.keys()];
  const whole = [...archive.values()].toSorted();
  archive.delete(third ?? '');
  await deps.setBrought([]);
  const added = await go(deps, items);
  expect(added).toHaveLength(1);
  expect([...archive.values()].toSorted()).toEqual(whole);
  expect(archive.has(first ?? '')).toBe(true);
});

it('adds of a conversation that went on only what came since, and takes only that out again', async () => {
  const { deps, archive } = make();
  const short = (count: number): BringItem => ({
    ...conversation('short', count),
    id: `short of ${count}`,
    messages: Array.from({ length: count }, (_, i) => ({
      role: 'user',
      text: `Sentence ${i}, ${'y'.repeat(300)}.`,
      at: '',
    })),
  });
  for (const count of [3, 4, 9]) await go(deps, [short(count)]);
  for (const text of said(short(9))) expect(times(archive, text)).toBe(1);
  const before = new Map(archive);
  const added = await go(deps, [short(12)]);
  for (const text of said(short(12))) expect(times(archive, text)).toBe(1);
  await removeConversations(deps, [short(12)], added);
  expect(archive).toEqual(before);
  // The same words in another conversation are its own.
  const other = { ...short(3), id: 'other', from: 'conversations/other/messages.jsonl:1' };
  await go(deps, [other]);
  for (const text of said(other)) expect(times(archive, text)).toBe(2);
});
