// The skill for other agents in VS Code: valid by the rules that VS Code drops skills by, and about the tools that there are.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { readSkillText } from '../../../src/skills/validate.ts';

interface Contributes {
  chatSkills: { path: string }[];
  languageModelTools: { name: string; toolReferenceName: string }[];
}

const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { contributes: Contributes };
const [{ path = '' } = {}] = contributes.chatSkills;
const file = join(root, path);
const skill = readSkillText(readFileSync(file, 'utf8'), basename(dirname(file)));

it('is one, valid, and goes with the package', () => {
  expect(contributes.chatSkills).toHaveLength(1);
  expect(skill.problems).toEqual([]);
  expect(skill.forModel).toBe(true);
  expect(readFileSync(join(root, '.vscodeignore'), 'utf8')).toContain('\n!chat-skills/**/*.md\n');
  // Our own agent has its memory, and is not told to ask for it.
  expect(existsSync(join(root, 'skills', basename(dirname(file))))).toBe(false);
});

it('names both tools as models and people call them, and no other', () => {
  const named = [...skill.body.matchAll(/`#?(letta\w+)`/g)].map((match) => match[1]);
  const there = contributes.languageModelTools.flatMap((tool) => [tool.name, tool.toolReferenceName]);
  expect([...new Set(named)].toSorted()).toEqual(there.toSorted());
});
