// Skills from elsewhere: a folder or a repository. What would be copied, what is refused and why, and that nothing of it is run.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cloneTree, gitPlace, gitUrlProblem, skillCommits, skillInCommit } from '../../../src/flows/skill-git.ts';
import { filesOfForeign, folderTree, foreignSkills } from '../../../src/skills/foreign-skills.ts';
import { writeSkillFolder } from '../../../src/skills/skill-files.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(() => box[Symbol.asyncDispose]());

const run = promisify(execFile);
const git = (...args: string[]) =>
  run('git', [
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@b',
    '-c',
    'init.defaultBranch=main',
    '-c',
    'core.hooksPath=/dev/null',
    '-C',
    box.project,
    ...args,
  ]);
const commit = async (message = 'x') => {
  await git('add', '-A');
  await git('commit', '-q', '--allow-empty', '-m', message);
};
const ofFolder = async (path = box.project) => foreignSkills(await folderTree(path, 'given'));
const signal = () => new AbortController().signal;
const clone = () => cloneTree({ url: `file://${box.project}` }, signal());

const WAYS = ['a folder', 'a repository'] as const;
/** The skills of the project, looked at either way. */
async function looked(way: (typeof WAYS)[number]) {
  if (way === 'a folder') return { skills: await ofFolder(), dispose: async () => {} };
  await git('init', '-q');
  await commit();
  const cloned = await clone();
  return { skills: await foreignSkills(cloned.tree), dispose: () => cloned[Symbol.asyncDispose]() };
}

describe.each(WAYS)('in %s', (way) => {
  test('all skills are found, with their files and programs, and copied byte for byte', async () => {
    await box.skill('project/skills/one', { description: 'Does one.' });
    await box.write('project/skills/one/scripts/go.sh', '#!/bin/sh\n');
    await box.write('project/skills/one/tool', '#!/bin/sh\n');
    await chmod(join(box.project, 'skills/one/tool'), 0o755);
    await box.write('project/skills/one/references/bytes.bin', new Uint8Array([0, 255, 10, 13, 254]));
    await box.write('project/skills/one/references/SKILL.md', 'An example.');
    await box.skill('project/.claude/skills/two');
    await box.write('project/README.md', 'No skill.');
    const { skills, dispose } = await looked(way);
    expect(skills.map(({ name, folder, problems }) => ({ name, folder, problems }))).toEqual([
      { name: 'two', folder: '.claude/skills/two', problems: [] },
      { name: 'one', folder: 'skills/one', problems: [] },
    ]);
    const one = skills[1];
    if (!one) throw new Error('It was not found.');
    expect(one.files).toEqual(['SKILL.md', 'references/SKILL.md', 'references/bytes.bin', 'scripts/go.sh', 'tool']);
    expect(one.scripts).toEqual(['scripts/go.sh', 'tool']);
    const tree = way === 'a folder' ? await folderTree(box.project, 'x') : (await clone()).tree;
    const files = await filesOfForeign(tree, one);
    expect([...(files.get('references/bytes.bin') ?? [])]).toEqual([0, 255, 10, 13, 254]);
    await writeSkillFolder(box.home, [], one.name, files, (path) => one.executable.has(path));
    expect(await readFile(join(box.home, 'one/scripts/go.sh'), 'utf8')).toBe('#!/bin/sh\n');
    await dispose();
  });

  test('a skill at the root is one as a whole', async () => {
    await box.write('project/SKILL.md', '---\nname: whole\ndescription: x\n---\nx\n');
    await box.write('project/lib/a.py', 'x');
    const { skills, dispose } = await looked(way);
    expect(skills).toMatchObject([{ name: 'whole', folder: '', files: ['SKILL.md', 'lib/a.py'], problems: [] }]);
    await dispose();
  });

  test('what would bring in something else is refused with the reason', async () => {
    await box.skill('project/link');
    await symlink('/etc/passwd', join(box.project, 'link/passwd'));
    await box.skill('project/dirlink');
    await symlink('/etc', join(box.project, 'dirlink/etc'));
    await mkdir(join(box.project, 'main'));
    await symlink('../link/SKILL.md', join(box.project, 'main/SKILL.md'));
    await box.skill('project/wrong', { name: 'other' });
    await box.write('project/js/SKILL.md', '---js\nprocess.exit(1)\n---\nx\n');
    await box.write('project/latin/SKILL.md', Buffer.from('---\nname: latin\ndescription: \xe9\n---\nx', 'latin1'));
    await box.skill('project/twice');
    await box.write('project/twice/Skill.md', 'x');
    await box.skill('project/big');
    await box.write('project/big/data', 'x'.repeat(6 * 1024 * 1024));
    await box.skill('project/many');
    for (let i = 0; i < 501; i++) await box.write(`project/many/f${i}`, '');
    await box.skill('project/colon');
    await box.write('project/colon/a:b', '');
    const { skills, dispose } = await looked(way);
    const problems = Object.fromEntries(skills.map((skill) => [skill.folder, skill.problems.join(' ')]));
    expect(problems).toMatchObject({
      link: expect.stringMatching(/passwd is a link/),
      dirlink: expect.stringMatching(/etc is a link/),
      main: expect.stringMatching(/SKILL\.md is a link/),
      wrong: expect.stringMatching(/not that of its folder/),
      js: expect.stringMatching(/names a language/),
      latin: expect.stringMatching(/not UTF-8/),
      twice: expect.stringMatching(/more than one SKILL\.md/),
      big: expect.stringMatching(/larger than 5 MB/),
      many: expect.stringMatching(/more than 500 files/),
      colon: expect.stringMatching(/would leave its folder/),
    });
    const tree = await folderTree(box.project, 'x');
    for (const skill of skills) await expect(filesOfForeign(tree, skill), skill.folder).rejects.toThrow();
    await dispose();
  });
});

