// A skill that is copied: whole, without the right to run, inside its folder, never over another, or not at all.
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { agentSkillsFolder, importSkill, problemsOfCopy, type SkillCopy } from '../../../src/skills/import-skill.ts';
import { makeSandbox, type Sandbox } from './support.ts';

const AGENT = 'agent-11111111-2222-4333-8444-555555555555';
const skill = (more: Partial<SkillCopy> = {}): SkillCopy => ({
  name: 'deploy',
  text: '---\nname: deploy\ndescription: How it is deployed.\n---\nRun <SKILL_DIR>/scripts/run.sh.\n',
  files: { 'scripts/run.sh': '#!/bin/sh\ntouch /tmp/ran\n', 'references/hosts.md': 'One.\n' },
  ...more,
});
const put = ({ home }: Sandbox, copy: SkillCopy) => {
  const { base, parts } = agentSkillsFolder(home, AGENT);
  return importSkill(base, parts, copy);
};
const found = async ({ home, project }: Sandbox, agentId = AGENT) => {
  const { base, parts } = agentSkillsFolder(home, agentId);
  const skills = await findSkills({
    folders: [project],
    home,
    agent: [{ path: join(base, ...parts) }],
    disabled: new Set(),
  });
  return skills.map(({ view, files }) => [view.name, view.scope, view.location, files, view.problems, view.shadowedBy]);
};
const refused = (sandbox: Sandbox, more: Partial<SkillCopy>) =>
  put(sandbox, skill(more)).catch((error) => error.reason);
const all = async ({ home }: Sandbox) => (await readdir(home, { recursive: true })).toSorted();

describe('a copied skill', () => {
  it('is one of the agent’s own, with all its files, none of them executable', async () => {
    await using sandbox = await makeSandbox();
    const folder = await put(sandbox, skill());
    const location = `~/.letta/agents/${AGENT}/memory/skills/deploy`;
    const files = ['SKILL.md', 'references/hosts.md', 'scripts/run.sh'];
    expect(await found(sandbox)).toEqual([['deploy', 'agent', location, files, [], undefined]]);
    expect(await readFile(join(folder, 'scripts/run.sh'), 'utf8')).toBe(skill().files['scripts/run.sh']);
    expect((await stat(join(folder, 'scripts/run.sh'))).mode & 0o111).toBe(0);
    expect(await found(sandbox, 'agent-other')).toEqual([]);
  });

  it('comes after those of the project and before those of the computer', async () => {
    await using sandbox = await makeSandbox();
    await put(sandbox, skill());
    await sandbox.skill('project/.agents/skills/deploy');
    await sandbox.skill('home/.agents/skills/deploy');
    const project = '.agents/skills/deploy';
    expect((await found(sandbox)).map(([, scope, , , , shadow]) => [scope, shadow])).toEqual([
      ['project', undefined],
      ['agent', project],
      ['computer', project],
    ]);
  });

  it('never takes the place of another, and of one that fails nothing is left', async () => {
    await using sandbox = await makeSandbox();
    await put(sandbox, skill());
    const before = await all(sandbox);
    expect(await refused(sandbox, { files: {} })).toBe('exists');
    // A file where a folder has to be.
    expect(await refused(sandbox, { ...other, files: { a: 'x', 'a/b': 'y' } })).toBe('unwritable');
    expect(await all(sandbox)).toEqual(before);
  });
});

const other = { name: 'other', text: '---\nname: other\ndescription: d\n---\nDo it.\n' };

describe('what is not copied', () => {
  it.each([
    '../escape.sh',
    'a/../../escape.sh',
    '/etc/escape',
    'C:\\escape',
    'a\\..\\escape',
    'c:escape',
    'a//b',
    './a',
    '.git/hooks/pre-commit',
    'sub/.GIT/config',
    '',
    'nul\0byte',
    '.../x',
  ])('a path that would leave its folder: %j', async (path) => {
    await using sandbox = await makeSandbox();
    expect(await refused(sandbox, { files: { [path]: 'x' } })).toBe('invalid');
    expect(await all(sandbox)).toEqual([]);
  });

  it.each<[string, Partial<SkillCopy>]>([
    ['another name than its folder', { name: 'release' }],
    ['a name that is a path', { name: '../deploy', text: '---\nname: ../deploy\ndescription: d\n---\nx\n' }],
    ['no description', { text: '---\nname: deploy\n---\nDo it.\n' }],
    ['a second SKILL.md', { files: { 'skill.md': 'x' } }],
    ['too many files', { files: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.md`, 'x'])) }],
    ['too many bytes', { files: { a: 'x'.repeat(6 * 1024 * 1024) } }],
  ])('%s, and it says why', async (_, more) => {
    await using sandbox = await makeSandbox();
    expect(problemsOfCopy(skill(more))).not.toEqual([]);
    expect(await refused(sandbox, more)).toBe('invalid');
    expect(await all(sandbox)).toEqual([]);
  });

  it('anything over a link that leads out of Letta’s folder', async () => {
    await using sandbox = await makeSandbox();
    const outside = join(sandbox.root, 'outside');
    await mkdir(join(sandbox.home, '.letta', 'agents'), { recursive: true });
    await mkdir(outside);
    await symlink(outside, join(sandbox.home, '.letta', 'agents', AGENT));
    expect(await refused(sandbox, {})).toBe('outside');
    expect(await readdir(outside)).toEqual([]);
  });

  it('and a skill that is a link out of the agent’s own shows nothing of what lies there', async () => {
    await using sandbox = await makeSandbox();
    const outside = await sandbox.skill('outside/spy', { description: 'Private words.' });
    const { base, parts } = agentSkillsFolder(sandbox.home, AGENT);
    await mkdir(join(base, ...parts), { recursive: true });
    await symlink(outside, join(base, ...parts, 'spy'));
    await writeFile(join(outside, 'key.txt'), 'secret');
    const [view] = await found(sandbox);
    expect(view).toEqual([
      'spy',
      'agent',
      expect.any(String),
      [],
      [expect.stringContaining('is a link that leaves')],
      undefined,
    ]);
  });

  it('and no agent’s id is a way to another folder', () => {
    for (const id of ['..', 'a/b', '', 'a\\b']) expect(() => agentSkillsFolder('/home/ada', id)).toThrow();
  });
});
