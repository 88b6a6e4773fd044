// What was deleted can be restored in the next window too: entries of the archive and blocks, each as it was.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { BlockDesk } from '../../../src/block-desk.ts';
import { DeletedEntries, KEPT_MS } from '../../../src/flows/deleted-entries.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { OwnHome } from '../agent/own-home.ts';

let home: OwnHome;
let now: number;
beforeEach(async () => {
  home = await OwnHome.open();
  now = Date.now();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await home.close();
});

/** A window of its own. */
function open() {
  const archive = new Archive(home.connection, home.agentId);
  const blocks = new BlockManager(home.connection, home.agentId);
  const deleted = new DeletedEntries(join(home.workspace.folder, 'deleted.json'), archive, () => now);
  const told: string[] = [];
  const desk = new BlockDesk({
    blocks,
    changed: async () => {},
    // The notification is closed, or goes with the window.
    offerUndo: (message) => void told.push(message),
    sweep: () => deleted.sweep(),
    log: (line) => expect.fail(line),
  });
  return { archive, blocks, deleted, desk, told };
}

/** Restores all that is offered. @returns what was offered, and what was told */
async function restore({ deleted, desk }: ReturnType<typeof open>) {
  const offered: string[] = [];
  const told: string[] = [];
  vi.spyOn(vscode.window, 'showQuickPick').mockImplementation((async (items: readonly vscode.QuickPickItem[]) => {
    offered.push(...items.map(({ label, description }) => `${label} (${description?.split(',')[0]})`));
    return items;
  }) as never);
  for (const say of ['showInformationMessage', 'showWarningMessage'] as const)
    vi.spyOn(vscode.window, say).mockImplementation(async (message: string) => void told.push(message));
  await desk.restoreDeleted(deleted, async () => {});
  desk.dispose();
  return { offered, told };
}

it('an entry and a block that were deleted in a window that is gone come back as they were, once', async () => {
  const first = open();
  const at = '2025-03-04T05:06:07Z';
  const entry = await first.archive.add('The till was bought in 2019.', ['shop'], { at });
  const block = await first.blocks.create({ label: 'words', description: 'Terms', value: 'SKU: a thing', limit: 500 });
  await first.deleted.remove(entry);
  await first.desk.remove(block.id);
  first.desk.dispose();
  expect(first.told).toEqual(['Deleted the block words.']);
  expect((await first.archive.list({ query: '' })).passages).toEqual([]);

  const next = open();
  const { offered, told } = await restore(next);
  expect(offered.toSorted()).toEqual(['The till was bought in 2019. (archive)', 'words (block)']);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^Restored: .*words/);
  const { passages } = await next.archive.list({ query: '' });
  expect(passages).toMatchObject([{ text: 'The till was bought in 2019.', tags: ['shop'] }]);
  expect(Date.parse(passages[0]?.at ?? '')).toBe(Date.parse(at));
  expect(await home.block('words')).toMatchObject({ id: block.id, value: 'SKU: a thing', limit: 500 });

  expect((await restore(open())).told).toEqual(['Nothing of this agent’s memory was deleted in the last week.']);
});

it('what cannot come back is named, and the rest does', async () => {
  const first = open();
  const block = await first.blocks.create({ label: 'words', description: 'Terms', value: 'old', limit: 500 });
  const entry = await first.archive.add('Kept.', []);
  await first.deleted.remove(entry);
  await first.desk.remove(block.id);
  first.desk.dispose();
  await first.blocks.create({ label: 'words', description: 'Terms', value: 'new', limit: 500 });
  const { told } = await restore(open());
  expect(told.toSorted()).toEqual([
    'Restored: Kept.',
    expect.stringMatching(/^words was not restored: .*There is a block words already/),
  ]);
  expect((await home.block('words')).value).toBe('new');
});

it('an entry that the server keeps is not offered, and none is after a week', async () => {
  const { archive, deleted, desk } = open();
  desk.dispose();
  const entry = await archive.add('One.', []);
  const refused = new DeletedEntries(join(home.workspace.folder, 'deleted.json'), {
    add: () => expect.fail('Nothing is restored.'),
    remove: () => Promise.reject(new Error('no')),
  });
  await expect(refused.remove(entry)).rejects.toThrow('no');
  expect(await deleted.list()).toEqual([]);
  await deleted.remove(entry);
  expect(await deleted.list()).toHaveLength(1);
  now += KEPT_MS;
  expect(await deleted.list()).toEqual([]);
  await deleted.sweep();
  now -= KEPT_MS;
  expect(await deleted.list()).toEqual([]);
});
