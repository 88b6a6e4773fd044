// Taking back what a call has put into the archive: its own entry, and no other with the same words.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Archive } from '../../../src/memory/archive.ts';
import { undoEntry } from '../../../src/memory/taught-archive.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';

const CONTENT = 'Releases are cut on Fridays.';

let home: OwnHome;
let archive: Archive;
let threadId: string;
/** Ids of the calls, as the cards have them. */
let calls: string[];

beforeEach(async () => {
  home = await OwnHome.open();
  archive = new Archive(home.connection, home.agentId);
  threadId = await home.newThread();
  await archive.add(CONTENT, ['of the person'], { at: '2025-01-01T00:00:00.000Z' });
  const insert = (content: string) => ({ name: 'archival_memory_insert', args: { content, tags: [] } });
  home.model.script(toolCalls([insert(CONTENT), insert('Something else.')]), text('Noted.'));
  const deps = home.workspace.deps(home.connection, {
    decideMemory: () => ({ decision: 'mark', reason: 'It has read a file.' }),
  });
  const { cards } = await turn(deps, 'note it', { agentId: home.agentId, threadId });
  calls = Object.keys(cards);
});
afterEach(() => home.close());

const stored = async () => (await archive.list({ query: '' })).passages.map((entry) => [entry.text, ...entry.tags]);
const undo = (id: string | undefined) =>
  undoEntry(home.connection, home.agentId, archive, { threadId, id: id ?? 'none' });

it('deletes the entry that the call has made', async () => {
  expect(calls).toHaveLength(2);
  await undo(calls[0]);
  expect(await stored()).toEqual([['Something else.'], [CONTENT, 'of the person']]);
});

it('says so where the entry was changed again since then, and touches nothing', async () => {
  const [other] = (await archive.list({ query: 'Something else' })).passages;
  await archive.replace(other?.id ?? '', 'Something new.', []);
  await expect(undo(calls[1])).rejects.toThrow(/changed again since then/);
  await expect(undo('call-of-nobody')).rejects.toThrow(/changed again since then/);
  expect((await stored()).map(([entry]) => entry).toSorted()).toEqual([CONTENT, CONTENT, 'Something new.']);
});
