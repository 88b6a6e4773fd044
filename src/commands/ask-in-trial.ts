// Asks the person about a call of a trial: a trial has no card in the chat, so VS Code's own dialog asks.
import * as vscode from 'vscode';
import { callDetail } from '../agent/call-detail.ts';
import type { AskAnswer, AskRequest } from '../agent/calls.ts';
import { t } from '../protocol/l10n.ts';
import { visible } from '../protocol/visible.ts';

/** What a dialog has room for. */
const MOST = 3_000;

type Diff = (path: string, before: string | null, after: string | null) => { unified: string };

/** All of a call is shown, or it is not asked about: nobody allows what they cannot read. */
export async function askInTrial(request: AskRequest, signal: AbortSignal, diff: Diff): Promise<AskAnswer> {
  const { title, target, plan, decision } = request;
  const changes = (plan?.targets ?? []).map(({ path, before, after }) => diff(path, before, after).unified);
  const what = visible(changes.length > 0 ? changes.join('\n') : callDetail(request));
  const said = visible(t('The trial asks: {0}', target === undefined ? title : `${title} ${target}`));
  if (what.length + said.length > MOST)
    return { allow: false, reason: 'A trial asks in a small dialog, and this call is too long to be read there.' };
  const detail = `${visible(decision.reason)}\n\n${what}`;
  const answer = await vscode.window.showWarningMessage(said, { modal: true, detail }, t('Allow'));
  return answer === t('Allow') && !signal.aborted
    ? { allow: true }
    : { allow: false, reason: 'Declined in the trial.' };
}
