// The search that finds the skills which are not in the list: measured on tasks as people ask for them.
import { describe, expect, test } from 'vitest';
import { headingsOf, type SearchedSkill, SkillSearch } from '../../../src/skills/search-skills.ts';
import { surestHold } from '../../bench/hold.ts';
import { SKILL_CORPUS, SKILL_TASKS, UNSEEN_TASKS } from '../../support/skill-corpus.ts';
import { worked } from '../../support/worked.ts';

const search = (skills: readonly SearchedSkill[]) => SkillSearch.over(skills);
const skill = (name: string, description = '', body = ''): SearchedSkill => ({ name, description, body });
const CORPUS = SKILL_CORPUS.map(({ name, description, headings }) => ({
  name,
  description,
  body: headings.map((heading) => `## ${heading}\n\nDo it.\n`).join('\n'),
}));
const names = (found: readonly SearchedSkill[]) => found.map(({ name }) => name);

describe('of 500 skills', async () => {
  const all = await search(CORPUS);
  const missed = (tasks: typeof SKILL_TASKS) =>
    tasks.filter(([task, name]) => !names(all.find(task, 10)).includes(name));

  test('the right one is among the first 10 for at least 45 of 50 tasks', () => {
    expect([CORPUS.length, SKILL_TASKS.length]).toEqual([500, 50]);
    expect(missed(SKILL_TASKS).length, JSON.stringify(missed(SKILL_TASKS))).toBeLessThanOrEqual(5);
  });

  test('and for at least 21 of 25 that the ranking was never tuned for', () => {
    expect(UNSEEN_TASKS).toHaveLength(25);
    expect(missed(UNSEEN_TASKS).length, JSON.stringify(missed(UNSEEN_TASKS))).toBeLessThanOrEqual(4);
  });

  test('each is found by its own name, and by its own description', () => {
    for (const { name, description } of CORPUS) {
      expect(names(all.find(name, 3)), name).toContain(name);
      expect(names(all.find(description, 3)), description).toContain(name);
    }
  });

  test('neither making the index nor asking it holds the host up', async () => {
    expect(await surestHold(() => search(CORPUS))).toBeLessThan(25);
    const fresh = await search(CORPUS);
    const before = worked();
    for (const [task] of SKILL_TASKS) fresh.find(task, 10);
    expect((worked() - before) / SKILL_TASKS.length).toBeLessThan(25);
  });
});

describe('the search', async () => {
  const three = await search([
    skill('deploy-site', 'Ships the web site.', '# Deploy\n\n## Roll back\n'),
    skill('postgresql-backup', 'Saves the database.'),
    skill('colour-picker', 'Organises palettes.'),
  ]);

  test('knows headings, other forms of a word, its beginnings, what may stand for it, and both spellings', () => {
    expect(names(three.find('rolling back', 10))).toEqual(['deploy-site']);
    expect(names(three.find('deployments', 10))).toEqual(['deploy-site']);
    expect(names(three.find('postgres', 10))).toEqual(['postgresql-backup']);
    expect(names(three.find('db', 10))).toEqual(['postgresql-backup']);
    expect(names(three.find('organize', 10))).toEqual(['colour-picker']);
  });

  test('finds nothing where nothing fits, and never more than it is asked for', async () => {
    expect(three.find('zebra', 10)).toEqual([]);
    expect(three.find('', 10)).toEqual([]);
    expect(three.find('the of and', 10)).toEqual([]);
    expect(three.find('site database palettes', 2)).toHaveLength(2);
    expect((await search([])).find('anything', 10)).toEqual([]);
  });

  test('a long query, or one of odd characters, costs no more and breaks nothing', () => {
    expect(names(three.find(`${'lorem ipsum '.repeat(20_000)}`, 10))).toEqual([]);
    for (const odd of ['\0', '💥', '.*', '((((', '"deploy', '\ud800', '日本語', '-----'])
      expect(() => three.find(odd, 10)).not.toThrow();
  });
});

describe('headings', () => {
  test('are taken from Markdown, and not from code in it', () => {
    const body =
      '# One\ntext\n```sh\n# a comment\n```\n## Two ##\n   ### Three\n    # code\n#no\n~~~\n# x\n```\n# y\n~~~\n###### Six';
    expect(headingsOf(body)).toEqual(['One', 'Two', 'Three', 'Six']);
  });
});
