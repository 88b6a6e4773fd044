// What the model is offered and what it gets when it loads a skill; how a draft is judged and saved.
import { chmod, mkdir, readdir, readFile, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { maskSecrets } from '../../../src/permissions/secrets.ts';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { clientSkills, loadSkill, MAX_LIST_TOKENS } from '../../../src/skills/offer-skills.ts';
import { saveSkill } from '../../../src/skills/save-skill.ts';
import { validateDraft } from '../../../src/skills/validate.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(() => box[Symbol.asyncDispose]());

const find = (disabled: string[] = []) =>
  findSkills({ folders: [box.project], home: box.home, disabled: new Set(disabled) });

describe('the list for the model', () => {
  test('holds name, description on one line and the file; not what is off, broken, hidden or for the person only', async () => {
    await box.skill('project/.agents/skills/good', { description: 'First line\nsecond line' });
    await box.skill('project/.agents/skills/broken', { body: '' });
    await box.skill('project/.agents/skills/manual', { more: 'disable-model-invocation: true\n' });
    await box.skill('project/.claude/skills/good');
    const off = await box.skill('home/.claude/skills/off');
    expect(clientSkills(await find([off]))).toEqual({
      list: [
        {
          name: 'good',
          description: 'First line second line',
          location: join(box.project, '.agents/skills/good/SKILL.md'),
        },
      ],
      omitted: [],
    });
  });

  test('stays below its cap: descriptions are cut first, then the last skills are left out and named', async () => {
    for (let i = 0; i < 20; i++)
      await box.skill(`project/.agents/skills/skill-${i}`, { description: 'word '.repeat(150) });
    const cut = clientSkills(await find());
    expect(cut.list).toHaveLength(20);
    expect(cut.omitted).toEqual([]);
    expect(cut.list[0]?.description).toMatch(/^word .*…$/);
    expect(estimateTokenCount(JSON.stringify(cut.list.map((s) => s.description)))).toBeLessThan(MAX_LIST_TOKENS);

    for (let i = 0; i < 120; i++)
      await box.skill(`home/.claude/skills/more-${i}`, { description: 'word '.repeat(150) });
    const left = clientSkills(await find());
    // The last entry says that there are more.
    expect(left.list.length - 1 + left.omitted.length).toBe(140);
    expect(left.omitted.length).toBeGreaterThan(10);
    expect(left.list.slice(0, 20).every((skill) => skill.name.startsWith('skill-'))).toBe(true);
    expect(left.omitted.every((name) => name.startsWith('more-'))).toBe(true);
  });
});

describe('loading', () => {
  test('gives the text of now, with the folder put in and the other files named', async () => {
    const folder = await box.skill('project/.agents/skills/deploy');
    await box.write('project/.agents/skills/deploy/scripts/go.sh', 'echo');
    const skills = await find();
    await box.skill('project/.agents/skills/deploy', {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder as skills write it.
      body: 'Run <SKILL_DIR>/scripts/go.sh, then `${CLAUDE_SKILL_DIR}/x`. Price: $1 $& $`.',
    });
    const text = await loadSkill(skills, 'deploy', 'model');
    expect(text).toContain(`Run ${folder}/scripts/go.sh, then \`${folder}/x\`. Price: $1 $& $\`.`);
    expect(text).toContain('- scripts/go.sh');
    expect(text).not.toContain('- SKILL.md');
    expect(text).not.toContain('description:');
  });

  test('refuses with what to do instead', async () => {
    await box.skill('project/.agents/skills/good');
    await box.skill('project/.agents/skills/manual', { more: 'disable-model-invocation: true\n' });
    await box.skill('project/.agents/skills/broken', { description: '' });
    const off = await box.skill('project/.agents/skills/off');
    const skills = await find([off]);
    const refused = (name: string) => loadSkill(skills, name, 'model').catch((e: unknown) => e);
    expect(await refused('nope')).toMatchObject({
      reason: 'unknown',
      message: expect.stringContaining('There are: good.'),
    });
    expect(await refused('off')).toMatchObject({ reason: 'switched_off' });
    expect(await refused('broken')).toMatchObject({
      reason: 'invalid',
      message: expect.stringMatching(/no description/),
    });
    expect(await refused('manual')).toMatchObject({ reason: 'not_for_model' });
    expect(await loadSkill(skills, '/manual', 'person')).toContain('Do it.');
    await unlink(join(box.project, '.agents/skills/good/SKILL.md'));
    expect(await refused('good')).toMatchObject({ reason: 'invalid', message: expect.stringMatching(/no SKILL\.md/) });
  });

  test('one that got worse after the list was made is refused', async () => {
    const folder = await box.skill('project/.agents/skills/good');
    const skills = await find();
    await box.write('secret.txt', 'x');
    await symlink(join(box.root, 'secret.txt'), join(folder, 'notes.txt'));
    await expect(loadSkill(skills, 'good', 'model')).rejects.toMatchObject({ reason: 'invalid' });
  });
});

describe('a draft', () => {
  const text = '---\nname: my-skill\n# a comment stays\ndescription: Does it.\n---\n\nDo it.\n';

  test('is judged without a folder', () => {
    expect(validateDraft(text)).toEqual({ name: 'my-skill', problems: [] });
    expect(validateDraft('---\nname: My Skill\ndescription: x\n---\nb').name).toBeUndefined();
    expect(validateDraft('---\nname: ok\n---\nb')).toMatchObject({
      name: 'ok',
      problems: [expect.stringMatching(/description/)],
    });
    expect(validateDraft('no skill').problems).toHaveLength(1);
  });

  test('is saved word for word where it is found again, with nothing left beside it', async () => {
    const saved = await saveSkill(box.project, text, { maskSecrets });
    expect(saved).toEqual({
      name: 'my-skill',
      folder: join(box.project, '.agents/skills/my-skill'),
      file: join(box.project, '.agents/skills/my-skill/SKILL.md'),
    });
    expect(await readFile(saved.file, 'utf8')).toBe(text);
    expect(await readdir(saved.folder)).toEqual(['SKILL.md']);
    expect((await find()).map((skill) => skill.view)).toMatchObject([{ id: saved.folder, problems: [] }]);
  });

  test('never replaces another one without being told, however it is spelled', async () => {
    await box.write('project/.agents/skills/my-skill/Skill.md', 'mine');
    await expect(saveSkill(box.project, text, { maskSecrets })).rejects.toMatchObject({ reason: 'exists' });
    expect(await readFile(join(box.project, '.agents/skills/my-skill/Skill.md'), 'utf8')).toBe('mine');
    const saved = await saveSkill(box.project, text, { maskSecrets, overwrite: true });
    expect(await readFile(saved.file, 'utf8')).toBe(text);
    expect(await readdir(saved.folder)).toEqual(['Skill.md']);
  });

  test('of many saved at once exactly one wins', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => saveSkill(box.project, text.replace('Do it', `Do ${i}`), { maskSecrets })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'exists' });
    expect(await readdir(join(box.project, '.agents/skills/my-skill'))).toEqual(['SKILL.md']);
  });

  test('with problems is not saved, and makes no folder', async () => {
    await expect(
      saveSkill(box.project, '---\nname: ../../evil\ndescription: x\n---\nb', { maskSecrets }),
    ).rejects.toMatchObject({
      reason: 'invalid',
    });
    expect(await readdir(box.project)).toEqual([]);
  });

  test('does not go out of the workspace through a link', async () => {
    await mkdir(join(box.root, 'outside'));
    await symlink(join(box.root, 'outside'), join(box.project, '.agents'));
    await expect(saveSkill(box.project, text, { maskSecrets })).rejects.toMatchObject({ reason: 'outside' });
    expect(await readdir(join(box.root, 'outside'))).toEqual([]);
  });

  test('says where it could not write', async () => {
    await box.write('project/.agents', 'a file in the way');
    await expect(saveSkill(box.project, text, { maskSecrets })).rejects.toMatchObject({
      reason: 'unwritable',
      message: expect.stringContaining('.agents'),
    });
    if (process.getuid?.() === 0) return;
    await chmod(box.home, 0o500);
    await expect(saveSkill(box.home, text, { maskSecrets })).rejects.toMatchObject({ reason: 'unwritable' });
  });
});
