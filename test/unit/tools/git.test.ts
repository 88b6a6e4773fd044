// Git over real repositories, friendly and hostile ones.
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Looking } from './looking.ts';

let look: Looking;
beforeEach(() => {
  look = new Looking();
});
afterEach(() => look.dispose());

const put = (name: string, text: string) => look.editor.put(name, text);
const git = (operation: string, more: object = {}) => look.text('Git', { operation, ...more });

function start(): void {
  look.run('init', '-q', '-b', 'main');
  put('src/a.ts', 'one\ntwo\nthree\n');
  put('b.txt', 'b\n');
  look.commit('First');
}

describe('a repository', () => {
  beforeEach(start);

  test('status: branch, staged, not staged, untracked, renamed', async () => {
    expect(await git('status')).toMatch(/^On branch main, at [\da-f]{9}\.\nNothing has changed\.$/);
    put('src/a.ts', 'one\nTWO\nthree\n');
    look.run('mv', 'b.txt', 'c d.txt');
    put('new.txt', 'new');
    expect(await git('status')).toMatch(
      /^On branch main, at \w+\.\nStaged:\n {2}R b\.txt -> c d\.txt\nNot staged:\n {2}M src\/a\.ts\nUntracked:\n {2}new\.txt$/,
    );
    expect(await git('status', { path: 'src' })).toMatch(/\.\nNot staged:\n {2}M src\/a\.ts$/);
    const { view } = await look.call('Git', { operation: 'status' });
    expect(view?.body).toMatchObject({
      kind: 'hits',
      places: [{ name: 'c d.txt' }, { name: 'src/a.ts' }, { name: 'new.txt' }],
    });
  });

  test('diff: unstaged, staged, against a commit, between two', async () => {
    expect(await git('diff')).toMatch(/^Nothing has changed that is not staged\./);
    put('src/a.ts', 'one\nTWO\nthree\n');
    put('b.txt', 'B\n');
    look.run('add', 'b.txt');
    const unstaged = await git('diff');
    expect(unstaged).toMatch(/^diff --git a\/src\/a\.ts b\/src\/a\.ts\n/);
    expect(unstaged).toContain('-two\n+TWO');
    expect(unstaged).not.toContain('b.txt');
    expect(await git('diff', { staged: true })).toContain('-b\n+B');
    expect(await git('diff', { ref: 'HEAD' })).toMatch(/b\.txt[\s\S]*a\.ts/);
    expect(await git('diff', { ref: 'HEAD', path: 'src' })).not.toContain('b.txt');
    look.commit('Second');
    expect(await git('diff', { ref: 'HEAD~1..HEAD' })).toContain('+TWO');
    expect(await git('diff', { ref: 'HEAD~1...' })).toContain('+TWO');
  });

  test('log, show, a file as it was, blame, branches', async () => {
    put('src/a.ts', 'one\nTWO\nthree\n');
    look.run('commit', '-qam', 'Second\n\nBecause.');
    expect(await git('log')).toMatch(/^\w+ \d{4}-\d\d-\d\d Ada: Second\n\w+ \d{4}-\d\d-\d\d Ada: First$/);
    expect(await git('log', { limit: 1 })).toMatch(/: Second\n\(go on with offset 2\)$/);
    expect(await git('log', { limit: 1, offset: 2 })).toMatch(/: First$/);
    expect(await git('log', { path: 'b.txt' })).toMatch(/^\w+ \S+ Ada: First$/);
    const shown = await git('show');
    expect(shown).toMatch(/^commit \w{40}\nAuthor: Ada\nDate: .+\n\nSecond\n\nBecause\.\n\ndiff --git/);
    expect(await git('show', { ref: 'HEAD~1' })).toMatch(/First[\s\S]*new file mode[\s\S]*\+two/);
    expect(await git('show', { ref: 'HEAD~1', path: 'src/a.ts', offset: 2 })).toBe('2\ttwo\n3\tthree');
    expect(await git('show', { ref: 'main', path: 'src/none.ts' })).toBe('src/none.ts does not exist at main.');
    expect(await git('blame', { path: 'src/a.ts', offset: 2, limit: 1 })).toMatch(
      /^\w+ \(Ada \d{4}-\d\d-\d\d 2\) TWO\n\(lines 2-2; go on with offset 3\)$/,
    );
    look.run('branch', 'feat/more');
    expect(await git('branches')).toMatch(/^\* main \w+ \S+ {2}Second\n {2}feat\/more|^ {2}feat\/more[\s\S]*\* main/);
  });

  test('what .lettaignore hides is in no answer, also where it was renamed or deleted', async () => {
    put('secret/key.txt', 'hidden words\n');
    put('open.txt', 'open words\n');
    look.commit('Both');
    look.ignored = ['secret/'];
    put('secret/key.txt', 'hidden change\n');
    put('secret/other.txt', 'hidden too\n');
    put('open.txt', 'open change\n');
    const answers = [
      await git('status'),
      await git('diff'),
      await git('diff', { ref: 'HEAD~1' }),
      await git('show', { ref: 'HEAD' }),
    ];
    for (const answer of answers) {
      expect(answer).not.toMatch(/hidden|secret/);
      expect(answer).toContain('open');
    }
    for (const operation of ['blame', 'show', 'diff', 'log', 'status'])
      expect(await look.call('Git', { operation, path: 'secret/key.txt' })).toMatchObject({ status: 'error' });
    look.run('add', '-A');
    look.run('mv', 'secret/key.txt', 'moved.txt');
    expect(await git('status')).not.toContain('secret');
    expect(await git('diff', { staged: true })).not.toContain('secret');
  });

  test('a folder inside of the repository: nothing outside of it', async () => {
    put('top.txt', 'changed outside\n');
    put('src/a.ts', 'changed inside\n');
    look.commit('Both sides');
    put('top.txt', 'again outside\n');
    put('src/a.ts', 'again inside\n');
    const src = look.editor.path('src');
    look.editor.folders = () => [{ name: 'src', path: src, real: src }];
    expect(await git('diff')).toMatch(/^diff --git a\/a\.ts b\/a\.ts\n[\s\S]*\+again inside$/);
    expect(await git('status')).toMatch(/Not staged:\n {2}M a\.ts$/);
    expect(await git('show')).not.toContain('outside');
    expect(await git('show', { ref: 'HEAD', path: 'a.ts' })).toBe('1\tchanged inside');
    expect(await git('log')).toMatch(/^\w+ \S+ Ada: Both sides\n\w+ \S+ Ada: First$/);
    expect(await git('blame', { path: 'a.ts', ref: 'HEAD' })).toContain('changed inside');
  });

  test('a reference that is an option, a path or nothing at all is refused', async () => {
    for (const ref of ['--output=/tmp/x', '-p', 'HEAD --help', ':/First', 'HEAD:b.txt', 'none', '--all..HEAD']) {
      for (const operation of ['diff', 'log', 'show']) {
        const result = await look.call('Git', { operation, ref });
        expect(result.status, `${operation}: ${result.text}`).toBe('error');
        expect(result.text).toMatch(/is no name of a commit|There is no commit/);
      }
    }
  });

  test('many changes are cut, and it says how to see more', async () => {
    for (let n = 0; n < 130; n++) put(`f/${n}.txt`, 'x\n');
    look.commit('Many');
    for (let n = 0; n < 130; n++) put(`f/${n}.txt`, `y${'z'.repeat(900)}\n`);
    const text = await git('diff');
    expect(text.length).toBeLessThan(45_000);
    expect(text).toContain('give a path');
    expect(text).toContain('30 more files have changed');
  });

  test('does not follow a symlink that has taken the place of a folder', async () => {
    put('dir/file.txt', 'tracked\n');
    look.commit('Folder');
    const outside = `${look.editor.root}-outside`;
    mkdirSync(outside);
    writeFileSync(join(outside, 'file.txt'), 'content outside\n');
    look.run('rm', '-rq', '--cached', 'dir');
    look.run('reset', '-q');
    look.run('clean', '-fdq');
    look.run('rm', '-rqf', 'dir');
    look.run('reset', '-q');
    symlinkSync(outside, look.editor.path('dir'));
    expect(await git('diff')).not.toContain('content outside');
  });
});