describe('a folder', () => {
  test('with a pipe, a submodule or nothing in it', async () => {
    await expect(ofFolder()).rejects.toThrow('There is no SKILL.md in it.');
    await box.skill('project/pipe');
    if (process.platform !== 'win32') await run('mkfifo', [join(box.project, 'pipe/fifo')]);
    await box.skill('project/sub');
    await box.write('project/sub/.git', 'gitdir: /elsewhere\n');
    const problems = (await ofFolder()).map((skill) => skill.problems.join(' '));
    if (process.platform !== 'win32') expect(problems[0]).toMatch(/fifo is neither a file nor a folder/);
    expect(problems[1]).toMatch(/submodule/);
  });

  test('that is nested without end is refused', async () => {
    await box.skill(`project/${'a/'.repeat(14)}x`);
    await expect(ofFolder()).rejects.toThrow(/nested more than/);
  });

  test('whose files grow between look and copy is refused', async () => {
    await box.skill('project/one');
    await box.write('project/one/a.txt', 'x');
    const tree = await folderTree(box.project, 'x');
    const [one] = await foreignSkills(tree);
    await box.write('project/one/a.txt', 'x'.repeat(6 * 1024 * 1024));
    if (one) await expect(filesOfForeign(tree, one)).rejects.toThrow(/grown/);
  });
});

