// Memory as files with real git: one commit a change, edits in the files flow back, and nobody's text is overwritten.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begun, place } from './mirror-places.ts';

describe('from blocks to files', () => {
  it('lays every block out as Letta’s MemFS v2, with a clean git', async () => {
    const it = place();
    it.blocks.add('project', 'Build with npm.\n');
    it.blocks.add('system/notes', 'x', { readOnly: true, description: '' });
    const report = await it.mirror.sync();
    expect(report).toMatchObject({ git: 'ready', gitMessage: null, problems: [], proposed: [] });
    expect(it.read('project.md')).toBe('---\nname: project\ndescription: About project\n---\nBuild with npm.\n\n');
    expect(it.read('system%2Fnotes.md')).toContain('name: system/notes\ndescription: Memory block system/notes\n');
    expect(it.read('MEMORY.md')).toContain('- [project](project.md) — About project');
    expect(it.read('MEMORY.md')).not.toMatch(/^---/);
    const config = JSON.parse(it.read('.memfs.config.json'));
    expect(config).toMatchObject({ version: 1, readOnlyFiles: ['system%2Fnotes.md'] });
    expect(it.git('status', '--porcelain')).toBe('');
    it.check();
    const again = await it.mirror.sync();
    expect(again).toMatchObject({ commits: 0, written: [], applied: [] });
  });

  it('makes one commit a change, with thread, turn and author', async () => {
    const it = await begun();
    for (const [n, value] of ['first', 'second', 'third'].entries()) {
      it.blocks.set('project', value);
      await it.mirror.record({
        blockId: 'block-project',
        label: 'project',
        value,
        threadId: 'conv-1',
        turnId: `run-${n}`,
        author: 'agent',
      });
    }
    const log = it.git(
      'log',
      '-n3',
      '--format=%an|%s|%(trailers:key=Letta-Thread,valueonly,separator=)|%(trailers:key=Letta-Turn,valueonly,separator=)|%(trailers:key=Letta-Author,valueonly,separator=)',
    );
    expect(log.trim().split('\n')).toEqual([
      'Letta|Update project|conv-1|run-2|agent',
      'Letta|Update project|conv-1|run-1|agent',
      'Letta|Update project|conv-1|run-0|agent',
    ]);
    expect(it.git('show', 'HEAD:project.md')).toContain('third');
    expect(it.git('status', '--porcelain')).toBe('');
  });

  it('keeps each of several changes told at once', async () => {
    const it = await begun();
    it.blocks.set('project', 'second');
    const change = { blockId: 'block-project', label: 'project', author: 'agent' };
    await Promise.all([
      it.mirror.record({ ...change, value: 'first', turnId: 'run-1' }),
      it.mirror.record({ ...change, value: 'second', turnId: 'run-2' }),
    ]);
    expect(it.git('log', '-n2', '--format=%(trailers:key=Letta-Turn,valueonly,separator=)').trim().split('\n')).toEqual(
      ['run-2', 'run-1'],
    );
    expect(it.read('project.md')).toContain('second');
    expect(it.history()).toContain('first');
  });

  it('never writes a secret, to no file and no commit', async () => {
    const it = place();
    it.blocks.add('project', 'url: x\ntoken: sk-abcdef\nend', { description: 'uses sk-descr' });
    await it.mirror.sync();
    it.edit('project.md', 'end', 'end\nadded by hand');
    const report = await it.mirror.sync();
    expect(report.applied).toEqual(['project']);
    expect(it.blocks.value('project')).toBe('url: x\ntoken: sk-abcdef\nend\nadded by hand');
    expect(it.blocks.blocks[0]?.description).toBe('uses sk-descr');
    expect(it.history() + it.read('project.md') + it.read('MEMORY.md') + it.read('.letta/mirror.json')).not.toContain(
      'sk-',
    );
    it.edit('project.md', 'token:', 'my token:');
    const refused = await it.mirror.sync();
    expect(refused.problems).toMatchObject([{ path: 'project.md', reason: 'masked' }]);
    expect(it.blocks.value('project')).toContain('token: sk-abcdef');
    expect(it.read('project.md')).toContain('my token:');
  });

  it('makes the root index of a block that is one, without frontmatter', async () => {
    const it = await begun();
    it.blocks.add('MEMORY', '# What I know', { description: '' });
    await it.mirror.sync();
    expect(it.read('MEMORY.md')).toBe('# What I know\n');
    it.write('MEMORY.md', '# What I know\n\nand more\n');
    await it.mirror.sync();
    expect(it.blocks.value('MEMORY')).toBe('# What I know\n\nand more');
    expect(it.git('status', '--porcelain')).toBe('');
  });

  it('takes the file of a deleted block away and keeps it in the history', async () => {
    const it = await begun();
    it.blocks.add('human', 'Pat');
    await it.mirror.sync();
    it.blocks.blocks = it.blocks.blocks.filter((b) => b.label !== 'project');
    await it.mirror.sync();
    expect(existsSync(join(it.folder, 'project.md'))).toBe(false);
    expect(it.git('ls-tree', '--name-only', 'HEAD')).not.toContain('project.md');
    expect(it.history()).toContain('three');
    expect(it.git('status', '--porcelain')).toBe('');
  });

  it('removes nothing when the agent shows no block at all', async () => {
    const it = await begun();
    it.blocks.blocks = [];
    const report = await it.mirror.sync();
    expect(report.problems).toMatchObject([{ reason: 'refused' }]);
    expect(it.read('project.md')).toContain('three');
  });

  it('runs nobody’s hooks and signs with nobody’s key', async () => {
    const it = await begun();
    const hook = join(it.folder, '.git', 'hooks');
    mkdirSync(hook, { recursive: true });
    for (const name of ['pre-commit', 'reference-transaction', 'post-index-change']) {
      writeFileSync(join(hook, name), '#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexit 1\n', { mode: 0o755 });
    }
    it.git('config', 'commit.gpgSign', 'true');
    it.git('config', 'core.fsmonitor', join(hook, 'pre-commit'));
    it.blocks.set('project', 'changed');
    const report = await it.mirror.sync();
    expect(report.problems).toEqual([]);
    expect(report.commits).toBe(1);
    expect(readdirSync(hook)).not.toContain('ran');
  });

  it('works without git, and says so', async () => {
    const it = place({ git: 'no-such-git-program' });
    it.blocks.add('project', 'one');
    const report = await it.mirror.sync();
    expect(report.git).toBe('missing');
    expect(report.gitMessage).toMatch(/git was not found/);
    it.edit('project.md', 'one', 'one\ntwo');
    await it.mirror.sync();
    expect(it.blocks.value('project')).toBe('one\ntwo');
  });

  it('waits while another window works in the folder, and goes on when that one shows no life any more', async () => {
    const it = await begun();
    const lock = join(it.folder, '.letta', 'mirror.lock');
    writeFileSync(lock, 'another window');
    await expect(it.mirror.sync()).rejects.toMatchObject({ reason: 'locked' });
    utimesSync(lock, 0, 0);
    it.blocks.set('project', 'changed');
    expect(await it.mirror.sync()).toMatchObject({ written: ['project.md'] });
    expect(existsSync(lock)).toBe(false);
  });

  it('refuses a folder that mirrors another agent', async () => {
    const it = await begun();
    const other = place({ folder: it.folder, agentId: 'agent-2' });
    await expect(other.mirror.sync()).rejects.toMatchObject({ reason: 'other_agent' });
  });
});