describe('where there is nothing to read', () => {
  test('says why', async () => {
    put('a.txt', 'a');
    expect(await git('status')).toMatch(/ is in no git repository\.$/);
    look.run('init', '-q');
    expect(await git('log')).toBe('The repository has no commits yet.');
    expect(await git('status')).toMatch(/no commits yet\.\nUntracked:\n {2}a\.txt$/);
    expect(await git('blame')).toBe('blame needs the path of a file.');
    expect(await git('status', { path: '../x' })).toContain('outside the workspace');
  });

  test('where there is no git, too', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      expect(await git('status')).toBe('There is no git on this computer.');
    } finally {
      process.env.PATH = path;
    }
  });

  test('an untrusted workspace: git is not run', async () => {
    start();
    look.trusted = false;
    expect(await look.call('Git', { operation: 'status' })).toMatchObject({
      status: 'error',
      text: expect.stringContaining('not trusted'),
    });
  });
});

test('nothing that a hostile repository names is run', async () => {
  start();
  const ran = look.editor.path('.git/ran');
  const evil = look.editor.path('.git/evil.sh');
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n`);
  chmodSync(evil, 0o755);
  mkdirSync(look.editor.path('.git/hooks'), { recursive: true });
  for (const hook of [
    'post-index-change',
    'fsmonitor-watchman',
    'pre-commit',
    'post-checkout',
    'reference-transaction',
  ]) {
    writeFileSync(look.editor.path(`.git/hooks/${hook}`), `#!/bin/sh\necho hook >> '${ran}'\n`);
    chmodSync(look.editor.path(`.git/hooks/${hook}`), 0o755);
  }
  put('.gitattributes', '* filter=evil diff=evil\n*.ts filter=na=me\n');
  look.commit('Attributes');
  const settings: Record<string, string> = {
    'core.fsmonitor': evil,
    'core.pager': evil,
    'pager.log': evil,
    'pager.diff': evil,
    'core.sshCommand': evil,
    'core.editor': evil,
    'core.askPass': evil,
    'credential.helper': evil,
    'gpg.program': evil,
    'log.showSignature': 'true',
    'diff.external': evil,
    'diff.evil.command': evil,
    'diff.evil.textconv': evil,
    'diff.submodule': 'log',
    'filter.evil.clean': evil,
    'filter.evil.smudge': evil,
    'filter.evil.required': 'true',
    'filter.na=me.clean': evil,
    'filter.na=me.process': evil,
    'interactive.diffFilter': evil,
    'core.hooksPath': look.editor.path('.git/hooks'),
    'alias.status': `!${evil}`,
    'remote.origin.url': `ext::${evil}`,
    'diff.noprefix': 'true',
    'diff.relative': 'false',
    'color.ui': 'always',
    'color.diff': 'always',
  };
  for (const [name, value] of Object.entries(settings)) look.run('config', name, value);
  // Touched, so that git has to look at its content.
  put('src/a.ts', 'one\nTWO\nthree\n');
  put('b.txt', 'B\n');
  // That the trap works at all.
  look.run('--no-pager', 'diff');
  expect(existsSync(ran)).toBe(true);
  look.run('config', 'core.quotePath', 'true');
  writeFileSync(ran, '');
  const answers = {
    status: await git('status'),
    diff: await git('diff'),
    against: await git('diff', { ref: 'HEAD~1' }),
    log: await git('log', { path: 'src' }),
    show: await git('show', { ref: 'HEAD~1' }),
    file: await git('show', { ref: 'HEAD', path: 'src/a.ts' }),
    blame: await git('blame', { path: 'src/a.ts' }),
    branches: await git('branches'),
  };
  expect(readFileSync(ran, 'utf8')).toBe('');
  expect(answers.status).toContain('M src/a.ts');
  expect(answers.diff).toContain('diff --git a/b.txt b/b.txt');
  expect(answers.diff).toContain('-two\n+TWO');
  expect(answers.file).toContain('2\ttwo');
  expect(answers.blame).toContain('TWO');
  expect(answers.log).toContain('First');
  for (const answer of Object.values(answers)) expect(answer).not.toContain('\u001b');
});

