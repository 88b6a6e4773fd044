// Calls that fit their tool's schema and mean nothing here, tool by tool: each is answered with what is wrong and what would be right.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminals } from '../../../src/editor/terminal/terminals.ts';
import { SkillLoadError } from '../../../src/skills/offer-skills.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { toolList } from '../../../src/tools/tool-list.ts';
import { makeWorld, type World } from '../terminal/support.ts';
import { Looking } from '../tools/looking.ts';
import { callRunner } from './call-runner.ts';

let look: Looking;
let world: World;
let storage: string;
let tools: AnyTool[];

beforeAll(async () => {
  look = new Looking();
  look.editor.put('src/a.ts', 'const one = 1;\nconst two = 2;\n');
  look.run('init', '-q');
  look.commit('first');
  world = await makeWorld();
  const terminals: Terminals = { runs: world.runs, own: () => [], boxed: async () => false, kept: () => false };
  storage = realpathSync(mkdtempSync(join(tmpdir(), 'letta-nonsense-')));
  tools = toolList({
    editor: look.editor,
    skills: {
      load: async (name) => {
        throw new SkillLoadError('unknown', `There is no skill ${name}. Those there are: greet.`);
      },
    },
    see: look,
    terminals: { open: async () => terminals, known: () => terminals },
    beyond: {
      web: () => Promise.reject(new Error('nothing is fetched')),
      person: { ask: async () => null },
      todos: { set: async () => {} },
      shower: { reveal: async () => ({ lines: 2 }), compare: async () => false },
      subagents: { tools: () => ['Read', 'Grep'], run: () => Promise.reject(new Error('nothing is begun')) },
      foreign: {
        chosen: () => [{ name: 'deploy', description: '', source: 'mcp' }],
        invoke: () => Promise.reject(new Error('nothing is called')),
      },
    },
  });
});
afterAll(async () => {
  await world.remove();
  look.dispose();
  rmSync(storage, { recursive: true, force: true });
});

/** Of OpenFiles nothing can be asked that is wrong. */
const CALLS: [tool: string, input: object, told: RegExp][] = [
  ['Read', { path: 'src/gone.ts' }, /src\/gone\.ts does not exist/],
  ['Read', { path: 'src/a.ts', offset: 400 }, /has (?:only )?\d+ lines/],
  ['Glob', { pattern: '*.ts', path: 'gone' }, /gone does not exist/],
  ['Grep', { pattern: '(unclosed' }, /unclosed|regular expression/i],
  ['Grep', { pattern: 'one', path: 'gone' }, /gone does not exist/],
  ['Diagnostics', { path: 'gone.ts' }, /gone\.ts does not exist/],
  ['Code', { operation: 'definition', path: 'src/a.ts' }, /Give symbol/],
  ['Code', { operation: 'definition', path: 'src/a.ts', symbol: 'three' }, /three/],
  ['Git', { operation: 'show', ref: 'no-such-commit' }, /no-such-commit/],
  ['Git', { operation: 'blame' }, /blame needs|path/],
  [
    'Edit',
    { path: 'src/a.ts', edits: [{ old_string: 'const one = 7;', new_string: 'x' }] },
    /not found.*const one = 1;/s,
  ],
  ['Edit', { path: 'src/a.ts', edits: [{ old_string: 'const', new_string: 'let' }] }, /2 (?:times|places)/],
  ['Write', { path: 'src/a.ts/inner.ts', content: 'x' }, /a\.ts is a file/],
  ['Files', { operation: 'move', path: 'src/gone.ts', to: 'b.ts' }, /src\/gone\.ts does not exist/],
  ['Files', { operation: 'move', path: 'src/a.ts' }, /move needs to/],
  ['Refactor', { operation: 'rename', path: 'src/a.ts' }, /rename needs/],
  ['Bash', { command: 'pwd', cwd: 'gone' }, /gone is no folder/],
  ['Terminal', { operation: 'output', terminal: 't99' }, /There is no terminal t99/],
  ['Terminal', { operation: 'input', terminal: 't99', input: 'y' }, /There is no terminal t99/],
  ['Fetch', { url: 'https://example.org/', offset: -1 }, /offset/],
  ['AskUserQuestion', { question: 'Which?', options: Array.from({ length: 11 }, () => ({ label: 'a' })) }, /options/],
  ['TodoWrite', { todos: [{ content: 'a', status: 'done' }] }, /status/],
  ['Show', { path: 'src/a.ts', line: 400 }, /has only 2 lines/],
  [
    'Task',
    { description: 'd', prompt: 'p', tools: ['Everything'] },
    /cannot have Everything\. It can have: Read, Grep/,
  ],
  ['OtherTools', { operation: 'call', name: 'nope' }, /no other tool named nope\. Those there are: deploy/],
  ['Skill', { name: 'nope' }, /There is no skill nope\. Those there are: greet/],
];

test('no tool is left out', () => {
  const named = new Set(['OpenFiles', ...CALLS.map(([name]) => name)]);
  expect([...named].sort()).toEqual(tools.map(({ name }) => name).sort());
});

test.each(CALLS)('%s %j', async (name, input, told) => {
  const { calls, cards } = await callRunner(storage, {
    tools,
    decide: (tool, given) => {
      tool.access(given);
      return { decision: 'allow', reason: '' };
    },
  });
  const call = { callId: `${name}-${JSON.stringify(input)}`, name, arguments: JSON.stringify(input) };
  const [answer] = await calls.answer([call], 'run');
  expect(answer).toMatchObject({ type: 'tool', status: 'error', tool_return: expect.stringMatching(told) });
  expect(cards.at(-1)?.state).toBe('failed');
  expect(look.run('status', '--porcelain')).toBe('');
});
