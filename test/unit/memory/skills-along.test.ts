// Skills of an agent go along when its memory is exported, and come with a folder of memory or an agent file.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onlyUsableSkills } from '../../../src/importing-skills.ts';
import { exportMemory } from '../../../src/memory/mirror/export.ts';
import { previewImport } from '../../../src/memory/mirror/import.ts';
import { maskSecrets } from '../../../src/permissions/secrets.ts';

const KEY = `sk-proj-${'a1B2'.repeat(12)}`;
const text = (name: string) => `---\nname: ${name}\ndescription: How.\n---\nDo it.\n`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'skills-along-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = async (path: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
};
const preview = async (path = root, there: string[] = []) =>
  onlyUsableSkills(await previewImport(path, { blocks: [], maskSecrets }), new Set(there));

it('out and in again, with their scripts, secrets masked; what is no text stays in the export', async () => {
  const files = {
    'SKILL.md': text('deploy'),
    'scripts/run.sh': `curl -H ${KEY}\n`,
    'logo.bin': new Uint8Array([255, 0]),
  };
  const folder = join(root, 'out');
  const report = await exportMemory(folder, {
    blocks: [],
    passages: (async function* () {})(),
    skills: [
      { name: 'deploy', files: new Map(Object.entries(files).map(([path, each]) => [path, Buffer.from(each)])) },
    ],
    meta: { by: 'test', agent: { id: 'a', name: 'Ann' }, exportedAt: '2026-01-01T00:00:00Z' },
    maskSecrets,
  });
  expect([report.skills, report.masked]).toEqual([1, 1]);
  expect(await readFile(join(folder, 'skills/deploy/SKILL.md'), 'utf8')).toBe(text('deploy'));
  expect([...(await readFile(join(folder, 'skills/deploy/logo.bin')))]).toEqual([255, 0]);
  const { skills, skipped } = await preview(folder);
  expect(skills.map(({ name, path, files: others }) => [name, path, Object.keys(others)])).toEqual([
    ['deploy', 'skills/deploy/SKILL.md', ['scripts/run.sh']],
  ]);
  expect(JSON.stringify(skills)).not.toContain(KEY);
  expect(skipped.map(({ message }) => message)).toEqual([
    expect.stringContaining('logo.bin was skipped: it is no text'),
  ]);
});

it('those that cannot be used are named with the reason', async () => {
  await write('skills/deploy/SKILL.md', text('deploy'));
  await write('skills/known/SKILL.md', text('known'));
  await write('skills/other-name/SKILL.md', text('another'));
  await write('skills/empty/notes.md', 'No skill.');
  await write('skills/loose.md', 'Loose.');
  await symlink('/etc', join(root, 'skills/deploy/etc'));
  const { skills, skipped } = await preview(root, ['known']);
  expect(skills.map(({ name }) => name)).toEqual(['deploy']);
  const said = skipped.map(({ message }) => message).join('\n');
  for (const why of [
    'skills/known/SKILL.md was skipped: This agent has a skill of that name already.',
    'skills/other-name/SKILL.md was skipped: The name "another" is not that of its folder',
    'skills/empty was skipped: it has no SKILL.md',
    'skills/loose.md was skipped: it lies in no skill’s folder',
    'skills/deploy/etc was skipped: it is a link',
  ])
    expect(said).toContain(why);
});

it('an agent file has them too; a path that would leave its folder is refused', async () => {
  const skill = (name: string, more: object = {}) => ({
    name,
    files: { 'SKILL.md': text(name), ...more },
    source_url: null,
  });
  const skills = [
    skill('deploy', { 'a/b.md': KEY }),
    skill('evil', { '../../x.sh': 'x' }),
    { name: 'none', files: {} },
    7,
  ];
  await write('ada.af', JSON.stringify({ agents: [{ name: 'Ada' }], skills }));
  const found = await preview(join(root, 'ada.af'));
  expect(found.skills.map(({ name, files }) => [name, Object.keys(files)])).toEqual([['deploy', ['a/b.md']]]);
  expect(JSON.stringify(found.skills)).not.toContain(KEY);
  const said = found.skipped.map(({ message }) => message).join('\n');
  expect(said).toContain('would leave its folder');
  expect(said.match(/no name or no SKILL\.md/g)).toHaveLength(2);
});
