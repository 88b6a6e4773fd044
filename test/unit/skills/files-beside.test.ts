import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFilesBeside } from '../../../src/skills/files-beside.ts';
import { makeSandbox, type Sandbox } from './support.ts';

describe('writeFilesBeside', () => {
  let box: Sandbox;
  let folder: string;
  beforeEach(async () => {
    box = await makeSandbox();
    folder = join(box.root, 'skill');
    await mkdir(folder);
  });
  afterEach(() => box[Symbol.asyncDispose]());

  it('writes whole files, over older ones, and leaves nothing else', async () => {
    await writeFilesBeside(folder, [{ path: 'templates/deep/a.ts', text: 'old\n' }]);
    await writeFilesBeside(folder, [
      { path: 'templates/deep/a.ts', text: 'new\n' },
      { path: 'scripts/b.sh', text: 'echo\n' },
    ]);
    expect(await readFile(join(folder, 'templates/deep/a.ts'), 'utf8')).toBe('new\n');
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'scripts',
      'scripts/b.sh',
      'templates',
      'templates/deep',
      'templates/deep/a.ts',
    ]);
  });

  it('does not follow links out of the folder', async () => {
    const outside = join(box.root, 'outside');
    await mkdir(outside);
    await symlink(outside, join(folder, 'templates'));
    await expect(writeFilesBeside(folder, [{ path: 'templates/a.ts', text: 'x' }])).rejects.toThrow('link');
    expect(await readdir(outside)).toEqual([]);
  });

  it('replaces a link of that name, and not what it leads to', async () => {
    const outside = join(box.root, 'outside.ts');
    await writeFile(outside, 'mine');
    await mkdir(join(folder, 'templates'));
    await symlink(outside, join(folder, 'templates', 'a.ts'));
    await writeFilesBeside(folder, [{ path: 'templates/a.ts', text: 'x' }]);
    expect(await readFile(outside, 'utf8')).toBe('mine');
  });

  it.each(['../a.ts', 'SKILL.md', 'templates/../../a.ts'])('refuses %s', async (path) => {
    await expect(writeFilesBeside(folder, [{ path, text: 'x' }])).rejects.toThrow('was not written');
    expect(await readdir(folder)).toEqual([]);
  });
});
