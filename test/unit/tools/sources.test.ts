// Where each tool that the agent gets says that its texts come from: the memory policy judges by nothing else.
import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../../../src/agent/seen.ts';
import type { MemorySource } from '../../../src/protocol/sources.ts';
import { skillTool } from '../../../src/tools/skill.ts';
import { type ToolDependencies, toolList } from '../../../src/tools/tool-list.ts';

/** Nothing of it is ever asked: the list alone is read. */
const nothing: never = new Proxy(() => nothing, { get: () => nothing }) as never;

const tools = () =>
  toolList({
    editor: nothing,
    skills: nothing,
    see: nothing,
    terminals: nothing,
    beyond: nothing,
  } satisfies ToolDependencies);

const SOURCES: Readonly<Record<string, readonly MemorySource[]>> = {
  OpenFiles: ['workspace'],
  Read: ['workspace'],
  Glob: ['workspace'],
  Grep: ['workspace'],
  Diagnostics: ['workspace'],
  Code: ['workspace'],
  Git: ['workspace'],
  Edit: ['workspace'],
  Write: ['workspace'],
  Files: ['workspace'],
  Refactor: ['workspace'],
  Bash: ['terminal'],
  Terminal: ['terminal'],
  Fetch: ['web'],
  AskUserQuestion: ['person'],
  TodoWrite: [],
  Show: [],
  Task: ['workspace', 'web', 'tool', 'mcp', 'terminal'],
  OtherTools: ['tool', 'mcp'],
  Skill: ['unreviewedSkill'],
};

describe('sources of the tools', () => {
  it('are these, for every tool that there is', () => {
    expect(Object.fromEntries(tools().map((tool) => [tool.name, sourcesOf(tool)]))).toEqual(SOURCES);
  });

  it.each([
    ['the person has read', true, 'skill'],
    ['the person has not read', false, 'unreviewedSkill'],
    ['nobody can tell about', undefined, 'unreviewedSkill'],
  ] as const)('of a skill that %s: %s', async (_which, reviewed, source) => {
    const tool = skillTool({
      load: async () => 'Do it so.',
      ...(reviewed === undefined ? {} : { reviewed: async () => reviewed }),
    });
    const context = { callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} };
    expect(sourcesOf(tool, await tool.run({ name: 'release' }, context))).toEqual([source]);
  });
});
