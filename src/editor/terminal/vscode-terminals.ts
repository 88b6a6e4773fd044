// The terminals that the agent's commands run in, and how they are told from the person's own.
import * as vscode from 'vscode';
import { WITHOUT_PAGER } from './shell.ts';

const NAME = 'Letta';
/** In the environment of ours, so that they are known again after the extension host was restarted. */
const MARK = 'LETTA_TERMINAL';

/** HISTFILE: the person's history of commands stays theirs. */
const ENVIRONMENT = { [MARK]: '1', HISTFILE: '', ...WITHOUT_PAGER };

export const terminalOptions = (shellPath: string, cwd: string): vscode.TerminalOptions => ({
  name: NAME,
  shellPath,
  cwd,
  env: ENVIRONMENT,
  iconPath: new vscode.ThemeIcon('comment-discussion'),
  // What runs in it could not be followed after a reload.
  isTransient: true,
});

export const mirrorOptions = (pty: vscode.Pseudoterminal): vscode.ExtensionTerminalOptions => ({
  name: NAME,
  pty,
  iconPath: new vscode.ThemeIcon('comment-discussion'),
  isTransient: true,
});

export function isOurs({ creationOptions }: vscode.Terminal): boolean {
  return 'env' in creationOptions && creationOptions.env?.[MARK] !== undefined;
}
