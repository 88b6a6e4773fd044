// "Accept all" is asked once, and says what still waits.
import { afterEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { decideAllCommand } from '../../../src/commands/decide-all.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('does nothing where the person does not mean it', async () => {
  const decide = vi.fn();
  await decideAllCommand(['a', 'b'], true, decide);
  expect(decide).not.toHaveBeenCalled();
});

it('tells how many still wait, and the first reasons', async () => {
  const told: string[] = [];
  vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation((async (message: string, options: object) => {
    told.push(message);
    return 'modal' in Object(options) ? 'Accept All' : undefined;
  }) as never);
  const problems = ['a: gone.', 'b: gone.', 'c: gone.', 'd: gone.'];
  await decideAllCommand(['1', '2', '3', '4', '5'], true, async () => ({ decided: 1, problems }));
  expect(told).toEqual(['Accept all 5?', 'Accepted 1; 4 still wait. a: gone. b: gone. c: gone. And 1 more.']);
});
