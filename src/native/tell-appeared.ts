// Tells the person of files that others obey and that came while a command ran in the sandbox: those could not be kept from it.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** Names in the message. */
const MOST_NAMED = 3;

export function tellAppeared(paths: readonly string[]): void {
  const names = paths.slice(0, MOST_NAMED).map((path) => vscode.workspace.asRelativePath(path));
  const more = paths.length - MOST_NAMED;
  const named = names.join(', ');
  const [first = ''] = paths;
  void vscode.window
    .showWarningMessage(
      t(
        '{0} appeared while a command ran in the sandbox. Editors, agents or shells obey such files: look before you keep them.',
        more > 0 ? t('{0} and {1} more', named, more) : named,
      ),
      t('Open'),
    )
    .then((chosen) => {
      if (chosen) void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(first));
    });
}
