// Which skills are found, which of two of one name wins, what is refused and how the refusal reads.
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findSkills, type Skill } from '../../../src/skills/find-skills.ts';
import { clientSkills, loadSkill } from '../../../src/skills/offer-skills.ts';
import { judgeSkill } from '../../../src/skills/read-folder.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(() => box[Symbol.asyncDispose]());

const find = (disabled: string[] = []): Promise<Skill[]> =>
  findSkills({ folders: [box.project], home: box.home, disabled: new Set(disabled) });
const views = async (disabled: string[] = []) => (await find(disabled)).map((skill) => skill.view);

test('no folder at all: no skills, no error', async () => {
  expect(await find()).toEqual([]);
  expect(await findSkills({ folders: [], home: join(box.root, 'nowhere'), disabled: new Set() })).toEqual([]);
});

test('all eight places are read, in order of precedence, with what a person needs to know', async () => {
  const places = [
    'project/.agents/skills/a',
    'project/.skills/b',
    'project/.github/skills/c',
    'project/.claude/skills/d',
    'home/.agents/skills/e',
    'home/.letta/skills/f',
    'home/.copilot/skills/g',
    'home/.claude/skills/group/h',
  ];
  for (const place of places.toReversed()) await box.skill(place);
  const found = await views();
  expect(found.map((view) => [view.location, view.scope])).toEqual([
    ['.agents/skills/a', 'project'],
    ['.skills/b', 'project'],
    ['.github/skills/c', 'project'],
    ['.claude/skills/d', 'project'],
    ['~/.agents/skills/e', 'computer'],
    ['~/.letta/skills/f', 'computer'],
    ['~/.copilot/skills/g', 'computer'],
    ['~/.claude/skills/group/h', 'computer'],
  ]);
  expect(found[0]).toEqual({
    id: join(box.project, '.agents/skills/a'),
    name: 'a',
    description: 'Does it.',
    scope: 'project',
    location: '.agents/skills/a',
    enabled: true,
    problems: [],
  });
});

test('of two of one name the first place wins; one that is broken or switched off hides nothing', async () => {
  const first = await box.skill('project/.agents/skills/x', { description: 'first' });
  await box.skill('project/.claude/skills/x', { description: 'second' });
  await box.skill('home/.claude/skills/x', { description: 'third' });
  expect((await views()).map((view) => view.shadowedBy)).toEqual([undefined, '.agents/skills/x', '.agents/skills/x']);

  const off = await views([first]);
  expect(off.map((view) => [view.enabled, view.shadowedBy])).toEqual([
    [false, undefined],
    [true, undefined],
    [true, '.claude/skills/x'],
  ]);

  await box.write('project/.agents/skills/x/SKILL.md', '---\nname: x\n---\nbody');
  const broken = await views();
  expect(broken[0]?.problems.join()).toMatch(/no description/);
  expect(broken.map((view) => view.shadowedBy)).toEqual([undefined, undefined, '.claude/skills/x']);
});

test('a second workspace folder counts after the first, and locations say which', async () => {
  await box.skill('project/.agents/skills/x');
  await box.skill('other/.agents/skills/x');
  const skills = await findSkills({
    folders: [box.project, join(box.root, 'other')],
    home: box.home,
    disabled: new Set(),
  });
  expect(skills.map(({ view }) => [view.location, view.shadowedBy])).toEqual([
    ['project/.agents/skills/x', undefined],
    ['other/.agents/skills/x', 'project/.agents/skills/x'],
  ]);
});

test('the same folder reached through a link is listed once', async () => {
  await box.skill('project/.agents/skills/x');
  await mkdir(join(box.project, '.claude'), { recursive: true });
  await symlink('../.agents/skills', join(box.project, '.claude/skills'));
  expect((await views()).map((view) => view.location)).toEqual(['.agents/skills/x']);
});

test('a project skill that is a link out of the workspace is refused; on the computer it is fine', async () => {
  await box.skill('elsewhere/x', { description: 'secret words' });
  await mkdir(join(box.project, '.agents/skills'), { recursive: true });
  await mkdir(join(box.home, '.claude/skills'), { recursive: true });
  await symlink(join(box.root, 'elsewhere/x'), join(box.project, '.agents/skills/x'));
  const [project] = await find();
  expect(project?.view.problems.join()).toMatch(/leaves the workspace/);
  expect(JSON.stringify(project)).not.toContain('secret words');

  await symlink(join(box.root, 'elsewhere/x'), join(box.home, '.claude/skills/x'));
  const { problems } = (await findSkills({ folders: [], home: box.home, disabled: new Set() }))[0]?.view ?? {};
  expect(problems).toEqual([]);
});

