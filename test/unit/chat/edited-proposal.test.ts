// What the person made of a proposal: what is done, and what the agent is told of it.
import { expect, test } from 'vitest';
import { editedProposal } from '../../../src/chat/edited-proposal.ts';
import { unifiedDiff } from '../../../src/tools/support.ts';

const name = (path: string): string => path.slice('/w/'.length);
const target = (path: string, before: string | null, after: string | null) => ({ path: `/w/${path}`, before, after });
const edited = (
  proposed: ReturnType<typeof target>[],
  stands: ReturnType<typeof target>[],
): ReturnType<typeof editedProposal> => editedProposal(proposed, stands, unifiedDiff, name);

test('a proposal that stands as it was made is none', () => {
  const targets = [target('a', 'one\n', 'two\n'), target('b', 'x\n', null)];
  expect(edited(targets, targets)).toBeUndefined();
});

test('the difference to what was proposed is told, of the files that differ', () => {
  const found = edited(
    [target('a.ts', 'one\n', 'two\nthree\n'), target('b.ts', null, 'new\n')],
    [target('a.ts', 'one\n', 'two\nfour\n'), target('b.ts', null, 'new\n')],
  );
  expect(found?.told).toContain('The person changed your proposal');
  expect(found?.told).toContain('--- a/a.ts');
  expect(found?.told).toMatch(/^-three$/m);
  expect(found?.told).toMatch(/^\+four$/m);
  expect(found?.told).not.toContain('b.ts');
  expect(found?.targets.map(({ after }) => after)).toEqual(['two\nfour\n', 'new\n']);
  expect(found?.files).toEqual([{ path: '/w/a.ts', before: 'one\n', after: 'two\nthree\n', now: 'two\nfour\n' }]);
});

test('a file that nothing is left of is not written', () => {
  const proposed = [target('a', 'one\n', 'two\n'), target('b', 'x\n', 'y\n')];
  const found = edited(proposed, [target('a', 'one\n', 'one\n'), target('b', 'x\n', 'y\n')]);
  expect(found?.told).toContain('a: they took all of it out.');
  expect(found?.targets.map(({ path }) => path)).toEqual(['/w/b']);
});

test('a long account is cut', () => {
  const long = (word: string) => `${word}\n`.repeat(3_000);
  const found = edited([target('a', '', long('proposed'))], [target('a', '', long('made of it'))]);
  expect(found?.told.length).toBeLessThan(7_000);
  expect(found?.told).toContain('more characters');
});
