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
  let brought: readonly string[] = [];
  let last = 0;
  const deps: ConversationsDeps = {
    add: async (text) => {
      before?.(text);
      const id = `passage-${++last}`;
      archive.set(id, text);
      return id;
    },
    remove: async (id) => {
      archive.delete(id);
    },
    brought: () => brought,
    setBrought: async (ids) => {
      brought = ids;
    },
  };
  return { deps, archive };
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
