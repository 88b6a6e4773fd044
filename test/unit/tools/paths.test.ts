// No path leads out of the workspace, whatever it is made of; real symlinks in real folders.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EditorError, type Folder } from '../../../src/editor/editor.ts';
import { contains, displayPath, realOf, resolveInside, resolvePath } from '../../../src/editor/paths.ts';

let base: string;
let folder: Folder;
let second: Folder;

function reason(path: string, folders = [folder]): string {
  try {
    const { path: found } = resolveInside(path, folders);
    return `resolved: ${found}`;
  } catch (error) {
    if (error instanceof EditorError) return error.reason;
    throw error;
  }
}

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'letta-paths-')));
  for (const name of ['work/src/deep', 'work/docs', 'other', 'outside', 'work-too']) {
    mkdirSync(join(base, name), { recursive: true });
  }
  writeFileSync(join(base, 'work/src/a.ts'), '');
  writeFileSync(join(base, 'outside/secret.txt'), '');
  writeFileSync(join(base, 'work-too/b.ts'), '');
  writeFileSync(join(base, 'other/only-here.ts'), '');
  symlinkSync(join(base, 'outside'), join(base, 'work/out'));
  symlinkSync(join(base, 'outside/secret.txt'), join(base, 'work/src/link.txt'));
  symlinkSync(join(base, 'outside/not-there-yet.txt'), join(base, 'work/src/dangling.txt'));
  symlinkSync('../src', join(base, 'work/docs/code'));
  symlinkSync('loop', join(base, 'work/loop'));
  symlinkSync(join(base, 'work'), join(base, 'linked-work'));
  folder = { name: 'work', path: join(base, 'work'), real: join(base, 'work') };
  second = { name: 'other', path: join(base, 'other'), real: join(base, 'other') };
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('resolvePath', () => {
  test('takes relative and absolute paths and file URIs', () => {
    const path = join(base, 'work/src/a.ts');
    for (const input of [
      'src/a.ts',
      './src/../src/a.ts',
      path,
      pathToFileURL(path).href,
      `${base}/work-too/../work/src/a.ts`,
    ]) {
      expect(resolvePath(input, [folder])).toEqual({
        path,
        spelled: path,
        display: 'src/a.ts',
        exists: true,
        outside: false,
      });
    }
    expect(resolvePath('.', [folder])).toMatchObject({ path: folder.path, display: '.' });
  });

  test('finds where a new file would be, through folders that are not there yet', () => {
    expect(resolvePath('src/new/b.ts', [folder])).toMatchObject({
      path: join(base, 'work/src/new/b.ts'),
      exists: false,
    });
    expect(resolvePath('docs/code/new.ts', [folder])).toEqual({
      path: join(base, 'work/src/new.ts'),
      spelled: join(base, 'work/docs/code/new.ts'),
      display: 'src/new.ts',
      exists: false,
      outside: false,
    });
  });

  test.each([
    ['..', 'outside'],
    ['../outside/secret.txt', 'outside'],
    ['../work-too/b.ts', 'outside'],
    ['src/../../outside/secret.txt', 'outside'],
    ['/etc/passwd', 'outside'],
    ['~/.ssh/id_rsa', 'outside'],
    ['out/secret.txt', 'outside'],
    ['out/new.txt', 'outside'],
    ['out/a/b/c/new.txt', 'outside'],
    ['src/link.txt', 'outside'],
    ['src/dangling.txt', 'bad-path'],
    ['src/dangling.txt/x', 'bad-path'],
    ['loop', 'bad-path'],
    ['loop/x.txt', 'bad-path'],
    ['', 'bad-path'],
    ['src/a.ts\0.txt', 'bad-path'],
    ['http://example.com/x', 'bad-path'],
    ['vscode-userdata:/User/settings.json', 'bad-path'],
    ['file://server/share/x.txt', 'bad-path'],
    ['file:///etc/passwd', 'outside'],
    ['\\\\server\\share\\x', 'bad-path'],
    ['//server/share/x', 'outside'],
    ['C:\\Windows\\x', 'bad-path'],
    ['..\\outside\\secret.txt', 'bad-path'],
  ])('refuses %j', (path, why) => {
    expect(reason(path)).toBe(why);
  });

  test('of a document that was never saved it says how to go on', () => {
    expect(() => resolvePath('untitled:Untitled-1', [folder])).toThrow(/Ask to save it to a file first/);
  });

  test('says where a path outside leads, and how it was called on the way there', () => {
    const secret = join(base, 'outside/secret.txt');
    const there = { path: secret, display: secret, exists: true, outside: true };
    expect(resolvePath('../outside/secret.txt', [folder])).toEqual({ ...there, spelled: secret });
    expect(resolvePath('src/link.txt', [folder])).toEqual({ ...there, spelled: join(base, 'work/src/link.txt') });
    expect(resolvePath('out/new/a.txt', [folder])).toMatchObject({
      path: join(base, 'outside/new/a.txt'),
      spelled: join(base, 'work/out/new/a.txt'),
      exists: false,
      outside: true,
    });
    // A link of one folder into another one has a name in both.
    expect(
      resolvePath('work/out/secret.txt', [
        folder,
        { ...second, path: join(base, 'outside'), real: join(base, 'outside') },
      ]),
    ).toEqual({
      path: secret,
      spelled: join(base, 'work/out/secret.txt'),
      display: 'other/secret.txt',
      exists: true,
      outside: false,
    });
    expect(resolvePath('~/x', [folder])).toMatchObject({ spelled: join(homedir(), 'x'), outside: true });
    expect(resolvePath(join(base, 'linked-work/src/a.ts'), [folder])).toMatchObject({ outside: false });
  });

  test.skipIf(process.platform !== 'linux')('does not take a folder of another case for the workspace', () => {
    expect(reason(`${base}/WORK/src/a.ts`)).toBe('outside');
  });

  test('a folder opened through a symlink holds its files, however they are spelled', () => {
    const linked = { name: 'linked', path: join(base, 'linked-work'), real: folder.real };
    for (const input of ['src/a.ts', join(base, 'work/src/a.ts'), join(base, 'linked-work/src/a.ts')]) {
      expect(resolvePath(input, [linked])).toMatchObject({
        path: join(base, 'work/src/a.ts'),
        spelled: join(base, 'work/src/a.ts'),
      });
    }
    expect(displayPath(join(base, 'linked-work/src/a.ts'), [linked])).toBe('src/a.ts');
  });

  test('what was deleted or moved away was where its folder really is', () => {
    expect(realOf(join(base, 'linked-work/src/gone/a.ts'))).toBe(join(base, 'work/src/gone/a.ts'));
    expect(realOf(join(base, 'linked-work/src/a.ts'))).toBe(join(base, 'work/src/a.ts'));
    expect(realOf(join(base, 'linked-work/src/dangling.txt'))).toBe(join(base, 'work/src/dangling.txt'));
    expect(realOf('/no/such/place')).toBe('/no/such/place');
  });

  test('without a folder there is nothing to reach', () => {
    expect(reason('a.ts', [])).toBe('no-folder');
  });

  test('with several folders the first name tells which', () => {
    const both = [folder, second];
    expect(resolvePath('work/src/a.ts', both)).toMatchObject({
      path: join(base, 'work/src/a.ts'),
      display: 'work/src/a.ts',
    });
    expect(resolvePath('other/new.ts', both)).toMatchObject({
      path: join(base, 'other/new.ts'),
      display: 'other/new.ts',
    });
    // What is in one of them only needs no name; what is in none does.
    expect(resolvePath('only-here.ts', both).display).toBe('other/only-here.ts');
    expect(reason('new.ts', both)).toBe('bad-path');
    expect(reason('work/../../outside/secret.txt', both)).toBe('outside');
    expect(resolvePath('work/../other/only-here.ts', both)).toMatchObject({ display: 'other/only-here.ts' });
  });

  test('folders of one name are told apart, and a name may hold a slash', () => {
    const twins = [folder, { name: 'work', path: join(base, 'work-too'), real: join(base, 'work-too') }];
    const name = displayPath(join(base, 'work-too/b.ts'), twins);
    expect(name).toBe(join(base, 'work-too/b.ts'));
    expect(resolvePath(name, twins).path).toBe(join(base, 'work-too/b.ts'));
    expect(displayPath(join(base, 'work/src/a.ts'), twins)).toBe(join(base, 'work/src/a.ts'));
    // What lies in one of them only is meant; a new file could be in either.
    expect(resolvePath('work/b.ts', twins).path).toBe(join(base, 'work-too/b.ts'));
    expect(() => resolvePath('work/new.ts', twins)).toThrow(`${base}/work, ${base}/work-too`);

    const slashed = [folder, { ...second, name: 'apps / web' }];
    expect(displayPath(join(base, 'other/only-here.ts'), slashed)).toBe('apps / web/only-here.ts');
    expect(resolvePath('apps / web/new.ts', slashed).path).toBe(join(base, 'other/new.ts'));
    expect(resolvePath('apps / web', slashed).path).toBe(join(base, 'other'));
  });

  test('no path made of these parts resolves to a place outside', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      'src',
      'out',
      'docs',
      'code',
      'link.txt',
      'dangling.txt',
      'loop',
      'new',
      '',
      'a.ts',
      'deep',
    );
    let resolved = 0;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), fc.boolean(), (parts, absolute) => {
        const input = (absolute ? [base, 'work', ...parts] : parts).join('/');
        const result = reason(input);
        if (!result.startsWith('resolved: ')) return;
        resolved += 1;
        const path = result.slice('resolved: '.length);
        expect(contains(folder.real, path)).toBe(true);
        // The deepest part that exists is really there: no symlink is left in the answer.
        let deepest = path;
        while (deepest !== sep) {
          try {
            expect(realpathSync(deepest)).toBe(deepest);
            break;
          } catch (error) {
            if (!(error instanceof Error && 'code' in error)) throw error;
            deepest = join(deepest, '..');
          }
        }
      }),
      { numRuns: 1_500, seed: 11 },
    );
    expect(resolved).toBeGreaterThan(100);
  });
});
