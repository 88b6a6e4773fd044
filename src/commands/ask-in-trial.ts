// Asks the person about a call of a trial: a trial has no card in the chat, so VS Code's own dialog asks.
import * as vscode from 'vscode';
import type { AskAnswer, AskRequest } from '../agent/calls.ts';

const MOST = 3_000;

type Diff = (path: string, before: string | null, after: string | null) => { unified: string };

export async function askInTrial(request: AskRequest, signal: AbortSignal, diff: Diff): Promise<AskAnswer> {
  const { title, target, plan, input, decision } = request;
  const changes = (plan?.targets ?? []).map(({ path, before, after }) => diff(path, before, after).unified);
  const what = changes.length > 0 ? changes.join('\n') : JSON.stringify(input, null, 2);
  const detail = `${decision.reason}\n\n${what.slice(0, MOST)}`;
  const said = `The trial asks: ${target === undefined ? title : `${title} ${target}`}`;
  const answer = await vscode.window.showWarningMessage(said, { modal: true, detail }, 'Allow');
  return answer === 'Allow' && !signal.aborted ? { allow: true } : { allow: false, reason: 'Declined in the trial.' };
}
