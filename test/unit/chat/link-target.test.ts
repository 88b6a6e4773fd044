import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { insideFolder, linkTarget } from '../../../src/chat/link-target.ts';
import { realPathOf } from '../../../src/native/real-path.ts';

describe('linkTarget', () => {
  it.each([
    ['https://example.com/a', { kind: 'page', href: 'https://example.com/a' }],
    ['mailto:a@example.com', { kind: 'page', href: 'mailto:a@example.com' }],
    ['src/a.ts', { kind: 'file', path: 'src/a.ts' }],
    ['src/a.ts:12', { kind: 'file', path: 'src/a.ts', line: 12 }],
    ['src/a.ts:12:3', { kind: 'file', path: 'src/a.ts', line: 12, column: 3 }],
    ['src/a.ts:12-14', { kind: 'file', path: 'src/a.ts', line: 12, endLine: 14 }],
    ['src/a.ts#L3', { kind: 'file', path: 'src/a.ts', line: 3 }],
    ['src/a.ts#L3-L9', { kind: 'file', path: 'src/a.ts', line: 3, endLine: 9 }],
    ['src/a.ts#L3C5', { kind: 'file', path: 'src/a.ts', line: 3, column: 5 }],
    ['src/a.ts:0', { kind: 'file', path: 'src/a.ts', line: 1 }],
    ['Makefile:12', { kind: 'file', path: 'Makefile', line: 12 }],
    ['C:\\src\\a.ts:7', { kind: 'file', path: 'C:\\src\\a.ts', line: 7 }],
    ['docs/a%20b.md', { kind: 'file', path: 'docs/a b.md' }],
    ['file:///work/a%20b.ts:4', { kind: 'file', path: '/work/a b.ts', line: 4 }],
  ])('%s', (href, target) => {
    expect(linkTarget(href)).toEqual(target);
  });

  it.each([
    'command:workbench.action.terminal.new',
    'vscode://a/b',
    'javascript:alert(1)',
    'data:text/html,x',
    'ssh:x',
    '%zz',
    'file://host/share/a',
  ])('refuses %s', (href) => {
    expect(() => linkTarget(href)).toThrow(/not opened|names no file/);
  });
});

describe('insideFolder', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-links-')));
  const folder = join(root, 'ws');
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src', 'a.ts'), '');
  writeFileSync(join(root, 'secret'), '');
  symlinkSync(join(root, 'secret'), join(folder, 'out'));
  symlinkSync(folder, join(root, 'link'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('finds files by relative and absolute paths, also where the folder was opened through a link', () => {
    expect(insideFolder(folder, 'src/a.ts', realPathOf)).toBe(join(folder, 'src', 'a.ts'));
    expect(insideFolder(folder, join(folder, 'src', 'a.ts'), realPathOf)).toBe(join(folder, 'src', 'a.ts'));
    expect(insideFolder(join(root, 'link'), join(folder, 'src', 'a.ts'), realPathOf)).toBe(join(folder, 'src', 'a.ts'));
  });

  it.each(['../secret', `${folder}/../secret`, `${folder}/src/../../secret`, '/etc/passwd', 'out', `${folder}/out`])(
    'leaves out %s',
    (path) => {
      expect(insideFolder(folder, path, realPathOf)).toBeUndefined();
    },
  );
});
