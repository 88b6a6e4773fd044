// A note for which the blocks have no room: its notification leads to its entry of the archive, edits it and takes it back.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { tellRemembered } from '../../../src/commands/remember.ts';
import type { Notes } from '../../../src/flows/notes.ts';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { openNotes } from '../../../src/remembering.ts';
import { OwnHome } from '../agent/own-home.ts';

const NOTE = 'Deploy on Tuesdays, after main is green and the till is closed.';

let home: OwnHome;
let notes: Notes;
const refreshed: string[] = [];

beforeEach(async () => {
  refreshed.length = 0;
  home = await OwnHome.open();
  const { connection, agentId, workspace } = home;
  await connection.client.blocks.update((await home.block('inbox')).id, { value: 'Full.', limit: 5 });
  notes = openNotes({
    connection,
    agentId,
    changes: new ChangeLog(join(workspace.folder, 'changes.jsonl')),
    pending: new PendingNotes(join(workspace.folder, 'notes.json')),
    state: { get: () => undefined, update: async () => {} } as never,
    blocks: async () => [],
    runBeside: async () => ({ kind: 'done' }),
    refresh: async (what) => void refreshed.push(what),
    undone: () => {},
    trusted: () => true,
    reviews: async () => expect.fail('This note needs no review.'),
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await home.close();
});

const entries = async () => (await new Archive(home.connection, home.agentId).list({ query: '' })).passages;
const texts = async () => (await entries()).map(({ text }) => text);

/** The notification of the note, with that button pressed. @returns all that was told, and what was shown */
async function press(button: string, meanwhile = async () => {}) {
  const outcome = await notes.remember({ text: NOTE });
  await meanwhile();
  const told: string[] = [];
  const shown: string[] = [];
  vi.spyOn(vscode.window, 'showInformationMessage').mockImplementation((async (
    message: string,
    ...buttons: unknown[]
  ) => {
    told.push(message);
    return buttons.includes(button) ? button : undefined;
  }) as never);
  await tellRemembered(
    {
      undo: (changes) => notes.undo(changes),
      reword: (change, text) => notes.reword(change, text),
      viewMemory: async (focus) => void shown.push(focus),
      explain: async () => '',
    },
    outcome,
  );
  return { told, shown };
}

it('is shown as its entry', async () => {
  const { told, shown } = await press('View');
  expect(told[0]).toBe(`There is no room left in the memory blocks. Kept word for word in the archive: ${NOTE}`);
  const [entry] = await entries();
  expect(shown).toEqual([`archive:Deploy on Tuesdays, after main is\n${entry?.id}`]);
});

it('is taken back', async () => {
  const { told } = await press('Undo');
  expect(told[1]).toBe('Undone in archive.');
  expect(await texts()).toEqual([]);
  expect(refreshed.filter((what) => what === 'archive')).toHaveLength(2);
});

it('is edited', async () => {
  vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue('Deploy on Mondays.');
  const { told } = await press('Edit');
  expect(told[1]).toBe('Changed in archive.');
  expect(await texts()).toEqual(['Deploy on Mondays.']);
});

it('stays where it was changed since, and says so', async () => {
  const { told } = await press('Undo', async () => {
    const [entry] = await entries();
    await new Archive(home.connection, home.agentId).replace(entry?.id ?? '', 'Changed in the panel.', []);
  });
  expect(told[1]).toMatch(/This entry of the archive was changed again since then\. Nothing was undone/);
  expect(await texts()).toEqual(['Changed in the panel.']);
});
