// The one notification after an act on memory: what was done, what was left alone, and Undo.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

export interface DoneAct {
  /** '' when nothing was changed. */
  said: string;
  problems: readonly string[];
  undo(): Promise<string>;
}

export async function tellDone({ said, problems, undo }: DoneAct): Promise<void> {
  const text = [said === '' ? t('Nothing was changed.') : said, ...problems].join(' ');
  const show = problems.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(text, ...(said === '' ? [] : [t('Undo')]));
  if (answer === t('Undo')) void vscode.window.showInformationMessage(await undo());
}
