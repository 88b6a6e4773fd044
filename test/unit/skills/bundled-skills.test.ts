// The skills that come with the product: valid, short, written for the tools there are, and cheap in every request.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeBody } from '../../../src/agent/request.ts';
import { SERVER_TOOLS } from '../../../src/letta/memory-tools.ts';
import { renderSkills } from '../../../src/server/engine/prompt.ts';
import { findSkills, type Skill } from '../../../src/skills/find-skills.ts';
import { clientSkills, loadSkill } from '../../../src/skills/offer-skills.ts';
import { TASK } from '../../../src/tools/task.ts';
import { callRunner } from '../agent/call-runner.ts';
import { makeSandbox } from './support.ts';

const root = join(import.meta.dirname, '../../..');
const bundled = join(root, 'skills');
/** What their entries may cost in every request, in tokens. */
const MAX_COST = 400;
const MAX_BODY = 1_500;

let skills: Skill[];
beforeAll(async () => {
  skills = await findSkills({ folders: [], home: '/nowhere', bundled, disabled: new Set() });
});

describe('the bundled skills', () => {
  it('are these, and valid', () => {
    expect(skills.map(({ view }) => [view.id, view.scope, view.problems, view.fix])).toEqual(
      ['initializing-memory', 'memory-hygiene', 'reviewing-changes', 'working-in-this-editor', 'writing-skills'].map(
        (name) => [`bundled:${name}`, 'bundled', [], undefined],
      ),
    );
  });

  it('cost little in every request, where they are installed', () => {
    const installed = '/home/somebody/.vscode-server/extensions/letta-vscode.letta-vscode-0.1.0/skills';
    const { list, omitted } = clientSkills(skills);
    const there = list.map((each) => ({ ...each, location: each.location.replace(bundled, installed) }));
    expect(omitted).toEqual([]);
    expect(estimateTokenCount(renderSkills(there))).toBeLessThan(MAX_COST);
  });

  it('are short when they are loaded', async () => {
    for (const { name } of skills)
      expect(estimateTokenCount(await loadSkill(skills, name, 'model')), name).toBeLessThan(MAX_BODY);
  });

  it('name only tools that there are', async () => {
    const files = (await readdir(join(root, 'src', 'tools'))).filter((file) => file.endsWith('.ts'));
    const sources = await Promise.all(files.map((file) => readFile(join(root, 'src', 'tools', file), 'utf8')));
    const names = new Set(sources.flatMap((text) => [...text.matchAll(/^\s+name: '([A-Z]\w+)',$/gm)].map((m) => m[1])));
    expect(names.size).toBeGreaterThan(15);
    const known = new Set<string | undefined>([...names, ...SERVER_TOOLS, TASK]);
    for (const { name, body } of skills) {
      const called = [...body.matchAll(/`([A-Z][A-Za-z]+|(?:memory|archival|conversation)_\w+)`/g)].map((m) => m[1]);
      expect(
        called.filter((each) => !known.has(each)),
        name,
      ).toEqual([]);
    }
  });

  it('taint no thread by their names and descriptions, which stand in every prompt and speak of memory; others do', async () => {
    await using sandbox = await makeSandbox();
    const { seen } = await callRunner(sandbox.root, { tools: [] });
    const { list } = clientSkills(skills);
    await seen.offered(list);
    expect(seen.sources).toEqual(['person']);
    // What is sent says nothing of whose they are.
    const sent = composeBody({}, [], list, undefined).client_skills;
    expect(sent?.map((each) => Object.keys(each))).toEqual(list.map(() => ['name', 'description', 'location']));
    await seen.offered(list.map(({ name, description, location }) => ({ name, description, location })));
    expect(seen.sources).toEqual(['person', 'workspace']);
  });

  it('go with the package', async () => {
    expect(await readFile(join(root, '.vscodeignore'), 'utf8')).toContain('\n!skills/**/*.md\n');
  });
});
