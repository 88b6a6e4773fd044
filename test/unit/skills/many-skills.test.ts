// More skills than the prompt has room for: which are listed, what says that there are more, and how the rest is found and read.
import { join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderSkills } from '../../../src/server/engine/prompt.ts';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { clientSkills, loadSkill, MAX_LIST_TOKENS } from '../../../src/skills/offer-skills.ts';
import { SkillsForModel } from '../../../src/skills/skill-lookup.ts';
import { skillTool } from '../../../src/tools/skill.ts';
import { ToolError } from '../../../src/tools/tool.ts';
import { SKILL_CORPUS } from '../../support/skill-corpus.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(() => box[Symbol.asyncDispose]());

const find = () => findSkills({ folders: [box.project], home: box.home, disabled: new Set() });
async function writeCorpus(count = 500): Promise<void> {
  for (const [i, { name, description, headings }] of SKILL_CORPUS.slice(0, count).entries()) {
    const body = headings.map((heading) => `## ${heading}\n`).join('\n');
    await box.skill(`${i % 2 ? 'project' : 'home'}/.agents/skills/${name}`, { description, body });
  }
}
const idOf = (skills: Awaited<ReturnType<typeof find>>, name: string) =>
  skills.find((skill) => skill.name === name)?.view.id ?? '';
const used = (...at: [id: string, lastUsed: string | null][]) =>
  new Map(at.map(([id, lastUsed]) => [id, { used: 1, succeeded: 1, corrected: 0, lastUsed }]));

test('500 skills: the list stays in its room, in the request and in the prompt, and says how many there are more', async () => {
  await writeCorpus();
  const skills = await find();
  const { list, omitted } = clientSkills(skills);
  expect(skills).toHaveLength(500);
  expect(estimateTokenCount(JSON.stringify(list))).toBeLessThanOrEqual(MAX_LIST_TOKENS);
  expect(estimateTokenCount(renderSkills(list))).toBeLessThanOrEqual(MAX_LIST_TOKENS);
  expect(list.length - 1 + omitted.length).toBe(500);
  expect(list.length).toBeGreaterThan(30);
  const more = list.at(-1);
  expect(more).toMatchObject({
    name: '…',
    description: expect.stringMatching(`^${omitted.length} more are not listed: Skill with "query"`),
  });
  expect(renderSkills(list)).toContain(more?.description ?? '?');
});

test('what was used last is listed, then what has precedence; in one order, whatever was used', async () => {
  await writeCorpus(300);
  const skills = await find();
  const last = skills.at(-1)?.name ?? '';
  const before = clientSkills(skills);
  expect(before.omitted).toContain(last);
  const after = clientSkills(
    skills,
    used([idOf(skills, last), '2026-02-01T00:00:00Z'], ['gone', '2026-02-02T00:00:00Z']),
  );
  expect(after.list.map((s) => s.name)).toContain(last);
  expect(after.omitted).not.toContain(last);
  const order = (names: string[]) => names.map((name) => skills.findIndex((skill) => skill.name === name));
  for (const { list } of [before, after]) {
    const at = order(list.slice(0, -1).map((s) => s.name));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  }
  // The first of precedence stay for all of that.
  expect(after.list.slice(0, 20)).toEqual(before.list.slice(0, 20));
  const older = clientSkills(skills, used([idOf(skills, last), null]));
  expect(older).toEqual(before);
});

