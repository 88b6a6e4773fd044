import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Notes } from '../../../src/flows/notes.ts';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';
import { MemoryConflict } from '../../../src/memory/changes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-notes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function make({ full = false } = {}) {
  const inbox: string[] = [];
  const undone: string[] = [];
  const reworded: string[] = [];
  const pending = new PendingNotes(join(folder, 'notes.json'));
  const notes = new Notes({
    agentId: 'agent',
    pending,
    maskSecrets: async (text) => text,
    blocks: async () => [],
    runBeside: async () => ({ kind: 'done' }),
    keepInInbox: async (text) => {
      if (full) throw new Error('The inbox is full.');
      inbox.push(text);
      return { text };
    },
    recall: () => undefined,
    record: async () => {},
    undo: async ({ label }) => {
      if (label === 'lessons') throw new MemoryConflict('changed_since', label);
      undone.push(label);
    },
    reword: async ({ label, after }, text) => {
      if (label === 'lessons') throw new MemoryConflict('changed_since', label);
      reworded.push(`${label}: ${after} -> ${text}`);
    },
    changed: async () => {},
    reviews: async () => expect.fail('None of these notes needs a review.'),
  });
  return { notes, inbox, undone, reworded, pending };
}

it('brings notes home that a kill cut off, once', async () => {
  const killed = make().notes;
  await killed.hold({ text: 'Running, word for <word>' });
  await killed.hold({ text: 'Waiting behind it' });
  const next = make();
  expect(await next.notes.recover()).toMatchObject([
    { kind: 'kept', text: 'Running, word for <word>' },
    { kind: 'kept', text: 'Waiting behind it' },
  ]);
  expect(next.inbox).toEqual(['Running, word for <word>', 'Waiting behind it']);
  expect(await make().notes.recover()).toEqual([]);
});

it('leaves a note on disk that memory had no room for', async () => {
  await make().notes.hold({ text: 'Too much' });
  await expect(make({ full: true }).notes.recover()).rejects.toThrow('full');
  expect(await make().notes.recover()).toHaveLength(1);
});

it('has nothing to bring home of what arrived, or is still on its way', async () => {
  const { notes, inbox, pending } = make();
  await pending.done(await notes.hold({ text: 'one' }));
  await notes.hold({ text: 'two' });
  expect(await notes.recover()).toEqual([]);
  expect(inbox).toEqual([]);
});

it('takes changes back from the last to the first, and says what it could not', async () => {
  const { notes, undone } = make();
  const change = (label: string) => ({ label, before: '', after: 'x' });
  const said = await notes.undo([change('project'), change('lessons'), change('inbox')]);
  expect(undone).toEqual(['inbox', 'project']);
  expect(said).toMatch(/^Undone in inbox, project\. lessons was changed again/);
});

it('puts other words in place of what was stored, and says when that was changed again', async () => {
  const { notes, reworded } = make();
  expect(await notes.reword({ label: 'project', before: '', after: 'x' }, 'y')).toBe('Changed in project.');
  expect(reworded).toEqual(['project: x -> y']);
  await expect(notes.reword({ label: 'lessons', before: '', after: 'x' }, 'my words')).rejects.toThrow(
    /^lessons was changed again.* Your words: my words$/,
  );
});

it('keeps the reason with a note that is on its way, and says whether one is', async () => {
  const killed = make().notes;
  expect(await killed.pending()).toBe(false);
  await killed.hold({ text: 'Deploy on Tuesdays', why: 'the team is there' });
  expect(await killed.pending()).toBe(true);
  const next = make();
  await next.notes.recover();
  expect(next.inbox).toEqual(['Deploy on Tuesdays (why: the team is there)']);
});
