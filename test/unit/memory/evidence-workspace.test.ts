// What of a workspace the evidence gathering may look at.
import { symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskWorkspace } from '../../../src/memory/evidence/workspace.ts';
import { plant } from '../../support/planted.ts';

describe('a workspace on disk', () => {
  it('leaves out dependencies, output, keys and what is hidden, in listing and in reading', async () => {
    await using repository = await plant({
      'src/a.ts': 'a',
      'node_modules/x/index.js': 'x',
      '.git/config': 'x',
      'dist/a.js': 'x',
      '.env': 'K=v',
      '.env.local': 'K=v',
      'server.pem': 'x',
      'private/notes.md': 'x',
    });
    const files = diskWorkspace(repository.root, {
      hidden: (path) => path === 'private' || path.startsWith('private/'),
    });
    expect((await files.list()).map((f) => f.path)).toEqual(['src/a.ts']);
    for (const path of [
      '.git/config',
      '.env',
      '.env.local',
      'server.pem',
      'private/notes.md',
      '../etc/passwd',
      'src/../.env',
    ])
      await expect(files.read(path), path).resolves.toBeNull();
    await expect(files.read('src/a.ts')).resolves.toBe('a');
  });

  it('does not follow a link out of the workspace', async () => {
    await using outside = await plant({ 'secret.txt': 'secret' });
    await using repository = await plant({ 'a.txt': 'a' });
    await symlink(join(outside.root, 'secret.txt'), join(repository.root, 'link.txt'));
    await symlink(outside.root, join(repository.root, 'folder'));
    const files = diskWorkspace(repository.root);
    expect((await files.list()).map((f) => f.path)).toEqual(['a.txt']);
    await expect(files.read('link.txt')).resolves.toBeNull();
    await expect(files.read('folder/secret.txt')).resolves.toBeNull();
  });

  it('does not read what is too large or no text', async () => {
    await using repository = await plant({ 'big.ts': 'x' });
    await truncate(join(repository.root, 'big.ts'), 10_000_000);
    await writeFile(join(repository.root, 'image.ts'), new Uint8Array([1, 0, 2]));
    const files = diskWorkspace(repository.root);
    await expect(files.read('big.ts')).resolves.toBeNull();
    await expect(files.read('image.ts')).resolves.toBeNull();
  });

  it('stops at its cap with the files nearest to the root', async () => {
    await using repository = await plant({ 'a.ts': '', 'deep/b.ts': '', 'deep/er/c.ts': '' });
    expect((await diskWorkspace(repository.root, { maxFiles: 2 }).list()).map((f) => f.path)).toEqual([
      'a.ts',
      'deep/b.ts',
    ]);
  });
});
