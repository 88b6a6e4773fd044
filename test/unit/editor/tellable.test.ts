import { expect, it } from 'vitest';
import { tellable } from '../../../src/editor/written-files.ts';

it('tells of files of the workspace by their names, and of none that is hidden or lies outside', () => {
  const folders = [{ name: 'ws', path: '/ws', real: '/ws' }];
  const files = ['/ws/src/a.ts', '/ws/private/partners.yml', '/home/me/notes.md', '/ws-other/b.ts'].map((path) => ({
    path,
    before: '',
  }));
  const hidden = (path: string) => path.startsWith('/ws/private/');
  expect(tellable(files, folders, hidden)).toEqual([{ path: '/ws/src/a.ts', before: '', name: 'src/a.ts' }]);
});
