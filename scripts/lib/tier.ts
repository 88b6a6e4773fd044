// What a tier of tests comes to.
export interface TierResult {
  passed: number;
  failed: number;
}

export const addUp = (results: TierResult[]): TierResult => ({
  passed: results.reduce((sum, result) => sum + result.passed, 0),
  failed: results.reduce((sum, result) => sum + result.failed, 0),
});

export const inWords = ({ passed, failed }: TierResult): string => `${passed} passed, ${failed} failed`;
