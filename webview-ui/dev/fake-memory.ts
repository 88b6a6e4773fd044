// The memory half of the fake host.

import type { BlockView, PassageView, ReviewView } from '../../src/protocol/memory-views.ts';
import type { Handlers } from '../../src/protocol/rpc.ts';
import type { FakeHost } from './fake-host.ts';
import { CONTEXT, HITS, LINES, olderRevisions, REVISIONS } from './memory-fixtures.ts';

const PAGE = 50;
const OLDER_PAGE = 20;
/** So many revisions there are before those of the first page. */
const OLDER = 45;

type Memory = {
  [M in keyof Handlers as M extends `${'memory' | 'review' | 'archive' | 'context'}.${string}`
    ? M
    : never]: Handlers[M];
};

export function memoryHandlers(host: FakeHost): Memory {
  const find = (id: string) => {
    const block = host.blocks.find((b) => b.id === id);
    if (!block) throw new Error('This block is gone.');
    return block;
  };
  const put = (block: BlockView) => {
    host.blocks = host.blocks.map((b) => (b.id === block.id ? block : b));
    host.end.send('blocks', host.blocks);
    return block;
  };
  const setReviews = (reviews: ReviewView[]) => {
    host.reviews = reviews;
    host.end.send('reviews', reviews);
    return {};
  };
  const changed = (): NonNullable<BlockView['changed']> => ({
    author: 'person',
    by: 'edited in Memory',
    at: new Date().toISOString(),
    unreviewed: false,
    sources: [],
  });

  return {
    'memory.list': async () => host.blocks,
    'memory.save': async ({ blockId, value, base }) => {
      const stored = find(blockId);
      if (stored.value !== base) return { outcome: 'conflict', block: stored };
      const block = { ...stored, value };
      host.blocks = host.blocks.map((b) => (b.id === blockId ? block : b));
      return { outcome: 'saved', block };
    },
    'memory.create': async (fields) => {
      if (host.blocks.some(({ label }) => label === fields.label))
        throw new Error(`There is a block ${fields.label} already. Choose another label.`);
      const block = { id: `block-${fields.label}`, ...fields, readOnly: false, tokens: 0, changed: changed() };
      host.blocks = [...host.blocks, block];
      return block;
    },
    'memory.change': async ({ blockId, label, description, limit, readOnly, localOnly }) => {
      const block = find(blockId);
      return put({
        ...block,
        label: label ?? block.label,
        description: description ?? block.description,
        limit: limit ?? block.limit,
        readOnly: readOnly ?? block.readOnly,
        ...((localOnly ?? block.localOnly) ? { localOnly: true } : { localOnly: false }),
      });
    },
    'memory.delete': async ({ blockId }) => {
      host.blocks = host.blocks.filter((b) => b.id !== blockId);
      host.end.send('blocks', host.blocks);
      return {};
    },
    'memory.attach': async () => ({}),
    'memory.history': async ({ before }) => {
      if (before === undefined) return { revisions: REVISIONS, hasMore: true };
      const last = Number(/^rev-old-(\d+)$/.exec(before)?.[1] ?? -1);
      const from = last + 1;
      const count = Math.max(0, Math.min(OLDER_PAGE, OLDER - from));
      return { revisions: olderRevisions(from, count), hasMore: from + count < OLDER };
    },
    'memory.compare': async () => ({}),
    'memory.restore': async ({ blockId }) => put({ ...find(blockId), value: '- Restored.', changed: changed() }),
    'memory.lines': async ({ blockId }) => (find(blockId).value === '' ? [] : LINES),
    'memory.confirm': async ({ blockId, line }) => {
      const { unverified, changed: last, ...block } = find(blockId);
      const left = line === undefined ? unverified : unverified?.filter((doubt) => doubt.line !== line);
      return put({
        ...block,
        ...(left ? { unverified: left } : {}),
        ...(last ? { changed: line === undefined ? { ...last, unreviewed: false } : last } : {}),
      });
    },
    'memory.undo': async ({ label }) => {
      const block = host.blocks.find((b) => b.label === label);
      if (!block) throw new Error(`The block ${label} is no longer there. Nothing was changed.`);
      return put({ ...block, value: '', changed: changed() });
    },
    'memory.expire': async ({ blockId }) => find(blockId),
    'memory.showTurn': async ({ threadId, messageId }) => {
      host.end.send('snapshot', { ...host.thread, threadId });
      host.end.send('show', { panel: 'chat', ...(messageId === undefined ? {} : { focus: `message:${messageId}` }) });
      return {};
    },
    'review.list': async () => host.reviews,
    'review.accept': async ({ id }) => setReviews(host.reviews.filter((review) => review.id !== id)),
    'review.compare': async () => ({}),
    'review.reject': async ({ id }) => setReviews(host.reviews.filter((review) => review.id !== id)),
    'review.decideAll': async ({ ids }) => setReviews(host.reviews.filter(({ id }) => !ids.includes(id))),
    'archive.list': async ({ query, tag, from, to, after }) => {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      const matching = host.passages.filter(
        ({ text, tags, at }) =>
          words.every((word) => text.toLowerCase().includes(word)) &&
          (tag === undefined || tags.includes(tag)) &&
          (from === undefined || at.slice(0, 10) >= from) &&
          (to === undefined || at.slice(0, 10) <= to),
      );
      const start = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1;
      const page = matching.slice(start, start + PAGE);
      return {
        passages: words.length === 0 ? page : page.map((p) => ({ ...p, why: `words: ${words.join(', ')}` })),
        hasMore: matching.length > start + PAGE,
        tags: [...new Set(host.passages.flatMap(({ tags }) => tags))].sort(),
        allTags: true,
      };
    },
    'archive.add': async ({ text, tags }) => {
      const passage: PassageView = { id: `passage-new-${host.asked.length}`, text, tags, at: new Date().toISOString() };
      host.passages = [passage, ...host.passages];
      return passage;
    },
    'archive.replace': async ({ id, text, tags }) => {
      const passage: PassageView = { id: `${id}-again`, text, tags, at: new Date().toISOString() };
      host.passages = host.passages.map((old) => (old.id === id ? passage : old));
      return passage;
    },
    'archive.confirm': async ({ id }) => {
      const { origin: _, ...passage } = host.passages.find((old) => old.id === id) ?? {};
      if (!('text' in passage)) throw new Error('This entry is no longer in the archive.');
      host.passages = host.passages.map((old) => (old.id === id ? passage : old));
      return passage;
    },
    'archive.delete': async ({ id }) => {
      host.passages = host.passages.filter((passage) => passage.id !== id);
      host.end.send('archive', {});
      return {};
    },
    'context.show': async () => CONTEXT,
    'memory.search': async ({ query }) =>
      HITS.filter(({ text }) => text.toLowerCase().includes(query.trim().toLowerCase())),
  };
}