describe('a repository', () => {
  const marker = () => join(box.root, 'was-run');
  test('is looked at without running its hooks, filters or anything its configuration names, and leaves nothing behind', async () => {
    await git('init', '-q');
    const evil = `touch ${marker()}`;
    await box.skill('project/one');
    await box.write('project/.gitattributes', '* filter=evil diff=evil export-subst\n');
    await box.write('project/.lfsconfig', '[lfs]\nurl = http://127.0.0.1:1/\n');
    await commit();
    for (const hook of [
      'post-checkout',
      'pre-receive',
      'post-update',
      'reference-transaction',
      'post-index-change',
      'fsmonitor-watchman',
    ]) {
      await writeFile(join(box.project, '.git/hooks', hook), `#!/bin/sh\n${evil}\n`).catch(async () => {
        await mkdir(join(box.project, '.git/hooks'), { recursive: true });
        await writeFile(join(box.project, '.git/hooks', hook), `#!/bin/sh\n${evil}\n`);
      });
      await chmod(join(box.project, '.git/hooks', hook), 0o755);
    }
    for (const [name, value] of [
      ['filter.evil.smudge', evil],
      ['filter.evil.process', evil],
      ['core.fsmonitor', evil],
      ['diff.evil.textconv', evil],
      ['uploadpack.packObjectsHook', evil],
      ['core.sshCommand', evil],
      ['core.pager', evil],
    ])
      await git('config', name ?? '', value ?? '');
    const before = (await readdir('/tmp')).filter((name) => name.startsWith('letta-skill-')).length;
    const cloned = await clone();
    const [one] = await foreignSkills(cloned.tree);
    expect(one).toMatchObject({ name: 'one', problems: [] });
    if (one) await filesOfForeign(cloned.tree, one);
    await cloned[Symbol.asyncDispose]();
    await skillCommits(join(box.project, 'one'));
    await expect(readFile(marker())).rejects.toThrow();
    expect((await readdir('/tmp')).filter((name) => name.startsWith('letta-skill-')).length).toBeLessThanOrEqual(
      before,
    );
  });

  test('with a submodule in a skill: that skill is refused, and the submodule not fetched', async () => {
    await git('init', '-q');
    await box.skill('project/one');
    await commit();
    const { stdout } = await git('rev-parse', 'HEAD');
    await box.write('project/.gitmodules', '[submodule "x"]\n\tpath = one/x\n\turl = ext::sh -c touch%20/tmp/never\n');
    await git('update-index', '--add', '--cacheinfo', `160000,${stdout.trim()},one/x`);
    await git('add', '.gitmodules');
    await git('commit', '-q', '-m', 'sub');
    const cloned = await clone();
    expect(await foreignSkills(cloned.tree)).toMatchObject([
      { name: 'one', problems: [expect.stringMatching(/one\/x|x is a submodule/)] },
    ]);
    await cloned[Symbol.asyncDispose]();
  });

  test('that is empty, not there, or stopped, says so', async () => {
    await git('init', '-q');
    await expect(clone()).rejects.toThrow(/no commit/);
    await expect(cloneTree({ url: `file://${box.root}/nope` }, signal())).rejects.toThrow(/could not be fetched/);
    const stop = new AbortController();
    stop.abort();
    await expect(cloneTree({ url: `file://${box.project}` }, stop.signal)).rejects.toThrow('Stopped.');
  });

  test('the page of a folder or a file in it means that folder on that branch', async () => {
    const at = { url: 'https://host/o/r', branch: 'main' };
    for (const [address, place] of [
      ['https://host/o/r', { url: 'https://host/o/r' }],
      ['https://host/o/tree.git', { url: 'https://host/o/tree.git' }],
      ['git@host:o/r.git', { url: 'git@host:o/r.git' }],
      ['https://host/o/r/tree/main', at],
      ['https://host/o/r/tree/main/skills/my%20one/?tab=readme#top', { ...at, folder: 'skills/my one' }],
      ['https://host/o/r/blob/main/skills/x/SKILL.md', { ...at, folder: 'skills/x' }],
      ['https://host/g/o/r/-/tree/main/x', { url: 'https://host/g/o/r', branch: 'main', folder: 'x' }],
      ['https://host/o/r/tree/--upload-pack=x/y', { url: 'https://host/o/r/tree/--upload-pack=x/y' }],
    ] as const)
      expect(gitPlace(address), address).toEqual(place);

    await git('init', '-q', '-b', 'main');
    await box.skill('project/skills/one');
    await commit();
    await git('checkout', '-q', '-b', 'next');
    await box.skill('project/skills/two');
    await commit();
    await git('checkout', '-q', 'main');
    const url = `file://${box.project}`;
    await using cloned = await cloneTree({ url, branch: 'next', folder: 'skills/two' }, signal());
    const [two, ...more] = await foreignSkills(cloned.tree);
    expect([two?.name, two?.problems, more]).toEqual(['two', [], []]);
    await expect(cloneTree({ url, folder: 'skills/two' }, signal())).rejects.toThrow('has no folder skills/two');
    await expect(cloneTree({ url, folder: '../elsewhere' }, signal())).rejects.toThrow();
  });

  test('the branch of such a page may hold slashes: what the repository has decides', async () => {
    await git('init', '-q', '-b', 'main');
    await box.skill('project/x/skills/one', { body: 'On main.' });
    await commit();
    await git('checkout', '-q', '-b', 'feature/x');
    await box.skill('project/skills/one', { body: 'On the branch.' });
    await commit();
    await git('tag', 'v1/rc');
    await git('checkout', '-q', 'main');
    const read = async (page: string) => {
      const { branch, folder } = gitPlace(`https://host/o/r/${page}`);
      const place = { url: `file://${box.project}`, ...(branch ? { branch } : {}), ...(folder ? { folder } : {}) };
      await using cloned = await cloneTree(place, signal());
      const [one] = await foreignSkills(cloned.tree);
      if (!one) throw new Error('It was not found.');
      return Buffer.from((await filesOfForeign(cloned.tree, one)).get('SKILL.md') ?? []).toString();
    };
    for (const page of ['tree/feature/x/skills/one', 'tree/v1/rc/skills/one', 'blob/feature%2Fx/skills/one/SKILL.md'])
      expect(await read(page), page).toContain('On the branch.');
    expect(await read('tree/main/x/skills/one')).toContain('On main.');
    // All of the branch.
    await using whole = await cloneTree({ url: `file://${box.project}`, branch: 'feature', folder: 'x' }, signal());
    expect((await foreignSkills(whole.tree)).map(({ folder }) => folder)).toEqual(['skills/one', 'x/skills/one']);
    await expect(read('tree/feature/y/skills/one')).rejects.toThrow(/branch feature not found/i);
  });

  test('addresses that would run or send something are refused', () => {
    for (const url of [
      'https://github.com/o/r',
      'https://host/o/r.git',
      'git@host.org:o/r.git',
      'ssh://git@host/o/r',
      'file:///home/me/repo',
    ])
      expect(gitUrlProblem(url), url).toBeUndefined();
    for (const url of [
      'ext::sh -c x',
      '--upload-pack=x',
      '-x',
      'http://host/r',
      'git://host/r',
      'ssh://-oProxyCommand=x/y',
      'git@-oProxyCommand=x:y',
      'fd::1',
      '',
      '/etc',
      'file://host/x',
      'https://',
      'https://a b',
      'transport::https://x',
      'git@host:',
    ])
      expect(gitUrlProblem(url), url).toBeDefined();
  });

  test('keeps versions of a skill: newest first, as they were', async () => {
    await git('init', '-q');
    const folder = await box.skill('project/.agents/skills/one', { body: 'First.' });
    await box.write('project/.agents/skills/one/a.sh', 'one');
    await commit('first');
    await box.skill('project/.agents/skills/one', { body: 'Second.' });
    await commit('second | with\tmore');
    await box.write('project/other.txt', 'x');
    await commit('other');
    const commits = await skillCommits(folder);
    expect(commits.map(({ subject, author }) => [subject, author])).toEqual([
      ['second | with\tmore', 'A'],
      ['first', 'A'],
    ]);
    const first = await skillInCommit(folder, commits[1]?.id ?? '', 'one');
    const [then] = await foreignSkills(first);
    if (!then) throw new Error('It was not found.');
    expect(then).toMatchObject({ folder: '', files: ['SKILL.md', 'a.sh'], problems: [] });
    expect(Buffer.from((await filesOfForeign(first, then)).get('SKILL.md') ?? []).toString()).toContain('First.');
    expect(await skillCommits(box.home)).toEqual([]);
  });
});
