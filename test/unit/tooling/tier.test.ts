import { expect, test } from 'vitest';
import { failuresOf, retriedIn, type VitestReport } from '../../../scripts/lib/tier.ts';

const report: VitestReport = {
  numPassedTests: 2,
  numFailedTests: 1,
  testResults: [
    {
      name: '/project/test/e2e/a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'passed', fullName: 'at once', failureMessages: [] },
        { status: 'passed', fullName: 'late', failureMessages: ['Timeout\n    at wait (/project/test/x.ts:1:1)'] },
        { status: 'failed', fullName: 'never', failureMessages: ['Wrong', 'Wrong again'] },
      ],
    },
    { name: '/project/test/e2e/b.test.ts', status: 'failed', message: 'No such module', assertionResults: [] },
  ],
};

test('a case that passed only at the second try is named with what was wrong at first', () => {
  expect(retriedIn(report, '/project')).toEqual([
    'test/e2e/a.test.ts › late\n    Timeout\n        at wait (/project/test/x.ts:1:1)',
  ]);
});

test('what failed is named with its reason, a file that could not be run as well', () => {
  expect(failuresOf(report, '/project')).toEqual([
    'test/e2e/a.test.ts › never\n    Wrong\n    Wrong again',
    'test/e2e/b.test.ts\n    No such module',
  ]);
});
