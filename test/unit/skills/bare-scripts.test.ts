// Scripts alone in `.skills/`: listed, never offered, wrapped into a skill that holds a copy.
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bareScripts, wrapped } from '../../../src/skills/bare-scripts.ts';
import { findSkills, usableSkills } from '../../../src/skills/find-skills.ts';
import { clientSkills } from '../../../src/skills/offer-skills.ts';
import { copySkillFolder, writeSkillFolder } from '../../../src/skills/skill-files.ts';
import { makeSandbox, type Sandbox } from './support.ts';

const find = ({ project, home }: Sandbox) => findSkills({ folders: [project], home, disabled: new Set() });

it('are listed with what their first comment says, and not offered', async () => {
  await using sandbox = await makeSandbox();
  await sandbox.write(
    'project/.skills/Deploy_Site.sh',
    '#!/bin/bash\n# Puts the site on its server.\n# With care.\n\n# Later.\nmake\n',
  );
  await sandbox.write('project/.skills/count.py', '"""Counts the lines\nof a file.\n\nMore."""\n');
  await sandbox.write('project/.skills/gen.ts', '/**\n * Makes the client.\n */\nexport {};\n');
  await sandbox.write('project/.skills/none.ts', 'export {};\n');
  for (const name of ['types.d.ts', '.hidden.sh', 'readme.md', '日本.sh'])
    await sandbox.write(`project/.skills/${name}`, 'x');
  await sandbox.write('project/.agents/skills/stray.sh', '# Elsewhere they are none.\n');
  await symlink('/etc/passwd', join(sandbox.project, '.skills', 'spy.sh'));
  const skills = await find(sandbox);
  expect(skills.map(({ view }) => [view.name, view.description, view.location, view.bare])).toEqual([
    ['deploy-site', 'Puts the site on its server. With care.', '.skills/Deploy_Site.sh', true],
    ['count', 'Counts the lines of a file.', '.skills/count.py', true],
    ['gen', 'Makes the client.', '.skills/gen.ts', true],
    ['none', '', '.skills/none.ts', true],
  ]);
  expect(skills.every(({ view }) => view.problems[0]?.includes('wrap it into a skill'))).toBe(true);
  expect([usableSkills(skills), clientSkills(skills).list]).toEqual([[], []]);
});

it('become a skill with a copy; the original stays and gives way', async () => {
  await using sandbox = await makeSandbox();
  const file = await sandbox.write('project/.skills/deploy.sh', '# Puts the site: on its server.\nmake\n');
  const [script] = await bareScripts(join(sandbox.project, '.skills'));
  if (!script) throw new Error('It is listed.');
  const files = await wrapped(script, script.description);
  await writeSkillFolder(sandbox.project, ['.agents', 'skills'], script.name, files);
  const skills = await find(sandbox);
  expect(
    skills.map(({ view }) => [view.location, view.description, view.problems.length, view.scripts, view.shadowedBy]),
  ).toEqual([
    ['.agents/skills/deploy', 'Puts the site: on its server.', 0, ['scripts/deploy.sh'], undefined],
    ['.skills/deploy.sh', 'Puts the site: on its server.', 1, undefined, '.agents/skills/deploy'],
  ]);
  expect(skills[0]?.body).toContain('bash "<SKILL_DIR>/scripts/deploy.sh"');
  expect(await readFile(join(skills[0]?.folder ?? '', 'scripts/deploy.sh'), 'utf8')).toBe(await readFile(file, 'utf8'));
});

it('a skill is copied to another scope with all its files and their right to run, never over another', async () => {
  await using sandbox = await makeSandbox();
  const source = await sandbox.skill('project/.claude/skills/deploy');
  await chmod(await sandbox.write('project/.claude/skills/deploy/scripts/run.sh', 'make\n'), 0o755);
  await sandbox.write('project/.claude/skills/deploy/logo.bin', new Uint8Array([0, 255, 1]));
  const target = await copySkillFolder(source, sandbox.home, ['.agents', 'skills'], 'deploy');
  const skills = await find(sandbox);
  expect(skills.map(({ view, files }) => [view.location, files])).toEqual([
    ['.claude/skills/deploy', ['SKILL.md', 'logo.bin', 'scripts/run.sh']],
    ['~/.agents/skills/deploy', ['SKILL.md', 'logo.bin', 'scripts/run.sh']],
  ]);
  expect(new Uint8Array(await readFile(join(target, 'logo.bin')))).toEqual(new Uint8Array([0, 255, 1]));
  const { stat } = await import('node:fs/promises');
  expect((await stat(join(target, 'scripts/run.sh'))).mode & 0o100).toBe(0o100);
  const again = copySkillFolder(source, sandbox.home, ['.agents', 'skills'], 'deploy');
  expect(await again.catch((error) => error.reason)).toBe('exists');
  await mkdir(join(sandbox.root, 'elsewhere'));
  await symlink(join(sandbox.root, 'elsewhere'), join(sandbox.project, '.agents'));
  const out = copySkillFolder(source, sandbox.project, ['.agents', 'skills'], 'deploy');
  expect(await out.catch((error) => error.reason)).toBe('outside');
});
