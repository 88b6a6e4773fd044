// What calls of Files and Refactor touch, judged by their input alone.
import { expect, test } from 'vitest';
import { accessOf } from '../../../src/permissions/access.ts';

test.each([
  ['Files', { operation: 'move', path: 'a', to: 'b/c' }, { kind: 'edit', paths: ['a', 'b/c'] }],
  ['Files', { operation: 'delete', path: 'a' }, { kind: 'edit', paths: ['a'] }],
  ['Refactor', { operation: 'rename', path: 'a', symbol: 'x', new_name: 'y' }, { kind: 'edit', paths: ['a'] }],
  // The paths stand in the patch: it must be asked about.
  ['Files', { operation: 'patch', patch: '*** Begin Patch' }, undefined],
])('%s %j', (tool, input, expected) => {
  expect(accessOf(tool, input)).toEqual(expected);
});
