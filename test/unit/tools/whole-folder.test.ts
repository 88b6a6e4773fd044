// Folders with so much in them that they move and go as one: judged by all that is in them, compared and told as one.
import { existsSync, readdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideRunning } from '../../../src/agent/decide-running.ts';
import { DeletedFiles } from '../../../src/editor/deleted-files.ts';
import { wholeFolder } from '../../../src/editor/whole-folder.ts';
import { decide } from '../../../src/permissions/decide.ts';
import type { Decision, Policy } from '../../../src/permissions/decision.ts';
import { filesTool } from '../../../src/tools/files.ts';
import type { Plan, ToolResult } from '../../../src/tools/tool.ts';
import { ToolError } from '../../../src/tools/tool.ts';
import { callRunner } from '../agent/call-runner.ts';
import { DiskEditor } from './disk-editor.ts';

let editor: DiskEditor;
beforeEach(() => {
  editor = new DiskEditor();
});
afterEach(() => editor.dispose());

const MANY = 624;
const context = { callId: 'call', threadId: 'thread', signal: new AbortController().signal, update: () => {} };
const move = (path: string, to: string) => ({ operation: 'move' as const, path, to });
const remove = (path: string) => ({ operation: 'delete' as const, path });
type Input = ReturnType<typeof move> | ReturnType<typeof remove>;
const tool = () => filesTool(editor, () => false);

/** Twelve folders of fifty-one files. */
function fill(name: string): void {
  for (let index = 0; index < MANY - 12; index += 1) editor.put(`${name}/${index % 12}/${index}.txt`, `${index}\n`);
}

async function planned(input: Input): Promise<Plan> {
  const plan = await tool().plan?.(input, context);
  if (plan === undefined) throw new Error('There is no plan.');
  return plan;
}

async function call(input: Input): Promise<ToolResult> {
  try {
    return await tool().run(input, context, await planned(input));
  } catch (error) {
    if (error instanceof ToolError) return { status: 'error', text: error.message };
    throw error;
  }
}

async function judged(input: Input, more: Partial<Policy> = {}): Promise<Decision> {
  const workspace = [editor.root];
  const rules = { allow: [], ask: [], deny: [], lettaignore: [] };
  const policy: Policy = { mode: 'acceptEdits', ...rules, trusted: true, workspace, ...more };
  return decideRunning(
    { tool: tool(), input, plan: await planned(input) },
    (access, name, mode = policy.mode) => decide(access, name, { ...policy, mode }),
    { mode: policy.mode, wanted: false, only: async () => false },
  );
}

