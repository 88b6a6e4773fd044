// A notification that stands as long as what it tells of, and leads to a thread. VS Code takes only those of a progress away.
import * as vscode from 'vscode';

/** @returns what takes it away */
export function standingNotification(text: string, threadId: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const title = `${text} [Show](command:letta.openChat?${encodeURIComponent(JSON.stringify([threadId]))})`;
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => promise);
  return resolve;
}