describe('from files to blocks', () => {
  it('merges a local edit with what the agent wrote in between', async () => {
    const it = await begun();
    it.edit('project.md', 'five', 'five\nby hand');
    it.blocks.set('project', 'ONE\ntwo\nthree\nfour\nfive');
    const report = await it.mirror.sync();
    expect(it.blocks.value('project')).toBe('ONE\ntwo\nthree\nfour\nfive\nby hand');
    expect(report).toMatchObject({ applied: ['project'], conflicts: [], proposed: [] });
    expect(it.read('project.md')).toContain('ONE\ntwo\nthree\nfour\nfive\nby hand\n');
    expect(it.git('status', '--porcelain')).toBe('');
    expect(it.git('log', '-n1', '--format=%b')).toContain('Letta-Author: file');
  });

  it('merges with a write that comes while it writes', async () => {
    const it = await begun();
    it.edit('project.md', 'five', 'five\nby hand');
    it.blocks.beforeWrite = () => it.blocks.set('project', 'ONE\ntwo\nthree\nfour\nfive');
    await it.mirror.sync();
    expect(it.blocks.value('project')).toBe('ONE\ntwo\nthree\nfour\nfive\nby hand');
  });

  it('keeps both where the same line was changed: the block as it is, the file’s version beside it', async () => {
    const it = await begun();
    it.edit('project.md', 'three', 'drei');
    it.blocks.set('project', 'one\ntwo\nTHREE\nfour\nfive');
    const report = await it.mirror.sync();
    expect(it.blocks.value('project')).toBe('one\ntwo\nTHREE\nfour\nfive');
    expect(it.read('project.md')).toContain('THREE');
    const [copy = ''] = report.conflicts;
    expect(copy).toMatch(/^conflicts\/project\.conflict-[0-9a-f]{8}\.md$/);
    expect(it.read(copy)).toContain('one\ntwo\ndrei\nfour\nfive');
    expect(it.read('conflicts/MEMORY.md')).not.toMatch(/^---/);
    expect(it.blocks.proposals).toMatchObject([
      { kind: 'mirror', action: 'conflict', after: 'one\ntwo\ndrei\nfour\nfive', copy },
    ]);
    expect(it.git('status', '--porcelain')).toBe('');
    const again = await it.mirror.sync();
    expect(again).toMatchObject({ commits: 0, conflicts: [], proposed: [] });
  });

  it('takes over a description', async () => {
    const it = await begun();
    it.edit('project.md', 'About project', '"What: this is"');
    await it.mirror.sync();
    expect(it.blocks.blocks[0]?.description).toBe('What: this is');
    expect(it.git('status', '--porcelain')).toBe('');
  });

  it('keeps the name that Letta Code gave', async () => {
    const it = await begun();
    it.edit('project.md', 'name: project', 'name: The Project');
    await it.mirror.sync();
    it.blocks.set('project', 'changed');
    await it.mirror.sync();
    expect(it.read('project.md')).toContain('name: The Project\n');
  });

  it('refuses a file with bad frontmatter by name, with the reason, and leaves it alone while the block goes on', async () => {
    const it = await begun();
    const bad = '---\nname: project\ntags: x\n---\nkept text';
    it.write('project.md', bad);
    const report = await it.mirror.sync();
    expect(report.problems).toMatchObject([
      { path: 'project.md', reason: 'frontmatter', message: expect.stringContaining('‘tags’') },
    ]);
    it.blocks.set('project', 'the agent goes on');
    await it.mirror.sync();
    expect(it.read('project.md')).toBe(bad);
    expect(it.blocks.value('project')).toBe('the agent goes on');
    expect(it.git('show', 'HEAD:project.md')).toContain('the agent goes on');
  });

  it('refuses a value longer than the block may be', async () => {
    const it = await begun();
    it.edit('project.md', 'five', 'x'.repeat(2_000));
    const report = await it.mirror.sync();
    expect(report.problems).toMatchObject([
      { reason: 'too_long', message: expect.stringContaining('may hold 1,000 characters') },
    ]);
    expect(it.blocks.value('project')).toContain('five');
    expect(it.read('project.md')).toContain('xxxx');
  });

  it('refuses links, folders and bytes that are no text', async () => {
    const it = await begun();
    it.blocks.add('human', 'Pat');
    it.blocks.add('lessons', 'none');
    await it.mirror.sync();
    const secret = join(it.root, 'outside.txt');
    writeFileSync(secret, 'outside');
    for (const name of ['project.md', 'human.md', 'lessons.md']) rmSync(join(it.folder, name));
    symlinkSync(secret, join(it.folder, 'project.md'));
    mkdirSync(join(it.folder, 'human.md'));
    writeFileSync(join(it.folder, 'lessons.md'), Buffer.from([0xff, 0xfe, 0x00]));
    it.blocks.set('project', 'new');
    const report = await it.mirror.sync();
    expect(report.problems.map((p) => [p.path, p.reason]).sort()).toEqual([
      ['human.md', 'unsafe'],
      ['lessons.md', 'encoding'],
      ['project.md', 'unsafe'],
    ]);
    expect(readFileSync(secret, 'utf8')).toBe('outside');
    expect(it.blocks.value('human')).toBe('Pat');
  });

  it('proposes to delete the block of a deleted file, and never does it', async () => {
    const it = await begun();
    rmSync(join(it.folder, 'project.md'));
    const report = await it.mirror.sync();
    expect(report.proposed).toMatchObject([{ action: 'delete', label: 'project', after: null }]);
    expect(it.blocks.value('project')).toContain('three');
    expect((await it.mirror.sync()).proposed).toEqual([]);
    await it.mirror.settled(it.blocks.proposals[0]?.id ?? '');
    expect(it.read('project.md')).toContain('three');
    expect(it.git('status', '--porcelain')).toBe('');
  });

  it('makes a block of a new file, whatever case its name has', async () => {
    const it = await begun();
    it.write('Notes.md', '---\nname: Notes\ndescription: d\n---\nhello');
    const report = await it.mirror.sync();
    expect(report.applied).toEqual(['Notes']);
    expect(it.blocks.value('Notes')).toBe('hello');
    await it.mirror.sync();
    expect(it.git('status', '--porcelain')).toBe('');
    expect(readdirSync(it.folder).filter((n) => /notes/i.test(n))).toEqual(['Notes.md']);
  });
});