describe('a folder with more than 500 files and folders', () => {
  test('goes as one, with what is in it told by number', async () => {
    fill('data');
    const { targets, along } = await planned(remove('data'));
    expect(targets).toEqual([
      expect.objectContaining({ path: editor.path('data'), after: null, opaque: true, whole: { entries: MANY } }),
    ]);
    expect(along).toHaveLength(MANY);
    const { status, text, view } = await call(remove('data'));
    expect(status).toBe('success');
    expect(text.split('\n')[0]).toBe(
      `Deleted data/ (624 files and folders) (a copy is kept in /kept${editor.path('data')}).`,
    );
    expect(text).toContain('too large to wait for review');
    expect(view?.body).toBeUndefined();
    expect(existsSync(editor.path('data'))).toBe(false);
  });

  test('moves as one, and both names of all that is in it are judged', async () => {
    fill('data');
    const { along = [] } = await planned(move('data', 'sub/more'));
    expect(along).toContain(editor.path('data/3/15.txt'));
    expect(along).toContain(editor.path('sub/more/3/15.txt'));
    const { text } = await call(move('data', 'sub/more'));
    expect(text).toContain('Moved data/ → sub/more/ (624 files and folders). Imports were not updated.');
    expect(existsSync(editor.path('data'))).toBe(false);
    expect(readdirSync(editor.path('sub/more'))).toHaveLength(12);
    expect(editor.text('sub/more/3/15.txt')).toBe('15\n');
  });

  test('is left alone where something in it changed while the person looked', async () => {
    fill('data');
    for (const change of [
      () => editor.put('data/7/7.txt', 'otherwise\n'),
      () => editor.put('data/7/new.txt', ''),
      () => editor.put('data/empty/deep/x', ''),
    ]) {
      const plan = await planned(remove('data'));
      change();
      await expect(tool().run(remove('data'), context, plan)).rejects.toThrow('changed since');
    }
    expect(existsSync(editor.path('data/0/0.txt'))).toBe(true);
  });

  test('is recorded before it goes, with all that is in it, and the agent is told what could not be brought back', async () => {
    fill('data');
    const asked: { targets: number; tell: boolean | undefined; there: boolean }[] = [];
    const beforeChange = async (targets: readonly string[], tell?: boolean) => {
      asked.push({ targets: targets.length, tell, there: existsSync(editor.path('data')) });
      return tell ? 'Two of them cannot be restored.' : undefined;
    };
    const { calls } = await callRunner(editor.path('.storage'), { tools: [tool()], beforeChange });
    const [answer] = await calls.answer(
      [{ callId: 'c', name: 'Files', arguments: JSON.stringify(remove('data')) }],
      'run',
    );
    expect(asked).toEqual([{ targets: MANY + 1, tell: true, there: true }]);
    expect(answer?.type === 'tool' && answer.tool_return).toMatch(
      /^Deleted data\/ .*\nTwo of them cannot be restored\.$/s,
    );
    editor.put('small/a.txt', '');
    await calls.answer([{ callId: 'd', name: 'Files', arguments: JSON.stringify(remove('small')) }], 'run');
    expect(asked.at(-1)).toEqual({ targets: 2, tell: false, there: false });
  });

  test('is refused where a document in it has unsaved changes', async () => {
    fill('data');
    const open = { language: 'plaintext', active: false, group: 1, visible: [], selections: [] };
    editor.files = [{ ...open, name: 'data/7/7.txt', path: editor.path('data/7/7.txt'), dirty: true }];
    expect((await call(remove('data'))).text).toContain('data/7/7.txt has unsaved changes');
  });

  test('passes where edits do', async () => {
    fill('data');
    expect(await judged(remove('data'))).toMatchObject({ decision: 'allow' });
    expect(await judged(remove('data'), { mode: 'standard' })).toMatchObject({
      decision: 'ask',
      reason: expect.stringContaining('standard mode asks'),
    });
    expect(await judged(remove('data'), { mode: 'plan' })).toMatchObject({ decision: 'deny' });
    expect(await judged(remove('data'), { mode: 'standard', allow: ['Files(data/**)', 'Files(data)'] })).toMatchObject({
      decision: 'allow',
    });
  });

  test.each([
    ['a protected file', 'data/11/sub/AGENTS.md'],
    ['a protected folder', 'data/9/.vscode/settings.json'],
    ['a folder that starts things', 'data/9/.devcontainer/devcontainer.json'],
  ])('is asked about in every mode for %s deep inside, by its name, and offers no rule', async (_, name) => {
    fill('data');
    editor.put(name, 'x\n');
    for (const mode of ['standard', 'acceptEdits', 'unrestricted'] as const)
      for (const input of [remove('data'), move('data', 'other')]) {
        const decision = await judged(input, { mode, allow: ['Files'] });
        expect(decision).toEqual({ decision: 'ask', reason: expect.stringContaining('is protected') });
        expect(decision.reason).toContain(name.split('/').slice(0, 3).join('/'));
      }
  });

  test('is refused for what is hidden or denied deep inside', async () => {
    fill('data');
    editor.put('data/11/keys/secret.pem', 'x\n');
    const hidden = await judged(remove('data'), { mode: 'unrestricted', lettaignore: ['*.pem'] });
    expect(hidden).toEqual({ decision: 'deny', reason: expect.stringContaining('secret.pem') });
    const denied = await judged(move('data', 'x'), { mode: 'unrestricted', deny: ['Edit(data/11/keys/**)'] });
    expect(denied.decision).toBe('deny');
    const asked = await judged(move('data', 'x'), { mode: 'unrestricted', ask: ['Edit(x/11/**)'] });
    expect(asked.decision).toBe('ask');
  });
});

test('large files do not keep a folder from moving; of what is deleted a copy must be kept', async () => {
  truncateSync(editor.put('video/a.bin', ''), 60 * 1024 * 1024);
  expect((await call(move('video', 'films'))).text).toContain('Moved video/ → films/ (1 file).');
  truncateSync(editor.path('films/a.bin'), 501 * 1024 * 1024);
  expect((await call(remove('films'))).text).toContain('more than 500 MB: no copy of it can be kept');
  expect(existsSync(editor.path('films/a.bin'))).toBe(true);
});

test('the line of a folder changes with a name, a size or a date, and with nothing else', async () => {
  editor.put('box/a/b.txt', 'b\n');
  editor.put('box/c.txt', 'c\n');
  const line = async () => (await wholeFolder(editor.path('box'), 'box')).text;
  const first = await line();
  expect(first).toMatch(/^Folder with 3 files and folders, 0 MB \([0-9a-f]{32}\)$/);
  expect(await line()).toBe(first);
  writeFileSync(join(editor.path('box'), 'c.txt'), 'cc\n');
  expect(await line()).not.toBe(first);
});

test('the line is the same where a folder was moved, and where a copy of it was put back', async () => {
  const box = editor.path('box');
  for (let index = 0; index < 20; index += 1) editor.put(`box/${index}/file.txt`, `${index}\n`);
  symlinkSync('0', join(box, 'link'));
  const first = (await wholeFolder(box, 'box')).text;
  const deleted = new DeletedFiles(editor.path('kept'));
  const { copy } = await deleted.keep(box);
  renameSync(box, editor.path('moved'));
  expect((await wholeFolder(editor.path('moved'), 'moved')).text).toBe(first);
  await deleted.putBack(copy, box);
  expect((await wholeFolder(box, 'box')).text).toBe(first);
});
