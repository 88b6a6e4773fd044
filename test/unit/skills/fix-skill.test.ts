// What can be mended in a SKILL.md without thought is mended so that it is valid; what cannot is left alone.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFix } from '../../../src/skills/apply-fix.ts';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { mechanicalFix } from '../../../src/skills/fix-skill.ts';
import { isSkillName, toSkillName } from '../../../src/skills/skill-name.ts';
import { readSkillText } from '../../../src/skills/validate.ts';
import { makeSandbox } from './support.ts';

const good = '---\nname: deploy\ndescription: How it is deployed.\n---\n\nDo it.\n';

describe('a fix', () => {
  it.each<[string, string, string, string[], string]>([
    [
      'takes the name of the folder',
      good.replace('deploy\n', 'Deploy It\n'),
      'deploy',
      ['sets the name to deploy'],
      good,
    ],
    ['renames a folder that no skill may be called', good, 'Deploy_It', ['renames the folder to deploy'], good],
    [
      'sets both where neither will do',
      good.replace('deploy\n', 'Deploy It\n'),
      'Deploy_It',
      ['sets the name to deploy-it', 'renames the folder to deploy-it'],
      good.replace('deploy\n', 'deploy-it\n'),
    ],
    [
      'adds a frontmatter, with the first paragraph for a description',
      '# Deploy\n\n```sh\nmake\n```\n\nPuts the site\non its server.\n\nMore.\n',
      'deploy',
      ['adds the frontmatter', 'sets the name to deploy', 'takes the description from the text'],
      '---\nname: deploy\ndescription: Puts the site on its server.\n---\n\n# Deploy\n\n```sh\nmake\n```\n\nPuts the site\non its server.\n\nMore.\n',
    ],
    [
      'closes a frontmatter',
      '---\nname: deploy\ndescription: How it is deployed.\n\nDo it.\n',
      'deploy',
      ['closes the frontmatter'],
      good,
    ],
    [
      'puts text with a colon into quotes',
      '---\nname: deploy\ndescription: Use when: it is late # or so\n---\n\nDo it.\n',
      'deploy',
      ['puts text with a colon into quotes'],
      '---\nname: deploy\ndescription: "Use when: it is late # or so"\n---\n\nDo it.\n',
    ],
    [
      'keeps comments, other fields and Windows line ends',
      '---\r\n# mine\r\nname: x y\r\ndescription: d\r\nlicense: MIT\r\n---\r\nDo it.\r\n',
      'deploy',
      ['sets the name to deploy'],
      '---\r\n# mine\r\nname: deploy\r\ndescription: d\r\nlicense: MIT\r\n---\r\nDo it.\r\n',
    ],
  ])('%s', (_, text, folder, changes, mended) => {
    const fix = mechanicalFix(text, folder);
    expect(fix?.changes).toEqual(changes);
    expect(fix?.text).toBe(mended);
  });

  it('shortens a description that is too long at the end of a sentence', () => {
    const long = `${'It deploys the site to its server. '.repeat(40)}`.trim();
    const fix = mechanicalFix(good.replace('How it is deployed.', long), 'deploy');
    const { description, problems } = readSkillText(fix?.text ?? '', 'deploy');
    expect([description.length <= 1024, description.endsWith('server.'), problems]).toEqual([true, true, []]);
  });

  it.each([
    ['another language than YAML', '---js\nmodule.exports = { name: "deploy" }\n---\nDo it.\n'],
    ['no text at all', ''],
    ['nothing below the frontmatter', '---\nname: deploy\ndescription: d\n---\n'],
    ['a list for a frontmatter', '---\n- name\n---\nDo it.\n'],
    ['YAML that means nothing', '---\nname: [\n  x: }\n---\nDo it.\n'],
  ])('is none for %s', (_, text) => {
    expect(mechanicalFix(text, 'deploy')).toBeUndefined();
  });

  it('is none for what is right', () => expect(mechanicalFix(good, 'deploy')).toBeUndefined());

  it('never throws, and what it gives is valid', () => {
    const part = fc.oneof(
      fc.constantFrom('---', 'name: a b', 'description: x: y', '', '# T', 'Do it.', '\r'),
      fc.string(),
    );
    const texts = fc.array(part, { maxLength: 12 }).map((parts) => parts.join('\n'));
    fc.assert(
      fc.property(texts, fc.string({ minLength: 1 }), (text, folder) => {
        const fix = mechanicalFix(text, folder);
        if (fix) expect(readSkillText(fix.text, fix.folder).problems).toEqual([]);
      }),
    );
  });
});

describe('names', () => {
  it('are made of any words, and always valid or none', () => {
    expect(['Deploy_To Prod', 'addARoute', 'Größe é', '--x--', '日本'].map(toSkillName)).toEqual([
      'deploy-to-prod',
      'add-a-route',
      'gro-e-e',
      'x',
      '',
    ]);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => toSkillName(text) === '' || isSkillName(toSkillName(text))),
    );
  });
});

describe('a fix on disk', () => {
  const open = async (sandbox: { project: string; home: string }) =>
    findSkills({ folders: [sandbox.project], home: sandbox.home, disabled: new Set() });

  it('is announced in the list, and done: the skill is offered then', async () => {
    await using sandbox = await makeSandbox();
    await sandbox.skill('project/.agents/skills/Deploy_It', { name: 'deploy' });
    const [before] = await open(sandbox);
    expect(before?.view.fix).toBe('renames the folder to deploy');
    const text = await readFile(before?.file ?? '', 'utf8');
    const fix = mechanicalFix(text, 'Deploy_It');
    if (!before || !fix) throw new Error('There is a fix.');
    expect(await applyFix(before.file, text, fix)).toBe(join(sandbox.project, '.agents/skills/deploy/SKILL.md'));
    const after = await open(sandbox);
    expect(after.map(({ view }) => [view.name, view.problems, view.fix])).toEqual([['deploy', [], undefined]]);
  });

  it('is not announced for what is wrong beside the text', async () => {
    await using sandbox = await makeSandbox();
    const folder = await sandbox.skill('project/.agents/skills/deploy', { name: 'x y' });
    const { symlink } = await import('node:fs/promises');
    await symlink('/etc/hostname', join(folder, 'spy'));
    const [skill] = await open(sandbox);
    expect([skill?.problems.length, skill?.view.fix]).toEqual([1, undefined]);
  });

  it('writes nothing over what changed meanwhile, or onto another folder', async () => {
    await using sandbox = await makeSandbox();
    const file = join(await sandbox.skill('skills/Deploy', { name: 'deploy' }), 'SKILL.md');
    const text = await readFile(file, 'utf8');
    const fix = { text: `${text}more\n`, folder: 'deploy', changes: [] };
    await writeFile(file, 'newer');
    expect(await applyFix(file, text, fix).catch((error) => error.reason)).toBe('changed');
    await mkdir(join(sandbox.root, 'skills', 'deploy'));
    expect(await applyFix(file, 'newer', fix).catch((error) => error.reason)).toBe('exists');
    expect(await readFile(file, 'utf8')).toBe('newer');
    expect((await readdir(join(sandbox.root, 'skills'))).toSorted()).toEqual(['Deploy', 'deploy']);
  });
});
