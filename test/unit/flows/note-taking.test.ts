// A note whose home does not answer: safe on this computer, told so, and in the inbox once the home answers.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { Notes } from '../../../src/flows/notes.ts';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';
import { LettaError, type LettaErrorReason } from '../../../src/letta/errors.ts';
import type { NewReview } from '../../../src/memory/store/types.ts';
import { type NotesHome, NoteTaking } from '../../../src/note-taking.ts';

const NOTE = 'Deploy on Tuesdays, after <main> is green';
const SAFE =
  /^The Letta server does not answer\. .*kept on this computer.*: Deploy on Tuesdays, after <main> is green$/m;
const ARRIVED = /^Kept word for word in inbox: Deploy on Tuesdays, after <main> is green$/m;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-note-taking-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A window whose home says `refuse` to everything of `from` on. */
class Window {
  refuse: LettaErrorReason | null = 'unreachable';
  from: 'opening' | 'reading' | 'keeping' = 'reading';
  readonly inbox: string[] = [];
  readonly told: string[] = [];
  readonly proposed: Omit<NewReview, 'agentId'>[] = [];
  readonly pending = new PendingNotes(join(folder, 'notes.json'));
  readonly taking: NoteTaking;
  readonly home: NotesHome;

  constructor() {
    for (const say of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const)
      vi.spyOn(vscode.window, say).mockImplementation(async (message: string) => void this.told.push(message));
    const notes = new Notes({
      agentId: 'agent',
      pending: this.pending,
      maskSecrets: async (text) => text,
      blocks: async () => this.answer('reading', []),
      runBeside: async () => ({ kind: 'done' }),
      keepInInbox: async (text) => {
        this.answer('keeping', text);
        this.inbox.push(text);
        return { text };
      },
      recall: () => undefined,
      record: async () => {},
      undo: async () => {},
      reword: async () => {},
      changed: async () => {},
      reviews: async () => ({
        waitingOrRejected: async () => this.proposed.map(({ after }) => ({ after, state: 'waiting' as const })),
        propose: async (proposals) => {
          this.proposed.push(...proposals);
          return proposals.map(() => ({ state: 'waiting' as const }));
        },
      }),
    });
    this.home = { notes: async () => notes } as unknown as NotesHome;
    this.taking = new NoteTaking({
      home: async () => this.answer('opening', this.home),
      pending: this.pending,
      viewMemory: async () => {},
      log: (line) => void this.told.push(`log: ${line}`),
    });
  }

  private answer<T>(step: Window['from'], value: T): T {
    const steps = ['opening', 'reading', 'keeping'];
    if (this.refuse && steps.indexOf(step) >= steps.indexOf(this.from)) throw new LettaError(this.refuse);
    return value;
  }

  /** Lets time go by until the person is told that. */
  async says(message: RegExp): Promise<void> {
    for (let left = 300; left > 0 && !this.told.some((each) => message.test(each)); left--) {
      await vi.advanceTimersByTimeAsync(500);
      // Time of its own for the disk.
      await pause(5);
    }
    expect(this.told.join('\n')).toMatch(message);
  }
}

const onDisk = () => readFile(join(folder, 'notes.json'), 'utf8');

for (const from of ['opening', 'reading', 'keeping'] as const)
  it(`arrives by itself where the home is away from ${from} on, and until then the person is told once`, async () => {
    const window = new Window();
    window.from = from;
    await window.taking.remember(NOTE, false);
    await window.says(SAFE);
    expect(await onDisk()).toContain(NOTE);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(window.told).toHaveLength(1);

    window.refuse = null;
    await window.says(ARRIVED);
    expect(window.told).toHaveLength(2);
    expect(window.inbox).toEqual([NOTE]);
    expect(await onDisk()).toBe('[]');
    await window.taking.remember('Another one', false);
    await window.says(/Another one$/);
    expect(window.inbox).toEqual([NOTE, 'Another one']);
    window.taking.dispose();
  });

it('arrives in the next window where this one closes before, though no home was open when it was taken', async () => {
  const window = new Window();
  window.from = 'opening';
  await window.taking.remember(`${NOTE}. token=ghp_0123456789abcdefABCDEF0123456789abcd`, false);
  await window.says(/kept on this computer/);
  window.taking.dispose();
  expect(await onDisk()).not.toContain('ghp_');

  const next = new Window();
  next.refuse = null;
  await next.taking.recover(next.home);
  await next.says(/^Kept word for word in inbox: Deploy on Tuesdays/);
  expect(next.inbox).toHaveLength(1);
  // The window that was closed asks no more.
  window.refuse = null;
  await vi.advanceTimersByTimeAsync(200_000);
  expect(window.inbox).toEqual([]);
});

for (const refusal of ['unauthorized', 'unknown'] as const)
  it(`is kept where the home cannot be opened (${refusal}), and brought along when it can`, async () => {
    const shut = new Window();
    shut.refuse = refusal;
    shut.from = 'opening';
    await shut.taking.remember(NOTE, false);
    await shut.says(/kept on this computer.*: Deploy on Tuesdays, after <main> is green$/m);
    expect(await onDisk()).toContain(NOTE);
    shut.refuse = null;
    await shut.taking.recover(shut.home);
    await shut.says(ARRIVED);
    expect(shut.inbox).toEqual([NOTE]);
  });

it('is named as an error where the home says no, and brought along when it opens again', async () => {
  const window = new Window();
  window.refuse = 'unauthorized';
  await window.taking.remember(NOTE, false);
  await window.says(/refused the key/);
  await vi.advanceTimersByTimeAsync(200_000);
  expect(window.told).toHaveLength(1);
  window.refuse = null;
  await window.taking.recover(window.home);
  await window.says(ARRIVED);
  expect(window.inbox).toEqual([NOTE]);

  expect(window.told[0]).toContain(`kept on this computer and put into inbox, word for word, when the home is opened`);
});

it('of another agent waits for review once the home answers, and never reaches the inbox by itself', async () => {
  const window = new Window();
  window.from = 'opening';
  const said = await window.taking.putUp({ text: `${NOTE}. token=ghp_0123456789abcdefABCDEF0123456789abcd` }, ['tool']);
  expect(said).toMatch(/server does not answer.*kept on this computer.*review/);
  expect(await onDisk()).toContain(NOTE);
  expect(await onDisk()).not.toContain('ghp_');

  window.refuse = null;
  await window.says(/^Waits for your review, for inbox: Deploy on Tuesdays/);
  expect(window.inbox).toEqual([]);
  expect(window.proposed).toMatchObject([{ kind: 'other-agent', label: 'inbox', before: '', sources: ['tool'] }]);
  expect(await onDisk()).toBe('[]');
  window.taking.dispose();
});

it('of another agent that finds its home is put up at once, and what the home refuses is said', async () => {
  const window = new Window();
  window.refuse = null;
  const note = { text: NOTE, why: 'the team is there' };
  expect(await window.taking.putUp(note, ['tool', 'untrustedWorkspace'])).toMatch(/^It waits for the person's review/);
  expect(await window.taking.putUp(note, ['tool'])).toMatch(/second time/);
  expect(window.proposed).toMatchObject([
    { after: `${NOTE} (why: the team is there)`, sources: ['tool', 'untrustedWorkspace'] },
  ]);
  window.refuse = 'unauthorized';
  window.from = 'opening';
  await expect(window.taking.putUp({ text: 'Another' }, ['tool'])).rejects.toThrow('refused the key');
  expect(await onDisk()).toBe('[]');
});