test('hidden folders beside the skills hold none', async () => {
  await box.skill('project/.agents/skills/.x.deleted-1', { name: 'x' });
  expect(await views()).toEqual([]);
});

test('circles of links and links to nothing end', async () => {
  const root = join(box.project, '.agents/skills');
  await mkdir(root, { recursive: true });
  await symlink(root, join(root, 'loop'));
  await symlink('nowhere', join(root, 'dangling'));
  await box.skill('project/.agents/skills/x');
  expect((await views()).map((view) => view.name)).toEqual(['x']);
});

test('changes on disk are seen by the next call', async () => {
  const folder = await box.skill('project/.agents/skills/x', { description: 'old' });
  expect((await views())[0]?.description).toBe('old');
  await box.skill('project/.agents/skills/x', { description: 'new' });
  expect(await views()).toMatchObject([{ id: folder, description: 'new' }]);
});

test('a skill of another tool is used by the name of its folder; what VS Code would drop is said', async () => {
  await box.write('project/.claude/skills/deploy/SKILL.md', '---\ndescription: How.\n---\nDo it.\n');
  await box.skill('project/.claude/skills/pdf', { name: 'Nice Skill', more: 'when_to_use: For reports.\n' });
  const skills = await find();
  expect(skills.map(({ view }) => [view.name, view.problems, view.hints, view.fix])).toEqual([
    ['deploy', [], [expect.stringMatching(/no name: add a line "name: deploy"/)], 'sets the name to deploy'],
    [
      'pdf',
      [],
      [expect.stringMatching(/may hold only/), expect.stringMatching(/not that of its folder/)],
      'sets the name to pdf',
    ],
  ]);
  expect(clientSkills(skills).list.map(({ name, description }) => [name, description])).toEqual([
    ['deploy', 'How.'],
    ['pdf', 'Does it. For reports.'],
  ]);
  expect(await loadSkill(skills, 'pdf', 'model')).toContain('Do it.');
  expect(await judgeSkill(join(box.project, '.claude/skills/pdf'))).toMatchObject({ ok: false, name: 'pdf' });
});

test('who may call it is read from text as well', async () => {
  await box.skill('project/.claude/skills/a', { more: 'disable-model-invocation: "true"\nuser-invocable: "False"\n' });
  expect(await find()).toMatchObject([{ forModel: false, forUser: false }]);
});

test('what lies among the skills and is none is listed with the reason, and is nothing to move or switch', async () => {
  await box.write('project/.agents/skills/notes/README.md', 'x');
  await box.write('project/.agents/skills/deploy.md', 'x');
  await box.write('project/.agents/skills/SKILL.md', 'x');
  await box.write('project/.agents/skills/README.md', 'About these skills.');
  await box.write('project/.agents/skills/node_modules/x/index.js', '');
  await box.skill('project/.agents/skills/group/good');
  await box.skill('project/.agents/skills/a/b/c/deep');
  const found = await views();
  expect(found.map(({ location, problems, stray }) => [location, problems[0]?.split(':')[0], stray])).toEqual([
    ['.agents/skills/group/good', undefined, undefined],
    ['.agents/skills/SKILL.md', 'It lies right among the skills', true],
    ['.agents/skills/a/b/c/deep', 'It lies more than 3 folders deep', true],
    ['.agents/skills/deploy.md', 'It lies right among the skills', true],
    ['.agents/skills/notes', 'The folder has no SKILL.md', true],
  ]);
  expect(found.every(({ stray, bare }) => !stray || bare)).toBe(true);
  expect(found.map(({ name }) => name)).toEqual(['good', 'SKILL.md', 'deep', 'deploy.md', 'notes']);
});

test('where there are too many folders, it is said that some were not looked into', async () => {
  const root = join(box.project, '.agents/skills');
  for (let i = 0; i < 1_000; i++) await mkdir(join(root, `group/${i}`), { recursive: true });
  await box.skill('project/.agents/skills/x');
  expect((await views()).map(({ location, problems }) => [location, problems])).toEqual([
    ['.agents/skills', [expect.stringMatching(/^Only the first 1,000 folders are looked into/)]],
  ]);
});

test('a link of another name hides the skill that it leads to neither from the list nor from the model', async () => {
  const folder = await box.skill('project/.agents/skills/real');
  await symlink(folder, join(box.project, '.agents/skills/alias'));
  await mkdir(join(box.project, '.claude/skills'), { recursive: true });
  await symlink(folder, join(box.project, '.claude/skills/real'));
  expect((await views()).map(({ location, hints }) => [location, hints])).toEqual([['.agents/skills/real', undefined]]);
});

test('a skill that is named like a command says that only the agent can use it', async () => {
  await box.skill('project/.agents/skills/doctor');
  await box.skill('project/.agents/skills/init', { more: 'user-invocable: false\n' });
  const [doctor, init] = await views();
  expect([doctor?.problems, doctor?.hints, init?.hints]).toEqual([
    [],
    [expect.stringMatching(/^“\/doctor” runs the command/)],
    undefined,
  ]);
});

