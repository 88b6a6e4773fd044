// Proposals from files in the review list, and where an agent's folder lies.
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filedOf, importItem, mirrorItem, sharedItem } from '../../../src/memory/mirror/filed.ts';
import { isInside, subfolderOf } from '../../../src/memory/mirror/subfolder.ts';
import type { MirrorProposal } from '../../../src/memory/mirror/types.ts';
import { accepted } from '../../../src/memory/review-list.ts';

const proposal: MirrorProposal = {
  id: 'mirror-1',
  kind: 'mirror',
  action: 'edit',
  label: 'project',
  blockId: 'block-1',
  path: 'project.md',
  before: 'one\ntwo',
  after: 'one\ntwo\nthree',
  description: null,
  authors: [{ commit: 'c', name: 'Ada', email: 'ada@example.org', subject: 'Three' }],
  copy: null,
};
const review = (item: ReturnType<typeof mirrorItem>) => ({
  ...item,
  agentId: 'agent-1',
  id: 'r',
  at: '',
  state: 'waiting' as const,
});

test('an accepted edit replaces the block, and keeps what the agent wrote meanwhile', () => {
  const item = review(mirrorItem(proposal));
  expect(accepted(item, 'one\ntwo', { text: item.after })).toBe('one\ntwo\nthree');
  expect(accepted(item, 'zero\none\ntwo', { text: item.after })).toBe('zero\none\ntwo\nthree');
  expect(item.reason).toBe('project.md was changed. Committed by Ada.');
  expect(filedOf(item)).toMatchObject({ filed: 'mirror', proposal: 'mirror-1', action: 'edit' });
});

test('a new file fills an empty block, a removed one empties it', () => {
  const made = review(mirrorItem({ ...proposal, action: 'create', before: null, after: 'new' }));
  expect(accepted(made, '', { text: made.after })).toBe('new');
  const removed = review(mirrorItem({ ...proposal, action: 'delete', after: null }));
  expect(accepted(removed, 'one\ntwo', { text: removed.after })).toBe('');
});

test('a document becomes an entry of the archive, and a shared file remembers what was decided on', () => {
  const base = { id: 'i', kind: 'import', folder: '/out', path: 'notes/a.md', blockId: null, before: null } as const;
  const rest = { description: null, limit: null, readOnly: false, passages: 1 };
  const document = importItem({ ...base, ...rest, action: 'passage', label: 'a', after: 'A note.' });
  expect(document).toMatchObject({
    label: 'archive',
    before: '',
    after: 'A note.',
    reason: 'From notes/a.md in /out.',
  });
  const shared = {
    id: 's',
    kind: 'project',
    label: 'project',
    blockId: 'b',
    path: 'p.md',
    before: 'x',
    after: 'y',
  } as const;
  const item = sharedItem({ ...shared, description: null, conflict: true }, 'the file');
  expect(filedOf(item)).toMatchObject({ filed: 'project', text: 'the file' });
  expect(item.reason).toContain('replaces the block');
  expect(filedOf({ args: { label: 'project', new_string: 'x' } })).toBeNull();
});

test('an agent keeps its folder when it is renamed, and no two agents share one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'letta-subfolder-'));
  const first = await subfolderOf(folder, { id: 'agent-1', name: 'My Shop!' });
  expect(first).toMatch(/my-shop-[0-9a-f]{8}$/);
  await mkdir(first);
  expect(await subfolderOf(folder, { id: 'agent-1', name: 'Other' })).toBe(first);
  expect(await subfolderOf(folder, { id: 'agent-2', name: 'My Shop!' })).not.toBe(first);
  const named = join(folder, `mine${first.slice(-9)}`);
  await rename(first, named);
  expect(await subfolderOf(folder, { id: 'agent-1', name: 'My Shop!' })).toBe(named);
});

test('a folder inside another is told from one beside it', () => {
  expect(isInside('/a/b', '/a')).toBe(true);
  expect(isInside('/a', '/a')).toBe(true);
  expect(isInside('/ab', '/a')).toBe(false);
  expect(isInside('/', '/a')).toBe(false);
});
