// "Accept all" and "Reject all" of the review list: asked once, told once.
import * as vscode from 'vscode';

/** So many reasons fit into a notification. */
const MOST_TOLD = 3;

/** @param decide does it. @returns how many were decided, and why the others were not */
export async function decideAllCommand(
  ids: readonly string[],
  accept: boolean,
  decide: () => Promise<{ decided: number; problems: string[] }>,
): Promise<void> {
  const act = accept ? 'Accept All' : 'Reject All';
  const detail = accept
    ? 'Each goes into memory as it was proposed, and so into every prompt.'
    : 'None of them enters memory.';
  const question = `${accept ? 'Accept' : 'Reject'} all ${ids.length}?`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, act)) !== act) return;
  const progress = { location: vscode.ProgressLocation.Window, title: 'Letta: reviewing…' };
  const { decided, problems } = await vscode.window.withProgress(progress, decide);
  if (problems.length === 0) return;
  const told = problems.slice(0, MOST_TOLD).join(' ');
  const more = problems.length > MOST_TOLD ? ` And ${problems.length - MOST_TOLD} more.` : '';
  void vscode.window.showWarningMessage(
    `${accept ? 'Accepted' : 'Rejected'} ${decided}; ${problems.length} still wait. ${told}${more}`,
  );
}
