// The installed extension as VS Code sees it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HostCase } from '../runner/case.ts';

const extension = (): vscode.Extension<unknown> => {
  const found = vscode.extensions.getExtension('letta-vscode.letta-vscode');
  assert.ok(found, 'the extension is installed');
  return found;
};

export const cases: HostCase[] = [
  {
    name: 'the stub activates after startup and registers every declared command',
    async run() {
      await extension().activate();
      const declared = extension().packageJSON.contributes.commands.map((entry: { command: string }) => entry.command);
      const registered = new Set(await vscode.commands.getCommands(true));
      assert.deepEqual(
        declared.filter((command: string) => !registered.has(command)),
        [],
      );
    },
  },
];