test('a submodule with a hostile configuration of its own runs nothing', async () => {
  start();
  const inner = `${look.editor.root}/inner`;
  mkdirSync(inner);
  look.run('-C', inner, 'init', '-q');
  writeFileSync(join(inner, 'x.txt'), 'x\n');
  look.run('-C', inner, 'add', '.');
  look.run('-C', inner, 'commit', '-qm', 'Inner');
  look.run('-c', 'advice.addEmbeddedRepo=false', 'add', 'inner');
  look.run('commit', '-qm', 'Submodule');
  const ran = look.editor.path('.git/ran');
  const evil = look.editor.path('.git/evil.sh');
  writeFileSync(evil, `#!/bin/sh\necho ran >> '${ran}'\n`);
  chmodSync(evil, 0o755);
  look.run('-C', inner, 'config', 'core.fsmonitor', evil);
  look.run('config', 'diff.submodule', 'diff');
  writeFileSync(join(inner, 'x.txt'), 'changed\n');
  put('b.txt', 'B\n');
  await git('status');
  await git('diff');
  await git('diff', { ref: 'HEAD~1' });
  await git('show');
  expect(existsSync(ran)).toBe(false);
  look.run('status');
  expect(existsSync(ran)).toBe(true);
});

test('a repository that is said to be about another folder is not read', async () => {
  start();
  const other = `${look.editor.root}/../`;
  look.run('config', 'core.worktree', look.editor.path('src'));
  expect((await look.call('Git', { operation: 'status' })).status).toBe('error');
  look.run('--git-dir=.git', 'config', 'core.worktree', other);
  expect(await git('diff')).not.toContain('..');
});

test('several folders, each with its repository', async () => {
  start();
  const other = new Looking();
  try {
    other.run('init', '-q', '-b', 'trunk');
    other.editor.put('x.txt', 'x\n');
    other.commit('Other');
    look.editor.folders = () => [
      { name: 'one', path: look.editor.root, real: look.editor.root },
      { name: 'two', path: other.editor.root, real: other.editor.root },
    ];
    expect(await git('status')).toMatch(/^one:\nOn branch main[\s\S]*\n\ntwo:\nOn branch trunk/);
    expect(await git('log', { path: 'two' })).toMatch(/^\w+ \S+ Ada: Other$/);
    expect(await git('show', { ref: 'trunk' })).toMatch(/^two:\ncommit/);
  } finally {
    other.dispose();
  }
});
