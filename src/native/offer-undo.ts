// Tells what was done, and offers to take it back.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** @returns whether the person wants it undone; asked as long as the notification is there */
export async function offerUndo(message: string): Promise<boolean> {
  return (await vscode.window.showInformationMessage(message, t('Undo'))) === t('Undo');
}

/**
 * For what cannot wait until the notification is gone: undone within `ms` milliseconds or not at all.
 * @param late says where it is to who asks for it afterwards; the notification stays in VS Code's centre
 * @returns whether the person wants it undone; false when they have not said so in time
 */
export async function offerUndoWithin(message: string, ms: number, late: () => string): Promise<boolean> {
  const wanted = offerUndo(message);
  let over = false;
  const end = new Promise<false>((resolve) =>
    setTimeout(() => {
      over = true;
      resolve(false);
    }, ms),
  );
  void wanted.then((undo) => {
    if (undo && over) void vscode.window.showInformationMessage(late());
  });
  return Promise.race([wanted, end]);
}
