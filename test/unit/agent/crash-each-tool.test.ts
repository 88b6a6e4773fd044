// The window dies at each point of a call, tool by tool: what changes something is never run again, what only looks is, and nothing
// is lost without a word.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallMode } from '../../../src/agent/calls.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { type ToolDependencies, toolList } from '../../../src/tools/tool-list.ts';
import { DiskEditor } from '../tools/disk-editor.ts';
import { callRunner } from './call-runner.ts';
import { callOf, dieAt, type Point } from './dying-call.ts';

let editor: DiskEditor;
let storage: string;
beforeEach(() => {
  editor = new DiskEditor();
  editor.put('a.ts', 'const a = 1;\n');
  editor.language.format = async (path) => [{ path, before: 'const a = 1;\n', after: 'const a = 1\n' }];
  storage = realpathSync(mkdtempSync(join(tmpdir(), 'letta-crash-')));
});
afterEach(() => {
  editor.dispose();
  rmSync(storage, { recursive: true, force: true });
});

/** Of no tool here more is used than its input, what it touches and its plan. */
const unused = <T extends object>(): T => new Proxy({} as T, { get: () => () => Promise.reject(new Error('unused')) });

const all = (): AnyTool[] =>
  toolList({
    editor,
    skills: unused<ToolDependencies['skills']>(),
    see: unused<NonNullable<ToolDependencies['see']>>(),
    terminals: unused<NonNullable<ToolDependencies['terminals']>>(),
    beyond: {
      ...unused<NonNullable<ToolDependencies['beyond']>>(),
      web: () => Promise.reject(new Error('unused')),
      person: unused(),
      todos: unused(),
      shower: unused(),
      subagents: { tools: () => ['Read'], run: () => Promise.reject(new Error('unused')) },
      foreign: {
        chosen: () => [{ name: 'deploy', description: '', source: 'mcp' }],
        invoke: () => Promise.reject(new Error('unused')),
      },
    },
  });

const LOOKS: Record<string, object> = {
  OpenFiles: {},
  Read: { path: 'a.ts' },
  Glob: { pattern: '*.ts' },
  Grep: { pattern: 'a' },
  Diagnostics: {},
  Code: { operation: 'symbols', path: 'a.ts' },
  Git: { operation: 'status' },
  Terminal: { operation: 'list' },
  Fetch: { url: 'https://example.org/' },
  AskUserQuestion: { question: 'Which?' },
  TodoWrite: { todos: [] },
  Show: { path: 'a.ts' },
  Skill: { name: 'greet' },
};
/** Files stand as before: that is what the next window finds. */
const CHANGES: Record<string, object> = {
  Edit: { path: 'a.ts', edits: [{ old_string: '1', new_string: '2' }] },
  Write: { path: 'b.ts', content: 'b\n' },
  Files: { operation: 'mkdir', path: 'made' },
  Refactor: { operation: 'format', path: 'a.ts' },
};
/** What they did cannot be seen. */
const ACTS: Record<string, object> = {
  Bash: { command: 'make' },
  Task: { description: 'look', prompt: 'Look around.' },
  OtherTools: { operation: 'call', name: 'deploy', input: {} },
};

const POINTS: readonly Point[] = [
  'before the intent',
  'behind the intent',
  'in the middle',
  'before the result',
  'behind the result',
];
const MODES: readonly CallMode[] = ['run', 'settle'];
const cases = POINTS.flatMap((point) => MODES.map((mode) => [point, mode] as const));
const NOT_BEGUN = /^Interrupted before it (?:ran|was done)\. Nothing was changed\./;

/** How often it ran before and after the window died, and what the agent is told. */
async function crashed(name: string, input: object, point: Point, mode: CallMode) {
  const found = all().find((tool) => tool.name === name);
  if (!found) throw new Error(`There is no tool ${name}.`);
  let ran = 0;
  const tool: AnyTool = {
    ...found,
    run: async () => {
      ran += 1;
      return { status: 'success', text: `Ran ${ran}.` };
    },
  };
  if (tool.left) tool.left = async () => undefined;
  await dieAt(point, storage, { tool, input });
  const before = ran;
  const { calls, cards } = await callRunner(storage, {
    tools: [tool],
    readText: async (path) => (await editor.read(path))?.text ?? null,
  });
  const [answer] = await calls.answer([callOf({ tool, input })], mode);
  const text = answer?.type === 'tool' ? answer.tool_return : '';
  return { before, after: ran - before, text, state: cards.at(-1)?.state };
}

test('no tool is left out', () => {
  const named = [LOOKS, CHANGES, ACTS].flatMap((kind) => Object.keys(kind));
  expect(named.sort()).toEqual(
    all()
      .map(({ name }) => name)
      .sort(),
  );
});

describe.each(Object.entries(LOOKS))('%s only looks', (name, input) => {
  test.each(cases)('%s, and the turn goes on with %s', async (point, mode) => {
    const { before, after, text, state } = await crashed(name, input, point, mode);
    expect(before).toBe(point === 'before the result' || point === 'behind the result' ? 1 : 0);
    if (point === 'behind the result') {
      expect([after, text, state]).toEqual([0, 'Ran 1.', 'done']);
    } else if (mode === 'run') {
      expect([after, text, state]).toEqual([1, `Ran ${before + 1}.`, 'done']);
    } else {
      expect([after, state]).toEqual([0, 'interrupted']);
      expect(text).toMatch(NOT_BEGUN);
    }
  });
});

describe.each([...Object.entries(CHANGES), ...Object.entries(ACTS)])('%s changes something', (name, input) => {
  test.each(cases)('%s, and the turn goes on with %s', async (point, mode) => {
    const { before, after, text, state } = await crashed(name, input, point, mode);
    expect(before).toBe(point === 'before the result' || point === 'behind the result' ? 1 : 0);
    if (point === 'behind the result') {
      expect([after, text, state]).toEqual([0, 'Ran 1.', 'done']);
    } else if (point === 'before the intent') {
      // Nothing is noted, so nothing has begun.
      expect([after, state]).toEqual(mode === 'run' ? [1, 'done'] : [0, 'interrupted']);
      if (mode === 'settle') expect(text).toMatch(NOT_BEGUN);
    } else {
      expect([after, state]).toEqual([0, 'interrupted']);
      expect(text).toMatch(name in ACTS ? /^Interrupted, outcome unknown\./ : /^Interrupted, not applied: /);
    }
  });
});
