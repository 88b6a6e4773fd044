// "Letta: Learn Skill from File": the whole file is what is learned from, as if the person had selected it.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** @param file as the explorer hands it over; absent: the active editor's. @throws Error saying what to do */
export async function learnFromFile(file: unknown): Promise<void> {
  const uri = file instanceof vscode.Uri ? file : vscode.window.activeTextEditor?.document.uri;
  if (!uri) throw new Error(t('Open the file that the skill should be learned from, then run this again.'));
  const editor = await vscode.window.showTextDocument(uri);
  const { document } = editor;
  const whole = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  if (whole.isEmpty) throw new Error(t('This file is empty. Choose one that shows how something is done.'));
  editor.selection = new vscode.Selection(whole.start, whole.end);
  await vscode.commands.executeCommand('letta.learnSkill');
}
