// Judges cases in tests through the public judge: the code behind `npm run -s judge -- permissions`.
import { describe, expect, test } from 'vitest';
import { judgePermissions, type PermissionCase, type Verdict } from '../../../scripts/lib/judge-permissions.ts';

export type Given = Partial<Omit<PermissionCase, 'id' | 'tool' | 'input'>>;
/** A command line, or a tool with its input. */
export type Call = string | readonly [tool: string, input: object];

export function judgeCall(call: Call, given: Given = {}): Promise<Verdict> {
  const [tool, input] = typeof call === 'string' ? (['Bash', { command: call }] as const) : call;
  return judgePermissions({ id: 1, mode: 'standard', workspace: '/w/proj', ...given, tool, input });
}

/** A table: what is given, and the calls that are to be allowed, asked about, refused. */
export function cases(what: string, given: Given, rows: Partial<Record<Verdict['decision'], readonly Call[]>>): void {
  describe(what, () => {
    for (const decision of ['allow', 'ask', 'deny'] as const) {
      test.each((rows[decision] ?? []).map((call) => [call]))(`${decision}: %j`, async (call) => {
        const judged = await judgeCall(call, given);
        expect(judged, judged.reason).toMatchObject({ decision });
      });
    }
  });
}
