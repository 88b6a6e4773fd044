// The one notification after an act on memory: what was done, what was left alone, and Undo.
import * as vscode from 'vscode';

export interface DoneAct {
  /** '' when nothing was changed. */
  said: string;
  problems: readonly string[];
  undo(): Promise<string>;
}

export async function tellDone({ said, problems, undo }: DoneAct): Promise<void> {
  const text = [said === '' ? 'Nothing was changed.' : said, ...problems].join(' ');
  const show = problems.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(text, ...(said === '' ? [] : ['Undo']));
  if (answer === 'Undo') void vscode.window.showInformationMessage(await undo());
}
