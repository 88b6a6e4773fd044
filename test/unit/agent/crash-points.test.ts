// The window dies at each point of a call's way through the journal: in the next one nothing is done twice, and what is told is so.
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallMode } from '../../../src/agent/calls.ts';
import type { ReadText } from '../../../src/agent/recovery.ts';
import { standingText } from '../../../src/editor/content.ts';
import type { Run } from '../../../src/editor/terminal/run.ts';
import type { Terminals } from '../../../src/editor/terminal/terminals.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { filesTool } from '../../../src/tools/files.ts';
import { refactorTool } from '../../../src/tools/refactor.ts';
import { terminalTool } from '../../../src/tools/terminal.ts';
import { makeWorld, type World } from '../terminal/support.ts';
import { DiskEditor } from '../tools/disk-editor.ts';
import { callRunner } from './call-runner.ts';
import { type Call, callOf, dieAt, type Point } from './dying-call.ts';

let editor: DiskEditor;
let storage: string;
let world: World | undefined;
beforeEach(() => {
  editor = new DiskEditor();
  storage = realpathSync(mkdtempSync(join(tmpdir(), 'letta-crash-')));
});
afterEach(async () => {
  await world?.remove();
  world = undefined;
  editor.dispose();
  rmSync(storage, { recursive: true, force: true });
});

/** What the next window makes of it. */
async function goOn({ tool, input }: Call, mode: CallMode, workspace?: string) {
  const readText: ReadText = (path, whole) => standingText(path, (at) => editor.read(at), whole);
  const { calls, cards } = await callRunner(storage, { tools: [tool], readText }, workspace);
  const [answer] = await calls.answer([callOf({ tool, input })], mode);
  return { text: answer?.type === 'tool' ? answer.tool_return : '', state: cards.at(-1)?.state };
}

const NOT_APPLIED = /^Interrupted, not applied/;
const APPLIED = /^Applied: .* is as intended/s;

describe('a notebook that is edited', () => {
  const before = '{"cells": [{"cell_type": "code", "source": ["x = 1\\n","y = 2"]}]}\n';
  const after = before.replace('x = 1', 'x = 7');
  const call = (): Call => {
    editor.put('a.ipynb', before);
    const input = { path: 'a.ipynb', edits: [{ old_string: 'x = 1', new_string: 'x = 7' }] };
    return { tool: editTool(editor, () => false), input, half: () => writeFileSync(editor.path('a.ipynb'), '{"cel') };
  };

  test.each<[Point, string, RegExp, string]>([
    ['before the intent', after, /^Changed a\.ipynb/, 'done'],
    ['behind the intent', before, NOT_APPLIED, 'interrupted'],
    ['in the middle', '{"cel', /outcome unknown: .*a\.ipynb is neither/, 'interrupted'],
    ['before the result', after, APPLIED, 'done'],
    ['behind the result', after, /^Changed a\.ipynb/, 'done'],
  ])('%s', async (point, text, told, state) => {
    const made = call();
    await dieAt(point, storage, made);
    expect(await goOn(made, 'run')).toEqual({ text: expect.stringMatching(told), state });
    expect(editor.text('a.ipynb')).toBe(text);
  });
});

describe('a name that is changed in two files', () => {
  const call = (): Call => {
    const files = ['a.ts', 'b.ts'].map((name) => ({ name, path: editor.put(name, 'const count = 1;\n') }));
    let asked = 0;
    editor.language.rename = async () => {
      asked += 1;
      if (asked > 1) throw new Error('a language server was asked again');
      return files.map(({ path }) => ({ path, before: 'const count = 1;\n', after: 'const total = 1;\n' }));
    };
    return {
      tool: refactorTool(editor, () => false),
      input: { operation: 'rename', path: 'a.ts', symbol: 'count', new_name: 'total' },
      half: () => writeFileSync(editor.path('a.ts'), 'const total = 1;\n'),
    };
  };
  const [was, is] = ['const count = 1;\n', 'const total = 1;\n'];

  test.each<[Point, string[], RegExp, string]>([
    ['behind the intent', [was, was], NOT_APPLIED, 'interrupted'],
    ['in the middle', [is, was], /done in part\. As intended: .*a\.ts\. As before: .*b\.ts\./, 'interrupted'],
    ['before the result', [is, is], APPLIED, 'done'],
    ['behind the result', [is, is], /Changed a\.ts/, 'done'],
  ])('%s', async (point, texts, told, state) => {
    const made = call();
    await dieAt(point, storage, made);
    expect(await goOn(made, 'run')).toEqual({ text: expect.stringMatching(told), state });
    expect(['a.ts', 'b.ts'].map((name) => editor.text(name))).toEqual(texts);
  });
});

