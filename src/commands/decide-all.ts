// "Accept all" and "Reject all" of the review list: asked once, told once.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** So many reasons fit into a notification. */
const MOST_TOLD = 3;

/** @param decide does it. @returns how many were decided, and why the others were not */
export async function decideAllCommand(
  ids: readonly string[],
  accept: boolean,
  decide: () => Promise<{ decided: number; problems: string[] }>,
): Promise<void> {
  const act = accept ? t('Accept All') : t('Reject All');
  const detail = accept
    ? t('Each goes into memory as it was proposed, and so into every prompt.')
    : t('None of them enters memory.');
  const question = accept ? t('Accept all {0}?', ids.length) : t('Reject all {0}?', ids.length);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, act)) !== act) return;
  const progress = { location: vscode.ProgressLocation.Window, title: t('Letta: reviewing…') };
  const { decided, problems } = await vscode.window.withProgress(progress, decide);
  if (problems.length === 0) return;
  const told = problems.slice(0, MOST_TOLD).join(' ');
  const more = problems.length > MOST_TOLD ? [t('And {0} more.', problems.length - MOST_TOLD)] : [];
  const done = accept
    ? t('Accepted {0}; {1} still wait.', decided, problems.length)
    : t('Rejected {0}; {1} still wait.', decided, problems.length);
  void vscode.window.showWarningMessage([done, told, ...more].join(' '));
}
