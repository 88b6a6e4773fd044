// Doctor asks about every command that memory names, so many at a time, and says which it cannot run.
import { afterEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { doctorCommand } from '../../../src/commands/doctor.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** @param runs how many times the person presses Run. @returns what may run, and what they read */
async function asked(count: number, runs: number) {
  const details: string[] = [];
  vi.spyOn(vscode.window, 'withProgress').mockImplementation((async (
    _: unknown,
    work: (...args: unknown[]) => unknown,
  ) => work({}, { onCancellationRequested: () => ({ dispose: () => {} }) })) as never);
  vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation((async (
    _message: string,
    { detail }: { detail: string },
    run: vscode.MessageItem,
  ) => {
    details.push(detail);
    return details.length <= runs ? run : undefined;
  }) as never);
  let chosen: string[] = [];
  await doctorCommand({
    diagnose: async (ask) => {
      const commands = [...Array.from({ length: count }, (_, n) => `make ${n}`), `echo ${'x'.repeat(300)}`];
      chosen = await ask(
        commands.map((command) => ({ command, lines: [] })),
        undefined,
      );
      return [];
    },
    correct: () => Promise.reject(new Error('There is nothing to correct.')),
  });
  return { chosen, details };
}

it('asks about more than 15 in batches', async () => {
  const { chosen, details } = await asked(20, 2);
  expect(chosen).toHaveLength(20);
  expect(details).toHaveLength(2);
  expect(details[0]).toContain('• make 14\n');
  expect(details[0]).toMatch(/You are asked about 5 more next\. 1 cannot be shown whole, and is not run\.$/);
  expect(details[1]).toContain('• make 19\n');
  expect(details[1]).not.toContain('more next');
});

it('runs those before the person had enough', async () => {
  expect((await asked(20, 1)).chosen).toHaveLength(15);
});
