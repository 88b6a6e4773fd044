// What a tier of tests comes to.
export interface TierResult {
  passed: number;
  failed: number;
  /** Which cases failed and why, one text each: told once more at the end, where a long log is read first. */
  failures?: string[];
  /** Which cases failed at first and passed when they were tried again, with what was wrong at first. */
  retried?: string[];
}

/** What of vitest's JSON report is read. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

const MOST_LINES = 12;
const firstLines = (text: string): string => {
  const lines = text.split('\n').filter((line) => !/^\s+at .*(node_modules|<anonymous>)/.test(line));
  return lines.slice(0, MOST_LINES).join('\n    ');
};

/** @returns file, name and the first lines of the reason of each case that failed, and of each file that could not be run */
export function failuresOf(report: VitestReport, root: string): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(`${root}/`, '');
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${file}\n    ${firstLines(message)}`] : [];
    return failed.map((result) => `${file} › ${result.fullName}\n    ${firstLines(result.failureMessages.join('\n'))}`);
  });
}

/** @returns file, name and the first lines of what was wrong at first of each case that passed when it was tried again */
export function retriedIn(report: VitestReport, root: string): string[] {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ fullName, failureMessages }) =>
        [`${name.replace(`${root}/`, '')} › ${fullName}`, firstLines(failureMessages.join('\n'))].join('\n    '),
      ),
  );
}

export const addUp = (results: TierResult[]): TierResult => ({
  passed: results.reduce((sum, result) => sum + result.passed, 0),
  failed: results.reduce((sum, result) => sum + result.failed, 0),
});

export const inWords = ({ passed, failed }: TierResult): string => `${passed} passed, ${failed} failed`;
