// Tokens of many skills are counted in slices, once, and again only for what changed.
import { expect, it } from 'vitest';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { previewSkill } from '../../../src/skills/preview-skill.ts';
import { TokenCosts } from '../../../src/skills/token-costs.ts';
import { makeSandbox } from './support.ts';

it('goes on where it stopped, and counts nothing twice', async () => {
  await using sandbox = await makeSandbox();
  for (const name of ['a', 'b', 'c']) await sandbox.skill(`project/.agents/skills/${name}`);
  await sandbox.skill('project/.agents/skills/broken', { body: '' });
  const find = () => findSkills({ folders: [sandbox.project], home: sandbox.home, disabled: new Set() });
  // Each look at the clock takes 5 ms: one skill a slice.
  let time = 0;
  const costs = new TokenCosts(() => {
    time += 5;
    return time;
  });
  const slice = async () => {
    const { costs: counted, done } = costs.count(await find());
    return [counted.size, done];
  };
  expect(await slice()).toEqual([1, false]);
  expect(await slice()).toEqual([2, false]);
  expect(await slice()).toEqual([3, true]);
  const before = time;
  expect(await slice()).toEqual([3, true]);
  // The clock is not asked again but for the end of the slice.
  expect(time - before).toBe(5);
  await sandbox.skill('project/.agents/skills/b', { body: 'Another.' });
  expect(await slice()).toEqual([3, true]);
});

it('previews what the model sees, and says why it sees nothing', async () => {
  await using sandbox = await makeSandbox();
  await sandbox.skill('project/.agents/skills/mine', { body: 'Run <SKILL_DIR>/x.' });
  await sandbox.write('project/.agents/skills/mine/x', 'exit 0\n');
  await sandbox.skill('project/.claude/skills/mine');
  await sandbox.skill('project/.agents/skills/person', { more: 'disable-model-invocation: true\n' });
  const off = await sandbox.skill('project/.agents/skills/off');
  await sandbox.skill('project/.agents/skills/broken', { body: '' });
  const skills = await findSkills({ folders: [sandbox.project], home: sandbox.home, disabled: new Set([off]) });
  const seen = await Promise.all(
    skills.map(async (skill) => {
      const { entry, why, body, tokens } = await previewSkill(skills, skill);
      return [skill.view.location, entry?.split('\n')[1], why, body !== undefined, tokens.entry > 0, tokens.body > 0];
    }),
  );
  expect(seen).toEqual([
    ['.agents/skills/broken', undefined, 'What is wrong with it has to be mended first.', false, false, false],
    ['.agents/skills/mine', '└── mine/SKILL.md (Does it.)', undefined, true, true, true],
    ['.agents/skills/off', undefined, 'It is switched off.', true, false, true],
    [
      '.agents/skills/person',
      undefined,
      'Only a person may call it: disable-model-invocation is set.',
      true,
      false,
      true,
    ],
    ['.claude/skills/mine', undefined, 'The one in .agents/skills/mine has the same name and wins.', true, false, true],
  ]);
  const mine = skills.find(({ view }) => view.location === '.agents/skills/mine');
  if (!mine) throw new Error('It is there.');
  const preview = await previewSkill(skills, mine);
  expect(preview.body).toContain(`Run ${mine.folder}/x.`);
  // The list says the same.
  expect(new TokenCosts(() => 0).count(skills).costs.get(mine.view.id)).toEqual(preview.tokens);
});
