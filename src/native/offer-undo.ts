// Tells what was done, and offers for a moment to take it back.
import * as vscode from 'vscode';

const UNDO_MS = 10_000;

/** @returns whether the person wants it undone; false when they have not said so in time */
export async function offerUndo(message: string): Promise<boolean> {
  const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, UNDO_MS));
  return (await Promise.race([vscode.window.showInformationMessage(message, 'Undo'), timeout])) === 'Undo';
}