describe('the judge', () => {
  test('accepts a good skill and names its files', async () => {
    const folder = await box.skill('s/good-skill-2', {
      description: 'Over\ntwo lines.',
      more: 'license: MIT # comment\n',
    });
    await box.write('s/good-skill-2/scripts/run.sh', 'echo');
    await box.write('s/good-skill-2/node_modules/x/index.js', '');
    for (let i = 0; i < 500; i++) await box.write(`s/good-skill-2/.venv/lib/${i}.py`, '');
    await box.write('s/good-skill-2/scripts/__pycache__/a.pyc', '');
    await symlink('scripts/run.sh', join(folder, 'link.sh'));
    expect(await judgeSkill(folder)).toEqual({
      ok: true,
      name: 'good-skill-2',
      description: 'Over two lines.',
      files: ['SKILL.md', 'link.sh', 'scripts/run.sh'],
      reasons: [],
    });
  });

  test.for([
    ['another name than the folder', 'a', { name: 'b' }, /not that of its folder/],
    ['capitals', 'My-Skill', {}, /only a-z, 0-9 and hyphens/],
    ['an underscore', 'my_skill', {}, /only a-z/],
    ['a hyphen at the end', 'a-', {}, /hyphen/],
    ['two hyphens', 'a--b', {}, /hyphen/],
    ['a name of 65', 'x'.repeat(65), {}, /65 characters/],
    ['a description of 1,025', 'a', { description: 'd'.repeat(1025) }, /1,025 characters/],
    ['an empty description', 'a', { description: ' ' }, /no description/],
    ['no body', 'a', { body: '' }, /nothing below/],
    ['a body too large', 'a', { body: 'x'.repeat(70_000) }, /KB/],
  ] as const)('refuses %s', async ([, name, options, expected]) => {
    const verdict = await judgeSkill(await box.skill(`s/${name}`, options));
    expect(verdict.ok).toBe(false);
    expect(verdict.reasons.join('\n')).toMatch(expected);
  });

  test('accepts the limits themselves', async () => {
    const name = 'x'.repeat(64);
    const verdict = await judgeSkill(await box.skill(`s/${name}`, { description: 'd'.repeat(1024) }));
    expect(verdict).toMatchObject({ ok: true, reasons: [] });
  });

  test('a numeric name and a skill.md in small letters are fine', async () => {
    await box.write('s/2024/skill.md', '---\nname: 2024\ndescription: A year.\n---\nbody');
    expect(await judgeSkill(join(box.root, 's/2024'))).toMatchObject({ ok: true, name: '2024', files: ['skill.md'] });
  });

  test('refuses, with the reason, what is not there, no folder, empty, no text, a folder for a file', async () => {
    await box.write('s/file', 'x');
    await mkdir(join(box.root, 's/empty'));
    await box.write('s/binary/SKILL.md', new Uint8Array([0x2d, 0xff, 0xfe, 0x00]));
    await mkdir(join(box.root, 's/dir/SKILL.md'), { recursive: true });
    const reasons = async (name: string) => {
      const verdict = await judgeSkill(join(box.root, 's', name));
      expect(verdict.ok).toBe(false);
      return verdict.reasons.join();
    };
    expect(await reasons('missing')).toMatch(/not there/);
    expect(await reasons('file')).toMatch(/not there/);
    expect(await reasons('empty')).toMatch(/no SKILL\.md/);
    expect(await reasons('binary')).toMatch(/UTF-8/);
    expect(await reasons('dir')).toMatch(/no file/);
  });

  test('refuses links that leave the folder, for SKILL.md and for other files, and reads nothing behind them', async () => {
    await box.write('secret/SKILL.md', '---\nname: x\ndescription: the secret\n---\nsecret');
    await mkdir(join(box.root, 's/x'), { recursive: true });
    await symlink('../../secret/SKILL.md', join(box.root, 's/x/SKILL.md'));
    const linked = await judgeSkill(join(box.root, 's/x'));
    expect(linked).toMatchObject({ ok: false, description: '', files: [] });
    expect(linked.reasons.join()).toMatch(/leaves the skill's folder/);

    const folder = await box.skill('s/y');
    await symlink('../../secret', join(folder, 'data'));
    await symlink('gone', join(folder, 'dangling'));
    const other = await judgeSkill(folder);
    expect(other).toMatchObject({ ok: false, name: 'y', files: ['SKILL.md'] });
    expect(other.reasons).toHaveLength(2);
    expect(other.reasons.join()).toMatch(/dangling points to nothing.*data leaves/);
  });
});
