// Skills of a Letta Code agent in the preview: what is offered can be copied, what cannot is named with the reason.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyOf, listed, withoutUnusable } from '../../../src/bringing-skills.ts';
import { previewLettaCode, toBase64Url } from '../../../src/memory/bring/letta-code.ts';
import { plant } from '../../support/planted.ts';

const AGENT = 'agent-local-1';
const KEY = 'sk-live-0123456789abcdef';
const skills = `memfs/${AGENT}/memory/skills`;
const text = (name: string) => `---\nname: ${name}\ndescription: d\n---\nDo it.\n`;
const FILES: Record<string, string> = {
  [`agents/${toBase64Url(AGENT)}.json`]: JSON.stringify({ id: AGENT, name: 'Ada' }),
  [`${skills}/deploy/SKILL.md`]: text('deploy'),
  [`${skills}/deploy/scripts/run.sh`]: `curl -H ${KEY}\n`,
  [`${skills}/deploy/hosts.md`]: 'One.\n',
  [`${skills}/web/forms/SKILL.md`]: text('forms'),
  [`${skills}/web/forms/parts/SKILL.md`]: text('parts'),
  [`${skills}/web/README.md`]: 'About these.',
  [`${skills}/known/SKILL.md`]: text('known'),
  [`${skills}/renamed/SKILL.md`]: text('another-name'),
  [`${skills}/plain/SKILL.md`]: 'Just words.',
  [`${skills}/twice/deploy/SKILL.md`]: text('deploy'),
  [`${skills}/empty/notes.md`]: 'No skill.',
  [`${skills}/loose.md`]: 'A loose file.',
};

async function preview(prepare?: (root: string) => Promise<void>) {
  await using folder = await plant(FILES);
  await prepare?.(folder.root);
  const maskSecrets = (all: string): string => all.replaceAll(KEY, '[secret]');
  const shown = await previewLettaCode({ folder: folder.root, maskSecrets }, AGENT);
  return withoutUnusable(shown, new Set(['known']));
}
const copies = async () => (await preview()).found.flatMap((item) => copyOf(item) ?? []);

it('offers those that can be copied, nested ones too, with their files, secrets masked', async () => {
  expect((await copies()).map(({ name, files }) => [name, Object.keys(files)])).toEqual([
    ['deploy', ['hosts.md', 'scripts/run.sh']],
    ['forms', ['parts/SKILL.md']],
  ]);
  const [deploy] = await copies();
  expect(deploy?.files['scripts/run.sh']).toBe('curl -H [secret]\n');
  expect(listed(await copies())).toBe('deploy: SKILL.md, hosts.md, scripts/run.sh\nforms: SKILL.md, parts/SKILL.md');
});

it('names the others, each with the reason', async () => {
  const { skipped } = await preview(async (root) => {
    await symlink('/etc', join(root, skills, 'deploy', 'etc'));
    await symlink('/etc', join(root, skills, 'linked'));
  });
  const why = (path: string) => skipped.find((each) => each.path === `${skills}/${path}`)?.why;
  expect(why('known')).toBe('This agent has a skill “known” already.');
  expect(why('twice/deploy')).toBe('This agent has a skill “deploy” already.');
  expect(why('renamed')).toContain('is not that of its folder');
  expect(why('plain')).toContain('frontmatter');
  expect(why('empty')).toBe('It has no SKILL.md.');
  expect(why('web')).toBe('It has no SKILL.md.');
  expect(why('loose.md')).toBe('It lies in no skill’s folder.');
  for (const link of ['deploy/etc', 'linked']) expect(why(link)).toBe('It is a link; links are not followed.');
});
