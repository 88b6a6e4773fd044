// Lines of `.lettaignore` by folder: they count where they stand, for files and in commands.
import { expect, it } from 'vitest';
import { decide, isHidden } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { listsFor } from '../../../src/permissions/paths.ts';
import { judge } from './shells.ts';

const policy: Policy = {
  mode: 'unrestricted',
  allow: [],
  ask: [],
  deny: [],
  lettaignore: new Map([
    ['/w/one', ['private/']],
    ['/w/two', ['!private/', '*.pem']],
  ]),
  trusted: true,
  workspace: ['/w/one', '/w/two'],
};
const verdict = (path: string) => decide({ kind: 'read', paths: [path] }, 'Read', policy).decision;

it('judges a file by the lines of its own folder', () => {
  expect(verdict('/w/one/private/a.ts')).toBe('deny');
  expect(verdict('/w/two/private/a.ts')).toBe('allow');
  expect(verdict('/w/one/key.pem')).toBe('allow');
  expect(verdict('/w/two/key.pem')).toBe('deny');
});

it('finds a folder however Windows writes it, and none for what lies outside', () => {
  const lines = new Map([['C:\\w\\one', ['x']]]);
  expect(listsFor(lines, { absolute: 'C:/w/one/a/b' })).toEqual([{ lines: ['x'], inside: 'a/b' }]);
  expect(listsFor(lines, { absolute: 'C:/w/ones' })).toEqual([]);
});

it('keeps hidden what a folder hides in one that is opened beside it', () => {
  const both = {
    lettaignore: new Map([
      ['/w/one', ['/in/private/']],
      ['/w/one/in', []],
    ]),
    workspace: ['/w/one', '/w/one/in'],
    deny: [],
  };
  expect(isHidden('/w/one/in/private/a.ts', both)).toBe(true);
  expect(isHidden('/w/one/in/open.ts', both)).toBe(false);
  const grep = (command: string) => judge(command, { ...both, mode: 'unrestricted', cwd: '/w/one/in' }).decision;
  expect(grep('grep -r key .')).toBe('ask');
});

it('asks about commands only where a line of a folder below can mean something', () => {
  const given = { lettaignore: ['/packages/api/**/*.pem'], mode: 'standard' as const };
  const asks = (command: string) => judge(command, given).decision;
  expect(['grep -r key packages', 'cat packages/api/*.pem', 'cat packages/*/deep/a*'].map(asks)).toEqual([
    'ask',
    'ask',
    'ask',
  ]);
  expect(['grep -r key src', 'cat src/*.ts', 'cat packages/web/a*'].map(asks)).toEqual(['allow', 'allow', 'allow']);
});
