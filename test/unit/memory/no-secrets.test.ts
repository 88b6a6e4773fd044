// What is wired to "Remember This" and to memory as files: no secret comes through either.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { PendingNotes } from '../../../src/flows/pending-notes.ts';
import type { RunBeside } from '../../../src/flows/run-beside.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { MemoryFiles, type MemoryFilesDeps } from '../../../src/memory-files.ts';
import { openNotes } from '../../../src/remembering.ts';
import { OwnHome } from '../agent/own-home.ts';

const SECRET = `ghp_${'0123456789abcdefABCDEF'.repeat(2)}`;

let home: OwnHome;
let changes: ChangeLog;
beforeEach(async () => {
  home = await OwnHome.open();
  changes = new ChangeLog(join(home.workspace.folder, 'changes.jsonl'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await home.close();
});

/** All that stands in the files of a folder. */
function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('Remember This', () => {
  const note = { text: `Deploy with ${SECRET}`, why: `${SECRET} is the one that works` };

  function open(runBeside: RunBeside) {
    const storage = join(home.workspace.folder, 'own-storage');
    mkdirSync(storage);
    const state = new Map<string, unknown>();
    const notes = openNotes({
      connection: home.connection,
      agentId: home.agentId,
      changes,
      pending: new PendingNotes(join(storage, 'notes.json')),
      state: {
        get: <T>(key: string) => state.get(key) as T,
        update: async (key: string, value: unknown) => void state.set(key, value),
      } as Pick<vscode.Memento, 'get' | 'update'>,
      blocks: () => listBlocks(home.connection, home.agentId),
      runBeside,
      refresh: async () => {},
      undone: () => {},
      trusted: () => true,
      reviews: async () => expect.fail('None of these notes needs a review.'),
    });
    return { notes, storage, state };
  }

  it('keeps it from notes.json, the model, the titles of threads, and the inbox', async () => {
    const sent: unknown[] = [];
    const { notes, storage, state } = open(async (...asked) => {
      sent.push(asked.slice(0, 3));
      return { kind: 'failed', failure: { message: 'no model', hint: '', retry: false } };
    });
    await notes.hold(note);
    expect(contents(storage)).toContain('Deploy with [secret]');
    expect(await notes.remember(note)).toMatchObject({
      kind: 'kept',
      text: 'Deploy with [secret] (why: [secret] is the one that works)',
    });
    expect((await home.block('inbox')).value).toContain('Deploy with [secret]');
    expect(JSON.stringify(sent)).toContain('Deploy with [secret]');
    const inbox = (await home.block('inbox')).value;
    for (const place of [contents(storage), JSON.stringify(sent), JSON.stringify([...state]), inbox])
      expect(place).not.toContain(SECRET);
  });

  it('keeps it from the inbox when the person words it anew, or a note was cut off', async () => {
    const { notes, storage } = open(async () => ({ kind: 'done' }));
    const before = { label: 'inbox', before: '', after: 'Deploy by hand' };
    await home.connection.client.blocks.update((await home.block('inbox')).id, { value: before.after });
    await notes.reword(before, `Deploy with ${SECRET}`);
    expect((await home.block('inbox')).value).toBe('Deploy with [secret]');
    expect(contents(storage)).not.toContain(SECRET);
  });
});

describe('memory as files', () => {
  const files = () =>
    new MemoryFiles({
      connection: home.connection,
      agent: { id: home.agentId, name: 'Ada' },
      changes,
      by: 'test',
      inspector: async () => ({ since: async () => [], desk: { proposals: async () => [] } }),
      refresh: async () => {},
      log: () => {},
    } as unknown as MemoryFilesDeps);

  beforeEach(async () => {
    await home.connection.client.blocks.update((await home.block('project')).id, { value: `Deploy with ${SECRET}` });
    await home.connection.client.agents.passages.create(home.agentId, { text: `Also ${SECRET}` });
  });

  it('keeps it from the mirror and its history', async () => {
    const folder = join(home.workspace.folder, 'mirror');
    vi.spyOn(vscode.workspace, 'getConfiguration').mockReturnValue({
      get: (name: string, otherwise: unknown) => (name === 'memory.mirror' ? folder : otherwise),
    } as unknown as vscode.WorkspaceConfiguration);
    const mirror = files();
    await mirror.follow();
    await mirror.dispose();
    expect(contents(folder)).toContain('Deploy with [secret');
    expect(contents(folder)).not.toContain(SECRET);
  });

  it('keeps it from an export', async () => {
    const folder = join(home.workspace.folder, 'export');
    mkdirSync(folder);
    await files().export(folder, new AbortController().signal, () => {});
    expect(contents(folder)).toContain('Deploy with [secret');
    expect(contents(folder)).toContain('Also [secret');
    expect(contents(folder)).not.toContain(SECRET);
  });
});
