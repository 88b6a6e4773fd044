// Judges command lines in tests, with the real grammars.
import { describe, expect, test } from 'vitest';
import { grammarFile } from '../../../scripts/lib/grammars.ts';
import { ShellParser } from '../../../src/native/shell-parser.ts';
import type { ShellContext } from '../../../src/permissions/commands/decide-command.ts';
import { decide } from '../../../src/permissions/decide.ts';
import type { Decision, Policy } from '../../../src/permissions/decision.ts';
import { policy } from './accesses.ts';

const parser = await ShellParser.load(grammarFile);

export const bash: ShellContext = { shell: 'bash', parser };
export const powershell: ShellContext = { shell: 'powershell', parser };

export interface Given extends Partial<Policy> {
  cwd?: string;
  shell?: ShellContext;
}

export function judge(command: string, { cwd, shell = bash, ...more }: Given = {}): Decision {
  const access = { kind: 'command', command, ...(cwd === undefined ? {} : { cwd }) } as const;
  return decide(access, 'Bash', policy(more), shell);
}

/** A table: what is given, and the commands that are to be allowed, asked about, refused. */
export function table(
  what: string,
  given: Given,
  rows: Partial<Record<Decision['decision'], readonly string[]>>,
): void {
  describe(what, () => {
    for (const decision of ['allow', 'ask', 'deny'] as const) {
      const commands = rows[decision] ?? [];
      if (commands.length === 0) continue;
      test.each(commands.map((command) => [command]))(`${decision}: %j`, (command) => {
        const judged = judge(command, given);
        expect(judged, judged.reason).toMatchObject({ decision });
      });
    }
  });
}
