// The test extension: runs the suites in the extension host on a command, or by itself when a results file is named.
import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { HostSuite } from './case.ts';
import { runSuites } from './run-suites.ts';

/** JSON lines: one `HostResult` a case, then `{"done":true}`. */
const RESULTS = 'LETTA_HOST_RESULTS';
const FILTER = 'LETTA_HOST_FILTER';

/** Called by the generated entry, which knows the suites. */
export function activateWith(context: vscode.ExtensionContext, suites: HostSuite[]): void {
  // Beside it lies what the extension under test keeps of this workspace.
  process.env.LETTA_HOST_STORAGE = context.storageUri?.fsPath;
  const run = async (): Promise<void> => {
    const path = process.env[RESULTS];
    const write = (line: object): void => {
      if (path) appendFileSync(path, `${JSON.stringify(line)}\n`);
    };
    const results = await runSuites(suites, process.env[FILTER] ?? '', write);
    write({ done: true });
    const failed = results.filter((result) => !result.ok);
    void vscode.window.showInformationMessage(`${results.length - failed.length} passed, ${failed.length} failed`);
  };
  context.subscriptions.push(vscode.commands.registerCommand('letta-host-tests.run', run));
  if (process.env[RESULTS]) void run();
}

/** Called by `@vscode/test-electron`. @throws Error when a case failed */
export async function runOnDesktop(suites: HostSuite[]): Promise<void> {
  const results = await runSuites(suites, process.env[FILTER] ?? '', (result) => {
    console.log(`${result.ok ? '✓' : '✗'} ${result.file}: ${result.name} (${result.took} ms)`);
    if (result.error) console.log(result.error);
  });
  const failed = results.filter((result) => !result.ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} host cases failed.`);
}