describe('the Skill tool', () => {
  const context = { callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} };
  const reviewed = new Set<string>();
  const tool = (hidden = (_: string) => false) =>
    skillTool(new SkillsForModel({ all: find, reviewed: async (name) => reviewed.has(name) }), hidden);
  const call = (input: object, hidden?: (path: string) => boolean) => {
    const parsed = tool().input.parse(input);
    return tool(hidden).run(parsed, context);
  };
  beforeEach(() => reviewed.clear());

  test('finds what the list has no room for, and then loads it', async () => {
    await writeCorpus();
    expect(clientSkills(await find()).omitted).toContain('redis-performance');
    const found = await call({ query: 'Redis got slow since yesterday' });
    expect(found.text).toMatch(/^Best first[\s\S]*- redis-performance: Finds out why something in Redis is slow/);
    expect(found.view?.body).toMatchObject({
      kind: 'skill',
      skills: expect.arrayContaining([expect.objectContaining({ name: 'redis-performance' })]),
    });
    expect(found.text.split('\n').length).toBeLessThanOrEqual(11);
    const loaded = await call({ name: 'redis-performance', why: 'Redis is slow' });
    expect(loaded.text).toContain('## Measure again');
    expect(loaded.view?.body).toEqual({
      kind: 'skill',
      skills: [
        expect.objectContaining({
          name: 'redis-performance',
          location: expect.stringContaining('.agents/skills/redis-performance'),
        }),
      ],
      why: 'Redis is slow',
    });
  });

  test('finds none that is switched off, broken, hidden by another or for the person alone', async () => {
    await box.skill('project/.agents/skills/zebra-one', { description: 'Zebra.' });
    await box.skill('project/.agents/skills/zebra-two', {
      description: 'Zebra.',
      more: 'disable-model-invocation: true\n',
    });
    await box.skill('project/.agents/skills/zebra-three', { description: 'Zebra.', body: '' });
    await box.skill('home/.agents/skills/zebra-one', { description: 'Zebra, hidden.' });
    const { text } = await call({ query: 'zebra' });
    expect(text).toBe('Best first; load one by its name if it fits:\n- zebra-one: Zebra.');
    expect((await call({ query: 'giraffe' })).text).toMatch(/^No skill fits/);
  });

  test('what it returns counts as read only when all of it was', async () => {
    await box.skill('project/.agents/skills/zebra-one', { description: 'Zebra.' });
    await box.skill('project/.agents/skills/zebra-two', { description: 'Zebra.' });
    reviewed.add('zebra-one');
    expect(await call({ query: 'zebra' })).toMatchObject({ source: 'unreviewedSkill' });
    expect(await call({ name: 'zebra-one' })).toMatchObject({ source: 'skill' });
    expect(await call({ name: 'zebra-two' })).toMatchObject({ source: 'unreviewedSkill' });
    reviewed.add('zebra-two');
    expect(await call({ query: 'zebra' })).toMatchObject({ source: 'skill' });
  });

  test('another file of a reviewed skill is not reviewed, unless it lies in the person’s own folders', async () => {
    for (const place of ['project', 'home']) {
      await box.skill(`${place}/.agents/skills/zebra-${place}`);
      await box.write(`${place}/.agents/skills/zebra-${place}/a.md`, 'x');
      reviewed.add(`zebra-${place}`);
    }
    expect(await call({ name: 'zebra-project' })).toMatchObject({ source: 'skill' });
    expect(await call({ name: 'zebra-project/a.md' })).toMatchObject({ source: 'unreviewedSkill' });
    expect(await call({ name: 'zebra-home/a.md' })).toMatchObject({ source: 'skill' });
  });

  test('reads the other files of a skill and nothing else', async () => {
    await box.skill('project/.agents/skills/zebra');
    await box.write('project/.agents/skills/zebra/references/stripes.md', 'Black and white.');
    await box.write('project/.agents/skills/zebra/data.bin', new Uint8Array([0xff, 0xfe, 0x00]));
    await box.write('project/.agents/skills/zebra/huge.txt', 'x'.repeat(70_000));
    await box.write('project/secret.txt', 'No.');
    const loaded = await loadSkill(await find(), 'zebra', 'model');
    expect(loaded).toMatch(/call Skill with the name zebra\/FILE\):\n[\s\S]*- references\/stripes\.md/);
    expect(await call({ name: 'zebra/references/stripes.md' })).toMatchObject({
      status: 'success',
      text: 'Black and white.',
    });
    expect(await call({ name: '/zebra/./references\\stripes.md' })).toMatchObject({
      text: 'Black and white.',
    });
    const refused = (file: string) => call({ name: `zebra/${file}` }).catch((error: unknown) => error);
    for (const file of [
      '../../../secret.txt',
      join(box.project, 'secret.txt'),
      'references',
      'nope',
      'references/../../../../secret.txt',
    ]) {
      const error = await refused(file);
      expect(error, file).toBeInstanceOf(ToolError);
      expect(error, file).toMatchObject({
        message: expect.stringMatching(/has no file .*It has: .*references\/stripes\.md/),
      });
    }
    expect(await refused('data.bin')).toMatchObject({ message: expect.stringMatching(/no UTF-8 text.*data\.bin/) });
    expect(await refused('huge.txt')).toMatchObject({ message: expect.stringMatching(/too large/) });
    await expect(call({ name: 'zebra/references/stripes.md' }, (path) => path.endsWith('stripes.md'))).rejects.toThrow(
      /\.lettaignore/,
    );
  });

  test('says what is missing in a call that names nothing', async () => {
    await expect(call({})).rejects.toThrow(/name of a skill, or a query/);
    await expect(call({ query: '  ' })).rejects.toThrow(/name of a skill, or a query/);
    await expect(call({ name: '…' })).rejects.toThrow(/There is no skill/);
  });

  test('is titled by what it does', () => {
    expect(tool().title({ name: '/zebra' })).toEqual({ title: 'Skill', target: 'zebra' });
    expect(tool().title({ name: 'zebra/a.md' })).toEqual({ title: 'Skill', target: 'zebra/a.md' });
    expect(tool().title({ query: 'stripes' })).toEqual({ title: 'Find skills', target: 'stripes' });
  });
});
