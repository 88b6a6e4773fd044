// Lines of `.lettaignore` by folder: they count where they stand, for files and in commands.
import { expect, it } from 'vitest';
import { decide } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { linesIn } from '../../../src/permissions/paths.ts';

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
  expect(linesIn(lines, { folder: 'C:/w/one' })).toEqual(['x']);
  expect(linesIn(lines, {})).toEqual([]);
});
