// Shows what went wrong behind a command that nobody waits for any more.
import * as vscode from 'vscode';

export const showError = (error: unknown): void =>
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