describe('a folder that goes as one', () => {
  const call = (): Call => {
    for (let index = 0; index < 600; index += 1) editor.put(`data/${index}.txt`, '');
    return {
      tool: filesTool(editor, () => false),
      input: { operation: 'delete', path: 'data' },
      half: () => rmSync(editor.path('data/7.txt')),
    };
  };

  test.each<[Point, boolean, RegExp, string]>([
    ['before the intent', false, /^Deleted data\/ \(600 files and folders\)/, 'done'],
    ['behind the intent', true, NOT_APPLIED, 'interrupted'],
    ['in the middle', true, /outcome unknown: .*data is neither as before/, 'interrupted'],
    ['before the result', false, APPLIED, 'done'],
    ['behind the result', false, /^Deleted data\//, 'done'],
  ])('%s', async (point, there, told, state) => {
    const made = call();
    await dieAt(point, storage, made);
    expect(await goOn(made, 'run')).toEqual({ text: expect.stringMatching(told), state });
    expect(existsSync(editor.path('data'))).toBe(there);
  });
});

describe('words that are typed into a running program', () => {
  const UNKNOWN = /^Interrupted, outcome unknown.*do not repeat it blindly/s;
  let typed: string[];

  /** The terminal is there again in the next window, under the same name: nothing but the journal keeps it from being typed twice. */
  const call = async (): Promise<Call> => {
    world = await makeWorld();
    typed = [];
    const run = await world.start('cat', { background: true });
    const input = run.input.bind(run);
    const spied: Run = Object.assign(run, {
      input: (text: string) => {
        typed.push(text);
        input(text);
      },
      // What it answers is not the question here.
      pause: async () => 'late' as const,
    });
    const terminals: Terminals = { runs: world.runs, own: () => [], boxed: async () => false, kept: () => false };
    const tool = terminalTool(
      async () => terminals,
      () => terminals,
    );
    return {
      tool,
      input: { operation: 'input', terminal: spied.id, input: 'yes' },
      half: () => spied.input('yes\n'),
    };
  };

  test.each<[Point, CallMode, number, RegExp]>([
    ['before the intent', 'run', 1, /running/],
    ['before the intent', 'settle', 0, /^Interrupted before it ran/],
    ['behind the intent', 'run', 0, UNKNOWN],
    ['in the middle', 'run', 1, UNKNOWN],
    ['in the middle', 'settle', 1, UNKNOWN],
    ['before the result', 'run', 1, UNKNOWN],
    ['behind the result', 'run', 1, /running/],
  ])('%s, and the turn goes on with %s', async (point, mode, times, told) => {
    const made = await call();
    await dieAt(point, storage, made);
    expect((await goOn(made, mode)).text).toMatch(told);
    expect(typed).toEqual(Array.from({ length: times }, () => 'yes\n'));
  });
});

describe('a thread that goes on in another workspace of the computer', () => {
  const call = (): Call => {
    editor.put('a.txt', 'one\n');
    const input = { path: 'a.txt', edits: [{ old_string: 'one', new_string: 'one one' }] };
    return { tool: editTool(editor, () => false), input };
  };

  test.each<[Point, string, RegExp, string]>([
    ['behind the intent', 'one\n', NOT_APPLIED, 'interrupted'],
    ['before the result', 'one one\n', APPLIED, 'done'],
    ['behind the result', 'one one\n', /^Changed a\.txt/, 'done'],
  ])('%s', async (point, text, told, state) => {
    const made = call();
    await dieAt(point, storage, made);
    expect(await goOn(made, 'run', 'two')).toEqual({ text: expect.stringMatching(told), state });
    expect(editor.text('a.txt')).toBe(text);
  });
});
